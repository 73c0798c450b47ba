package calendartest

import (
	"net/http"
	"strings"
	"testing"

	gcal "google.golang.org/api/calendar/v3"
)

// own is an event of the program's making at nine o'clock on 5 March 2026.
func own(id string, shared map[string]string) *gcal.Event {
	e := moveTo(onTheClock(3, 5, 9, 0))
	shared[madeKey] = id
	e.Id, e.ExtendedProperties = id, &gcal.EventExtendedProperties{Shared: shared}
	return e
}

// remove deletes an event in the state that is known of it.
func (b *board) remove(calendarID, id, etag, notify string) error {
	call := b.ann.Events.Delete(calendarID, id).SendUpdates(notify)
	call.Header().Set("If-Match", etag)
	return call.Do()
}

// TestR8GoogleJudgesDeletions: what the program may remove is no violation, and
// everything else is one.
func TestR8GoogleJudgesDeletions(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	wants := func(what, violation string) {
		t.Helper()
		v := b.Violations()
		b.violated = nil
		if violation == "" && len(v) > 0 || violation != "" && (len(v) != 1 || !strings.Contains(v[0], violation)) {
			t.Errorf("%s: the violations are %q, want %q", what, v, violation)
		}
	}
	mine := must(t, b.ann.Events.Insert("primary", own("mine00000", map[string]string{kindKey: "suggestion"})).SendUpdates("none").Do)
	if err := b.remove("primary", mine.Id, mine.Etag, "none"); err != nil {
		t.Fatal(err)
	}
	wants("an event of the program's own", "")
	fails(t, b.remove("primary", mine.Id, mine.Etag, "none"), http.StatusGone, "deleted")
	wants("what is gone", "")
	copied := own("copied000", map[string]string{kindKey: "suggestion"})
	copied.ExtendedProperties.Shared[madeKey] = mine.Id
	other := b.Put(ann, copied)
	_ = b.remove("primary", other, "*", "none")
	wants("somebody's copy of one", "a deletion")
	meeting := must(t, b.ann.Events.Insert("primary", own("meeting00", map[string]string{})).SendUpdates("none").Do)
	_ = b.remove("primary", meeting.Id, meeting.Etag, "none")
	wants("a meeting that the program made", "a deletion")
	series := b.Put(ann, tuesdays)
	moved, _ := b.Instance(ann, series, onTheClock(3, 17, 10, 0))
	b.Drag(ann, moved, halfHour(onTheClock(3, 17, 12, 0)))
	_ = b.remove("primary", moved, "*", "none")
	wants("an occurrence of a series", "a deletion")
}

// TestGoogleEndOfASeries: by the interface the exceptions behind the end stay,
// and may go once the series goes on in another.
func TestGoogleEndOfASeries(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	orphan, _ := b.Instance(ann, series, onTheClock(3, 24, 10, 0))
	b.Drag(ann, orphan, halfHour(onTheClock(3, 24, 12, 0)))
	next := own("goeson000", map[string]string{afterKey: series + "@google.com"})
	next.Recurrence = []string{"RRULE:FREQ=WEEKLY;INTERVAL=2"}
	next.Attendees = []*gcal.EventAttendee{{Email: ann, ResponseStatus: "accepted"}, {Email: bob}}
	must(t, b.ann.Events.Insert("primary", next).SendUpdates("all").Do)
	before := must(t, b.ann.Events.Get("primary", series).Do)
	call := b.ann.Events.Patch("primary", series, &gcal.Event{Recurrence: []string{"RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20260316T225959Z"}}).SendUpdates("none")
	call.Header().Set("If-Match", before.Etag)
	must(t, call.Do)
	for _, who := range []string{ann, bob} {
		if _, ok := b.Event(who, orphan); !ok {
			t.Errorf("the exception behind the end is not in the calendar of %s any more", who)
		}
		if _, ok := b.Instance(who, series, onTheClock(3, 17, 10, 0)); ok {
			t.Errorf("%s has an occurrence behind the end", who)
		}
	}
	if err := b.remove("primary", orphan, must(t, b.ann.Events.Get("primary", orphan).Do).Etag, "all"); err != nil {
		t.Error(err)
	}
	if _, ok := b.Event(bob, orphan); ok {
		t.Error("bob still has it")
	}
	if v := b.Violations(); len(v) > 0 {
		t.Errorf("the violations are %q", v)
	}
	call = b.ann.Events.Patch("primary", next.Id, &gcal.Event{Recurrence: []string{"RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260401T225959Z"}}).SendUpdates("none")
	call.Header().Set("If-Match", "*")
	must(t, call.Do)
	if v := b.Violations(); len(v) != 1 || !strings.Contains(v[0], "goes on") {
		t.Errorf("after the end of a series that goes on nowhere the violations are %q", v)
	}
}

// TestGoogleSecondaryCalendar: the right to make calendars makes one, and its
// invitation stands in the person's own calendar until the calendar goes.
func TestGoogleSecondaryCalendar(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	maker := b.service(ann, "calendar.app.created", "calendar.events", "calendar.calendarlist.readonly")
	_, err := b.service(ann, "calendar.events").Calendars.Insert(&gcal.Calendar{Summary: "aside"}).Do()
	fails(t, err, http.StatusForbidden, "insufficientPermissions")
	made := must(t, maker.Calendars.Insert(&gcal.Calendar{Summary: "aside", Description: "For suggestions.", TimeZone: "Europe/Vienna"}).Do)
	entry := must(t, maker.CalendarList.Get(made.Id).Do)
	if entry.Description != "For suggestions." || entry.AccessRole != RoleOwner || entry.Primary || entry.TimeZone != "Europe/Vienna" {
		t.Errorf("the calendar is listed as %+v", entry)
	}
	e := own("asked0000", map[string]string{kindKey: "suggestion"})
	e.Attendees = []*gcal.EventAttendee{{Email: ann}}
	stored := must(t, maker.Events.Insert(made.Id, e).SendUpdates("none").Do)
	if stored.Organizer.Email != made.Id || !stored.Organizer.Self || stored.Attendees[0].Self || stored.Attendees[0].ResponseStatus != "needsAction" {
		t.Errorf("it is stored as %+v, %+v", stored.Organizer, stored.Attendees[0])
	}
	if !b.Answer(ann, e.Id, "accepted") {
		t.Fatal("ann is not invited")
	}
	if now := must(t, maker.Events.Get(made.Id, e.Id).Do); now.Attendees[0].ResponseStatus != "accepted" || now.Etag == stored.Etag {
		t.Errorf("her answer did not arrive: %+v", now.Attendees[0])
	}
	for _, m := range b.Mails() {
		if m.To == ann {
			t.Errorf("ann has the mail %+v", m)
		}
	}
	b.RemoveCalendar(made.Id)
	if _, ok := b.Event(ann, e.Id); ok || len(b.Calendars(ann)) != 1 {
		t.Errorf("something is left of the calendar: %q", b.Calendars(ann))
	}
	_, err = maker.Events.Get(made.Id, e.Id).Do()
	fails(t, err, http.StatusNotFound, "notFound")
	if v := b.Violations(); len(v) > 0 {
		t.Errorf("the violations are %q", v)
	}
}
