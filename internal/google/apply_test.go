package google

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/span"
)

var noTime time.Time

func TestMoveOfAnOccurrence(t *testing.T) {
	for name, style := range map[string]calendartest.GoogleStyle{
		"as usual": {}, "steady master": {SteadyMaster: true}, "opaque ids": {OpaqueIDs: true}, "answers kept": {KeepAnswers: true},
		"inheriting": {Inherit: true},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, style)
			d.g.Put(ann, weekly)
			base := d.base(t, "weekly0001")
			change := moveTo(base, second(), eleven())
			r, err := d.Apply(context.Background(), change)
			if err != nil {
				t.Fatal(err)
			}
			id, _ := d.g.Instance(ann, "weekly0001", second())
			if r.Href != id {
				t.Errorf("the resource is %s, want the exception %s", r.Href, id)
			}
			e := d.parse(t, r)
			if !e.Span().Equal(eleven()) || !e.Original.Equal(second()) || e.SeriesID != "weekly0001" || e.Start.Location().String() != "Europe/Vienna" {
				t.Errorf("the exception is %+v", e)
			}
			if e.Mark == nil || *e.Mark != (calendar.Mark{Count: 1, From: utc(span.Of(second(), 30*time.Minute)), To: utc(eleven()), At: now}) {
				t.Errorf("the mark is %+v", e.Mark)
			}
			if !strings.HasPrefix(e.Description, "Bring the plan.\n") || !strings.Contains(e.Description, "Moved from") {
				t.Errorf("the description is %q", e.Description)
			}
			again := d.base(t, id)
			if again.ETag != r.ETag || string(again.Data) != string(r.Data) {
				t.Errorf("Get gives\n%s %s\nand Apply gave\n%s %s", again.ETag, again.Data, r.ETag, r.Data)
			}
			theirs := d.stored(t, bob, id)
			if start := theirs["start"].(map[string]any)["dateTime"]; start != "2026-11-10T11:30:00+01:00" {
				t.Errorf("in Bob's calendar it begins at %v", start)
			}
			d.moveBack(t, r)
		})
	}
}

// utc puts a span into the zone that marks are read in.
func utc(s span.Span) span.Span { return span.Span{Start: s.Start.UTC(), End: s.End.UTC()} }

// moveBack moves an exception back to where its series has it.
func (d *desk) moveBack(t *testing.T, r calendar.Resource) {
	t.Helper()
	r, err := d.Apply(context.Background(), moveTo(r, second(), span.Of(second(), 30*time.Minute)))
	if err != nil {
		t.Fatal(err)
	}
	if e := d.parse(t, r); !e.Start.Equal(second()) {
		t.Errorf("moved back it is %+v", e)
	}
}

func TestMoveNotifiesAndUpkeepDoesNot(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	mails := len(d.g.Mails())
	link := "https://agenda.example.org/p/1"
	upkeep := calendar.Change{Base: d.base(t, "weekly0001"), Now: now, Organizer: true, Notify: true, Parts: []calendar.Part{{Lines: []string{"Agenda: " + link}, Link: &link}}}
	r, err := d.Apply(context.Background(), upkeep)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(d.g.Mails()); n != mails {
		t.Errorf("upkeep sent %d mails", n-mails)
	}
	if _, err := d.Apply(context.Background(), moveTo(r, second(), eleven())); err != nil {
		t.Fatal(err)
	}
	if n := len(d.g.Mails()); n != mails+1 {
		t.Errorf("the move sent %d mails, want one", n-mails)
	}
}

// A move and the upkeep of its series are two events of Google's, one Change of
// the engine's, in either order.
func TestTwoParts(t *testing.T) {
	for _, masterFirst := range []bool{true, false} {
		d := newDesk(t, calendartest.GoogleStyle{})
		d.g.Put(ann, weekly)
		link := "https://agenda.example.org/p/1"
		c := moveTo(d.base(t, "weekly0001"), second(), eleven())
		master := calendar.Part{Lines: []string{"Agenda: " + link}, Link: &link}
		if c.Parts = append(c.Parts, master); masterFirst {
			c.Parts = []calendar.Part{master, c.Parts[0]}
		}
		r, err := d.Apply(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		if e := d.parse(t, r); !e.Span().Equal(eleven()) {
			t.Errorf("what comes back is %+v, want the event that was moved", e)
		}
		if e := d.parse(t, d.base(t, "weekly0001")); e.AgendaLink != link || !strings.Contains(e.Description, link) {
			t.Errorf("the series is %+v", e)
		}
	}
}

func TestUpkeepComesAndGoes(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	before := d.stored(t, ann, "weekly0001")
	r := d.base(t, "weekly0001")
	put := func(lines []string, link string, files int) {
		t.Helper()
		var err error
		r, err = d.Apply(context.Background(), calendar.Change{Base: r, Now: now, Parts: []calendar.Part{{Lines: lines, Link: &link}}})
		if err != nil {
			t.Fatal(err)
		}
		if e := d.parse(t, r); e.AgendaLink != link {
			t.Errorf("the link is %q, want %q", e.AgendaLink, link)
		}
		if list, _ := d.stored(t, ann, "weekly0001")["attachments"].([]any); len(list) != files {
			t.Errorf("the attachments are %v, want %d", list, files)
		}
	}
	put([]string{"Agenda: https://a.example.org/1"}, "https://a.example.org/1", 2)
	put([]string{"Agenda: https://a.example.org/2"}, "https://a.example.org/2", 2)
	put([]string{"Agenda: http://127.0.0.1:8411/3"}, "http://127.0.0.1:8411/3", 1)
	put([]string{}, "", 1)
	after := d.stored(t, ann, "weekly0001")
	for _, key := range []string{"etag", "updated"} {
		delete(before, key)
		delete(after, key)
	}
	a, _ := json.Marshal(before)
	b, _ := json.Marshal(after)
	if string(a) != string(b) {
		t.Errorf("something is left:\n%s\nwas\n%s", b, a)
	}
}

func TestHTMLStaysHTML(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, strings.Replace(weekly, "Bring the plan.", "<b>Bring</b> the plan &amp; more<br>Thanks", 1))
	r, err := d.Apply(context.Background(), moveTo(d.base(t, "weekly0001"), second(), eleven()))
	if err != nil {
		t.Fatal(err)
	}
	e := d.parse(t, r)
	if !e.HTML || !strings.HasPrefix(e.Description, "<b>Bring</b> the plan &amp; more<br>Thanks<br><br>---") {
		t.Errorf("the description is %q", e.Description)
	}
}

func TestNothingIsNotSent(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, lunch)
	base, none := d.base(t, "lunch00001"), ""
	stays := span.Of(vienna(4, 12, 0), time.Hour)
	for _, p := range []calendar.Part{{}, {Lines: []string{}, Link: &none, RemoveMark: true}, {To: &stays}} {
		r, err := d.Apply(context.Background(), calendar.Change{Base: base, Now: now, Parts: []calendar.Part{p}})
		if err != nil || r.ETag != base.ETag || r.Href != base.Href {
			t.Errorf("Apply(%+v) = %s, %v", p, r.ETag, err)
		}
	}
	if n := d.g.Writes(); n > 0 {
		t.Errorf("%d writes were sent for nothing", n)
	}
}

// Several moves of one series are decided on one state of it. Where each changes
// the ETag of the series, and the first wrote the link on it too, the next one
// still is no conflict: nobody else has changed anything about it.
func TestMovesOfOneSeriesDecidedTogether(t *testing.T) {
	for _, steady := range []bool{false, true} {
		d := newDesk(t, calendartest.GoogleStyle{SteadyMaster: steady})
		d.g.Put(ann, weekly)
		base := d.base(t, "weekly0001")
		link := "https://agenda.example.org/p/1"
		for week := range 3 {
			c := moveTo(base, second().AddDate(0, 0, 7*week), eleven().Shift(time.Duration(week)*7*24*time.Hour))
			if week == 0 {
				c.Parts = append(c.Parts, calendar.Part{Lines: []string{"Agenda: " + link}, Link: &link})
			}
			r, err := d.Apply(context.Background(), c)
			if err != nil {
				t.Errorf("steady masters %t, week %d: %v", steady, week, err)
			} else if e := d.parse(t, r); !e.Start.Equal(eleven().Start.AddDate(0, 0, 7*week)) {
				t.Errorf("steady masters %t, week %d: it stands at %v", steady, week, e.Start)
			}
		}
	}
}

func TestConflicts(t *testing.T) {
	tests := map[string]func(d *desk){
		"the series was changed":        func(d *desk) { d.g.Edit(ann, "weekly0001", `{"location":"Room 6"}`) },
		"the occurrence was dragged":    func(d *desk) { d.drag(vienna(12, 9, 0)) },
		"the occurrence was called off": func(d *desk) { id, _ := d.g.Instance(ann, "weekly0001", second()); d.g.Delete(ann, id) },
		"the series was deleted":        func(d *desk) { d.g.Delete(ann, "weekly0001") },
		"the series ends before it":     func(d *desk) { d.g.Split(ann, "weekly0001", second(), `{"summary":"Other"}`) },
	}
	for name, theirs := range tests {
		for _, steady := range []bool{false, true} {
			d := newDesk(t, calendartest.GoogleStyle{SteadyMaster: steady})
			d.g.Put(ann, weekly)
			base := d.base(t, "weekly0001")
			theirs(d)
			writes := d.g.Writes()
			_, err := d.Apply(context.Background(), moveTo(base, second(), eleven()))
			if !errors.Is(err, calendar.ErrConflict) && !errors.Is(err, calendar.ErrNotFound) || d.g.Writes() != writes {
				t.Errorf("%s: %v and %d writes, want ErrConflict and none", name, err, d.g.Writes()-writes)
			}
		}
	}
}

// A part that is not about the event it is to be written on writes nothing.
func TestPartOfAnotherOccurrence(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	d.drag(vienna(12, 9, 0))
	id, _ := d.g.Instance(ann, "weekly0001", second())
	base := d.base(t, id)
	for _, original := range []time.Time{noTime, vienna(17, 10, 0)} {
		if _, err := d.Apply(context.Background(), moveTo(base, original, eleven())); !errors.Is(err, calendar.ErrRefused) {
			t.Errorf("the occurrence of %v: %v, want ErrRefused", original, err)
		}
	}
	if n := d.g.Writes(); n > 0 {
		t.Errorf("%d writes were sent", n)
	}
}

// Nobody could try how Google wants originalStart to be written; when it is not
// understood, the occurrence is found among those of its day.
func TestOccurrenceIsFoundWithoutOriginalStart(t *testing.T) {
	for name, start := range map[string]string{
		"timed":   `"start":{"dateTime":"2026-11-03T10:00:00+01:00","timeZone":"Europe/Vienna"},"end":{"dateTime":"2026-11-03T10:30:00+01:00","timeZone":"Europe/Vienna"}`,
		"all day": `"start":{"date":"2026-11-03"},"end":{"date":"2026-11-04"}`,
	} {
		for _, status := range []int{0, 400} {
			d := newDesk(t, calendartest.GoogleStyle{})
			d.g.Put(ann, `{"id":"daily00001","summary":"Daily","recurrence":["RRULE:FREQ=DAILY"],`+start+`}`)
			if status > 0 {
				d.g.Script(calendartest.Fault{Do: calendartest.Answer, Status: status, Reason: "invalid",
					Match: func(r *http.Request) bool { return r.URL.Query().Has("originalStart") }})
			}
			original := vienna(10, 10, 0)
			if name == "all day" {
				original = vienna(10, 0, 0)
			}
			r, err := d.Apply(context.Background(), calendar.Change{Base: d.base(t, "daily00001"), Now: now, Parts: []calendar.Part{{Original: original, Lines: []string{"A line"}}}})
			if err != nil {
				t.Fatalf("%s, %d: %v", name, status, err)
			}
			if e := d.parse(t, r); !e.Original.Equal(original) || !strings.Contains(e.Description, "A line") {
				t.Errorf("%s, %d: %+v", name, status, e)
			}
		}
	}
}

func (d *desk) drag(to time.Time) {
	id, _ := d.g.Instance(ann, "weekly0001", second())
	d.g.Drag(ann, id, span.Of(to, 30*time.Minute))
}

// 412: somebody was faster between our reading and our writing.
func TestConflictAtTheLastMoment(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	base := d.base(t, "weekly0001")
	d.g.Script(calendartest.Fault{Method: http.MethodPatch, Nth: 1, Before: func(*http.Request) { d.drag(vienna(12, 9, 0)) }})
	if _, err := d.Apply(context.Background(), moveTo(base, second(), eleven())); !errors.Is(err, calendar.ErrConflict) {
		t.Errorf("Apply: %v, want ErrConflict", err)
	}
	id, _ := d.g.Instance(ann, "weekly0001", second())
	if e := d.parse(t, d.base(t, id)); !e.Start.Equal(vienna(12, 9, 0)) {
		t.Errorf("the person's drag is lost: %+v", e)
	}
}

// An organizer's change never goes to a copy of which Google says that somebody
// else organizes it: it might succeed there alone.
func TestOrganizersChangeInAGuestsCopy(t *testing.T) {
	for _, outcome := range []calendartest.GuestWrite{calendartest.GuestRefused, calendartest.GuestIgnored, calendartest.GuestDiverges} {
		d := newDesk(t, calendartest.GoogleStyle{Guest: outcome})
		d.g.Put(bob, weekly)
		base := d.base(t, "weekly0001")
		if _, err := d.Apply(context.Background(), moveTo(base, second(), eleven())); !errors.Is(err, calendar.ErrReadOnly) {
			t.Errorf("outcome %d: %v, want ErrReadOnly", outcome, err)
		}
		if n := d.g.Writes(); n > 0 {
			t.Errorf("outcome %d: %d writes were sent", outcome, n)
		}
	}
}

// The copy of an invitation that came from another server is written when the
// caller says that it is a guest's; the three things that may come of it are
// told apart.
func TestChangeOfAGuestsCopy(t *testing.T) {
	for outcome, want := range map[calendartest.GuestWrite]error{
		calendartest.GuestRefused: calendar.ErrReadOnly, calendartest.GuestIgnored: calendar.ErrRefused, calendartest.GuestDiverges: nil,
	} {
		d := newDesk(t, calendartest.GoogleStyle{Guest: outcome})
		d.g.Put(ann, strings.Replace(weekly, `"summary"`, `"organizer":{"email":"carl@partner.example"},"summary"`, 1))
		c := moveTo(d.base(t, "weekly0001"), second(), eleven())
		c.Organizer = false
		mails := len(d.g.Mails())
		r, err := d.Apply(context.Background(), c)
		if !errors.Is(err, want) {
			t.Errorf("outcome %d: %v, want %v", outcome, err, want)
		}
		if err == nil && !d.parse(t, r).Span().Equal(eleven()) {
			t.Errorf("outcome %d: the copy is %s", outcome, r.Data)
		}
		if len(d.g.Mails()) != mails {
			t.Errorf("outcome %d: mail was sent: %v", outcome, d.g.Mails()[mails:])
		}
	}
}

// Every outcome of a write in the words of calendar.Provider.
func TestOutcomesOfAWrite(t *testing.T) {
	answer := func(status int, reason string) calendartest.Fault {
		return calendartest.Fault{Method: http.MethodPatch, Nth: 1, Do: calendartest.Answer, Status: status, Reason: reason}
	}
	tests := map[string]struct {
		fault calendartest.Fault
		want  error
		park  time.Duration
	}{
		"a guest":              {answer(403, "forbiddenForNonOrganizer"), calendar.ErrReadOnly, 0},
		"not the creator":      {answer(403, "forbiddenForNonCreator"), calendar.ErrReadOnly, 0},
		"a bad request":        {answer(400, "invalid"), calendar.ErrRefused, 0},
		"too fast":             {answer(403, "userRateLimitExceeded"), nil, time.Minute},
		"too fast, 429":        {answer(429, "rateLimitExceeded"), nil, time.Minute},
		"use limits":           {answer(403, "quotaExceeded"), nil, 6 * time.Hour},
		"gone":                 {answer(404, "notFound"), calendar.ErrNotFound, 0},
		"broken":               {answer(500, "backendError"), calendar.ErrUnknown, 0},
		"busy":                 {answer(503, "backendError"), calendar.ErrUnknown, 0},
		"cut before":           {calendartest.Fault{Method: http.MethodPatch, Nth: 1, Do: calendartest.CutBefore}, calendar.ErrUnknown, 0},
		"cut after":            {calendartest.Fault{Method: http.MethodPatch, Nth: 1, Do: calendartest.CutAfter}, calendar.ErrUnknown, 0},
		"missing rights":       {answer(403, "insufficientPermissions"), calendar.ErrAuth, 0},
		"an unknown 403":       {answer(403, "new"), calendar.ErrReadOnly, 0},
		"an operational clash": {answer(409, "duplicate"), calendar.ErrConflict, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, calendartest.GoogleStyle{})
			d.g.Put(ann, lunch)
			base := d.base(t, "lunch00001")
			d.g.Script(test.fault)
			writes := len(d.sent.list)
			_, err := d.Apply(context.Background(), moveTo(base, noTime, eleven()))
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
			var asks *calendar.RetryError
			if errors.As(err, &asks) != (test.park > 0) || asks != nil && asks.After != test.park {
				t.Errorf("%v asks for %v, want %v", err, asks, test.park)
			}
			if n := len(d.sent.list) - writes; n != 1 {
				t.Errorf("%d requests, want one: writes are never repeated", n)
			}
			if text := err.Error(); strings.Contains(text, "@") || strings.Contains(text, "lunch") || strings.Contains(text, "googleapi") {
				t.Errorf("the operator reads %q", text)
			}
		})
	}
}

// liar answers a PATCH with success and does nothing.
type liar struct{ next http.RoundTripper }

func (l liar) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPatch {
		r = r.Clone(r.Context())
		r.Method, r.Body, r.ContentLength, r.URL.RawQuery = http.MethodGet, nil, 0, ""
		r.Header.Del("If-Match")
		r.Header.Del("Content-Type")
	}
	return l.next.RoundTrip(r)
}

func TestSuccessThatChangedNothingIsAFailure(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	base := d.base(t, "weekly0001")
	d.sent.next = liar{d.sent.next}
	if _, err := d.Apply(context.Background(), moveTo(base, second(), eleven())); !errors.Is(err, calendar.ErrRefused) {
		t.Errorf("a move: %v, want ErrRefused", err)
	}
	upkeep := calendar.Change{Base: base, Now: now, Parts: []calendar.Part{{Lines: []string{"A line"}}}}
	if _, err := d.Apply(context.Background(), upkeep); !errors.Is(err, calendar.ErrRefused) {
		t.Errorf("upkeep: %v, want ErrRefused", err)
	}
}
