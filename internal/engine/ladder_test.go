package engine_test

import (
	"strings"
	"testing"
	"time"
)

func TestR17Room(t *testing.T) {
	d := newDesk(t, nil, "ann", "bob")
	e := weekly("bob", wednesday, "ann", "bob")
	e.more = []string{"ATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED:mailto:room1@example.org"}
	d.put("bob", ics(e.String()), "ann", "bob")
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.pass()
	d.wants("bob", wednesday, at("2026-11-25 09:15"), "ann", "bob")
	if !strings.Contains(d.text("bob", "bob"), "The room is not booked") {
		t.Errorf("nothing is said about the room:\n%s", d.text("bob", "bob"))
	}
	d.check()
}

func TestR11StuckAndFreeAgain(t *testing.T) {
	d := pairOf(t, nil)
	// Bob is away for all that lies between the neighbours; no room at all.
	d.put("v", allDay("v", "vacation", at("2026-11-19 00:00"), 13), "bob")
	d.pass()
	d.wants("bob", wednesday, wednesday, "ann", "bob")
	for _, who := range d.names {
		text := d.text(who, "bob")
		want := `Bob is not available then\, and there is no time free for both between the meetings before and after this one. The meeting stays as it is`
		if n := strings.Count(text, want); n != 1 {
			t.Errorf("%s: the line stands there %d times:\n%s", who, n, text)
		}
	}
	d.quiet()
	d.now = d.now.Add(24 * time.Hour) // the line does not depend on the day
	if r := d.pass(); r.Writes != 0 {
		t.Errorf("a day later: %d writes", r.Writes)
	}
	d.put("v", allDay("v", "vacation", at("2026-11-19 00:00"), 8), "bob")
	d.pass()
	d.settle()
	d.pass()
	if d.where("ann", "bob", wednesday).Equal(wednesday) {
		t.Error("not moved although there is room now")
	}
	if strings.Contains(d.text("ann", "bob"), "stays as it is") {
		t.Errorf("the line still stands there:\n%s", d.text("ann", "bob"))
	}
	d.quiet()
	d.check()
}
