package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
	"oneonone/internal/reschedule"
)

// TestCost: a pass without changes asks once for each calendar; one change costs
// one REPORT and one GET more, beside the writes and their confirmation.
func TestCost(t *testing.T) {
	d := pairOf(t, nil)
	d.pass()
	d.quiet()
	d.now = d.now.AddDate(0, 0, 1) // the daily comparison and the list are due
	d.pass()
	d.settle()
	d.quiet()
	next := wednesday.AddDate(0, 0, 7)
	d.ResetCounters()
	d.put("busy", block("busy", next, 60), "ann")
	d.pass()
	c := d.Counters()
	if c.Total() > 4 || c.Writes() != 0 || c.Requests["REPORT"] > 3 || c.Requests["GET"] > 1 {
		t.Errorf("one change, not settled yet: %v", c.Requests)
	}
	d.settle()
	d.ResetCounters()
	if r := d.pass(); r.Moved != 1 {
		t.Fatalf("Moved = %d", r.Moved)
	}
	if c := d.Counters(); c.Writes() != 2 || c.Requests["GET"] > 2 || c.Total() > 2+2+2 {
		t.Errorf("the move cost %v, want two writes, each confirmed, and one request for each calendar", c.Requests)
	}
	d.quiet()
}

// office is Ann and Bob with 2,500 events each.
func office(b *testing.B) *desk {
	d := newDesk(b, nil, "ann", "bob")
	for i, who := range d.names {
		for _, o := range calendartest.Office(uint64(i), 2500, who+"@example.org") {
			d.Put(who, "work", o.Name, o.Data)
		}
	}
	d.o.MaxChanges = 1 << 20
	d.o.Policy.Mode = "observe"
	d.restart()
	d.pass()
	return d
}

// BenchmarkQuietPass is a pass over two calendars of 2,500 events in which
// nothing has changed.
func BenchmarkQuietPass(b *testing.B) {
	d := office(b)
	d.pass()
	d.ResetCounters()
	for b.Loop() {
		d.pass()
	}
	b.ReportMetric(float64(d.Counters().Total())/float64(b.N), "requests/op")
}

// BenchmarkOneChange is a pass in which one of 5,000 events has changed.
func BenchmarkOneChange(b *testing.B) {
	d := office(b)
	d.put("x", block("x", wednesday, 30), "ann")
	d.pass()
	n := 0
	d.ResetCounters()
	for b.Loop() {
		n++
		d.edit("ann", "x", func(s string) string { return strings.Replace(s, "SUMMARY:", fmt.Sprintf("SUMMARY:%d ", n), 1) })
		d.pass()
	}
	b.ReportMetric(float64(d.Counters().Total())/float64(b.N), "requests/op")
}

// BenchmarkFirstPass is the first pull and pass over 5,000 events.
func BenchmarkFirstPass(b *testing.B) {
	d := office(b)
	for b.Loop() {
		d.loseDatabase()
		d.pass()
	}
}

// TestAQuietPlanEndsInTime: while no calendar changes a plan stands, but a
// meeting that comes into the horizon is looked after all the same.
func TestAQuietPlanEndsInTime(t *testing.T) {
	d := newDesk(t, func(o *engine.Options) { o.Policy.Horizon = 24 * time.Hour }, "ann", "bob")
	d.put("bob", ics(weekly("bob", wednesday, "ann", "bob").String()), "ann", "bob")
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.now = wednesday.Add(-24*time.Hour - 20*time.Minute)
	d.pass()
	d.quiet()
	d.wants("bob", wednesday, wednesday, "ann", "bob")
	d.now = d.now.Add(10 * time.Minute)
	d.quiet()
	d.now = d.now.Add(15 * time.Minute)
	if r := d.pass(); len(r.Plan.Items) != 1 || r.Plan.Items[0].Decision.Outcome == reschedule.Fine {
		t.Errorf("the meeting came into the horizon and was not looked at: %+v", r.Plan.Items)
	}
}
