package web

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// get asks h as a client at remote would.
func get(h http.Handler, method, path, remote string) *http.Response {
	r := httptest.NewRequest(method, "http://127.0.0.1:8411"+path, nil)
	if remote != "" {
		r.RemoteAddr = remote
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t testing.TB, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAgendaPage(t *testing.T) {
	h := New(testOptions(t))
	r := get(h, "GET", "/a/report"+filler, "")
	text := body(t, r)
	if r.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %s", r.StatusCode, text)
	}
	for _, want := range []string{
		`<html lang="en">`, `<meta name="robots" content="noindex, nofollow, noarchive">`, "<title>1:1 Bob and Ann</title>",
		`<time datetime="2026-11-24T10:00:00&#43;01:00">Tuesday 24 November 2026, 10:00–10:30 Europe/Vienna</time>`,
		"Only people who have this link can read this page; it is meant for Bob and Ann.",
		"How is your week going?", "Bob’s topics", "Ann’s topics", "<summary>How to talk with each other</summary>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(text, "report"+filler) {
		t.Error("the page repeats its token")
	}
	if text := body(t, get(h, "GET", "/a/friend"+filler, "")); !strings.Contains(text, "No next meeting is in the calendar yet.") {
		t.Error("a page without a meeting does not say so")
	}
}

func TestHostileNamesAreEscaped(t *testing.T) {
	text := body(t, get(New(testOptions(t)), "GET", "/a/hostile"+filler, ""))
	if !strings.Contains(text, "&lt;script&gt;alert(1)") || strings.Contains(text, "<script") || strings.Contains(text, "<b>") {
		t.Errorf("a name got into the page as HTML:\n%s", text)
	}
}

func TestStatusAndHeaders(t *testing.T) {
	o := testOptions(t)
	h := New(o)
	for _, tc := range []struct {
		method, path string
		status       int
		says         string
	}{
		{"GET", "/a/report" + filler, 200, "Bob"},
		{"GET", "/a/unknown" + filler, 404, "Open the meeting in your calendar"},
		{"GET", "/a/short", 404, "Open the meeting in your calendar"},
		{"GET", "/a/", 404, "Open the meeting in your calendar"},
		{"GET", "/a/report" + filler + "/", 404, "Open the meeting in your calendar"},
		{"GET", "/a/report" + filler + "/x", 404, "Open the meeting in your calendar"},
		{"GET", "/a/..%2f..%2fetc%2fpasswd-------", 404, "Open the meeting in your calendar"},
		{"GET", "/favicon.ico", 404, "no page"},
		{"GET", "/a/broken" + filler, 503, "try again in a minute"},
		{"GET", "/a/panics" + filler, 500, "try again in a minute"},
		{"GET", "/", 200, "the meeting in the calendar"},
		{"GET", "/robots.txt", 200, "User-agent: *\nDisallow: /\n"},
		{"GET", "/healthz", 404, "no page"},
		{"GET", "/metrics", 404, "no page"},
		{"POST", "/", 405, "can only be read"},
		{"POST", "/a/report" + filler, 400, "Nothing was noted"},
		{"PUT", "/a/report" + filler, 405, "can only be read"},
		{"DELETE", "/", 405, "can only be read"},
		{"OPTIONS", "/healthz", 405, "can only be read"},
	} {
		t.Run(tc.method+" "+tc.path, func(t *testing.T) {
			r := get(h, tc.method, tc.path, "203.0.113.7:5000")
			if r.StatusCode != tc.status {
				t.Errorf("status %d, want %d", r.StatusCode, tc.status)
			}
			if text := body(t, r); !strings.Contains(text, tc.says) {
				t.Errorf("the answer does not say %q:\n%s", tc.says, text)
			}
			for name, want := range map[string]string{
				"Cache-Control":                "no-store",
				"Referrer-Policy":              "same-origin",
				"X-Content-Type-Options":       "nosniff",
				"X-Robots-Tag":                 "noindex, nofollow, noarchive",
				"Cross-Origin-Opener-Policy":   "same-origin",
				"Cross-Origin-Resource-Policy": "same-origin",
				"Content-Security-Policy":      policy,
			} {
				if got := r.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			allow := "GET, HEAD"
			if strings.HasPrefix(tc.path, agendaPath) {
				allow += ", POST"
			}
			if got := r.Header.Get("Allow"); tc.status == 405 && got != allow {
				t.Errorf("Allow: %q, want %q", got, allow)
			}
		})
	}
}

// TestUnknownAndMalformedLinksLookAlike leaves a stranger nothing to learn from.
func TestUnknownAndMalformedLinksLookAlike(t *testing.T) {
	h := New(testOptions(t))
	unknown, malformed := get(h, "GET", "/a/unknown"+filler, ""), get(h, "GET", "/a/x", "")
	if d := cmp.Diff(unknown.Header, malformed.Header); d != "" {
		t.Errorf("headers differ:\n%s", d)
	}
	if d := cmp.Diff(body(t, unknown), body(t, malformed)); d != "" {
		t.Errorf("bodies differ:\n%s", d)
	}
}

func TestHead(t *testing.T) {
	s := httptest.NewServer(New(testOptions(t)))
	defer s.Close()
	r, err := http.Head(s.URL + "/a/report" + filler)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK || r.ContentLength < 1000 || body(t, r) != "" {
		t.Errorf("HEAD: status %d, length %d", r.StatusCode, r.ContentLength)
	}
}

func TestHealth(t *testing.T) {
	o := testOptions(t)
	var health error
	o.Health = func() error { return health }
	h := New(o)
	if r := get(h, "GET", "/healthz", "127.0.0.1:5000"); r.StatusCode != http.StatusOK || body(t, r) != "ok\n" {
		t.Errorf("healthy: status %d", r.StatusCode)
	}
	health = errors.New(`account "ann": no pass for 12m`)
	r := get(h, "GET", "/healthz", "[::1]:5000")
	if got := body(t, r); r.StatusCode != http.StatusServiceUnavailable || got != health.Error()+"\n" {
		t.Errorf("unhealthy: status %d, %q", r.StatusCode, got)
	}
}

// TestOnlyFromHere proves that health and metrics do not exist for others.
func TestOnlyFromHere(t *testing.T) {
	h := New(testOptions(t))
	for _, tc := range []struct {
		name, remote, host, header string
		want                       int
	}{
		{"loopback", "127.0.0.1:1", "127.0.0.1:8411", "", 200},
		{"localhost", "127.0.0.9:1", "localhost:8411", "", 200},
		{"IPv6", "[::1]:1", "[::1]:8411", "", 200},
		{"IPv6 without a port", "[::1]:1", "[::1]", "", 200},
		{"IPv4 in IPv6", "[::ffff:127.0.0.1]:1", "localhost", "", 200},
		{"elsewhere", "192.0.2.1:1", "127.0.0.1:8411", "", 404},
		{"a proxy here", "127.0.0.1:1", "127.0.0.1:8411", "X-Forwarded-For", 404},
		{"another proxy here", "127.0.0.1:1", "127.0.0.1:8411", "Forwarded", 404},
		{"a proxy with the public name", "127.0.0.1:1", "agenda.example.org", "", 404},
		{"a host that points here", "127.0.0.1:1", "127.0.0.1.evil.example:8411", "", 404},
		{"no address", "@", "localhost", "", 404},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, path := range []string{"/healthz", "/metrics"} {
				r := httptest.NewRequest("GET", path, nil)
				r.RemoteAddr, r.Host = tc.remote, tc.host
				if tc.header != "" {
					r.Header.Set(tc.header, "for=192.0.2.1")
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != tc.want {
					t.Errorf("%s: status %d, want %d", path, w.Code, tc.want)
				}
			}
		})
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(testOptions(t))
		const guesser, other = "203.0.113.7:1", "198.51.100.1:1"
		status := func(path, remote string) int { return get(h, "GET", path, remote).StatusCode }
		for range 200 {
			if got := status("/a/report"+filler, guesser); got != http.StatusOK {
				t.Fatalf("reading an existing page often: status %d", got)
			}
		}
		for i := range 60 {
			if got := status("/a/unknown"+filler, guesser); got != http.StatusNotFound {
				t.Fatalf("guess %d: status %d", i, got)
			}
		}
		r := get(h, "GET", "/a/unknown"+filler, guesser)
		if r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" {
			t.Errorf("guess 61: status %d", r.StatusCode)
		}
		if got := status("/a/report"+filler, other); got != http.StatusOK {
			t.Errorf("somebody else: status %d", got)
		}
		time.Sleep(2 * time.Second) // of the bubble's clock
		if got := status("/a/report"+filler, guesser); got != http.StatusOK {
			t.Errorf("two seconds later: status %d", got)
		}
	})
}

// TestNothingPrivateIsLogged sends tokens along every path and finds none in the log.
func TestNothingPrivateIsLogged(t *testing.T) {
	o := testOptions(t)
	var log bytes.Buffer
	o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h := New(o)
	for _, path := range testPaths() {
		get(h, "GET", path, "203.0.113.7:1")
	}
	if text := log.String(); !strings.Contains(text, "the store is locked") || strings.Contains(text, filler) || strings.Contains(text, "203.0.113") {
		t.Errorf("the log reads:\n%s", text)
	}
}

func TestServerHasLimits(t *testing.T) {
	s := Server(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if s.ReadHeaderTimeout == 0 || s.ReadTimeout == 0 || s.WriteTimeout == 0 || s.IdleTimeout == 0 || s.MaxHeaderBytes == 0 || s.ErrorLog == nil {
		t.Errorf("a limit is missing: %+v", s)
	}
}

// TestAnyPathIsAnswered throws paths at the handler.
func TestAnyPathIsAnswered(t *testing.T) {
	h := New(testOptions(t))
	rapid.Check(t, func(t *rapid.T) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = "/" + rapid.String().Draw(t, "path")
		r.RemoteAddr = rapid.SampledFrom([]string{"", "@", "192.0.2.1:1", "[2001:db8::1%eth0]:1"}).Draw(t, "remote")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("%q: status %d", r.URL.Path, w.Code)
		}
	})
}
