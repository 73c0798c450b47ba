package calendartest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	gcal "google.golang.org/api/calendar/v3"
)

func TestGoogleCalendars(t *testing.T) {
	b := newBoard(t, GoogleStyle{Page: 2})
	own := b.AddCalendar(ann, "Own", "")
	shared := b.AddCalendar(bob, "Team", "America/New_York")
	b.AddCalendar(bob, "Bob's alone", "")
	b.Share(shared, ann, RoleReader)
	got := map[string]*gcal.CalendarListEntry{}
	call, pages := b.ann.CalendarList.List(), 0
	for {
		page := must(t, call.Do)
		for _, c := range page.Items {
			got[c.Id] = c
		}
		if pages++; page.NextPageToken == "" {
			break
		}
		call.PageToken(page.NextPageToken)
	}
	if len(got) != 3 || pages != 2 || !got[ann].Primary || got[ann].AccessRole != RoleOwner || got[own].Primary || got[own].TimeZone != "Europe/Vienna" ||
		got[shared].AccessRole != RoleReader || got[shared].Summary != "Team" {
		t.Errorf("ann's calendars are %+v on %d pages", got, pages)
	}
	if c := must(t, b.ann.CalendarList.List().MinAccessRole("owner").MaxResults(2).Do); len(c.Items) != 2 {
		t.Errorf("ann owns %d calendars", len(c.Items))
	}
	made := must(t, b.ann.Calendars.Insert(&gcal.Calendar{Summary: "Suggestions"}).Do)
	if c := must(t, b.ann.CalendarList.Get(made.Id).Do); c.Summary != "Suggestions" || c.AccessRole != RoleOwner {
		t.Errorf("the new calendar is %+v", c)
	}
	if c := must(t, b.ann.Calendars.Get("primary").Do); c.Id != ann {
		t.Errorf("the primary calendar is %q", c.Id)
	}
	if s := must(t, b.ann.Settings.Get("timezone").Do); s.Value != "Europe/Vienna" {
		t.Errorf("the time zone is %q", s.Value)
	}
	if s := must(t, b.ann.Settings.List().Do); len(s.Items) != 4 {
		t.Errorf("the settings are %+v", s.Items)
	}
	b.Share(shared, ann, "")
	_, err := b.ann.CalendarList.Get(shared).Do()
	fails(t, err, http.StatusNotFound, "notFound")
}

// TestGoogleSecondaryOrganizer: on a secondary calendar the organizer is the
// calendar, and its person is no guest of that name.
func TestGoogleSecondaryOrganizer(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	team := b.AddCalendar(ann, "Team", "")
	id := b.Put(team, tuesdays)
	e := must(t, b.ann.Events.Get(team, id).Do)
	if e.Organizer.Email != team || !e.Organizer.Self || slices.ContainsFunc(e.Attendees, func(a *gcal.EventAttendee) bool { return a.Self }) {
		t.Errorf("the event is %+v of %+v", e, e.Organizer)
	}
	copied := must(t, b.ann.Events.Get("primary", id).Do)
	if copied.Organizer.Self || !copied.Attendees[0].Self || copied.ICalUID != e.ICalUID {
		t.Errorf("ann's own copy is %+v", copied)
	}
}

func TestGoogleInvitationByAlias(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	id := b.Put(bob, `{"summary":"Talk","start":{"dateTime":"2026-03-04T12:00:00Z"},"end":{"dateTime":"2026-03-04T13:00:00Z"},
		"attendees":[{"email":"ann@old.example.org"}]}`)
	e := must(t, b.ann.Events.Get("primary", id).Do)
	if len(e.Attendees) != 1 || !e.Attendees[0].Self || e.Attendees[0].ResponseStatus != "needsAction" {
		t.Errorf("ann's copy is %+v", e.Attendees)
	}
	// An invitation from another server: nobody here is its organizer.
	id = b.Put(ann, `{"iCalUID":"far@away","organizer":{"email":"eve@far.example"},"start":{"date":"2026-03-04"},"end":{"date":"2026-03-05"},
		"attendees":[{"email":"ann@example.org"}]}`)
	if e = must(t, b.ann.Events.Get("primary", id).Do); e.Organizer.Self || e.ICalUID != "far@away" {
		t.Errorf("the invitation is %+v", e)
	}
	if !b.Answer(ann, id, "accepted") {
		t.Error("ann cannot answer")
	}
}

func TestGoogleFreeBusy(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	b.AddUser(GoogleUser{Email: "room5@example.org", Zone: "Europe/Vienna", Room: true})
	b.Share(bob, ann, RoleFreeBusy)
	b.Share("room5@example.org", ann, RoleFreeBusy)
	b.AddGroup("team@example.org", bob, ann)
	series := b.Put(ann, tuesdays)
	declined, _ := b.Instance(bob, series, onTheClock(3, 17, 10, 0))
	b.Answer(bob, declined, "declined")
	meeting := func(kind, from, to string) {
		b.Put(bob, fmt.Sprintf(`{"start":{"dateTime":"%s"},"end":{"dateTime":"%s"},%s}`, from, to, kind))
	}
	meeting(`"eventType":"outOfOffice"`, "2026-03-10T08:00:00Z", "2026-03-10T09:10:00Z") // Touches the 1:1.
	meeting(`"transparency":"transparent"`, "2026-03-11T08:00:00Z", "2026-03-11T09:00:00Z")
	meeting(`"eventType":"workingLocation"`, "2026-03-12T08:00:00Z", "2026-03-12T09:00:00Z")
	meeting(`"summary":"x","attendees":[{"email":"room5@example.org"}]`, "2026-03-13T08:00:00Z", "2026-03-13T09:00:00Z")
	ask := &gcal.FreeBusyRequest{TimeMin: "2026-03-08T00:00:00Z", TimeMax: "2026-03-24T00:00:00Z"}
	for _, id := range []string{bob, "room5@example.org", "nobody@example.org", "team@example.org"} {
		ask.Items = append(ask.Items, &gcal.FreeBusyRequestItem{Id: id})
	}
	got := must(t, b.ann.Freebusy.Query(ask).Do)
	var busy []string
	for _, p := range got.Calendars[bob].Busy {
		busy = append(busy, p.Start+" "+p.End)
	}
	if want := []string{"2026-03-10T08:00:00Z 2026-03-10T09:30:00Z", "2026-03-13T08:00:00Z 2026-03-13T09:00:00Z"}; !slices.Equal(busy, want) {
		t.Errorf("bob is busy %q, want %q", busy, want)
	}
	if p := got.Calendars["room5@example.org"].Busy; len(p) != 1 {
		t.Errorf("the room is busy %+v", p)
	}
	if e := got.Calendars["nobody@example.org"].Errors; len(e) != 1 || e[0].Reason != "notFound" {
		t.Errorf("nobody is %+v", e)
	}
	if g := got.Groups["team@example.org"].Calendars; !slices.Equal(g, []string{bob, ann}) {
		t.Errorf("the group is %q", g)
	}
	ask.GroupExpansionMax, ask.CalendarExpansionMax = 1, 1
	got = must(t, b.ann.Freebusy.Query(ask).Do)
	if got.Groups["team@example.org"].Errors[0].Reason != "groupTooBig" || got.Calendars["nobody@example.org"].Errors[0].Reason != "tooManyCalendarsRequested" {
		t.Errorf("beyond the limits there is %+v, %+v", got.Groups, got.Calendars)
	}
	ask.TimeMax = ask.TimeMin
	_, err := b.ann.Freebusy.Query(ask).Do()
	fails(t, err, http.StatusBadRequest, "timeRangeEmpty")
	// The right to events is none to free/busy.
	_, err = b.service(ann, "calendar.events").Freebusy.Query(ask).Do()
	fails(t, err, http.StatusForbidden, "insufficientPermissions")
}

// TestGoogleRooms: a room that is taken declines, and takes back what it said
// when the meeting moves.
func TestGoogleRooms(t *testing.T) {
	const room = "room5@example.org"
	b := newBoard(t, GoogleStyle{})
	b.AddUser(GoogleUser{Email: room, Zone: "Europe/Vienna", Room: true})
	booked := func(who, id string, hour int) string {
		e := fields{"id": id, "start": at(onTheClock(3, 4, hour, 0)), "end": at(onTheClock(3, 4, hour+1, 0)), "attendees": []fields{{"email": room}}}
		return b.Put(who, e)
	}
	says := func(who, id string) string {
		data, _ := b.Event(who, id)
		var e gcal.Event
		if err := json.Unmarshal(data, &e); err != nil || len(e.Attendees) != 1 || !e.Attendees[0].Resource {
			t.Fatalf("the event is %s, %v", data, err)
		}
		return answerOf(&e, room)
	}
	first, second := booked(ann, "first", 9), booked(bob, "second", 9)
	if x, y := says(ann, first), says(bob, second); x != "accepted" || y != "declined" {
		t.Errorf("the room says %s to the first and %s to the second", x, y)
	}
	b.Drag(bob, second, halfHour(onTheClock(3, 4, 11, 0)))
	if x := says(bob, second); x != "accepted" {
		t.Errorf("moved to where the room is free, it says %s", x)
	}
	b.Drag(ann, first, halfHour(onTheClock(3, 4, 11, 0)))
	if x, y := says(ann, first), says(bob, second); x != "declined" || y != "accepted" {
		t.Errorf("moved onto the second, the room says %s to the first and %s to the second", x, y)
	}
}

// TestGoogleHidesWhatIsPrivate: who sees only free/busy sees no titles.
func TestGoogleHidesWhatIsPrivate(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	b.Put(bob, `{"id":"plain","summary":"Plain","start":{"date":"2026-03-04"},"end":{"date":"2026-03-05"}}`)
	b.Put(bob, `{"id":"secret","summary":"Secret","visibility":"private","start":{"date":"2026-03-04"},"end":{"date":"2026-03-05"}}`)
	for role, want := range map[string][]string{RoleFreeBusy: {"", ""}, RoleReader: {"Plain", ""}, RoleWriter: {"Plain", "Secret"}} {
		b.Share(bob, ann, role)
		var got []string
		for _, id := range []string{"plain", "secret"} {
			got = append(got, must(t, b.ann.Events.Get(bob, id).Do).Summary)
		}
		if !slices.Equal(got, want) {
			t.Errorf("a %s sees %q, want %q", role, got, want)
		}
	}
}

func TestGoogleLimits(t *testing.T) {
	b := newBoard(t, GoogleStyle{PerMinute: 3})
	get := func() error { _, err := b.ann.CalendarList.List().Do(); return err }
	for range 3 {
		if err := get(); err != nil {
			t.Fatal(err)
		}
	}
	fails(t, get(), http.StatusForbidden, "rateLimitExceeded")
	b.clock = b.clock.Add(time.Minute)
	if err := get(); err != nil {
		t.Errorf("a minute later: %v", err)
	}
}

func TestGoogleFaults(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	patch := func(text string) error {
		_, err := b.ann.Events.Patch("primary", series, &gcal.Event{Description: text}).SendUpdates("none").Do()
		return err
	}
	stored := func(text string) bool {
		return must(t, b.ann.Events.Get("primary", series).Do).Description == text
	}
	b.Script(
		Fault{Method: Writes, Nth: 1, Do: Answer, Status: 403, Reason: "quotaExceeded"},
		Fault{Method: Writes, Nth: 2, Do: Answer, Status: 429, Reason: "rateLimitExceeded", RetryAfter: "7"},
		Fault{Method: Writes, Nth: 3, Do: CutBefore},
		Fault{Method: Writes, Nth: 4, Do: CutAfter},
		Fault{Method: Writes, Nth: 5, Do: Answer, Status: 412, Reason: "conditionNotMet"},
		Fault{Method: Writes, Nth: 6, Do: Answer, Status: 503},
		Fault{Method: Writes, Nth: 7, Before: func(*http.Request) { b.Edit(ann, series, `{"location":"Room 1"}`) }},
	)
	fails(t, patch("1"), http.StatusForbidden, "quotaExceeded")
	fails(t, patch("2"), http.StatusTooManyRequests, "rateLimitExceeded")
	if err := patch("3"); err == nil || stored("3") {
		t.Errorf("3: %v", err)
	}
	if err := patch("4"); err == nil || !stored("4") {
		t.Errorf("4: %v", err)
	}
	fails(t, patch("5"), http.StatusPreconditionFailed, "conditionNotMet")
	fails(t, patch("6"), http.StatusServiceUnavailable, "")
	if err := patch("7"); err != nil || !stored("7") {
		t.Errorf("7: %v", err)
	}
	// A request that arrives twice: with If-Match the second one is refused.
	b.Script(Fault{Method: http.MethodPatch, Nth: 1, Do: Twice})
	call := b.ann.Events.Patch("primary", series, &gcal.Event{Description: "8"}).SendUpdates("none")
	call.Header().Set("If-Match", must(t, b.ann.Events.Get("primary", series).Do).Etag)
	_, err := call.Do()
	if fails(t, err, http.StatusPreconditionFailed, "conditionNotMet"); !stored("8") {
		t.Error("the first delivery was not applied")
	}
	if n := b.Writes(); n != 4 || b.Calls()["calendar.events.patch"] != 4 {
		t.Errorf("%d writes were applied, want those of 4 and 7 and both of 8: %v", n, b.Calls())
	}
	b.ResetCounters()
	b.Chaos(1, 1, Fault{Do: Answer, Status: 500, Reason: "backendError"})
	_, err = b.ann.Events.Get("primary", series).Do()
	fails(t, err, http.StatusInternalServerError, "backendError")
	b.Heal()
	if !stored("8") || b.Counters().Total() != 2 {
		t.Errorf("after the chaos there were %d requests", b.Counters().Total())
	}
}
