package recur

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	rrule "github.com/teambition/rrule-go"

	"oneonone/internal/span"
)

// disagreement is a class of rules that rrule-go v1.8.2 reads in another way.
type disagreement struct {
	name, why         string
	rule, start, zone string                  // an example, which must disagree
	reads             func(s spec) bool       // the rule alone tells, or
	gives             func(c comparison) bool // what comes out tells
}

// comparison is one rule in one window, expanded by both.
type comparison struct {
	start        time.Time
	first        time.Time // the first instance that rrule-go gives
	ours, theirs []time.Time
	panicked     bool // rrule-go did
}

func (c comparison) equal() bool { return !c.panicked && cmp.Equal(texts(c.ours), texts(c.theirs)) }

// disagreements are all classes known; a difference outside of them fails.
var disagreements = []disagreement{
	{
		name: "plain and numbered weekdays in one BYDAY",
		why:  "rrule-go, like dateutil, takes the days that are in both lists; BYDAY is one list, of which any value will do.",
		rule: "FREQ=MONTHLY;BYDAY=1MO,FR", start: "20260105T090000", zone: "UTC",
		reads: func(s spec) bool {
			return slices.ContainsFunc(s.day, func(d specDay) bool { return d.n == 0 }) &&
				slices.ContainsFunc(s.day, func(d specDay) bool { return d.n != 0 })
		},
	},
	{
		name: "a weekday numbered back beyond the year",
		why:  "rrule-go panics (index out of range) when -6MO and the like of January lie before the year.",
		rule: "FREQ=YEARLY;BYMONTH=1;BYDAY=1MO,-8MO", start: "20260105T090000", zone: "UTC",
		reads: func(s spec) bool {
			return s.freq == "YEARLY" && len(s.month) > 0 && slices.ContainsFunc(s.day, func(d specDay) bool { return d.n < -5 })
		},
	},
	{
		name: "BYWEEKNO without a day",
		why:  "rrule-go, like dateutil, takes all seven days of the week; §3.3.10 takes what the rule leaves open from DTSTART: its weekday.",
		rule: "FREQ=YEARLY;BYWEEKNO=20", start: "20260511T090000", zone: "UTC",
		reads: func(s spec) bool { return len(s.weekNo) > 0 && len(s.day)+len(s.monthDay)+len(s.yearDay) == 0 },
	},
	{
		name: "BYWEEKNO from the back at the end of a year",
		why:  "the last days of December may be in week 1 of the next year, which is also its week -52 or -53; rrule-go looks for 1 only.",
		rule: "FREQ=YEARLY;BYWEEKNO=-52;BYDAY=MO", start: "20250106T090000", zone: "UTC",
		reads: func(s spec) bool { return slices.ContainsFunc(s.weekNo, func(n int) bool { return n <= -52 }) },
	},
	{
		name: "weekly BYSETPOS in the first week",
		why:  "rrule-go's first week begins at DTSTART instead of at WKST, so that positions count from there (and COUNT shifts).",
		rule: "FREQ=WEEKLY;BYDAY=MO,WE,SA;BYSETPOS=1,3", start: "20260107T090000", zone: "UTC",
		reads: func(s spec) bool { return s.freq == "WEEKLY" && len(s.setPos) > 0 },
	},
	{
		name: "DTSTART is off the rule",
		why:  "RFC 5545 §3.8.5.3 leaves it undefined. rrule-go drops DTSTART, and so counts COUNT from the first match; we keep it as the first instance, as calendars do.",
		rule: "FREQ=WEEKLY;BYDAY=MO;COUNT=3", start: "20260107T090000", zone: "UTC",
		gives: func(c comparison) bool { return !c.first.Equal(c.start) },
	},
	{
		name: "the clocks skip or repeat the time",
		why:  "rrule-go asks time.Date, which promises no choice (RFC 5545 §3.3.5 makes one).",
		rule: "FREQ=DAILY", start: "20261020T023000", zone: "Europe/Berlin",
		gives: func(c comparison) bool { return onlyClocksDiffer(c.ours, c.theirs) },
	},
}

// onlyClocksDiffer reports whether the instances agree but for those on a day
// on which the clocks change.
func onlyClocksDiffer(ours, theirs []time.Time) bool {
	quiet := func(all []time.Time) []time.Time {
		return slices.DeleteFunc(slices.Clone(all), func(t time.Time) bool {
			_, a := t.Add(-24 * time.Hour).Zone()
			_, b := t.Add(24 * time.Hour).Zone()
			return a != b
		})
	}
	return cmp.Equal(texts(quiet(ours)), texts(quiet(theirs)))
}

// compare expands a rule with both.
func compare(t *testing.T, rule string, start time.Time, w span.Span) (c comparison) {
	t.Helper()
	set, err := ParseSet(start, false, []string{rule}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.start = start
	if c.ours, err = set.Between(w, Budget{}); err != nil {
		t.Fatal(err)
	}
	option, err := rrule.StrToROption(rule)
	if err != nil {
		t.Fatalf("rrule-go: %s: %v", rule, err)
	}
	option.Dtstart = start
	theirs, err := rrule.NewRRule(*option)
	if err != nil {
		t.Fatalf("rrule-go: %s: %v", rule, err)
	}
	defer func() { c.panicked = recover() != nil }()
	c.theirs = theirs.Between(w.Start, w.End.Add(-time.Second), true)
	c.first = theirs.After(start.AddDate(-1, 0, 0), true)
	return c
}

func TestEachDisagreementWithRruleGoIsReal(t *testing.T) {
	for _, d := range disagreements {
		t.Run(d.name, func(t *testing.T) {
			start := at(t, d.start, in(t, d.zone))
			c := compare(t, d.rule, start, span.Span{Start: start.AddDate(-1, 0, 0), End: start.AddDate(3, 0, 0)})
			if c.equal() {
				t.Errorf("%s from %s: both agree now; take the class out", d.rule, d.start)
			}
			if d.gives != nil && !d.gives(c) {
				t.Errorf("%s from %s: the example is not of its class", d.rule, d.start)
			}
		})
	}
}

// TestRandomRulesAgreeWithRruleGo takes rrule-go as a second opinion. A rule is
// passed over only for a class of disagreement, and the classes are counted.
func TestRandomRulesAgreeWithRruleGo(t *testing.T) {
	const rules = 2000
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney"}
	equal, never, passed := 0, 0, make([]int, len(disagreements))
	for i := range rules {
		r := rand.New(rand.NewPCG(9, uint64(i)))
		s := randomSpec(r, "YEARLY", "MONTHLY", "WEEKLY", "DAILY")
		if class := slices.IndexFunc(disagreements, func(d disagreement) bool { return d.reads != nil && d.reads(s) }); class >= 0 {
			passed[class]++
			continue
		}
		wall := time.Date(2016+r.IntN(8), 1, 1+r.IntN(366), r.IntN(24), 15*r.IntN(4), 0, 0, time.UTC)
		start := Instant(wall, in(t, zones[r.IntN(len(zones))]))
		set, err := ParseSet(start, false, []string{s.String()}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, after, err := set.Neighbours(start, Budget{})
		if err != nil || after.IsZero() {
			never++ // rrule-go would walk to the year 9999
			continue
		}
		if r.IntN(5) > 0 {
			start = after // which is on the rule
		}
		begin := start.AddDate(0, r.IntN(60), -1)
		if r.IntN(3) == 0 {
			begin = start.AddDate(0, 0, -1)
		}
		c := compare(t, s.String(), start, span.Span{Start: begin, End: begin.AddDate(0, 1+r.IntN(24), 0)})
		if c.equal() {
			equal++
			continue
		}
		class := slices.IndexFunc(disagreements, func(d disagreement) bool { return d.gives != nil && d.gives(c) })
		if class < 0 {
			t.Errorf("%s from %v, panicked %v (-rrule-go +ours):\n%s", s, start, c.panicked, cmp.Diff(texts(c.theirs), texts(c.ours)))
			continue
		}
		passed[class]++
	}
	t.Logf("%d of %d rules equal, %d never match after DTSTART", equal, rules, never)
	for i, d := range disagreements {
		t.Logf("%d rules passed over: %s: %s", passed[i], d.name, d.why)
	}
	if equal < rules*6/10 {
		t.Errorf("only %d of %d rules compared equal", equal, rules)
	}
}
