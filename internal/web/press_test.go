package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// post presses on a page as a browser does; headers come in pairs.
func post(h http.Handler, path, form string, headers ...string) *http.Response {
	r := httptest.NewRequest("POST", "http://127.0.0.1:8411"+path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func pressed(t testing.TB, say string) string {
	return url.Values{"meeting": {fmt.Sprint(testMeetings(t)["report"].Start.Unix())}, "say": {say}}.Encode()
}

func TestPress(t *testing.T) {
	done, running := pressed(t, "done"), "/a/running"+filler
	for _, tc := range []struct {
		name, path, form string
		headers          []string
		status           int
		says             string
	}{
		{"done", running, done, nil, 303, ""},
		{"a mistake", "/a/noted" + filler, pressed(t, "mistake"), nil, 303, ""},
		{"from our page", running, done, []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://127.0.0.1:8411"}, 303, ""},
		{"from our page, an old browser", running, done, []string{"Origin", "http://127.0.0.1:8411"}, 303, ""},
		{"from another page", running, done, []string{"Sec-Fetch-Site", "cross-site"}, 403, "Nothing was noted"},
		{"from a page of the same site", running, done, []string{"Sec-Fetch-Site", "same-site"}, 403, "Nothing was noted"},
		{"from another page, an old browser", running, done, []string{"Origin", "https://evil.example"}, 403, "Nothing was noted"},
		{"from nowhere", running, done, []string{"Origin", "null"}, 403, "Nothing was noted"},
		{"a page of last week", running, "say=done&meeting=1763974800", nil, 409, "too late"},
		{"an unknown page", "/a/unknown" + filler, done, nil, 404, "Open the meeting in your calendar"},
		{"a malformed link", "/a/x", done, nil, 404, "Open the meeting in your calendar"},
		{"no page at all", "/a/x/y", done, nil, 404, "Open the meeting in your calendar"},
		{"the store is locked", "/a/broken" + filler, done, nil, 503, "try again in a minute"},
		{"nothing", running, "", nil, 400, "Nothing was noted"},
		{"something else", running, strings.Replace(done, "done", "delete", 1), nil, 400, "Nothing was noted"},
		{"no meeting", running, "say=done", nil, 400, "Nothing was noted"},
		{"a broken form", running, done + "&%", nil, 400, "Nothing was noted"},
		{"in the address", running + "?" + done, "", nil, 400, "Nothing was noted"},
		{"another kind of body", running, done, []string{"Content-Type", "text/plain"}, 400, "Nothing was noted"},
		{"a body too long", running, done + strings.Repeat("x", 2*maxForm), nil, 413, "Nothing was noted"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := post(New(testOptions(t)), tc.path, tc.form, tc.headers...)
			if r.StatusCode != tc.status {
				t.Errorf("status %d, want %d", r.StatusCode, tc.status)
			}
			if text := body(t, r); !strings.Contains(text, tc.says) {
				t.Errorf("the answer does not say %q:\n%s", tc.says, text)
			}
			want := ""
			if tc.status == http.StatusSeeOther {
				want = strings.TrimPrefix(tc.path, "/a/") + "#done"
			}
			if got := r.Header.Get("Location"); got != want {
				t.Errorf("Location: %q, want %q", got, want)
			}
			if len(r.Cookies()) > 0 {
				t.Errorf("cookies %v", r.Cookies())
			}
		})
	}
}

// TestAnEndlessFormIsCutOff sends a body that does not tell its length.
func TestAnEndlessFormIsCutOff(t *testing.T) {
	r := httptest.NewRequest("POST", "http://127.0.0.1:8411/a/running"+filler, io.LimitReader(endless{}, 1<<20))
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	New(testOptions(t)).ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", w.Code)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return copy(b, bytes.Repeat([]byte("x"), len(b))), nil }

// TestWhatIsPressed is what the page's owner is told.
func TestWhatIsPressed(t *testing.T) {
	o := testOptions(t)
	var got []Press
	o.Press = func(_ context.Context, _ string, p Press) (bool, bool, error) {
		got = append(got, p)
		return true, true, nil
	}
	h := New(o)
	start := testMeetings(t)["report"].Start.UTC()
	post(h, "/a/running"+filler, pressed(t, "done"))
	post(h, "/a/running"+filler, pressed(t, "mistake"))
	if d := cmp.Diff([]Press{{Meeting: start}, {Meeting: start, Mistake: true}}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestUnknownAndMalformedLinksLookAlikeWhenPressed(t *testing.T) {
	h := New(testOptions(t))
	unknown, malformed := post(h, "/a/unknown"+filler, pressed(t, "done")), post(h, "/a/x", pressed(t, "done"))
	if d := cmp.Diff(unknown.Header, malformed.Header); d != "" {
		t.Errorf("headers differ:\n%s", d)
	}
	if d := cmp.Diff(body(t, unknown), body(t, malformed)); d != "" {
		t.Errorf("bodies differ:\n%s", d)
	}
}

// TestPressingIsSlowedDown holds for a page whoever presses, and for links that
// do not exist.
func TestPressingIsSlowedDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(testOptions(t))
		status := func(name string) int { return post(h, "/a/"+name+filler, pressed(t, "done")).StatusCode }
		for i := range 10 {
			if got := status("running"); got != http.StatusSeeOther {
				t.Fatalf("press %d: status %d", i+1, got)
			}
		}
		if got := status("running"); got != http.StatusTooManyRequests {
			t.Errorf("press 11: status %d", got)
		}
		if got := get(h, "GET", "/a/running"+filler, "").StatusCode; got != http.StatusOK {
			t.Errorf("reading it: status %d", got)
		}
		time.Sleep(31 * time.Second) // of the bubble's clock
		if got := status("running"); got != http.StatusSeeOther {
			t.Errorf("half a minute later: status %d", got)
		}
		for range 60 {
			status("unknown")
		}
		if got := status("unknown"); got != http.StatusTooManyRequests {
			t.Errorf("guess 61: status %d", got)
		}
	})
}

func TestPressesAreNotLogged(t *testing.T) {
	o := testOptions(t)
	var log bytes.Buffer
	o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h := New(o)
	for _, name := range []string{"running", "unknown", "broken"} {
		post(h, "/a/"+name+filler, pressed(t, "done"))
	}
	if text := log.String(); !strings.Contains(text, "the store is locked") || strings.Contains(text, filler) {
		t.Errorf("the log reads:\n%s", text)
	}
}

// TestForms: a page has a button only while there is something to press.
func TestForms(t *testing.T) {
	h := New(testOptions(t))
	for name, want := range map[string][]string{
		"report":  nil,
		"running": {"We are done"},
		"noted":   {"That was a mistake"},
		"slip":    {"That was a mistake"},
		"later":   nil,
	} {
		text := body(t, get(h, "GET", "/a/"+name+filler, ""))
		var got []string
		for _, part := range strings.Split(text, "<button ")[1:] {
			_, label, _ := strings.Cut(part, ">")
			label, _, _ = strings.Cut(label, "<")
			got = append(got, label)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if strings.Contains(text, name+filler) {
			t.Errorf("the page %s repeats its token", name)
		}
	}
}
