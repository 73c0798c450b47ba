package caldav

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

var (
	ctx    = context.Background()
	quiet  = log.New(io.Discard, "", 0)
	vienna = mustZone("Europe/Vienna")
	// written is the instant that changes in tests are made at.
	written = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
)

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

func unescaped(s string) string {
	u, err := url.PathUnescape(s)
	if err != nil {
		panic(err)
	}
	return u
}

// drain returns the body of r and leaves it to be read again.
func drain(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	return string(body)
}

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// local takes every request to a handler without a network, whatever host the
// request names. A handler that panics with http.ErrAbortHandler cuts the
// connection; one that blocks is left when the request's context ends.
type local struct{ http.Handler }

func (l local) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	w := httptest.NewRecorder()
	defer func() {
		if cut := recover(); cut == http.ErrAbortHandler {
			resp, err = nil, io.ErrUnexpectedEOF
		} else if cut != nil {
			panic(cut)
		}
	}()
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	in.Host = r.URL.Host
	in.RequestURI = r.URL.RequestURI()
	l.ServeHTTP(w, in)
	if r.Context().Err() != nil {
		return nil, context.Cause(r.Context())
	}
	return w.Result(), nil
}

// clientOf returns a client of handler that starts at url.
func clientOf(t testing.TB, handler http.Handler, url string) *Client {
	t.Helper()
	return newClient(t, Options{URL: url, Username: "ann", Password: "pw", Transport: local{handler}})
}

func newClient(t testing.TB, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return c
}

// world is a server in memory with one user, ann, one calendar, and a client.
type world struct {
	*calendartest.DAV
	client *Client
	id     string // of the calendar
	known  map[string]calendar.ETag
}

func newWorld(t testing.TB, style calendartest.Style) *world {
	t.Helper()
	d := calendartest.NewDAV(style)
	d.AddUser(calendartest.User{Name: "ann", Password: "pw"})
	d.AddCalendar("ann", calendartest.Calendar{Name: "work", Title: "Work", Zone: "Europe/Vienna"})
	w := &world{DAV: d, known: map[string]calendar.ETag{}}
	w.client = newClient(t, Options{URL: "https://dav.example.org/", Username: "ann", Password: "pw", Transport: d.Transport()})
	list, err := w.client.Calendars(ctx)
	if err != nil || len(list) != 1 {
		t.Fatalf("Calendars() = %v, %v, want one calendar", list, err)
	}
	w.id = list[0].ID
	return w
}

// put stores an event under name.ics.
func (w *world) put(name, title string) { w.Put("ann", "work", name, []byte(event(name, title))) }

// pull brings w.known up to date and returns what there was to do.
func (w *world) pull(t testing.TB, cursor string) calendar.Changes {
	t.Helper()
	got, err := w.client.Pull(ctx, w.id, calendar.Since{Cursor: cursor, Known: w.known})
	if err != nil {
		t.Fatalf("Pull(%q): %v", cursor, err)
	}
	merge(w.known, got)
	return got
}

// merge does what the program's mirror does with changes.
func merge(known map[string]calendar.ETag, c calendar.Changes) {
	if c.Full {
		there := make(map[string]bool, len(c.Hrefs))
		for _, h := range c.Hrefs {
			there[h] = true
		}
		for h := range known {
			if !there[h] {
				delete(known, h)
			}
		}
	}
	for _, r := range c.Changed {
		known[r.Href] = r.ETag
	}
	for _, h := range c.Removed {
		delete(known, h)
	}
}

// event is a calendar object with one event at 2026-12-01 10:00 in Vienna.
func event(uid, title string) string {
	lines := []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN",
		"BEGIN:VTIMEZONE", "TZID:Europe/Vienna",
		"BEGIN:STANDARD", "DTSTART:19701025T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
		"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD",
		"BEGIN:DAYLIGHT", "DTSTART:19700329T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
		"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT",
		"END:VTIMEZONE",
		"BEGIN:VEVENT", "UID:" + uid, "DTSTAMP:20261101T090000Z",
		"DTSTART;TZID=Europe/Vienna:20261201T100000", "DTEND;TZID=Europe/Vienna:20261201T103000",
		"SUMMARY:" + title, "END:VEVENT", "END:VCALENDAR", "",
	}
	return strings.Join(lines, "\r\n")
}

// answer207 writes a multistatus.
func answer207(w http.ResponseWriter, inside string) {
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.WriteHeader(http.StatusMultiStatus)
	fmt.Fprintf(w, `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" `+
		`xmlns:cs="http://calendarserver.org/ns/">%s</d:multistatus>`, inside)
}

// found is an item of a multistatus with properties that are there.
func found(href, props string) string {
	return "<d:response><d:href>" + href + "</d:href><d:propstat><d:prop>" + props +
		"</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
}

// failing is an item of a multistatus with a status of its own.
func failing(href, status string) string {
	return "<d:response><d:href>" + href + "</d:href><d:status>HTTP/1.1 " + status + "</d:status></d:response>"
}

func titles(t testing.TB, c calendar.Provider, changed []calendar.Resource) []string {
	t.Helper()
	var all []string
	for _, r := range changed {
		events, err := c.Parse(r, vienna)
		if err != nil {
			t.Fatalf("Parse(%s): %v", r.Href, err)
		}
		for _, e := range events {
			all = append(all, e.Title)
		}
	}
	return all
}
