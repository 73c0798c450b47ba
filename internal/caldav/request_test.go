package caldav

import (
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/calendar"
)

// script answers one request after the other; the last answer repeats.
func script(answers ...http.HandlerFunc) http.HandlerFunc {
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		h := answers[min(n, len(answers)-1)]
		n++
		h(w, r)
	}
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func truncated(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusMultiStatus)
	_, _ = io.WriteString(w, `<multistatus xmlns="DAV:"><response><href>/cal/a</href>`)
}

// TestRetries: reads are sent again when that may help, and only then.
func TestRetries(t *testing.T) {
	fine := func(w http.ResponseWriter, _ *http.Request) { answer207(w, holding("a")+token("1")) }
	for _, tc := range []struct {
		name     string
		answers  []http.HandlerFunc
		requests int64
		took     [2]time.Duration // from, to
		ok       bool
		after    time.Duration // of the RetryError
	}{
		{"cut once", []http.HandlerFunc{cut, fine}, 2, [2]time.Duration{250 * time.Millisecond, time.Second}, true, 0},
		{"cut short once", []http.HandlerFunc{truncated, fine}, 2, [2]time.Duration{250 * time.Millisecond, time.Second}, true, 0},
		{"cut for good", []http.HandlerFunc{cut}, 3, [2]time.Duration{500 * time.Millisecond, 3 * time.Second}, false, 0},
		{"gateway", []http.HandlerFunc{status(502), status(504), fine}, 3, [2]time.Duration{500 * time.Millisecond, 3 * time.Second}, true, 0},
		{"busy for 5 s", []http.HandlerFunc{status(503, "Retry-After", "5"), fine}, 2, [2]time.Duration{5 * time.Second, 5 * time.Second}, true, 0},
		{"busy until a date", []http.HandlerFunc{status(429, "Date", "Sat, 01 Jan 2000 00:00:00 GMT", "Retry-After", "Sat, 01 Jan 2000 00:00:07 GMT"), fine}, 2,
			[2]time.Duration{7 * time.Second, 7 * time.Second}, true, 0},
		{"busy for an hour", []http.HandlerFunc{status(429, "Retry-After", "3600"), fine}, 1, [2]time.Duration{}, false, time.Hour},
		{"busy, no word of when", []http.HandlerFunc{status(503)}, 3, [2]time.Duration{500 * time.Millisecond, 3 * time.Second}, false, 0},
		{"wrong password", []http.HandlerFunc{status(401), fine}, 1, [2]time.Duration{}, false, 0},
		{"not there", []http.HandlerFunc{status(404), fine}, 1, [2]time.Duration{}, false, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := clientOf(t, script(tc.answers...), shelfURL)
				began := time.Now()
				_, err := c.report(ctx, c.start, "0", syncBody("", withData), bulkLimit)
				took := time.Since(began)
				if (err == nil) != tc.ok || c.Stats().Requests != tc.requests || took < tc.took[0] || took > tc.took[1] {
					t.Errorf("%v after %d requests and %s, want ok %v after %d and %s", err, c.Stats().Requests, took, tc.ok, tc.requests, tc.took)
				}
				var busy *calendar.RetryError
				if tc.after > 0 && (!errors.As(err, &busy) || busy.After != tc.after) {
					t.Errorf("%v, want a RetryError of %s", err, tc.after)
				}
			})
		})
	}
}

// TestSlowServer: a server that says nothing costs as long as one request may
// take, or as long as the caller has, and the error says so in words.
func TestSlowServer(t *testing.T) {
	silent := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	for _, tc := range []struct {
		name  string
		limit time.Duration
		took  time.Duration
		words string
	}{
		{"no limit of the caller's", time.Hour, quickLimit, "dav.example.org: the server did not answer within 30s"},
		{"the caller has 4 s", 4 * time.Second, 4 * time.Second, "dav.example.org: the server did not answer in the time that was left"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := clientOf(t, silent, shelfURL)
				limited, cancel := context.WithTimeout(ctx, tc.limit)
				defer cancel()
				began := time.Now()
				_, err := c.Get(limited, shelfURL, "/cal/a.ics")
				if err == nil || err.Error() != tc.words || time.Since(began) != tc.took {
					t.Errorf("Get: %v after %s, want %q after %s", err, time.Since(began), tc.words, tc.took)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(t, silent, shelfURL)
		stopped, stop := context.WithCancelCause(ctx)
		time.AfterFunc(time.Second, func() { stop(errors.New("the program is stopping")) })
		if _, err := c.Get(stopped, shelfURL, "/cal/a.ics"); err == nil || !strings.Contains(err.Error(), "the request was stopped") {
			t.Errorf("Get, stopped: %v", err)
		}
	})
}

func TestGzip(t *testing.T) {
	var accepted []string
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		accepted = append(accepted, r.Header.Get("Accept-Encoding"))
		if r.Method == http.MethodGet {
			give(w, r)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(http.StatusMultiStatus)
		z := gzip.NewWriter(w)
		fmt.Fprint(z, wholeCalendar("\r\n"))
		z.Close()
	})
	const id = "https://dav.example.org/ann/work/"
	c := clientOf(t, h, id)
	got, err := c.Pull(ctx, id, calendar.Since{})
	if err != nil || len(got.Changed) != 5000 {
		t.Fatalf("Pull = %d changed, %v", len(got.Changed), err)
	}
	if s := c.Stats(); s.Down > 1<<20 || s.Down == 0 || s.Up == 0 {
		t.Errorf("Stats() = %+v, want the bytes as they were on the wire", s)
	}
	if _, err := c.Get(ctx, id, "/ann/work/a.ics"); err != nil {
		t.Error(err)
	}
	local := clientOf(t, h, "http://127.0.0.1/ann/work/")
	if got, err := local.Pull(ctx, "http://127.0.0.1/ann/work/", calendar.Since{}); err != nil || len(got.Changed) != 5000 {
		t.Errorf("packed unasked: %d changed, %v", len(got.Changed), err)
	}
	if want := "gzip identity identity"; strings.Join(accepted, " ") != want {
		t.Errorf("Accept-Encoding was %q, want %q", accepted, want)
	}
}

// TestBomb: a packed answer that unpacks to more than the limit is refused.
func TestBomb(t *testing.T) {
	body := io.MultiReader(strings.NewReader(`<multistatus xmlns="DAV:">`), zeros{})
	if _, err := decodeMultistatus(body); !errors.Is(err, errTooLong) {
		t.Errorf("an endless answer: %v, want %v", err, errTooLong)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestConditionalGetIsNeverSent(t *testing.T) {
	s := &shelf{get: func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" || r.Header.Get("Accept-Encoding") != "identity" {
			t.Errorf("GET with %v", r.Header)
		}
		give(w, r)
	}}
	c := clientOf(t, s, shelfURL)
	for range 2 {
		if _, err := c.Get(ctx, shelfURL, "/cal/a"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPutHeaders(t *testing.T) {
	var got *http.Request
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			got = r
			w.WriteHeader(http.StatusNoContent)
			return
		}
		give(w, r)
	}))
	defer s.Close()
	c := newClient(t, Options{URL: s.URL, Username: "ann", Password: "pw"})
	base := calendar.Resource{Calendar: s.URL + "/cal/", Href: "/cal/a%40b.ics", ETag: `W/"1"`, Data: []byte(event("a", "A"))}
	if _, err := c.Apply(ctx, move(base)); err != nil {
		t.Fatal(err)
	}
	if got.RequestURI != base.Href || got.Header.Get("If-Match") != `W/"1"` || got.ContentLength <= 0 || len(got.TransferEncoding) > 0 ||
		got.Header.Get("Content-Type") != "text/calendar; charset=utf-8; component=VEVENT" {
		t.Errorf("PUT %s %v, length %d, encoding %v", got.RequestURI, got.Header, got.ContentLength, got.TransferEncoding)
	}
}

func TestSkew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(t, status(404, "Date", time.Now().Add(90*time.Second).UTC().Format(http.TimeFormat)), shelfURL)
		if _, known := c.Skew(); known {
			t.Error("Skew() is known before any answer")
		}
		_, _ = c.Get(ctx, shelfURL, "/cal/a")
		if d, known := c.Skew(); !known || d != 90*time.Second {
			t.Errorf("Skew() = %s, %v, want 1m30s", d, known)
		}
	})
}

// TestWords: failures to reach the server, as an operator reads them.
func TestWords(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = quiet
	secure.StartTLS()
	defer secure.Close()
	bare := httptest.NewServer(http.NotFoundHandler())
	defer bare.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	cutting := httptest.NewServer(http.HandlerFunc(cut))
	defer cutting.Close()
	pool := x509.NewCertPool()
	pool.AddCert(secure.Certificate())
	for _, tc := range []struct{ name, url, words string }{
		{"TLS expected", strings.Replace(bare.URL, "http:", "https:", 1), "does not speak TLS at this port; is the url meant to be http?"},
		{"another host's certificate", strings.Replace(secure.URL, "127.0.0.1", "localhost", 1), "is for another host"},
		{"nobody there", gone.URL, "nothing answers at 127.0.0.1:"},
		{"cut", cutting.URL, "closed the connection before its answer was complete"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := newClient(t, Options{URL: tc.url, RootCAs: pool}).Calendars(ctx)
			if err == nil || !strings.HasSuffix(err.Error(), tc.words) && !strings.HasPrefix(err.Error(), tc.words) {
				t.Errorf("Calendars: %v, want %q", err, tc.words)
			}
		})
	}
}

// TestNoConnection: a host that takes no connection is not waited for again.
func TestNoConnection(t *testing.T) {
	c := newClient(t, Options{URL: "https://dav.example.org/", Transport: unreachable{}})
	_, err := c.Calendars(ctx)
	if want := "no connection to dav.example.org within 10s"; err == nil || err.Error() != want || c.Stats().Requests != 1 {
		t.Errorf("Calendars: %v after %d requests, want %q after one", err, c.Stats().Requests, want)
	}
}

type unreachable struct{}

func (unreachable) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
}
