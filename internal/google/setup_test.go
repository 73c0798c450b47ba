package google

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/span"
)

const (
	ann = "ann@example.org"
	bob = "bob@example.org"
)

// now is the instant of every change.
var now = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// vienna is an instant of November 2026.
func vienna(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, zoneVienna)
}

var zoneVienna = func() *time.Location {
	z, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		panic(err)
	}
	return z
}()

// second is an ordinary occurrence of weekly.
func second() time.Time { return vienna(10, 10, 0) }
func eleven() span.Span { return span.Of(vienna(10, 11, 30), 30*time.Minute) }

// weekly is a 1:1 each Tuesday at 10:00 in Vienna from 3 November 2026 on.
const weekly = `{"id":"weekly0001","summary":"Ann / Bob","description":"Bring the plan.",
	"start":{"dateTime":"2026-11-03T10:00:00+01:00","timeZone":"Europe/Vienna"},
	"end":{"dateTime":"2026-11-03T10:30:00+01:00","timeZone":"Europe/Vienna"},
	"recurrence":["RRULE:FREQ=WEEKLY;BYDAY=TU"],
	"attendees":[{"email":"ann@example.org","responseStatus":"accepted"},{"email":"bob@example.org","responseStatus":"accepted"}],
	"attachments":[{"fileUrl":"https://drive.google.com/open?id=1","title":"Plan","mimeType":"application/pdf"}],
	"extendedProperties":{"shared":{"theirs":"stays"},"private":{"mine":"stays"}}}`

// lunch is a single event of an hour on 4 November 2026 at noon in Vienna.
const lunch = `{"id":"lunch00001","summary":"Lunch","start":{"dateTime":"2026-11-04T12:00:00+01:00","timeZone":"Europe/Vienna"},
	"end":{"dateTime":"2026-11-04T13:00:00+01:00","timeZone":"Europe/Vienna"}}`

// desk is Ann's account on a fake Google.
type desk struct {
	*Client
	g    *calendartest.Google
	sent *recorder
	log  *bytes.Buffer
}

// recorder keeps what goes over the wire.
type recorder struct {
	next http.RoundTripper
	list []sentRequest
}

type sentRequest struct {
	method, path, query, ifMatch, body string
	status                             int
}

func (s *recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := s.next.RoundTrip(r)
	e := sentRequest{method: r.Method, path: r.URL.Path, query: r.URL.Query().Encode(), ifMatch: r.Header.Get("If-Match"), body: string(body)}
	if err == nil {
		e.status = resp.StatusCode
	}
	s.list = append(s.list, e)
	return resp, err
}

func newDesk(t *testing.T, style calendartest.GoogleStyle) *desk {
	t.Helper()
	if style.Clock == nil {
		style.Clock = clock
	}
	g := calendartest.NewGoogle(style)
	g.AddUser(calendartest.GoogleUser{Email: ann, Name: "Ann", Zone: "Europe/Vienna"})
	g.AddUser(calendartest.GoogleUser{Email: bob, Name: "Bob", Zone: "Europe/Vienna"})
	d := &desk{g: g, sent: &recorder{next: g.Transport()}, log: &bytes.Buffer{}}
	d.Client = d.client(t, userFile(t, g.AccessToken(ann), g.RefreshToken(ann)), "")
	t.Cleanup(func() {
		for _, v := range g.Violations() {
			t.Errorf("the client did what it must not do: %s", v)
		}
		for _, e := range d.sent.list {
			makes := e.method == http.MethodPost && strings.HasSuffix(e.path, "/events")
			if strings.Contains(e.body, "attendees") && !makes {
				t.Errorf("%s %s carries attendees: %s", e.method, e.path, e.body)
			}
		}
	})
	return d
}

// client signs in with a credential file.
func (d *desk) client(t *testing.T, file, subject string) *Client {
	t.Helper()
	c, err := New(Options{
		Account: "ann", Credential: file, Subject: subject, UserAgent: "oneonone/test", Transport: d.sent,
		Logger: slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return c
}

// userFile writes a credential file as Authorize does.
func userFile(t testing.TB, access, refresh string) string {
	t.Helper()
	cred := &credential{Type: kindUser, ID: "1234-oneonone.apps.googleusercontent.com", Secret: "not-confidential-on-a-desktop",
		Access: access, Refresh: refresh, Expiry: time.Now().Add(time.Hour)}
	path := filepath.Join(t.TempDir(), "ann")
	if err := cred.write(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeFile(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "credential")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (d *desk) pull(t *testing.T, since calendar.Since) calendar.Changes {
	t.Helper()
	ch, err := d.Pull(context.Background(), ann, since)
	if err != nil {
		t.Fatalf("Pull: %v", err)
	}
	return ch
}

// base returns the resource with that id.
func (d *desk) base(t *testing.T, id string) calendar.Resource {
	t.Helper()
	r, err := d.Get(context.Background(), ann, id)
	if err != nil {
		t.Fatalf("Get(%s): %v", id, err)
	}
	return r
}

// parse reads a resource that has to be readable.
func (d *desk) parse(t *testing.T, r calendar.Resource) calendar.Event {
	t.Helper()
	events, err := d.Parse(r, zoneVienna)
	if err != nil || len(events) != 1 {
		t.Fatalf("Parse(%s) = %d events, %v", r.Data, len(events), err)
	}
	return events[0]
}

func moveTo(base calendar.Resource, original time.Time, to span.Span) calendar.Change {
	mark := &calendar.Mark{Count: 1, From: span.Of(original, 30*time.Minute), To: to, At: now}
	if original.IsZero() {
		mark.From = to
	}
	return calendar.Change{
		Base: base, Now: now, Self: []string{ann}, Organizer: true, Notify: true,
		Parts: []calendar.Part{{Original: original, To: &to, Mark: mark, Lines: []string{"Moved from Tue 10 Nov 10:00."}}},
	}
}

func ids(rs []calendar.Resource) []string {
	var list []string
	for _, r := range rs {
		list = append(list, r.Href)
	}
	return list
}

// stored reads an event of the fake.
func (d *desk) stored(t *testing.T, user, id string) map[string]any {
	t.Helper()
	data, ok := d.g.Event(user, id)
	if !ok {
		t.Fatalf("%s has no event %s", user, id)
	}
	var e map[string]any
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// clock is that of the fake.
func clock() time.Time { return now }

// inTime runs a test in a time of its own, in which the pauses that the client
// leaves between its writes cost nothing.
func inTime(t *testing.T, name string, test func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}
