package engine_test

import (
	"strings"
	"testing"
)

var wednesday = at("2026-11-25 10:00")

// TestDoubleBooking is the whole of it once: Ann is double booked, both copies
// of her 1:1 with Bob go to the nearest slot, the link is on both, and then
// there is nothing left to do.
func TestDoubleBooking(t *testing.T) {
	d := newDesk(t, nil, "ann", "bob")
	d.put("bob", ics(weekly("bob", wednesday, "ann", "bob").String()), "ann", "bob")
	d.put("busy", block("busy", wednesday, 60), "ann")
	r := d.pass()
	if r.Moved != 1 {
		t.Errorf("Moved = %d, want 1", r.Moved)
	}
	// With 15 minutes of overrun 09:15 is the last start before 10:00; the first
	// one after 11:00 would be 11:15, which is farther away.
	d.wants("bob", wednesday, at("2026-11-25 09:15"), "ann", "bob")
	for _, who := range d.names {
		text := d.text(who, "bob")
		for i, c := range components(text) {
			if !strings.Contains(c.line("DESCRIPTION"), "Agenda: "+agendaBase) || !strings.Contains(c.line("ATTACH"), agendaBase) {
				t.Errorf("%s: component %d has no agenda link:\n%s", who, i, text)
			}
		}
		if n := len(components(text)); n != 2 {
			t.Errorf("%s: %d components, want 2", who, n)
		}
		want := `Moved from Wed 25 Nov 10:00: Ann is not available then. To keep a time\, drag it there\; to stop moves\, write #pin.`
		if !strings.Contains(text, want) {
			t.Errorf("%s: no line about the move:\n%s", who, text)
		}
	}
	d.quiet()
	d.check()
	if t.Failed() {
		t.Log(d.log.String())
	}
}
