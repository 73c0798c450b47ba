package calendartest

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	gcal "google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
)

func TestGoogleMove(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	id, _ := b.Instance(ann, series, onTheClock(3, 10, 10, 0))
	before := must(t, b.ann.Events.Get("primary", id).Do)
	call := b.ann.Events.Patch("primary", id, moveTo(onTheClock(3, 10, 14, 0))).SendUpdates("all")
	call.Header().Set("If-Match", before.Etag)
	now := must(t, call.Do)
	if now.Start.DateTime != "2026-03-10T14:00:00+01:00" || now.Etag == before.Etag || now.RecurringEventId != series || len(now.Attachments) != 1 ||
		answerOf(now, ann) != "accepted" || answerOf(now, bob) != "needsAction" || !now.Organizer.Self {
		t.Errorf("after the move the instance is %+v", now)
	}
	_, err := call.Do()
	fails(t, err, http.StatusPreconditionFailed, "conditionNotMet")
	copied := must(t, b.bob.Events.Get("primary", id).Do)
	if copied.Start.DateTime != "2026-03-10T09:00:00-04:00" || copied.ICalUID != now.ICalUID || copied.Organizer.Self || copied.Etag == "" ||
		copied.ExtendedProperties.Private != nil || copied.ExtendedProperties.Shared["theirs"] != "stays" {
		t.Errorf("bob's copy is %+v", copied)
	}
	if m := b.Mails(); m[len(m)-1] != (GoogleMail{To: bob, Event: id, What: "update"}) {
		t.Errorf("the mails are %+v", m)
	}
	if v := b.Violations(); len(v) > 0 {
		t.Errorf("a careful move has the violations %q", v)
	}
	b.SetStyle(GoogleStyle{KeepAnswers: true})
	b.Answer(bob, id, "accepted")
	if now = must(t, b.ann.Events.Get("primary", id).Do); answerOf(now, bob) != "accepted" {
		t.Errorf("bob's answer has not reached ann: %s", answerOf(now, bob))
	}
	b.Drag(ann, id, halfHour(onTheClock(3, 10, 15, 0)))
	if now = must(t, b.ann.Events.Get("primary", id).Do); answerOf(now, bob) != "accepted" {
		t.Error("the answer was reset although the style says that it is kept")
	}
}

// TestGoogleGuestsWrite: all three outcomes that are on record, and the one of
// guestsCanModify.
func TestGoogleGuestsWrite(t *testing.T) {
	const before, after = "2026-03-10T10:00:00+01:00", "2026-03-10T14:00:00+01:00"
	for name, c := range map[string]struct {
		style       GoogleStyle
		modify      bool
		refused     bool
		hers, other string // where the instance is afterwards for ann and for bob
	}{
		"refused":  {style: GoogleStyle{}, refused: true, hers: before, other: before},
		"ignored":  {style: GoogleStyle{Guest: GuestIgnored}, hers: before, other: before},
		"diverges": {style: GoogleStyle{Guest: GuestDiverges}, hers: before, other: after},
		"allowed":  {modify: true, hers: after, other: after},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t, c.style)
			series := b.Put(ann, tuesdays)
			b.Edit(ann, series, fields{"guestsCanModify": c.modify})
			id, _ := b.Instance(bob, series, onTheClock(3, 10, 10, 0))
			now := must(t, b.bob.Events.Get("primary", id).Do)
			call := b.bob.Events.Patch("primary", id, moveTo(onTheClock(3, 10, 14, 0))).SendUpdates("all")
			call.Header().Set("If-Match", now.Etag)
			if _, err := call.Do(); c.refused {
				fails(t, err, http.StatusForbidden, "forbiddenForNonOrganizer")
			} else if err != nil {
				t.Error(err)
			}
			for user, want := range map[string]string{ann: c.hers, bob: c.other} {
				s := map[string]*gcal.Service{ann: b.ann, bob: b.bob}[user]
				e := must(t, s.Events.Get("primary", id).TimeZone("Europe/Vienna").Do)
				if e.Start.DateTime != want {
					t.Errorf("for %s the instance is at %s, want %s", user, e.Start.DateTime, want)
				}
			}
		})
	}
}

func TestGoogleGuestsOwnFields(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	patch := &gcal.Event{ColorId: "5", Transparency: "transparent", ExtendedProperties: &gcal.EventExtendedProperties{Private: map[string]string{"his": "1"}}}
	must(t, b.bob.Events.Patch("primary", series, patch).SendUpdates("none").Do)
	b.Edit(ann, series, `{"summary":"New","location":"Room 1"}`)
	e := must(t, b.bob.Events.Get("primary", series).Do)
	if e.Summary != "New" || e.Location != "Room 1" || e.ColorId != "5" || e.Transparency != "transparent" || e.ExtendedProperties.Private["his"] != "1" {
		t.Errorf("bob's copy is %+v", e)
	}
	e = must(t, b.ann.Events.Get("primary", series).Do)
	if e.ColorId != "" || e.Transparency != "" || e.ExtendedProperties.Private["his"] != "" || e.ExtendedProperties.Private["mine"] != "stays" {
		t.Errorf("ann's copy is %+v", e)
	}
	b.Edit(ann, series, `{"guestsCanSeeOtherGuests":false,"attendees":[{"email":"bob@example.org"},{"email":"eve@example.com"}]}`)
	if e = must(t, b.bob.Events.Get("primary", series).Do); len(e.Attendees) != 1 || !e.Attendees[0].Self || !e.AttendeesOmitted {
		t.Errorf("of hidden guests bob sees %+v", e.Attendees)
	}
	b.Edit(ann, series, `{"attendees":[{"email":"eve@example.com"}]}`)
	if e = must(t, b.bob.Events.Get("primary", series).Do); e.Status != "cancelled" {
		t.Errorf("bob is no guest any more and still has %+v", e)
	}
}

func TestGoogleAnswers(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	id, _ := b.Instance(bob, series, onTheClock(3, 17, 10, 0))
	if !b.Answer(bob, id, "declined") || b.Answer(ann, "nothing", "declined") {
		t.Error("Answer does not tell whether it could")
	}
	e := must(t, b.ann.Events.Get("primary", id).Do)
	if answerOf(e, bob) != "declined" || answerOf(e, ann) != "accepted" || e.RecurringEventId != series {
		t.Errorf("ann sees the instance as %+v", e)
	}
	if e = must(t, b.ann.Events.Get("primary", series).Do); answerOf(e, bob) != "accepted" {
		t.Errorf("one declined instance declined the series: %+v", e)
	}
	other, _ := b.Instance(bob, series, onTheClock(3, 24, 10, 0))
	b.Delete(bob, other)
	if e = must(t, b.ann.Events.Get("primary", other).Do); e.Status != "confirmed" || answerOf(e, bob) != "declined" {
		t.Errorf("bob took his copy away, and ann has %+v", e)
	}
}

func TestGoogleAttachmentsAndConference(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	patch := &gcal.Event{Attachments: []*gcal.EventAttachment{{FileUrl: "https://agenda.example.org/1"}}}
	if e := must(t, b.ann.Events.Patch("primary", series, patch).SendUpdates("none").Do); len(e.Attachments) != 1 || e.Attachments[0].Title != "Plan" {
		t.Errorf("attachments without the flag: %+v", e.Attachments)
	}
	if e := must(t, b.ann.Events.Patch("primary", series, patch).SendUpdates("none").SupportsAttachments(true).Do); e.Attachments[0].FileUrl != "https://agenda.example.org/1" {
		t.Errorf("attachments with the flag: %+v", e.Attachments)
	}
	b.SetStyle(GoogleStyle{RefuseAttachments: true})
	_, err := b.ann.Events.Patch("primary", series, patch).SendUpdates("none").Do()
	fails(t, err, http.StatusBadRequest, "invalid")

	event := moveTo(onTheClock(3, 5, 9, 0))
	event.ConferenceData = &gcal.ConferenceData{CreateRequest: &gcal.CreateConferenceRequest{RequestId: "r1"}}
	if e := must(t, b.ann.Events.Insert("primary", event).SendUpdates("none").Do); e.ConferenceData != nil {
		t.Errorf("a conference without conferenceDataVersion: %+v", e.ConferenceData)
	}
	e := must(t, b.ann.Events.Insert("primary", event).SendUpdates("none").ConferenceDataVersion(1).Do)
	again := must(t, b.ann.Events.Patch("primary", e.Id, &gcal.Event{ConferenceData: event.ConferenceData}).SendUpdates("none").ConferenceDataVersion(1).Do)
	if e.HangoutLink == "" || e.HangoutLink != again.HangoutLink || e.ConferenceData.ConferenceSolution.Key.Type != "hangoutsMeet" {
		t.Errorf("the conference is %+v, then %+v", e.ConferenceData, again.ConferenceData)
	}
}

func TestGoogleInsertAndDelete(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	event := moveTo(onTheClock(3, 5, 9, 0))
	event.Id = "abcdefgh01"
	must(t, b.ann.Events.Insert("primary", event).SendUpdates("none").Do)
	_, err := b.ann.Events.Insert("primary", event).SendUpdates("none").Do()
	fails(t, err, http.StatusConflict, "duplicate")
	for range 2 {
		err = b.ann.Events.Delete("primary", event.Id).SendUpdates("none").Do()
		if err != nil {
			fails(t, err, http.StatusGone, "deleted")
		}
	}
	_, err = b.ann.Events.Insert("primary", event).SendUpdates("none").Do()
	fails(t, err, http.StatusConflict, "duplicate") // The id stays taken.
	event.Id = "wxyz0"
	_, err = b.ann.Events.Insert("primary", event).SendUpdates("none").Do()
	fails(t, err, http.StatusBadRequest, "invalid")
	_, err = b.ann.Events.Get("primary", "nothing").Do()
	fails(t, err, http.StatusNotFound, "notFound")
	_, err = b.ann.Events.Get(bob, "nothing").Do()
	fails(t, err, http.StatusNotFound, "notFound") // Not ann's to see.
	b.Share(bob, ann, RoleReader)
	_, err = b.ann.Events.Insert(bob, moveTo(onTheClock(3, 5, 9, 0))).SendUpdates("none").Do()
	fails(t, err, http.StatusForbidden, "requiredAccessLevel")

	// A deletion that nobody is told of leaves the event with the guests.
	series := b.Put(ann, tuesdays)
	if err := b.ann.Events.Delete("primary", series).SendUpdates("none").Do(); err != nil {
		t.Fatal(err)
	}
	if _, ok := b.Event(bob, series); !ok {
		t.Error("bob lost an event whose deletion he was not told of")
	}
}

// TestGooglePut: a PUT takes away what it does not name.
func TestGooglePut(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	b.Exempt(func(r *http.Request) bool { return r.Method == http.MethodPut })
	e := must(t, b.ann.Events.Update("primary", series, moveTo(onTheClock(3, 3, 9, 0))).SendUpdates("none").Do)
	if len(e.Attendees)+len(e.Recurrence) > 0 || e.Summary != "" || len(e.Attachments) != 1 || !e.Organizer.Self {
		t.Errorf("a PUT left %+v", e)
	}
	if v := b.Violations(); len(v) > 0 {
		t.Errorf("an exempt request has the violations %q", v)
	}
	if _, ok := b.Event(bob, series); ok {
		t.Error("bob is no guest any more and still has the event")
	}
}

func TestGoogleOnRequest(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	b.OnRequest(func(r *http.Request) {
		if r.Method == http.MethodDelete {
			b.Edit(ann, series, `{"location":"Room 1"}`)
		}
	})
	e := must(t, b.ann.Events.Get("primary", series).Do)
	call := b.ann.Events.Delete("primary", series).SendUpdates("all")
	call.Header().Set("If-Match", e.Etag)
	fails(t, call.Do(), http.StatusPreconditionFailed, "conditionNotMet")
	get := b.ann.Events.Get("primary", series)
	if now := must(t, get.Do); now.Location != "Room 1" || !googleapi.IsNotModified(errorOf(get.IfNoneMatch(now.Etag).Do())) {
		t.Errorf("the event is %+v, or was given again", now)
	}
}

// TestGoogleRefusesWhatCannotBe: nothing is stored of it.
func TestGoogleRefusesWhatCannotBe(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	before := b.Snapshot()
	for name, body := range map[string]string{
		"misspelt field":      `{"sumary":"x"}`,
		"wrong type":          `{"summary":7}`,
		"unknown inner field": `{"start":{"datetime":"2026-03-03T10:00:00Z"}}`,
		"no zone":             `{"start":{"dateTime":"2026-03-03T10:00:00+01:00","timeZone":null}}`,
		"unknown zone":        `{"start":{"dateTime":"2026-03-03T10:00:00+01:00","timeZone":"Nowhere/Land"}}`,
		"day and instant":     `{"start":{"date":"2026-03-03"}}`,
		"end before start":    `{"end":{"dateTime":"2026-03-03T09:00:00+01:00","timeZone":"Europe/Vienna"}}`,
		"no rule":             `{"recurrence":["RRULE:FREQ=OFTEN"]}`,
		"long property":       `{"extendedProperties":{"shared":{"` + strings.Repeat("k", 45) + `":"v"}}}`,
		"long description":    `{"description":"` + strings.Repeat("d", 8193) + `"}`,
		"no JSON":             `{`,
	} {
		t.Run(name, func(t *testing.T) {
			if code, said := b.raw("PATCH", "calendars/primary/events/"+series+"?sendUpdates=none", body); code != http.StatusBadRequest {
				t.Errorf("%d %s", code, said)
			}
		})
	}
	for name, target := range map[string]string{
		"misspelt parameter": "calendars/primary/events?singleevents=true",
		"wrong value":        "calendars/primary/events?singleEvents=yes",
		"too many":           "calendars/primary/events?singleEvents=true&singleEvents=true",
		"not a type":         "calendars/primary/events?eventTypes=lunch",
	} {
		t.Run(name, func(t *testing.T) {
			if code, said := b.raw("GET", target, ""); code != http.StatusBadRequest {
				t.Errorf("%d %s", code, said)
			}
		})
	}
	if code, _ := b.raw("GET", "calendar/primary/events", ""); code != http.StatusNotFound {
		t.Errorf("an unknown path gives %d", code)
	}
	if !sameJSON(before, b.Snapshot()) {
		t.Error("something of what was refused is stored")
	}
}

// raw sends a request that the generated client cannot make.
func (b *board) raw(method, target, body string) (int, string) {
	b.t.Helper()
	r, err := http.NewRequest(method, "https://fake.example/calendar/v3/"+target, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	resp, err := b.Client(ann).Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var said bytes.Buffer
	if _, err := said.ReadFrom(resp.Body); err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, said.String()
}

// TestGoogleViolations: each careless request is noted once, and no other.
func TestGoogleViolations(t *testing.T) {
	const event = "calendars/primary/events/tuesdays01"
	const start = `"start":{"dateTime":"2026-03-03T11:00:00+01:00","timeZone":"Europe/Vienna"},"end":{"dateTime":"2026-03-03T11:30:00+01:00","timeZone":"Europe/Vienna"}`
	for _, c := range []struct{ method, target, body, want string }{
		{"GET", event, "", ""},
		{"PATCH", event + "?sendUpdates=none", `{"description":"Bring the plan."}`, ""},
		{"PATCH", event + "?sendUpdates=none", `{"description":"x"}`, "the description"},
		{"PATCH", event + "?sendUpdates=none", `{"summary":"x"}`, "summary"},
		{"PATCH", event + "?sendUpdates=none", `{"extendedProperties":{"shared":{"theirs":null}}}`, "property"},
		{"PATCH", event + "?sendUpdates=none", `{"extendedProperties":{"shared":{"oneononeMoved":"1"}}}`, ""},
		{"PATCH", event + "?sendUpdates=none&supportsAttachments=true", `{"attachments":[]}`, "is gone"},
		{"PATCH", event, `{"description":"Bring the plan."}`, "sendUpdates is missing"},
		{"PATCH", event + "?sendUpdates=all", `{` + start + `}`, "a move without If-Match"},
		{"PATCH", event + "?sendUpdates=none", `{"attendees":[{"email":"ann@example.org"},{"email":"bob@example.org"}]}`, "attendees in a change"},
		{"PATCH", event + "?sendUpdates=none", `{"attachments":[]}`, "attachments without supportsAttachments"},
		{"PATCH", event + "?sendUpdates=none", `{"status":"cancelled"}`, "an event is cancelled"},
		{"PATCH", event + "?sendUpdates=none", `{"desciption":"x"}`, "unknown field"},
		{"PATCH", event + "?sendUpdate=none", `{"description":"x"}`, "unknown parameter"},
		{"PUT", event + "?sendUpdates=none", `{}`, "a PUT"},
		{"DELETE", event + "?sendUpdates=none", "", "a deletion"},
		{"POST", "calendars/primary/events?sendUpdates=none", `{` + start + `}`, "without an id"},
		{"POST", "calendars/primary/events?sendUpdates=none", `{"id":"abcde",` + start + `}`, "does not say that it is the program's"},
		{"POST", "calendars/primary/events?sendUpdates=none", `{"id":"abcde","extendedProperties":{"shared":{"oneononeMade":"abcde"}},` + start + `}`, ""},
		{"POST", "calendars/primary/events?sendUpdates=all", `{"id":"abcde","extendedProperties":{"shared":{"oneononeMade":"abcde","oneononeKind":"status"}},` + start + `}`, "a mail"},
		{"POST", "calendars/primary/events?sendUpdates=all", `{"id":"abcde","extendedProperties":{"shared":{"oneononeMade":"abcde"}},"conferenceData":{},` + start + `}`, "conferenceDataVersion"},
		{"POST", "calendars/primary/events?sendUpdates=all&conferenceDataVersion=1", `{"id":"abcde","extendedProperties":{"shared":{"oneononeMade":"abcde"}},
			"conferenceData":{"conferenceSolution":{"key":{"type":"hangoutsMeet"}}},` + start + `}`, "the Meet of another event"},
		{"PATCH", event + "?sendUpdates=none", `{"recurrence":["RRULE:FREQ=WEEKLY;BYDAY=TU"]}`, "without If-Match"},
		{"POST", "calendars/primary/clear", "", "no such method"},
	} {
		b := newBoard(t, GoogleStyle{})
		b.Put(ann, strings.Replace(tuesdays, "weekly0001", "tuesdays01", 1))
		b.raw(c.method, c.target, c.body)
		v := b.Violations()
		if c.want == "" && len(v) > 0 || c.want != "" && (len(v) != 1 || !strings.Contains(v[0], c.want)) {
			t.Errorf("%s %s %s: the violations are %q, want %q", c.method, c.target, c.body, v, c.want)
		}
	}
}

func TestGoogleNothingChanges(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	before := must(t, b.ann.Events.Get("primary", series).Do)
	same := &gcal.Event{Summary: before.Summary}
	if e := must(t, b.ann.Events.Patch("primary", series, same).SendUpdates("none").Do); e.Etag != before.Etag {
		t.Error("a patch of nothing gave a new ETag")
	}
	b.SetStyle(GoogleStyle{TouchAlways: true})
	if e := must(t, b.ann.Events.Patch("primary", series, same).SendUpdates("none").Do); e.Etag == before.Etag {
		t.Error("a patch of nothing gave no new ETag although the style says so")
	}
}

// TestGoogleETagOfTheSeries: whether a change to one instance is one to the
// series is a matter of style.
func TestGoogleETagOfTheSeries(t *testing.T) {
	for _, steady := range []bool{false, true} {
		b := newBoard(t, GoogleStyle{SteadyMaster: steady, OpaqueIDs: true})
		series := b.Put(ann, tuesdays)
		before := must(t, b.ann.Events.Get("primary", series).Do)
		id, ok := b.Instance(ann, series, onTheClock(3, 10, 10, 0))
		if !ok || strings.Contains(id, "2026") || strings.Contains(id, series) {
			t.Errorf("the id of an instance is %q, %v", id, ok)
		}
		b.Drag(ann, id, halfHour(onTheClock(3, 10, 12, 0)))
		if after := must(t, b.ann.Events.Get("primary", series).Do); (after.Etag == before.Etag) != steady || after.Updated == "" {
			t.Errorf("steady %v: the ETag of the series was %s and is %s", steady, before.Etag, after.Etag)
		}
	}
}

func errorOf[V any](_ V, err error) error { return err }
