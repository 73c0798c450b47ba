package engine_test

import "testing"

// TestR2AnUntouchedCopyFollowsTheOrganizer: on a server that delivers nothing,
// the guest would wait at the old time after the organizer dragged a meeting.
func TestR2AnUntouchedCopyFollowsTheOrganizer(t *testing.T) {
	d := newDesk(t, nil, "ann", "bob")
	e := weekly("bob", wednesday, "ann", "bob")
	d.put("bob", ics(e.String()), "ann", "bob")
	d.pass()
	thursday := wednesday.AddDate(0, 0, 1)
	d.put("bob", ics(e.String(), e.exception(wednesday, thursday)), "ann")
	d.pass()
	d.wants("bob", wednesday, thursday, "ann", "bob")
	d.quiet()

	// Another drag, and one back to where it was, are followed too.
	d.drag("ann", "bob", thursday, thursday.AddDate(0, 0, 1))
	d.pass()
	d.wants("bob", wednesday, thursday.AddDate(0, 0, 1), "ann", "bob")
	d.drag("ann", "bob", thursday.AddDate(0, 0, 1), wednesday)
	d.pass()
	d.wants("bob", wednesday, wednesday, "ann", "bob")

	// What the guest drags stays, whatever the organizer does.
	d.drag("bob", "bob", wednesday, thursday)
	d.pass()
	d.drag("ann", "bob", wednesday, thursday.AddDate(0, 0, 1))
	d.pass()
	d.wants("bob", wednesday, thursday.AddDate(0, 0, 1), "ann")
	d.wants("bob", wednesday, thursday, "bob")
	d.quiet()
	d.check()
}
