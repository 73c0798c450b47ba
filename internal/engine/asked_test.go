package engine_test

import (
	"strings"
	"testing"
	"time"

	"oneonone/internal/engine"
)

// budgetless is a pair whose meetings are not moved without asking, because the
// budget is used up, until it comes back.
func budgetless(t *testing.T) *desk {
	d := pairOf(t, func(o *engine.Options) {
		talking(o)
		o.Policy.PerSeries = 0
	})
	d.put("busy", block("busy", wednesday.AddDate(0, 0, 14), 60), "ann")
	d.pass()
	d.settle()
	d.pass()
	d.oneSuggestion("ann")
	return d
}

// TestR28ANoToAMoveLeavesTheMeeting: what somebody said no to is not done without
// asking when the budget comes back, nor what was not answered.
func TestR28ANoToAMoveLeavesTheMeeting(t *testing.T) {
	for _, answer := range []string{"DECLINED", "", "waiting"} {
		t.Run(answer, func(t *testing.T) {
			d := budgetless(t)
			switch answer {
			case "DECLINED":
				d.replies("ann", answer)
				d.now = d.now.Add(time.Hour)
			case "":
				d.now = d.now.AddDate(0, 0, 8)
			}
			d.pass()
			d.o.Policy.PerSeries = 2
			d.restart()
			for range 3 {
				d.now = d.now.Add(2 * time.Hour)
				d.pass()
			}
			d.wants("bob", wednesday.AddDate(0, 0, 14), wednesday.AddDate(0, 0, 14), "ann", "bob")
			if open := len(d.suggested("ann")); open != map[string]int{"waiting": 1}[answer] {
				t.Errorf("%d suggestions are open: %q", open, d.kinds())
			}
			d.check()
		})
	}
}

// TestASuggestedMoveOutlastsWork: somebody at work on the series makes the
// conflict wait (R13), but takes back nothing that was asked about it.
func TestASuggestedMoveOutlastsWork(t *testing.T) {
	d := budgetless(t)
	d.now = d.now.Add(time.Hour)
	d.edit("ann", "bob", func(s string) string { return strings.Replace(s, "SUMMARY:", "SUMMARY:Our ", 1) })
	d.pass()
	d.settle()
	d.pass()
	if k := d.kinds(); len(k) != 1 || k[0] != "move open" {
		t.Errorf("suggestions: %q", k)
	}
	d.check()
}

// TestR5TheOrganizersNoIsSaidOnce: the organizer's own no stays on the event when
// it is moved, and was said to the time before.
func TestR5TheOrganizersNoIsSaidOnce(t *testing.T) {
	d := pairOf(t, talking)
	d.says("ann", "ann", "DECLINED", wednesday)
	d.pass()
	moved := d.where("ann", "bob", wednesday)
	if moved.Equal(wednesday) {
		t.Fatal("it was not moved")
	}
	for range 3 {
		d.settle()
		d.pass()
	}
	d.wants("bob", wednesday, moved, "ann", "bob")
	if k := d.kinds(); len(k) != 0 {
		t.Errorf("suggestions: %q", k)
	}
	d.check()
}

// TestAYesAfterTheMeeting: a yes that comes when the meeting has begun moves
// nothing any more: the two may have met.
func TestAYesAfterTheMeeting(t *testing.T) {
	d := budgetless(t)
	original := wednesday.AddDate(0, 0, 14)
	d.put("early", block("early", original.Add(-time.Hour), 60), "ann") // Now a later slot is nearer.
	d.pass()
	d.settle()
	d.pass()
	if _, text := d.oneSuggestion("ann"); !strings.Contains(text, "11:15") {
		t.Fatalf("another slot:\n%s", text)
	}
	d.replies("ann", "ACCEPTED")
	d.now = original.Add(time.Minute)
	d.pass()
	d.wants("bob", original, original, "ann", "bob")
	d.check()
}
