package cadence_test

import (
	"slices"
	"testing"
	"time"

	. "oneonone/internal/cadence"
	"oneonone/internal/span"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// start is Tue 1 Sep 2026 10:00 UTC.
var start = time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)

// at returns the start plus n weeks, as a meeting of the series "s".
func at(n int) Meeting {
	t := start.Add(time.Duration(n) * week)
	return Meeting{UID: "s", Original: t, Span: span.Of(t, 30*time.Minute)}
}

// pairOf is a pair that has met weekly since start and has measured the last
// meetings as given, in minutes; the next one is a week later.
func pairOf(minutes ...int) (Pair, time.Time) {
	p := Pair{Key: "k", Name: "Bob", Zone: time.UTC, Series: []Series{{UID: "s", Rhythm: Weekly, Period: week, Length: 30 * time.Minute, Since: start}}}
	for i, m := range minutes {
		p.Held = append(p.Held, at(i))
		p.Lengths = append(p.Lengths, Length{UID: "s", Original: at(i).Original, Start: at(i).Span.Start, Length: time.Duration(m) * time.Minute, Source: FromMeet})
	}
	n := len(minutes)
	p.Planned = []Meeting{at(n), at(n + 1)}
	p.Series[0].Next = at(n).Original
	return p, at(n).Span.Start.Add(-day)
}

func propose(p Pair, now time.Time) []Kind {
	var kinds []Kind
	for _, x := range Propose(Facts{Now: now, Pairs: []Pair{p}}, usual())["k"] {
		kinds = append(kinds, x.Kind)
	}
	return kinds
}

// change is what a row of a table changes about a pair.
type change = func(p *Pair, now *time.Time)

func TestR20BestSource(t *testing.T) {
	l := func(uid string, n int, d time.Duration, s Source) Length {
		return Length{UID: uid, Original: at(n).Original, Start: at(n).Span.Start, Length: d, Source: s}
	}
	got := Best([]Length{
		l("s", 2, 3*time.Minute, FromEnd), l("s", 1, 9*time.Minute, FromDone), l("s", 1, 12*time.Minute, FromMeet),
		l("s", 2, 5*time.Minute, FromEnd), l("s", 3, 0, FromMeet), l("s", 4, time.Hour, "planned"),
		l("s", 2, 0, FromMeet), l("t", 1, 7*time.Minute, FromEnd),
	})
	want := []Length{l("s", 1, 12*time.Minute, FromMeet), l("t", 1, 7*time.Minute, FromEnd), l("s", 2, 5*time.Minute, FromEnd)}
	if !slices.Equal(got, want) {
		t.Errorf("Best = %v, want %v", got, want)
	}
}

func TestR21R23Weekly(t *testing.T) {
	for _, c := range []struct {
		name    string
		minutes []int
		change  change
		want    []Kind
	}{
		{"three short ones", []int{12, 15, 9}, nil, []Kind{ToBiweekly}},
		{"two short ones", []int{12, 15}, nil, nil},
		{"twenty minutes are not short", []int{12, 15, 20}, nil, nil},
		{"a long one before does not matter", []int{50, 12, 15, 19}, nil, []Kind{ToBiweekly}},
		{"a long one in between does", []int{12, 12, 25, 12, 12}, nil, nil},
		{"average over an hour", []int{70, 50, 61, 60}, nil, []Kind{Separate}},
		{"average of an hour", []int{70, 50, 60, 60}, nil, nil},
		{"three long ones are too few", []int{90, 90, 90}, nil, nil},
		{"no evidence", nil, nil, nil},
		{"old evidence", []int{12, 15, 9}, func(p *Pair, now *time.Time) { *now = now.Add(6 * week); p.Planned = []Meeting{at(9)} }, nil},
		{"evidence of another rhythm", []int{12, 15, 9}, func(p *Pair, _ *time.Time) { p.Series[0].Since = start.Add(week) }, nil},
		{"the series was made anew", []int{12, 15, 9}, func(p *Pair, _ *time.Time) { p.Series[0].UID = "new" }, []Kind{ToBiweekly}},
		{"catch-ups are no evidence", []int{12, 15, 9}, func(p *Pair, _ *time.Time) { p.Lengths[1].Original = time.Time{} }, nil},
		{"nothing may be changed", []int{12, 15, 9}, func(p *Pair, _ *time.Time) { p.Fixed = "pinned" }, nil},
		{"two weekly series", []int{12, 15, 9}, func(p *Pair, _ *time.Time) { p.Series = append(p.Series, Series{UID: "t", Rhythm: Weekly}) }, nil},
		{"a monthly series beside it", []int{12, 15, 9}, func(p *Pair, _ *time.Time) {
			p.Series = append(p.Series, Series{UID: "t", Rhythm: Other, Period: 4 * week})
		}, []Kind{ToBiweekly}},
		{"lengths of the series beside it do not count", []int{12, 15, 9}, func(p *Pair, _ *time.Time) {
			p.Series = append(p.Series, Series{UID: "t", Rhythm: Other, Period: 4 * week})
			p.Lengths[2].UID = "t"
		}, nil},
		{"another meeting this week", []int{70, 70, 70, 70}, func(p *Pair, now *time.Time) {
			p.Planned = append(p.Planned, Meeting{UID: "x", Span: span.Of(now.Add(3*day), time.Hour)})
		}, nil},
		{"a separate meeting three weeks ago", []int{70, 70, 70, 70}, func(p *Pair, now *time.Time) {
			p.Past = []Suggested{{Kind: Separate, UID: "s", State: Applied, EndedAt: now.Add(-3 * week)}}
		}, nil},
		{"a separate meeting four weeks ago", []int{70, 70, 70, 70}, func(p *Pair, now *time.Time) {
			p.Past = []Suggested{{Kind: Separate, UID: "s", State: Applied, EndedAt: now.Add(-4 * week)}}
		}, []Kind{Separate}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, now := pairOf(c.minutes...)
			if c.change != nil {
				c.change(&p, &now)
			}
			if got := propose(p, now); !slices.Equal(got, c.want) {
				t.Errorf("proposed %v, want %v", got, c.want)
			}
		})
	}
}

func TestR22Biweekly(t *testing.T) {
	for _, c := range []struct {
		name       string
		planned    time.Duration
		minutes    []int
		unfinished int
		want       []Kind
	}{
		{"full", time.Hour, []int{60, 60, 61, 59}, 0, []Kind{ToWeekly}},
		{"almost full", time.Hour, []int{60, 60, 60, 59}, 0, nil},
		{"a short one that is full", 30 * time.Minute, []int{30, 30, 25, 40}, 0, []Kind{ToWeekly}},
		{"an hour of two", 2 * time.Hour, []int{60, 60, 60, 60}, 0, []Kind{ToWeekly}},
		{"three are too few", time.Hour, []int{60, 60, 60}, 0, nil},
		{"topics left over twice", time.Hour, []int{10, 10}, 2, []Kind{ToWeekly}},
		{"topics left over once", time.Hour, []int{10, 10}, 1, nil},
		{"left over, but met once since", time.Hour, []int{10}, 2, nil},
		{"short ones do not fire", time.Hour, []int{5, 5, 5, 5}, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _ := pairOf()
			p.Series[0].Rhythm, p.Series[0].Period, p.Series[0].Length, p.Unfinished = Biweekly, 2*week, c.planned, c.unfinished
			for i, m := range c.minutes {
				p.Held = append(p.Held, at(2*i))
				p.Lengths = append(p.Lengths, Length{UID: "s", Original: at(2 * i).Original, Start: at(2 * i).Span.Start, Length: time.Duration(m) * time.Minute, Source: FromDone})
			}
			p.Planned = []Meeting{at(2 * len(c.minutes))}
			if got := propose(p, at(2*len(c.minutes)).Span.Start.Add(-day)); !slices.Equal(got, c.want) {
				t.Errorf("proposed %v, want %v", got, c.want)
			}
		})
	}
}

func TestR24Taper(t *testing.T) {
	for _, c := range []struct {
		name       string
		rhythm     Rhythm
		weeks      int       // since the rhythm began
		onboarding time.Time // zero when not marked
		tapered    bool
		want       Rhythm
	}{
		{"daily for two weeks", Daily, 2, time.Time{}, false, TwiceAWeek},
		{"daily for one week", Daily, 1, time.Time{}, false, ""},
		{"daily, new, for two weeks", Daily, 2, start.Add(20 * week), false, TwiceAWeek},
		{"daily, no longer new", Daily, 2, start.Add(week), false, Weekly},
		{"twice a week, new", TwiceAWeek, 2, start.Add(20 * week), false, Weekly},
		{"twice a week, new, for one week", TwiceAWeek, 1, start.Add(20 * week), false, ""},
		{"twice a week, no longer new", TwiceAWeek, 2, start.Add(week), false, Weekly},
		{"twice a week as they like it", TwiceAWeek, 20, time.Time{}, false, ""},
		{"twice a week, come from daily", TwiceAWeek, 2, time.Time{}, true, Weekly},
		{"weekly is the end of the taper", Weekly, 20, start.Add(20 * week), true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _ := pairOf()
			p.Series[0].Rhythm, p.Onboarding = c.rhythm, c.onboarding
			if c.tapered {
				p.Past = []Suggested{{Kind: Taper, State: Applied, EndedAt: start}}
			}
			now := at(c.weeks).Span.End
			p.Held, p.Planned = []Meeting{at(c.weeks)}, []Meeting{at(c.weeks + 1)}
			var got Rhythm
			for _, x := range Propose(Facts{Now: now, Pairs: []Pair{p}}, usual())["k"] {
				if x.Kind == Taper {
					got = x.Rhythm
				}
			}
			if got != c.want {
				t.Errorf("tapers to %q, want %q", got, c.want)
			}
		})
	}
}

func TestR26Gap(t *testing.T) {
	none := []Meeting(nil)
	single := func(after time.Duration) []Meeting {
		return []Meeting{{UID: "x", Span: span.Of(at(0).Span.Start.Add(after), time.Hour)}}
	}
	for _, c := range []struct {
		name    string
		period  time.Duration
		rhythm  Rhythm
		since   time.Duration // from the last meeting to now
		planned []Meeting
		change  change
		want    []Kind
	}{
		{"ten days", week, Weekly, 10 * day, none, nil, nil},
		{"four days before two weeks are full", week, Weekly, 11 * day, none, nil, []Kind{CatchUp}},
		{"more than two weeks", week, Weekly, 15 * day, none, nil, []Kind{CatchUp}},
		{"a meeting within three days of grace", week, Weekly, 15 * day, single(17 * day), nil, nil},
		{"a meeting after them", week, Weekly, 15 * day, single(18 * day), nil, []Kind{CatchUp}},
		{"every three weeks is a rhythm", 3 * week, Other, 20 * day, none, nil, nil},
		{"every month may be five weeks", 4 * week, Other, 31 * day, none, nil, nil},
		{"but not six", 4 * week, Other, 32 * day, none, nil, []Kind{CatchUp}},
		{"they are meeting right now", week, Weekly, 21*day + time.Minute, []Meeting{at(3), at(6)}, nil, nil},
		{"nobody knows the period", 0, Other, 60 * day, none, nil, nil},
		{"what stayed inside an absence was not held", week, Weekly, 15 * day, none, func(p *Pair, now *time.Time) {
			p.Held = append(p.Held, at(1))
			p.Absent = []Absence{{Meeting: at(1), Away: span.Of(start.Add(5*day), 4*day)}}
		}, []Kind{Return, CatchUp}},
		{"no series in our care", week, Weekly, 30 * day, none, func(p *Pair, _ *time.Time) { p.Series = nil }, nil},
		{"pinned, but a catch-up changes nothing", week, Weekly, 30 * day, none, func(p *Pair, _ *time.Time) { p.Fixed = "pinned" }, []Kind{CatchUp}},
		{"never met since it began", week, Weekly, 15 * day, none, func(p *Pair, _ *time.Time) { p.Held = nil }, []Kind{CatchUp}},
		{"somebody is away", week, Weekly, 15 * day, none, func(p *Pair, now *time.Time) {
			p.Absent = []Absence{{Meeting: at(2), Away: span.Of(start.Add(8*day), 3*week)}}
		}, nil},
		{"somebody is back soon", week, Weekly, 27 * day, single(40 * day), func(p *Pair, now *time.Time) {
			p.Absent = []Absence{{Meeting: at(2), Away: span.Of(start.Add(8*day), 3*week)}}
		}, []Kind{Return}},
		{"back soon and a meeting then", week, Weekly, 10 * day, single(14 * day), func(p *Pair, now *time.Time) {
			p.Absent = []Absence{{Meeting: at(1), Away: span.Of(start.Add(5*day), 7*day)}}
		}, nil},
		{"a no to the return is one to the catch-up", week, Weekly, 30 * day, none, func(p *Pair, now *time.Time) {
			p.Past = []Suggested{{Kind: Return, UID: "s", Original: at(2).Original, State: Refused, EndedAt: now.Add(-day)}}
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _ := pairOf()
			p.Series[0].Period, p.Series[0].Rhythm = c.period, c.rhythm
			p.Held, p.Planned = []Meeting{at(0)}, c.planned
			now := at(0).Span.Start.Add(c.since)
			if c.change != nil {
				c.change(&p, &now)
			}
			if got := propose(p, now); !slices.Equal(got, c.want) {
				t.Errorf("proposed %v, want %v", got, c.want)
			}
		})
	}
}

// A gap is counted in days: the clocks that go back in October make ten days no
// longer.
func TestR26ClocksMakeNoGap(t *testing.T) {
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	p, _ := pairOf()
	p.Zone = vienna
	met := time.Date(2026, 10, 17, 10, 0, 0, 0, vienna)
	p.Held, p.Planned = []Meeting{{UID: "s", Original: met, Span: span.Of(met, time.Hour)}}, nil
	if got := propose(p, time.Date(2026, 10, 27, 23, 30, 0, 0, vienna)); got != nil {
		t.Errorf("proposed %v after ten days", got)
	}
	if got := propose(p, time.Date(2026, 10, 28, 0, 30, 0, 0, vienna)); !slices.Equal(got, []Kind{CatchUp}) {
		t.Errorf("proposed %v after eleven days", got)
	}
}

func TestR27Deleted(t *testing.T) {
	for _, c := range []struct {
		name   string
		now    time.Time
		change change
		want   []Kind
	}{
		{"before it would have begun", at(1).Span.Start.Add(-day), nil, []Kind{MakeUp}},
		{"three days after", at(1).Span.End.Add(3 * day), nil, []Kind{MakeUp}},
		{"later than that", at(1).Span.End.Add(3*day + 1), nil, nil},
		{"they meet anyhow", at(0).Span.End, func(p *Pair, _ *time.Time) {
			p.Planned = append(p.Planned, Meeting{UID: "x", Span: span.Of(start.Add(8*day), time.Hour)})
		}, nil},
		{"two days before anyhow", at(0).Span.End, func(p *Pair, _ *time.Time) {
			p.Planned[0].Span = p.Planned[0].Span.Shift(-9 * day)
		}, nil},
		{"a series that ended", at(0).Span.End, func(p *Pair, _ *time.Time) { p.Series = nil }, nil},
		{"the next is tomorrow", at(2).Span.Start.Add(-day + 1), func(p *Pair, _ *time.Time) {
			p.Deleted[0].Span = p.Deleted[0].Span.Shift(4 * day)
		}, nil},
		{"once only", at(0).Span.End, func(p *Pair, _ *time.Time) {
			p.Past = []Suggested{{Kind: MakeUp, UID: "s", Original: at(1).Original, State: Applied, EndedAt: start.Add(-20 * week)}}
		}, nil},
		{"once only, also when the series went on under another name", at(0).Span.End, func(p *Pair, _ *time.Time) {
			p.Past = []Suggested{{Kind: MakeUp, UID: "before", Original: at(1).Original, State: Refused, EndedAt: start.Add(-20 * week)}}
		}, nil},
		{"two in a row, one catch-up", at(0).Span.End, func(p *Pair, _ *time.Time) {
			p.Deleted = append(p.Deleted, at(2))
			p.Planned = []Meeting{at(3)}
		}, []Kind{MakeUp}},
		{"two in a row, and the first was not wanted", at(0).Span.End, func(p *Pair, now *time.Time) {
			p.Deleted = append(p.Deleted, at(2))
			p.Planned = []Meeting{at(3)}
			p.Past = []Suggested{{Kind: MakeUp, UID: "s", Original: at(1).Original, State: Refused, EndedAt: *now}}
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _ := pairOf()
			p.Held, p.Planned, p.Deleted = []Meeting{at(0)}, []Meeting{at(2)}, []Meeting{at(1)}
			if c.change != nil {
				c.change(&p, &c.now)
			}
			if got := propose(p, c.now); !slices.Equal(got, c.want) {
				t.Errorf("proposed %v, want %v", got, c.want)
			}
		})
	}
}

func TestR18Retime(t *testing.T) {
	better := &Better{Start: at(9).Original, Conflicts: 1, Before: 5, Weeks: 8}
	for _, c := range []struct {
		name     string
		troubled []bool
		better   *Better
		want     []Kind
	}{
		{"three of four", []bool{true, false, true, true}, better, []Kind{Retime}},
		{"three of three", []bool{true, true, true}, better, []Kind{Retime}},
		{"two of four", []bool{true, false, true, false}, better, nil},
		{"three, but not of the last four", []bool{true, true, true, false, false}, better, nil},
		{"nothing better", []bool{true, true, true, true}, nil, nil},
		{"as bad", []bool{true, true, true, true}, &Better{Conflicts: 5, Before: 5}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, now := pairOf(30)
			p.Series[0].Troubled, p.Series[0].Better = c.troubled, c.better
			if got := propose(p, now); !slices.Equal(got, c.want) {
				t.Errorf("proposed %v, want %v", got, c.want)
			}
			p.Fixed = "pinned"
			if got := propose(p, now); got != nil {
				t.Errorf("proposed %v for a series that may not be changed", got)
			}
		})
	}
}

func TestR30Reconnect(t *testing.T) {
	for _, c := range []struct {
		name   string
		weeks  int // since they met
		change change
		want   []Kind
	}{
		{"due", 6, nil, []Kind{Reconnect}},
		{"not due", 5, nil, nil},
		{"never met", 0, func(p *Pair, _ *time.Time) { p.Held = nil }, []Kind{Reconnect}},
		{"planned, however late", 6, func(p *Pair, _ *time.Time) { p.Planned = []Meeting{at(30)} }, nil},
		{"with a series", 6, func(p *Pair, now *time.Time) {
			p.Series = []Series{{UID: "s", Rhythm: Weekly, Period: week}}
			p.Planned = []Meeting{at(6)}
		}, nil},
		{"nobody asked for it", 60, func(p *Pair, _ *time.Time) { p.Every = 0 }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Pair{Key: "k", Zone: time.UTC, Every: 6 * week, Held: []Meeting{at(0)}}
			now := at(c.weeks).Span.Start
			if c.change != nil {
				c.change(&p, &now)
			}
			if got := propose(p, now); !slices.Equal(got, c.want) {
				t.Errorf("proposed %v, want %v", got, c.want)
			}
		})
	}
}

func TestR25Lengths(t *testing.T) {
	for _, c := range []struct {
		rhythm Rhythm
		was    time.Duration
		want   time.Duration
	}{
		{Weekly, 30 * time.Minute, time.Hour}, // to every two weeks
		{Biweekly, 30 * time.Minute, 30 * time.Minute},
		{Biweekly, time.Hour, 45 * time.Minute},
		{Biweekly, 50 * time.Minute, 45 * time.Minute},
	} {
		p, now := pairOf(1, 1, 1, 1)
		p.Series[0].Rhythm, p.Series[0].Length, p.Unfinished = c.rhythm, c.was, 3
		ps := Propose(Facts{Now: now, Pairs: []Pair{p}}, usual())["k"]
		if len(ps) != 1 || ps[0].Length != c.want {
			t.Errorf("%s with %v: %v, want one with %v", c.rhythm, c.was, ps, c.want)
		}
	}
}

func TestRhythmOf(t *testing.T) {
	for rule, want := range map[string]Rhythm{
		"FREQ=WEEKLY": Weekly, "FREQ=WEEKLY;BYDAY=TU": Weekly, "RRULE:freq=weekly;byday=tu;until=20261231T000000Z": Weekly,
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU;COUNT=9": Biweekly, "FREQ=DAILY;INTERVAL=14": Biweekly, "FREQ=DAILY;INTERVAL=7": Weekly,
		"FREQ=DAILY": Daily, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": Daily, "FREQ=DAILY;BYDAY=MO,TU,WE,TH": Daily, "FREQ=DAILY;BYDAY=TU": Weekly,
		"FREQ=WEEKLY;BYDAY=TU,TH": TwiceAWeek, "FREQ=WEEKLY;BYDAY=TU,TU": Weekly,
		"FREQ=WEEKLY;BYDAY=MO,WE,FR": Other, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH": Other, "FREQ=WEEKLY;INTERVAL=3": Other,
		"FREQ=WEEKLY;BYDAY=TU;BYMONTH=1": Other, "FREQ=MONTHLY;BYDAY=1MO": Other, "FREQ=DAILY;INTERVAL=2;BYDAY=MO": Other,
		"FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1": Other, "FREQ=HOURLY": Other, "nonsense": Other, "FREQ=DAILY;INTERVAL=3": Other,
	} {
		if got := RhythmOf([]string{rule}); got != want {
			t.Errorf("RhythmOf(%s) = %s, want %s", rule, got, want)
		}
	}
	if RhythmOf(nil) != Other || RhythmOf([]string{"FREQ=WEEKLY", "FREQ=WEEKLY"}) != Other {
		t.Error("none or two rules have no simple rhythm")
	}
}
