package calendartest

import (
	"bytes"
	"context"
	"errors"
	"html"
	"regexp"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
)

// Answerer is a Raw with which a guest answers an invitation, as the guest's
// calendar program does.
type Answerer interface {
	Answer(t TB, name, address string, answer calendar.Answer)
}

// caseLostName is the case that needs Fixture.LoseAnswer.
const caseLostName = "an answer of the server is lost"

// authorCases are about whole events that the program makes and removes.
var authorCases = map[string]func(TB, Fixture){
	"a suggestion is made":                    caseSuggest,
	"an event of whole days is made":          caseStatus,
	"a meeting is made":                       caseMeeting,
	"what is made twice is made once":         caseTwice,
	"an answer is read":                       caseAnswered,
	"what stands there is returned as it is":  caseStands,
	"an own event is removed":                 caseRemove,
	"a changed own event is not removed":      caseRemoveChanged,
	"no meeting is ever removed":              caseRemoveMeeting,
	"a series goes on in another":             caseGoesOn,
	"a change that came to nothing is undone": caseHalf,
	"a series is ended":                       caseEnd,
	caseLostName:                              caseLost,
	"texts of drafts stay texts":              caseHostileDraft,
	"events around a change of clocks":        caseClocks,
}

// aside is the calendar in which the program's own events stand: one of its own
// where the provider has such, else the one under test.
func (f Fixture) aside(t TB) string {
	t.Helper()
	own, ok := f.Provider.(calendar.Aside)
	if !ok {
		return f.id(t)
	}
	c, err := own.OwnCalendar(context.Background())
	if err != nil {
		t.Fatalf("OwnCalendar: %v", err)
	}
	return c.ID
}

// suggestion is a draft as the engine makes them, to the account's person.
func (f Fixture) suggestion(t TB, id string) calendar.Draft {
	t.Helper()
	start := inVienna(11, 4, 9, 15)
	return calendar.Draft{
		Calendar: f.aside(t), ID: id, Start: start, End: start.Add(15 * time.Minute),
		Title: "Suggestion: 1:1 with Bob every two weeks", Description: "The last 3 took 12, 15 and 9 minutes.\nYes: every two weeks; no: as it is.",
		Attendees:   []calendar.Attendee{{Address: f.Self[0], Name: "Alice"}},
		Organizer:   calendar.Attendee{Address: "assistant@oneonone.invalid", Name: "1:1 assistant"},
		Transparent: true, Own: calendar.OwnSuggestion, Now: now, Self: f.Self,
	}
}

// create makes the event of d, which must succeed, and checks that what comes
// back is what the server has.
func (f Fixture) create(t TB, d calendar.Draft) calendar.Resource {
	t.Helper()
	r, err := f.Provider.Create(context.Background(), d)
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	got, err := f.Provider.Get(context.Background(), d.Calendar, r.Href)
	if err != nil || got.ETag != r.ETag || !bytes.Equal(got.Data, r.Data) || r.Calendar != d.Calendar || r.ETag == "" {
		t.Fatalf("Create = %s %s in %s\n%s\nGet = %s, %v\n%s", r.Href, r.ETag, r.Calendar, r.Data, got.ETag, err, got.Data)
	}
	return r
}

// only reads a resource that holds one event.
func (f Fixture) only(t TB, r calendar.Resource) calendar.Event {
	t.Helper()
	list := f.parse(t, r)
	if len(list) != 1 {
		t.Fatalf("%s holds %d events, want 1:\n%s", r.Href, len(list), r.Data)
	}
	return list[0]
}

func caseSuggest(t TB, f Fixture) {
	f.put(t, "single.ics", single("single", "Single"))
	d := f.suggestion(t, "suggestion0123456789abcdefghijkl")
	home, m := newMirror(t, f), newMirrorOf(t, f, d.Calendar)
	before := len(m.objects)
	r := f.create(t, d)
	e := f.only(t, r)
	if e.Own != d.Own || e.Title != d.Title || e.Description != d.Description || !e.Start.Equal(d.Start) || !e.End.Equal(d.End) ||
		!e.Transparent || e.Status != calendar.Confirmed || e.Recurs() || e.After != "" || e.UID == "" {
		t.Errorf("the suggestion is %+v", e)
	}
	if a, ok := e.AnswerOf(f.Self); !ok || a != calendar.NeedsAction {
		t.Errorf("the addressee's answer is %q, %v", a, ok)
	}
	if slices.ContainsFunc(f.Self, func(a string) bool { return calendar.SameAddress(a, e.Organizer) }) {
		t.Errorf("the addressee is the organizer: %+v", e)
	}
	if f.Account.Whole() {
		for _, line := range contentLines(r.Data) {
			name := lineName(line)
			if (name == "ORGANIZER" || name == "ATTENDEE") && !slices.Contains(parameters(line), "SCHEDULE-AGENT=NONE") {
				t.Errorf("a server may send mail because of %s", line)
			}
		}
	}
	m.pull(t)
	if got := m.objects[r.Href]; got.ETag != r.ETag || len(m.objects) != before+1 {
		t.Errorf("the pull after it has %s and %d objects, want %s and %d", got.ETag, len(m.objects), r.ETag, before+1)
	}
	home.pull(t)
	if home.id != m.id {
		f.checkCopy(t, home, e)
	}
	if p := f.only(t, home.find(t, "single.ics")); p.Own != calendar.OwnNone || p.After != "" {
		t.Errorf("a person's event is taken for the program's: %+v", p)
	}
}

// checkCopy checks that the person has the suggestion too, as an invitation.
func (f Fixture) checkCopy(t TB, home *mirror, e calendar.Event) {
	t.Helper()
	for _, r := range home.objects {
		c := f.only(t, r)
		if a, _ := c.AnswerOf(f.Self); c.UID == e.UID && c.Own == e.Own && a == calendar.NeedsAction && c.Organizer == e.Organizer {
			return
		}
	}
	t.Errorf("the person's calendar has no invitation to %s", e.UID)
}

func caseStatus(t TB, f Fixture) {
	d := f.suggestion(t, "status00")
	day := time.Date(2026, 11, 2, 0, 0, 0, 0, f.Zone)
	d.AllDay, d.Start, d.End, d.Own, d.Attendees = true, day, day.AddDate(0, 0, 1), calendar.OwnStatus, nil
	r := f.create(t, d)
	if e := f.only(t, r); e.Own != calendar.OwnStatus || !e.AllDay || !e.Start.Equal(d.Start) || !e.End.Equal(d.End) || !e.Transparent {
		t.Errorf("the event is %+v", e)
	}
	f.remove(t, r)
}

func caseMeeting(t TB, f Fixture) {
	d := f.suggestion(t, "meeting0")
	d.Calendar = f.id(t)
	d.Own, d.Transparent, d.Organizer, d.Location = calendar.OwnNone, false, calendar.Attendee{}, "Room 5, upstairs"
	d.Attendees = append(d.Attendees, calendar.Attendee{Address: "bob@example.org", Name: "Bob, B."})
	r := f.create(t, d)
	e := f.only(t, r)
	if e.Own != calendar.OwnNone || e.Transparent || !calendar.SameAddress(e.Organizer, f.Self[0]) || len(e.Attendees) != 2 || e.Location != d.Location {
		t.Errorf("the meeting is %+v", e)
	}
	if a, _ := e.AnswerOf(f.Self); a != calendar.Accepted {
		t.Errorf("the organizer's answer is %s", a)
	}
	if a, ok := e.AnswerOf([]string{"bob@example.org"}); !ok || a != calendar.NeedsAction {
		t.Errorf("the guest's answer is %s, %v", a, ok)
	}
	f.stays(t, r)
}

func caseTwice(t TB, f Fixture) {
	d := f.suggestion(t, "again000")
	first := f.create(t, d)
	before := 0
	if f.Writes != nil {
		before = f.Writes()
	}
	d.Now = d.Now.Add(time.Hour)
	if again := f.create(t, d); again.Href != first.Href || again.ETag != first.ETag {
		t.Errorf("the second call gave %s %s, the first one %s %s", again.Href, again.ETag, first.Href, first.ETag)
	}
	d.ID = "again001"
	other := f.create(t, d)
	if m := newMirrorOf(t, f, d.Calendar); len(m.objects) != 2 || other.Href == first.Href {
		t.Errorf("%d objects, want 2", len(m.objects))
	}
	if f.Writes != nil && f.Writes() != before+1 {
		t.Errorf("%d writes for one new event", f.Writes()-before)
	}
}

func caseAnswered(t TB, f Fixture) {
	for id, answer := range map[string]calendar.Answer{"vote000": calendar.Accepted, "vote001": calendar.Declined, "vote002": calendar.Maybe} {
		r := f.create(t, f.suggestion(t, id))
		m := newMirrorOf(t, f, r.Calendar)
		f.Account.(Answerer).Answer(t, f.nameOf(r.Href), f.Self[0], answer)
		m.pull(t)
		e := f.only(t, m.objects[r.Href])
		if a, _ := e.AnswerOf(f.Self); a != answer || e.Own != calendar.OwnSuggestion {
			t.Errorf("after the answer %s the suggestion is %+v", answer, e)
		}
	}
}

func caseStands(t TB, f Fixture) {
	d := f.suggestion(t, "stands00")
	r := f.create(t, d)
	f.Account.(Answerer).Answer(t, f.nameOf(r.Href), f.Self[0], calendar.Declined)
	d.Title, d.Start, d.End = "Another title", d.Start.Add(time.Hour), d.End.Add(time.Hour)
	e := f.only(t, f.create(t, d))
	if a, _ := e.AnswerOf(f.Self); a != calendar.Declined || e.Title == d.Title || e.Start.Equal(d.Start) {
		t.Errorf("the event that stood there became %+v", e)
	}
}

// remove deletes what must be deletable, and checks that it is gone.
func (f Fixture) remove(t TB, r calendar.Resource) {
	t.Helper()
	m := newMirrorOf(t, f, r.Calendar)
	for range 2 { // gone already is success
		if err := f.Provider.Delete(context.Background(), r, false); err != nil {
			t.Fatalf("Delete: %v", err)
		}
	}
	if _, there := f.Account.Get(t, f.nameOf(r.Href)); there && f.Account.Whole() {
		t.Errorf("%s is still there", r.Href)
	}
	m.pull(t)
	if _, there := m.objects[r.Href]; there {
		t.Errorf("the pull after the removal of %s still has it", r.Href)
	}
}

// stays checks that r is never deleted.
func (f Fixture) stays(t TB, r calendar.Resource) {
	t.Helper()
	for _, notify := range []bool{false, true} {
		if err := f.Provider.Delete(context.Background(), r, notify); !errors.Is(err, calendar.ErrRefused) {
			t.Errorf("Delete of a meeting: %v, want ErrRefused", err)
		}
	}
	if got, err := f.Provider.Get(context.Background(), r.Calendar, r.Href); err != nil || got.ETag != r.ETag || !bytes.Equal(got.Data, r.Data) {
		t.Errorf("after a refused removal %s is %v\n%s", r.Href, err, got.Data)
	}
}

func caseRemove(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	a, b := f.create(t, f.suggestion(t, "remove00")), f.create(t, f.suggestion(t, "remove01"))
	f.remove(t, a)
	if got, err := f.Provider.Get(context.Background(), b.Calendar, b.Href); err != nil || got.ETag != b.ETag {
		t.Errorf("the other suggestion is %s, %v", got.ETag, err)
	}
	f.remove(t, b)
	f.get(t, "series.ics")
}

func caseRemoveChanged(t TB, f Fixture) {
	r := f.create(t, f.suggestion(t, "changed0"))
	f.Account.(Answerer).Answer(t, f.nameOf(r.Href), f.Self[0], calendar.Accepted)
	if err := f.Provider.Delete(context.Background(), r, false); !errors.Is(err, calendar.ErrConflict) {
		t.Errorf("Delete of a suggestion that was answered meanwhile: %v, want ErrConflict", err)
	}
	now, err := f.Provider.Get(context.Background(), r.Calendar, r.Href)
	if err != nil {
		t.Fatalf("the suggestion was removed with its answer: %v", err)
	}
	f.remove(t, now)
}

func caseRemoveMeeting(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	f.put(t, "single.ics", single("single", "Single"))
	m := newMirror(t, f)
	f.move(t, m, "series.ics", second(), eleven(), true)
	f.apply(t, f.upkeep(m.find(t, "series.ics"), "A line", agendaLink))
	m.pull(t)
	for _, r := range m.objects {
		f.stays(t, r)
	}
}

func caseLost(t TB, f Fixture) {
	d := f.suggestion(t, "lost0000")
	f.LoseAnswer()
	if _, err := f.Provider.Create(context.Background(), d); !errors.Is(err, calendar.ErrUnknown) {
		t.Errorf("Create without an answer: %v, want ErrUnknown", err)
	}
	r := f.create(t, d)
	if m := newMirrorOf(t, f, d.Calendar); len(m.objects) != 1 {
		t.Errorf("%d objects after a lost answer, want 1", len(m.objects))
	}
	f.LoseAnswer()
	if err := f.Provider.Delete(context.Background(), r, false); !errors.Is(err, calendar.ErrUnknown) {
		t.Errorf("Delete without an answer: %v, want ErrUnknown", err)
	}
	f.remove(t, r)
}

func caseHostileDraft(t TB, f Fixture) {
	// Xandikos loses backslashes before n and commas, however they are escaped.
	for i, text := range []string{
		"END:VEVENT\r\nBEGIN:VEVENT", `a;b,c:d\b"^'<b>&amp;`, "é 日本語 🙂 ü", "line\nX-ONEONONE-KIND:status\nATTENDEE:mailto:eve@example.org",
	} {
		d := f.suggestion(t, "hostile"+string(rune('0'+i)))
		d.Description, d.Attendees[0].Name = text, text
		e := f.only(t, f.create(t, d))
		if want := strings.ReplaceAll(text, "\r\n", "\n"); shown(e) != want || len(e.Attendees) != 1 || e.Own != d.Own {
			t.Errorf("%q is read as %+v", text, e)
		}
	}
}

// shown is the description as a reader sees it.
func shown(e calendar.Event) string {
	if !e.HTML {
		return e.Description
	}
	text := strings.ReplaceAll(e.Description, "<br>", "\n")
	return html.UnescapeString(tag.ReplaceAllString(text, ""))
}

var tag = regexp.MustCompile(`<[^<>]*>`)

// caseClocks makes events around the hours in which clocks change.
func caseClocks(t TB, f Fixture) {
	for i, start := range []time.Time{
		time.Date(2027, 3, 28, 1, 45, 0, 0, zoneOf("Europe/Vienna")), time.Date(2026, 10, 25, 3, 0, 0, 0, zoneOf("Europe/Vienna")),
		time.Date(2026, 11, 1, 3, 30, 0, 0, zoneOf("America/New_York")), time.Date(2027, 4, 4, 4, 0, 0, 0, zoneOf("Australia/Lord_Howe")),
	} {
		d := f.suggestion(t, "clocks0"+string(rune('0'+i)))
		d.Start, d.End = start, start.Add(30*time.Minute)
		if e := f.only(t, f.create(t, d)); !e.Start.Equal(d.Start) || !e.End.Equal(d.End) || e.Start.Location().String() != start.Location().String() {
			t.Errorf("the event at %v is read as %v to %v", start, e.Start, e.End)
		}
	}
}
