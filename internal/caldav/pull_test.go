package caldav

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

// TestPull walks a calendar through its life on servers of every kind, and
// counts requests: one for a pass without changes, at most two for one change.
func TestPull(t *testing.T) {
	for _, tc := range []struct {
		name               string
		style              calendartest.Style
		first, idle, later int // requests at most
	}{
		{"faultless", calendartest.Style{}, 1, 1, 1},
		{"no data in sync", calendartest.Style{SyncWithoutData: true}, 2, 1, 2},
		{"no sync", calendartest.Style{NoSync: true}, 3, 1, 3},
		{"repeats", calendartest.Style{RepeatLast: true}, 1, 1, 1},
		{"lists deleted", calendartest.Style{ListDeleted: true}, 1, 1, 1},
		{"pages", calendartest.Style{Page: 4}, 3, 1, 1},
		{"weak ETags", calendartest.Style{ETag: calendartest.WeakETags}, 1, 1, 1},
		{"unquoted ETags", calendartest.Style{ETag: calendartest.UnquotedETags}, 1, 1, 1},
		{"escaped hrefs", calendartest.Style{EscapeAll: true}, 1, 1, 1},
		{"raw line ends", calendartest.Style{RawCR: true}, 1, 1, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, tc.style)
			for i := range 10 {
				w.put(fmt.Sprintf("ev %d@x+y", i), fmt.Sprint("Title ", i))
			}
			w.put("gone", "Gone")
			w.Delete("ann", "work", "gone")
			count := func(what string, atMost int, pull func()) {
				t.Helper()
				before := w.client.Stats().Requests
				pull()
				if n := w.client.Stats().Requests - before; n > int64(atMost) {
					t.Errorf("%s: %d requests, want at most %d", what, n, atMost)
				}
			}
			var got calendar.Changes
			count("first pull", tc.first, func() { got = w.pull(t, "") })
			if len(got.Changed) != 10 || len(got.Hrefs) != 10 || !got.Full || len(got.Skipped) > 0 {
				t.Fatalf("first pull: %d changed, %d hrefs, full %v, skipped %v", len(got.Changed), len(got.Hrefs), got.Full, got.Skipped)
			}
			for _, r := range got.Changed {
				if ics, etag, _ := w.DAV.Get("ann", "work", storedName(r)); string(ics) != string(r.Data) || etag != string(r.ETag) {
					t.Errorf("%s: pulled %q %q, stored is %q %q", r.Href, r.ETag, r.Data, etag, ics)
				}
			}
			count("idle pull", tc.idle, func() { got = w.pull(t, got.Cursor) })
			if len(got.Changed)+len(got.Removed)+len(got.Skipped) > 0 {
				t.Errorf("idle pull = %+v", got)
			}
			w.put("ev 3@x+y", "Changed")
			count("pull of a change", tc.later, func() { got = w.pull(t, got.Cursor) })
			if ts := titles(t, w.client, got.Changed); !slices.Equal(ts, []string{"Changed"}) {
				t.Errorf("after a change: %q", ts)
			}
			count("pull after a deletion", tc.later, func() {
				w.Delete("ann", "work", "ev 4@x+y")
				w.put("new", "New")
				got = w.pull(t, got.Cursor)
			})
			if ts := titles(t, w.client, got.Changed); !slices.Equal(ts, []string{"New"}) || len(w.known) != 10 {
				t.Errorf("after a deletion and a new event: %q, %d known", ts, len(w.known))
			}
			count("full comparison", 3, func() { got = w.pull(t, "") })
			if len(got.Changed) > 0 || len(got.Hrefs) != 10 || !got.Full {
				t.Errorf("full comparison: %d changed, %d hrefs", len(got.Changed), len(got.Hrefs))
			}
			for _, v := range w.Violations() {
				t.Error(v)
			}
		})
	}
}

// storedName is the name under which the server in memory keeps r.
func storedName(r calendar.Resource) string {
	_, key, _ := newCollection(mustURL("https://dav.example.org/dav/calendars/ann/work/")).member(r.Href)
	return unescaped(key[strings.LastIndex(key, "/")+1:])
}

// TestDeadToken: every answer to a token that the server does not know, but the
// silent one, leads to a comparison of everything.
func TestDeadToken(t *testing.T) {
	valid := `<d:error xmlns:d="DAV:"><d:valid-sync-token/></d:error>`
	for _, tc := range []struct {
		name   string
		status int
		body   string
	}{
		{"RFC 6578", 403, valid}, {"sabre before 3", 409, valid}, {"bare 403", 403, ""}, {"400", 400, ""},
		{"410", 410, ""}, {"412", 412, ""}, {"415", 415, ""}, {"Xandikos", 500, "Server got itself in trouble"},
		{"501", 501, ""}, {"507", 507, ""}, {"no new token", 207, ""}, {"a web page", 200, "<html></html>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, calendartest.Style{})
			w.put("a", "A")
			w.put("b", "B")
			cursor := w.pull(t, "").Cursor
			w.put("b", "Changed")
			w.Delete("ann", "work", "a")
			broken := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				body := drain(r)
				switch {
				case !strings.Contains(body, "<D:sync-token>") || strings.Contains(body, "<D:sync-token></D:sync-token>"):
					w.ServeHTTP(rw, r)
				case tc.status == 207:
					answer207(rw, "")
				default:
					rw.WriteHeader(tc.status)
					fmt.Fprint(rw, tc.body)
				}
			})
			w.client.http = local{broken}
			got, err := w.client.Pull(ctx, w.id, calendar.Since{Cursor: cursor, Known: w.known})
			if tc.status == 200 {
				// A proxy's page for the time of an outage is no word about the token.
				if !errors.Is(err, errWebPage) {
					t.Errorf("Pull: %v, want %v", err, errWebPage)
				}
				return
			}
			if err != nil {
				t.Fatalf("Pull: %v", err)
			}
			if ts := titles(t, w.client, got.Changed); !got.Full || !slices.Equal(ts, []string{"Changed"}) || len(got.Hrefs) != 1 {
				t.Errorf("Pull = %q at %q, full %v, want the changed event and a full answer", ts, got.Hrefs, got.Full)
			}
			// A server that refuses every token it gave is asked for ETags instead.
			merge(w.known, got)
			got = w.pull(t, got.Cursor)
			if got = w.pull(t, got.Cursor); !strings.HasPrefix(got.Cursor, "ctag:") {
				t.Errorf("after two dead tokens the cursor is %q, want a ctag", got.Cursor)
			}
			before := w.client.Stats().Requests
			if w.pull(t, got.Cursor); w.client.Stats().Requests-before != 1 {
				t.Error("a pass without changes takes more than one request")
			}
		})
	}
}

func TestSilentlyDeadToken(t *testing.T) {
	w := newWorld(t, calendartest.Style{DeadToken: 207})
	w.put("a", "A")
	cursor := w.pull(t, "").Cursor
	w.KillTokens()
	w.put("b", "B")
	got := w.pull(t, cursor)
	if full := w.pull(t, ""); len(got.Changed)+len(full.Changed) != 1 || len(w.known) != 2 {
		t.Errorf("the token's death went unnoticed also by the full comparison: %+v", full)
	}
}

func TestUnknownCursor(t *testing.T) {
	w := newWorld(t, calendartest.Style{})
	if _, err := w.client.Pull(ctx, w.id, calendar.Since{Cursor: "v9:x"}); !errors.Is(err, calendar.ErrGone) {
		t.Errorf("Pull with another program's cursor: %v, want %v", err, calendar.ErrGone)
	}
}

func TestCalendarIsGone(t *testing.T) {
	for _, cursor := range []string{"", "sync:x", "ctag:x", "list:"} {
		c := clientOf(t, http.NotFoundHandler(), "https://dav.example.org/")
		if _, err := c.Pull(ctx, "https://dav.example.org/gone/", calendar.Since{Cursor: cursor}); !errors.Is(err, calendar.ErrNotFound) {
			t.Errorf("Pull(%q) of a calendar that is gone: %v, want %v", cursor, err, calendar.ErrNotFound)
		}
	}
}

// TestOwnWrite: what Apply returned does not come back with the next pull.
func TestOwnWrite(t *testing.T) {
	for name, style := range map[string]calendartest.Style{
		"sync": {}, "ctag": {NoSync: true}, "no ETag from PUT": {NoETagOnPut: true}, "weak": {ETag: calendartest.WeakETags},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, style)
			w.put("a", "A")
			first := w.pull(t, "")
			r := applied(t, w.client, first.Changed[0])
			w.known[r.Href] = r.ETag
			if got := w.pull(t, first.Cursor); len(got.Changed) > 0 {
				t.Errorf("our own write came back: %v", got.Changed)
			}
		})
	}
}

// TestMovedCalendar: a calendar that the server redirects is met at its new
// place, and its hrefs are those of the new place.
func TestMovedCalendar(t *testing.T) {
	w := newWorld(t, calendartest.Style{})
	w.put("a", "A")
	w.put("b", "B")
	w.client.http = local{http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if rest, old := strings.CutPrefix(r.URL.Path, "/old/"); old {
			redirect("/dav/calendars/ann/work/"+rest, 301)(rw, r)
			return
		}
		w.ServeHTTP(rw, r)
	})}
	w.id = "https://dav.example.org/old/"
	first := w.pull(t, "")
	if len(first.Changed) != 2 {
		t.Fatalf("pulled %v, want two events", first)
	}
	if _, err := w.client.Get(ctx, w.id, first.Hrefs[0]); err != nil {
		t.Error(err)
	}
	r := applied(t, w.client, first.Changed[0])
	w.known[r.Href] = r.ETag
	if again := w.pull(t, first.Cursor); len(again.Changed) > 0 {
		t.Errorf("an idle pull of a moved calendar = %v", again)
	}
	if full := w.pull(t, ""); len(full.Changed) > 0 || len(full.Hrefs) != 2 {
		t.Errorf("a full comparison of a moved calendar = %v", full)
	}
}
