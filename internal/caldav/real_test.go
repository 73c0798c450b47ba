package caldav

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/span"
)

// TestRealServers walks through the life of a calendar on Debian's Radicale and
// Xandikos, counting requests.
func TestRealServers(t *testing.T) {
	servers := map[string]func(calendartest.TB) *calendartest.Server{
		"Radicale": calendartest.Radicale,
		"Xandikos": calendartest.Xandikos,
	}
	for name, start := range servers {
		t.Run(name, func(t *testing.T) { life(t, start(t)) })
	}
}

func life(t *testing.T, s *calendartest.Server) {
	a := s.Account("alice")
	c := newClient(t, Options{URL: s.URL, Username: a.User, Password: a.Password})
	list, err := c.Calendars(ctx)
	if err != nil || len(list) != 1 || list[0].ID != a.Calendar || !list[0].Writable || list[0].Delivers {
		t.Fatalf("Calendars() = %+v, %v, want %s alone, writable, without delivery", list, err, a.Calendar)
	}
	if _, ok := c.Skew(); !ok {
		t.Error("the clock of the server is not known after the first answers")
	}
	id := list[0].ID
	names := []string{"a", "b@c d", "e+f", "g%2Fh"}
	for _, n := range names {
		store(t, a, n, event(n, "Title of "+n))
	}
	known := map[string]calendar.ETag{}
	pull := func(cursor string, atMost int64) calendar.Changes {
		t.Helper()
		before := c.Stats().Requests
		got, err := c.Pull(ctx, id, calendar.Since{Cursor: cursor, Known: known})
		if err != nil {
			t.Fatalf("Pull(%q): %v", cursor, err)
		}
		if n := c.Stats().Requests - before; n > atMost {
			t.Errorf("Pull(%q) took %d requests, want at most %d", cursor, n, atMost)
		}
		merge(known, got)
		return got
	}
	first := pull("", 2)
	if got := titles(t, c, first.Changed); len(got) != len(names) || len(first.Hrefs) != len(names) || !first.Full {
		t.Errorf("the first pull has %v at %v, want all of %v", got, first.Hrefs, names)
	}
	for _, r := range first.Changed {
		got, err := c.Get(ctx, id, r.Href)
		if err != nil || string(got.Data) != string(r.Data) || got.ETag != r.ETag {
			t.Errorf("Get(%s) = %q %q, %v, want what Pull gave: %q %q", r.Href, got.ETag, got.Data, err, r.ETag, r.Data)
		}
	}
	if idle := pull(first.Cursor, 1); len(idle.Changed)+len(idle.Removed)+len(idle.Skipped) > 0 || idle.Full {
		t.Errorf("a pull without changes = %+v", idle)
	}
	store(t, a, "a", event("a", "Changed"))
	second := pull(first.Cursor, 2)
	if got := titles(t, c, second.Changed); !slices.Equal(got, []string{"Changed"}) {
		t.Errorf("after one change, Pull has %v", got)
	}
	moved := applied(t, c, second.Changed[0])
	known[moved.Href] = moved.ETag
	third := pull(second.Cursor, 1)
	if len(third.Changed) > 0 {
		t.Errorf("our own write came back: %v", third.Changed)
	}
	stale := second.Changed[0]
	if _, err := c.Apply(ctx, move(stale)); !isConflict(err) {
		t.Errorf("Apply to a state that is past: %v, want a conflict", err)
	}
	send(t, a, http.MethodDelete, "e+f", "")
	if fourth := pull(third.Cursor, 1); len(fourth.Removed) != 1 || !strings.Contains(fourth.Removed[0], "e%2Bf") {
		t.Errorf("after a deletion, Removed = %q", fourth.Removed)
	}
	if again := pull("", 1); len(again.Changed) > 0 || len(again.Hrefs) != len(names)-1 {
		t.Errorf("a full comparison = %+v, want no changes and %d hrefs", again, len(names)-1)
	}
	if revived := pull("sync:bogus", 2); !revived.Full || len(revived.Changed) > 0 {
		t.Errorf("with a dead token, Pull = %+v, want a full comparison without changes", revived)
	}
}

// movedTo is where move puts an event: half an hour later.
var movedTo = time.Date(2026, 12, 1, 9, 30, 0, 0, time.UTC)

func move(r calendar.Resource) calendar.Change {
	to := span.Of(movedTo, 30*time.Minute)
	return calendar.Change{Base: r, Now: written, Organizer: true, Parts: []calendar.Part{{To: &to}}}
}

func applied(t *testing.T, c *Client, r calendar.Resource) calendar.Resource {
	t.Helper()
	got, err := c.Apply(ctx, move(r))
	if err != nil {
		t.Fatalf("Apply: %v", err)
	}
	events, err := c.Parse(got, vienna)
	if err != nil || len(events) != 1 || !events[0].Start.Equal(movedTo) {
		t.Fatalf("after Apply, stored is %+v, %v", events, err)
	}
	return got
}

func isConflict(err error) bool { return errors.Is(err, calendar.ErrConflict) }

// store puts an event as another client of the same person would.
func store(t testing.TB, a calendartest.Account, name, ics string) {
	t.Helper()
	send(t, a, http.MethodPut, name, ics)
}

func send(t testing.TB, a calendartest.Account, method, name, body string) {
	t.Helper()
	path := strings.NewReplacer("%2F", "%252F", " ", "%20", "@", "%40", "+", "%2B").Replace(name)
	r, err := http.NewRequest(method, a.Calendar+path+".ics", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(a.User, a.Password)
	r.Header.Set("Content-Type", "text/calendar; charset=utf-8")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}
