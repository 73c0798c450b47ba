package cadence_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "oneonone/internal/cadence"
	"oneonone/internal/span"
)

var allKinds = []Kind{Move, MakeUp, Return, CatchUp, Retime, Taper, ToWeekly, Separate, ToBiweekly, Reconnect}

// anyTime is within 20 weeks around start, or zero.
func anyTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.IntRange(0, 9).Draw(t, "zero") == 0 {
			return time.Time{}
		}
		return start.Add(time.Duration(rapid.IntRange(-20*7*24, 20*7*24).Draw(t, "hours")) * time.Hour)
	})
}

func anyDuration() *rapid.Generator[time.Duration] {
	return rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.IntRange(-10, 120).Draw(t, "minutes")) * time.Minute
	})
}

func anyMeeting() *rapid.Generator[Meeting] {
	return rapid.Custom(func(t *rapid.T) Meeting {
		m := Meeting{UID: rapid.SampledFrom([]string{"s", "t", ""}).Draw(t, "uid"), Original: anyTime().Draw(t, "original")}
		m.Span = span.Of(anyTime().Draw(t, "start"), anyDuration().Draw(t, "length"))
		return m
	})
}

func anyPast() *rapid.Generator[[]Suggested] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Suggested {
		return Suggested{
			Kind: rapid.SampledFrom(allKinds).Draw(t, "kind"), UID: rapid.SampledFrom([]string{"s", "t", ""}).Draw(t, "uid"),
			Original: anyTime().Draw(t, "original"), AskedAt: anyTime().Draw(t, "asked"), EndedAt: anyTime().Draw(t, "ended"),
			State: rapid.SampledFrom([]State{Wanted, Open, Accepted, Later, Applied, Refused, Expired, Withdrawn, Failed}).Draw(t, "state"),
		}
	}), 0, 5)
}

func anyPair(key string) *rapid.Generator[Pair] {
	return rapid.Custom(func(t *rapid.T) Pair {
		meetings := func(name string) []Meeting { return rapid.SliceOfN(anyMeeting(), 0, 5).Draw(t, name) }
		p := Pair{Key: key, Name: rapid.String().Draw(t, "name"), Held: meetings("held"), Planned: meetings("planned"), Deleted: meetings("deleted")}
		p.Zone = rapid.SampledFrom([]*time.Location{nil, time.UTC, time.FixedZone("east", 9*3600)}).Draw(t, "zone")
		p.Onboarding = anyTime().Draw(t, "onboarding")
		p.Every = time.Duration(rapid.IntRange(-1, 9).Draw(t, "every")) * week
		p.Unfinished = rapid.IntRange(-1, 4).Draw(t, "unfinished")
		p.Fixed = rapid.SampledFrom([]string{"", "", "", "pinned"}).Draw(t, "fixed")
		for i := range rapid.IntRange(0, 2).Draw(t, "series") {
			s := Series{
				UID:    []string{"s", "t"}[i],
				Rhythm: rapid.SampledFrom([]Rhythm{Daily, TwiceAWeek, Weekly, Biweekly, Other, ""}).Draw(t, "rhythm"),
				Period: time.Duration(rapid.IntRange(-1, 40).Draw(t, "period")) * day,
				Length: anyDuration().Draw(t, "length"), Since: anyTime().Draw(t, "since"), Next: anyTime().Draw(t, "next"),
				Troubled: rapid.SliceOfN(rapid.Bool(), 0, 6).Draw(t, "troubled"),
			}
			if rapid.Bool().Draw(t, "better") {
				s.Better = &Better{Start: anyTime().Draw(t, "start"), Conflicts: 1, Before: 4, Weeks: 8}
			}
			p.Series = append(p.Series, s)
		}
		for _, m := range meetings("absent") {
			p.Absent = append(p.Absent, Absence{Meeting: m, Away: span.Of(anyTime().Draw(t, "away"), 9*day)})
		}
		for _, m := range slices.Concat(p.Held, p.Planned) {
			p.Lengths = append(p.Lengths, Length{
				UID: m.UID, Original: m.Original, Start: m.Span.Start, Length: anyDuration().Draw(t, "took"),
				Source: rapid.SampledFrom([]Source{FromMeet, FromDone, FromEnd, ""}).Draw(t, "source"),
			})
		}
		p.Past = anyPast().Draw(t, "past")
		return p
	})
}

func anyPolicy() *rapid.Generator[Policy] {
	return rapid.Custom(func(t *rapid.T) Policy {
		p := usual()
		p.Streak, p.Window = rapid.IntRange(-1, 5).Draw(t, "streak"), rapid.IntRange(-1, 5).Draw(t, "window")
		p.MaxGap = time.Duration(rapid.IntRange(-1, 30).Draw(t, "gap")) * day
		return p
	})
}

// TestPropertyPropose: any facts give an answer, whatever their order, and each
// proposal is one that can be carried out and told.
func TestPropertyPropose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Facts{Now: start, Pairs: []Pair{anyPair("k").Draw(t, "k"), anyPair("l").Draw(t, "l")}}
		policy := anyPolicy().Draw(t, "policy")
		got := Propose(f, policy)
		look := Outlooks(f, policy)
		for key, ps := range got {
			for i, p := range ps {
				if p.Pair != key || p.Rule == "" || p.Reason == "" || p.Length < 0 {
					t.Fatalf("%s: incomplete proposal %+v", key, p)
				}
				if i > 0 && slices.Index(allKinds, p.Kind) < slices.Index(allKinds, ps[i-1].Kind) {
					t.Fatalf("%s comes after %s", p.Kind, ps[i-1].Kind)
				}
				if meets := p.Kind == MakeUp || p.Kind == Return || p.Kind == CatchUp || p.Kind == Separate || p.Kind == Reconnect; meets {
					if p.Length <= 0 || p.Within.Empty() || p.Within.Start.Before(f.Now) || p.Near.Before(p.Within.Start) || p.Near.After(p.Within.End) {
						t.Fatalf("%s: nowhere to put %+v", key, p)
					}
				}
			}
		}
		for i := range f.Pairs {
			p := &f.Pairs[i]
			for _, s := range [][]Meeting{p.Held, p.Planned, p.Deleted} {
				slices.Reverse(s)
			}
			slices.Reverse(p.Lengths)
			slices.Reverse(p.Series)
			slices.Reverse(p.Absent)
			slices.Reverse(p.Past)
		}
		slices.Reverse(f.Pairs)
		if diff := cmp.Diff(got, Propose(f, policy), cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Fatalf("the order of the facts matters (-one +other):\n%s", diff)
		}
		if diff := cmp.Diff(look, Outlooks(f, policy), cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Fatalf("the order of the facts matters for the outlook (-one +other):\n%s", diff)
		}
	})
}

// TestPropertyChoose: at most one suggestion occupies the pair afterwards, and a
// no is a no for eight weeks.
func TestPropertyChoose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ps []Proposal
		for range rapid.IntRange(0, 6).Draw(t, "proposals") {
			ps = append(ps, Proposal{
				Kind: rapid.SampledFrom(allKinds).Draw(t, "kind"), UID: rapid.SampledFrom([]string{"s", "t"}).Draw(t, "uid"), Original: anyTime().Draw(t, "original"),
			})
		}
		past := anyPast().Draw(t, "past")
		c := Choose(start, ps, past)
		current, open := Current(past)
		occupied := open && c.Withdraw == ""
		switch {
		case c.Keep && (c.Withdraw != "" || c.Make != nil), occupied != c.Keep:
			t.Fatalf("%+v with %+v", c, current)
		case current.State == Accepted && !c.Keep:
			t.Fatal("what was accepted is not finished")
		case c.Make == nil:
			return
		}
		for _, s := range past {
			bound := s.Kind == Move || s.Kind == MakeUp || s.Kind == Return
			if s.State == Refused && s.Kind == c.Make.Kind && (!bound || c.Make.About(s)) && start.Sub(s.EndedAt) < 8*week &&
				!slices.ContainsFunc(past, func(o Suggested) bool { return c.Make.About(o) && (o.State == Open || o.State == Wanted) }) {
				t.Fatalf("%+v was refused %v ago", c.Make, start.Sub(s.EndedAt))
			}
		}
		slices.Reverse(ps)
		slices.Reverse(past)
		if diff := cmp.Diff(c, Choose(start, ps, past), cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Fatalf("the order matters (-one +other):\n%s", diff)
		}
	})
}

// TestPropertyWords: whatever comes from outside, words are clean lines.
func TestPropertyWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Proposal{
			Kind: rapid.SampledFrom(append(slices.Clone(allKinds), "unheard of")).Draw(t, "kind"), Reason: rapid.String().Draw(t, "reason"),
			Rhythm: rapid.SampledFrom([]Rhythm{Daily, TwiceAWeek, Weekly, Biweekly, Other, ""}).Draw(t, "rhythm"),
			Length: anyDuration().Draw(t, "length"), Start: anyTime().Draw(t, "start"),
		}
		told := Telling{Name: rapid.String().Draw(t, "name"), Room: rapid.String().Draw(t, "room"), Length: anyDuration().Draw(t, "was"), SameTown: true}
		if rapid.Bool().Draw(t, "slot") {
			told.From, told.To = span.Of(start, time.Hour), span.Of(start.Add(day), time.Hour)
		}
		w := Word(p, told)
		for _, l := range append(slices.Concat([]string{w.Title}, w.Lines), Created(p, told.Name)...) {
			if strings.ContainsAny(l, "\r\n\t\x00") || strings.TrimSpace(l) != l || strings.Contains(l, "  ") || len(l) > 4000 {
				t.Fatalf("%q is no clean line", l)
			}
		}
		if len(w.Lines) != 4 {
			t.Fatalf("%d lines: %q", len(w.Lines), w.Lines)
		}
	})
}
