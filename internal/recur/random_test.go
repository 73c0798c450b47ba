package recur

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/span"
)

// instantsOf turns the slow wall clocks into instants of loc, sorted.
func instantsOf(walls []time.Time, loc *time.Location) map[int64]bool {
	out := map[int64]bool{}
	for _, w := range walls {
		out[slowInstant(w.Unix(), loc)] = true
	}
	return out
}

// inWindow returns those of the instants that lie in w, as text, sorted.
func inWindow(instants map[int64]bool, w span.Span, loc *time.Location) []string {
	var spans []span.Span
	for t := range instants {
		if at := time.Unix(t, 0).In(loc); w.Contains(at) {
			spans = append(spans, span.Of(at, 1)) // sorted by NewSet
		}
	}
	var out []string
	for _, s := range span.NewSet(spans...) {
		out = append(out, s.Start.Format(time.RFC3339))
	}
	return out
}

func texts(times []time.Time) []string {
	var out []string
	for _, t := range times {
		out = append(out, t.Format(time.RFC3339))
	}
	return out
}

// TestRandomRulesAgreeWithTheSlowEnumeration compares thousands of rules in
// windows near to and far from DTSTART.
func TestRandomRulesAgreeWithTheSlowEnumeration(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "UTC", "America/Sao_Paulo"}
	compared := 0
	for i := range 1500 {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		s := randomSpec(r, "YEARLY", "MONTHLY", "WEEKLY", "DAILY")
		loc := in(t, zones[r.IntN(len(zones))])
		wall := time.Date(2008+r.IntN(12), 1, 1+r.IntN(366), r.IntN(24), 15*r.IntN(4), 0, 0, time.UTC)
		compared += compareWithSlow(t, s, wall, loc, r, 6*366, 300)
	}
	if compared < 10_000 {
		t.Errorf("only %d instances compared", compared)
	}
}

// TestRandomRulesFasterThanDailyAgreeWithTheSlowEnumeration does the same over
// days instead of years.
func TestRandomRulesFasterThanDailyAgreeWithTheSlowEnumeration(t *testing.T) {
	compared := 0
	for i := range 100 {
		r := rand.New(rand.NewPCG(8, uint64(i)))
		s := randomSpec(r, "HOURLY", "HOURLY", "MINUTELY", "MINUTELY", "SECONDLY")
		if s.freq == "SECONDLY" && len(s.hour) == 0 {
			s.hour = []int{2, 9} // the slow enumeration is slow
		}
		s.interval *= 1 + r.IntN(9)
		wall := time.Date(2026, 3, 20+r.IntN(10), r.IntN(24), r.IntN(60), r.IntN(2)*30, 0, time.UTC)
		compared += compareWithSlow(t, s, wall, in(t, "Europe/Berlin"), r, 10, 2)
	}
	if compared < 1000 {
		t.Errorf("only %d instances compared", compared)
	}
}

// compareWithSlow returns how many instances it compared.
func compareWithSlow(t *testing.T, s spec, wall time.Time, loc *time.Location, r *rand.Rand, far, length int) int {
	t.Helper()
	start := Instant(wall, loc)
	rule, err := Parse(s.String())
	if err != nil {
		t.Fatal(err)
	}
	set := NewSet(start, false, []Rule{rule}, nil, nil)
	begin := start.AddDate(0, 0, r.IntN(far)-length/2).Add(time.Duration(r.IntN(86400)) * time.Second)
	w := span.Span{Start: begin, End: begin.AddDate(0, 0, 1+r.IntN(length))}
	starts, err := set.Between(w, Budget{Instances: 1_000_000, Steps: 10_000_000})
	if err != nil {
		t.Fatalf("%s from %v: %v", s, start, err)
	}
	// A DTSTART in a gap is read as §3.3.5 says, and its clock is the later one.
	shown := time.Unix(wallOf(start), 0).UTC()
	slow := instantsOf(s.slowWalls(shown, time.Unix(wallOf(w.End), 0).UTC().AddDate(0, 0, 2)), loc)
	if diff := cmp.Diff(inWindow(slow, w, loc), texts(starts)); diff != "" {
		t.Errorf("%s from %v in %v..%v (-slow +got):\n%s", s, start, w.Start, w.End, diff)
	}
	return len(starts)
}
