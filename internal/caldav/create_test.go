package caldav

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

// suggestion is a draft of a suggestion to ann.
func suggestion(id string) calendar.Draft {
	start := time.Date(2026, 12, 1, 9, 0, 0, 0, vienna)
	return calendar.Draft{
		ID: id, Start: start, End: start.Add(15 * time.Minute),
		Title: "Suggestion: 1:1 with Bob every two weeks", Description: "Why.\nWhat yes does.",
		Attendees:   []calendar.Attendee{{Address: "ann@example.org", Name: "Ann"}},
		Organizer:   calendar.Attendee{Address: "assistant@oneonone.invalid", Name: "1:1 assistant"},
		Transparent: true, Own: calendar.OwnSuggestion, Now: written, Self: []string{"ann@example.org"},
	}
}

// create makes the event of d, which must succeed.
func (w *world) create(t testing.TB, d calendar.Draft) calendar.Resource {
	t.Helper()
	d.Calendar = w.id
	r, err := w.client.Create(ctx, d)
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	return r
}

func (w *world) count() int { return len(w.Objects()) }

// TestR8WhatIsRemoved deletes what may be deleted, and nothing else.
func TestR8WhatIsRemoved(t *testing.T) {
	const (
		kind      = "X-ONEONONE-KIND:suggestion\r\n"
		after     = "X-ONEONONE-AFTER:old\r\n"
		exception = "BEGIN:VEVENT\r\nUID:x\r\nDTSTART:20261208T090000Z\r\nDTEND:20261208T093000Z\r\nRECURRENCE-ID:20261201T090000Z\r\n"
		end       = "END:VEVENT\r\n"
	)
	plain := event("x", "Meeting")
	with := func(text string) string { return strings.Replace(plain, "SUMMARY", text+"SUMMARY", 1) }
	beside := func(ics, text string) string { return strings.Replace(ics, "END:VCALENDAR", text+"END:VCALENDAR", 1) }
	tests := map[string]struct {
		ics  string
		gone bool
	}{
		"a suggestion":                               {with(kind), true},
		"a status event":                             {with("X-ONEONONE-KIND:STATUS\r\n"), true},
		"half of a change of a series":               {with(after), true},
		"half of a change with exceptions":           {beside(with(after), exception+end), true},
		"a person's event":                           {plain, false},
		"an event with another mark of ours":         {with("X-ONEONONE-MOVED:x\r\n"), false},
		"an unknown kind":                            {with("X-ONEONONE-KIND:meeting\r\n"), false},
		"an empty mark":                              {with("X-ONEONONE-KIND:\r\nX-ONEONONE-AFTER: \r\n"), false},
		"the word in a description":                  {with("DESCRIPTION:X-ONEONONE-KIND:suggestion\r\n"), false},
		"the mark on an exception only":              {beside(plain, exception+kind+end), false},
		"an exception without its series":            {strings.Replace(with(kind), "UID:x", "UID:x\r\nRECURRENCE-ID:20261201T090000Z", 1), false},
		"a second event in the object":               {beside(with(kind), strings.Replace(exception, "UID:x", "UID:y", 1)+end), false},
		"a part that cannot be read beside the mark": {beside(with(kind), strings.Replace(exception, "20261208T09", "garbage", 1)+end), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, calendartest.Style{Lax: true})
			w.Put("ann", "work", "x.ics", []byte(test.ics))
			r := w.pull(t, "").Changed[0]
			err := w.client.Delete(ctx, r, false)
			if test.gone && (err != nil || w.count() > 0) || !test.gone && (!errors.Is(err, calendar.ErrRefused) || w.count() != 1) {
				t.Errorf("Delete: %v, %d objects are left", err, w.count())
			}
		})
	}
}

// TestDeleteOfWhatChanged proves that nothing is removed that the caller has
// not seen, on a server that looks at no condition too.
func TestDeleteOfWhatChanged(t *testing.T) {
	for name, style := range map[string]calendartest.Style{"careful": {}, "careless": {Careless: true}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, style)
			r := w.create(t, suggestion("abcde"))
			w.Change("ann", "work", "abcde.ics", func(b []byte) []byte {
				return []byte(strings.Replace(string(b), "SUMMARY:", "SUMMARY:My ", 1))
			})
			if err := w.client.Delete(ctx, r, false); !isConflict(err) || w.count() != 1 {
				t.Fatalf("Delete of what has changed: %v, %d objects are left", err, w.count())
			}
			r, err := w.client.Get(ctx, w.id, r.Href)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // gone already is success
				if err := w.client.Delete(ctx, r, false); err != nil || w.count() != 0 {
					t.Errorf("Delete: %v, %d objects are left", err, w.count())
				}
			}
		})
	}
}

// TestCreateAndDeleteUnderFaults loses answers: what comes of it is never two
// events, and never a wrong belief.
func TestCreateAndDeleteUnderFaults(t *testing.T) {
	w := newWorld(t, calendartest.Style{})
	d := suggestion("0123456789abcdefghijklmnopqrstuv")
	d.Calendar = w.id
	for _, fault := range []calendartest.Fault{
		{Method: http.MethodPut, Nth: 1, Do: calendartest.CutBefore},
		{Method: http.MethodPut, Nth: 1, Do: calendartest.Answer, Status: http.StatusBadGateway},
		{Method: http.MethodPut, Nth: 1, Do: calendartest.CutAfter},
	} {
		w.Script(fault)
		if r, err := w.client.Create(ctx, d); !errors.Is(err, calendar.ErrUnknown) {
			t.Fatalf("Create with %+v = %v, %v, want ErrUnknown", fault, r.Href, err)
		}
	}
	if w.count() != 1 {
		t.Fatalf("%d objects after a lost answer, want 1", w.count())
	}
	writes := w.Counters().Requests[http.MethodPut]
	r := w.create(t, d)
	if again := w.Counters().Requests[http.MethodPut]; again != writes {
		t.Errorf("%d writes for an event that stands already", again-writes)
	}
	w.Script(calendartest.Fault{Method: http.MethodDelete, Nth: 1, Do: calendartest.Answer, Status: http.StatusNoContent})
	if err := w.client.Delete(ctx, r, false); !errors.Is(err, calendar.ErrUnknown) {
		t.Errorf("Delete that removed nothing: %v, want ErrUnknown", err)
	}
	w.Script(calendartest.Fault{Method: http.MethodDelete, Nth: 1, Do: calendartest.CutAfter})
	if err := w.client.Delete(ctx, r, false); !errors.Is(err, calendar.ErrUnknown) || w.count() != 0 {
		t.Errorf("Delete whose answer was lost: %v, %d objects are left", err, w.count())
	}
	if err := w.client.Delete(ctx, r, false); err != nil {
		t.Errorf("Delete after a lost answer: %v", err)
	}
	for _, v := range w.Violations() {
		t.Error(v)
	}
}

// TestCreateWhereTheUIDIsTaken finds the event under the name that somebody else
// gave it, and nothing but it.
func TestCreateWhereTheUIDIsTaken(t *testing.T) {
	for name, style := range map[string]calendartest.Style{
		"403": {}, "207 with 412": {RefuseInside: true}, "no conditions": {Careless: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, style)
			w.Put("ann", "work", "renamed by a client.ics", []byte(event("abcde", "Meeting")))
			r := w.create(t, suggestion("abcde"))
			if !strings.HasSuffix(r.Href, "renamed%20by%20a%20client.ics") || r.ETag == "" || w.count() != 1 {
				t.Errorf("Create = %s %s, %d objects", r.Href, r.ETag, w.count())
			}
			w.Put("ann", "work", "fghij.ics", []byte(event("other", "Meeting")))
			d := suggestion("fghij")
			d.Calendar = w.id
			if r, err := w.client.Create(ctx, d); !isConflict(err) {
				t.Errorf("Create at a name that is taken = %v, %v, want a conflict", r.Href, err)
			}
			if got, _, _ := w.Get("ann", "work", "fghij.ics"); string(got) != event("other", "Meeting") {
				t.Errorf("the other event became\n%s", got)
			}
		})
	}
}

// TestCreateRefuses what no calendar could hold, before anything is sent.
func TestCreateRefuses(t *testing.T) {
	w := newWorld(t, calendartest.Style{})
	for name, change := range map[string]func(*calendar.Draft){
		"an ID with a capital":    func(d *calendar.Draft) { d.ID = "Abcde" },
		"an ID that is a path":    func(d *calendar.Draft) { d.ID = "../abcde" },
		"an ID that is short":     func(d *calendar.Draft) { d.ID = "abcd" },
		"an end before the start": func(d *calendar.Draft) { d.End = d.Start },
		"a rule that is none":     func(d *calendar.Draft) { d.RRule = "FREQ=WEEKLY\r\nATTENDEE:mailto:x@example.org" },
		"an address with a line":  func(d *calendar.Draft) { d.Attendees[0].Address = "a@b\r\nX:y" },
		"no organizer":            func(d *calendar.Draft) { d.Organizer.Address = "" },
	} {
		t.Run(name, func(t *testing.T) {
			d := suggestion("abcde")
			d.Calendar = w.id
			change(&d)
			if _, err := w.client.Create(ctx, d); !errors.Is(err, calendar.ErrRefused) || w.count() != 0 {
				t.Errorf("Create: %v, want a refusal", err)
			}
		})
	}
}

// TestNobodyIsToldUnasked looks at the header that keeps sabre/dav from sending
// mail (RFC 6638 §8.1).
func TestNobodyIsToldUnasked(t *testing.T) {
	w := newWorld(t, calendartest.Style{})
	told := map[string]string{}
	w.OnRequest(func(r *http.Request) {
		if r.Method == http.MethodPut || r.Method == http.MethodDelete {
			told[r.Method+" "+r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]] = r.Header.Get("Schedule-Reply")
		}
	})
	quiet := w.create(t, suggestion("quiet"))
	d := suggestion("loud0")
	d.Notify = true
	loud := w.create(t, d)
	if err := errors.Join(w.client.Delete(ctx, quiet, false), w.client.Delete(ctx, loud, true)); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"PUT quiet.ics": "F", "DELETE quiet.ics": "F", "PUT loud0.ics": "", "DELETE loud0.ics": ""}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
}
