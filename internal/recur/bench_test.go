package recur

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	rrule "github.com/teambition/rrule-go"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// office is one series of an office calendar.
type office struct {
	start   time.Time
	rule    string
	exdates []time.Time
}

// officeWindow is eight weeks that hold the autumn changes of clocks.
var officeWindow = span.Span{
	Start: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC),
	End:   time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC),
}

// offices returns series as offices have them, begun up to eight years before
// the window: 45 % weekly, 15 % on two or three days, 15 % every two weeks, 10 %
// on a numbered weekday, 10 % each working day, the rest daily and
// yearly; 30 % with UNTIL, 15 % with COUNT, a tenth with EXDATEs.
func offices(tb testing.TB, n int) []office {
	r := rand.New(rand.NewPCG(42, 0))
	zones := []string{"Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Australia/Sydney", "Asia/Kolkata", "Asia/Tokyo", "UTC"}
	days := []string{"MO", "TU", "WE", "TH", "FR"}
	out := make([]office, n)
	for i := range out {
		wall := officeWindow.Start.AddDate(0, 0, -r.IntN(8*365)).Add(time.Duration(8*60+15*r.IntN(36)) * time.Minute)
		for wall.Weekday() == time.Saturday || wall.Weekday() == time.Sunday {
			wall = wall.AddDate(0, 0, 1)
		}
		own := days[wall.Weekday()-1]
		o := &out[i]
		switch p := r.IntN(100); {
		case p < 45:
			o.rule = "FREQ=WEEKLY;BYDAY=" + own
		case p < 60:
			o.rule = "FREQ=WEEKLY;BYDAY=" + own + "," + days[(int(wall.Weekday())+r.IntN(4))%5]
		case p < 75:
			o.rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=" + own
		case p < 82:
			o.rule = fmt.Sprintf("FREQ=MONTHLY;BYDAY=%d%s", (wall.Day()-1)/7+1, own)
		case p < 85:
			o.rule = fmt.Sprintf("FREQ=MONTHLY;BYDAY=%s;BYSETPOS=%d", own, (wall.Day()-1)/7+1)
		case p < 90:
			o.rule = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
		case p < 95:
			o.rule = "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"
		case p < 97:
			o.rule = "FREQ=DAILY"
		case p < 99:
			o.rule = fmt.Sprintf("FREQ=MONTHLY;BYMONTHDAY=%d", wall.Day())
		default:
			o.rule = "FREQ=YEARLY"
		}
		o.start = Instant(wall, in(tb, zones[r.IntN(len(zones))]))
		switch p := r.IntN(100); {
		case p < 30:
			o.rule += ";UNTIL=" + o.start.UTC().AddDate(0, 0, 30+r.IntN(8*365)).Format("20060102T150405Z")
		case p < 45:
			o.rule += fmt.Sprintf(";COUNT=%d", 5+r.IntN(500))
		}
		if r.IntN(10) == 0 {
			o.exdates = []time.Time{o.start.AddDate(0, 0, 14), o.start.AddDate(0, 0, 28)}
		}
	}
	return out
}

// ours and rruleGo both read the rule and expand it.
func (o office) ours(tb testing.TB) []time.Time {
	set, err := ParseSet(o.start, false, []string{o.rule}, nil, o.exdates)
	if err != nil {
		tb.Fatal(err)
	}
	starts, err := set.Between(officeWindow, DefaultBudget)
	if err != nil {
		tb.Fatal(err)
	}
	return starts
}

func (o office) rruleGo(tb testing.TB) []time.Time {
	option, err := rrule.StrToROption(o.rule)
	if err != nil {
		tb.Fatal(err)
	}
	option.Dtstart = o.start
	rule, err := rrule.NewRRule(*option)
	if err != nil {
		tb.Fatal(err)
	}
	set := rrule.Set{}
	set.DTStart(o.start)
	set.RRule(rule)
	set.SetExDates(o.exdates)
	return set.Between(officeWindow.Start, officeWindow.End.Add(-1), true) // both ends count there
}

// BenchmarkOffice expands 2,500 office series, rules read afresh each time. The
// sub-benchmark "both" reports how many times faster than rrule-go that is.
func BenchmarkOffice(b *testing.B) {
	series := offices(b, 2500)
	instances := 0
	for _, o := range series {
		instances += len(o.ours(b))
	}
	b.Run("recur", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, o := range series {
				o.ours(b)
			}
		}
		b.ReportMetric(float64(instances), "instances/op")
	})
	b.Run("rrule-go", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, o := range series {
				o.rruleGo(b)
			}
		}
	})
	b.Run("both", func(b *testing.B) {
		var ours, theirs time.Duration
		for b.Loop() {
			ours += took(b, func() {
				for range 10 {
					for _, o := range series {
						o.ours(b)
					}
				}
			})
			theirs += took(b, func() {
				for _, o := range series {
					o.rruleGo(b)
				}
			})
		}
		b.ReportMetric(10*float64(theirs)/float64(ours), "times-faster")
	})
}

func took(b *testing.B, f func()) time.Duration {
	before := b.Elapsed()
	f()
	return b.Elapsed() - before
}

// BenchmarkExpand makes occurrences of the same series, as a pass does.
func BenchmarkExpand(b *testing.B) {
	var masters []calendar.Event
	for _, o := range offices(b, 2500) {
		masters = append(masters, calendar.Event{Start: o.start, End: o.start.Add(30 * time.Minute), RRules: []string{o.rule}, ExDates: o.exdates})
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, m := range masters {
			if _, _, err := Expand(m, nil, officeWindow); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// TestOfficeRulesAgreeWithRruleGo keeps the benchmark honest: both sides find
// the same meetings, EXDATEs included.
func TestOfficeRulesAgreeWithRruleGo(t *testing.T) {
	for _, o := range offices(t, 2500) {
		c := comparison{ours: o.ours(t), theirs: o.rruleGo(t)}
		if !c.equal() {
			t.Errorf("%s from %v: ours %v, rrule-go %v", o.rule, o.start, c.ours, c.theirs)
		}
	}
}
