package caldav

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

// stored puts an event on the server and returns what a pull gives of it.
func (w *world) stored(t testing.TB) calendar.Resource {
	t.Helper()
	w.put("a b@c", "A")
	got := w.pull(t, "")
	if len(got.Changed) != 1 {
		t.Fatalf("pulled %v, want one event", got)
	}
	return got.Changed[0]
}

func TestApply(t *testing.T) {
	for name, style := range map[string]calendartest.Style{
		"plain": {}, "weak ETags": {ETag: calendartest.WeakETags}, "unquoted ETags": {ETag: calendartest.UnquotedETags},
		"no ETag from PUT": {NoETagOnPut: true}, "escaped hrefs": {EscapeAll: true}, "raw line ends": {RawCR: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, style)
			base := w.stored(t)
			before := w.client.Stats().Requests
			got := applied(t, w.client, base)
			if n := w.client.Stats().Requests - before; n != 2 {
				t.Errorf("Apply took %d requests, want a PUT and a GET", n)
			}
			ics, etag, _ := w.DAV.Get("ann", "work", "a b@c")
			if got.Href != base.Href || got.Calendar != base.Calendar || string(got.ETag) != etag || string(got.Data) != string(ics) {
				t.Errorf("Apply = %s %s %s, stored is %s %s", got.Href, got.ETag, got.Data, etag, ics)
			}
			if _, err := w.client.Apply(ctx, move(base)); !errors.Is(err, calendar.ErrConflict) {
				t.Errorf("Apply to a past state: %v, want %v", err, calendar.ErrConflict)
			}
			for _, v := range w.Violations() {
				t.Error(v)
			}
		})
	}
}

func TestApplyNothing(t *testing.T) {
	w := newWorld(t, calendartest.Style{})
	base := w.stored(t)
	before := w.client.Stats().Requests
	got, err := w.client.Apply(ctx, calendar.Change{Base: base, Now: written, Parts: []calendar.Part{{Lines: []string{}}}})
	if err != nil || string(got.Data) != string(base.Data) || w.client.Stats().Requests != before {
		t.Errorf("a change that alters nothing: %v, %d requests", err, w.client.Stats().Requests-before)
	}
}

// TestApplyAnswers: each answer to a PUT and the word for it, and whether there
// was a second request.
func TestApplyAnswers(t *testing.T) {
	davError := func(name string) string {
		return `<d:error xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><c:` + name + `/></d:error>`
	}
	for _, tc := range []struct {
		name   string
		status int
		body   string
		after  string
		want   error
		words  string
	}{
		{"changed meanwhile", 412, "", "", calendar.ErrConflict, ""},
		{"conflict", 409, "", "", calendar.ErrConflict, ""},
		{"gone", 404, "", "", calendar.ErrConflict, ""},
		{"gone for ever", 410, "", "", calendar.ErrConflict, ""},
		{"refused inside a success", 207, "412", "", calendar.ErrConflict, ""},
		{"bad data inside a success", 207, "412 valid-calendar-data", "", calendar.ErrRefused, "valid-calendar-data"},
		{"forbidden", 403, "", "", calendar.ErrReadOnly, ""},
		{"no right", 403, davError("need-privileges"), "", calendar.ErrReadOnly, "need-privileges"},
		{"read-only feed", 405, "", "", calendar.ErrReadOnly, ""},
		{"bad data", 403, davError("valid-calendar-data"), "", calendar.ErrRefused, "valid-calendar-data"},
		{"bad data, as DAViCal says it", 412, davError("valid-calendar-object-resource"), "", calendar.ErrRefused, ""},
		{"another reason", 403, davError("allowed-attendee-scheduling-object-change"), "", calendar.ErrRefused, "allowed-attendee"},
		{"nonsense", 400, "", "", calendar.ErrRefused, ""},
		{"too long", 413, "", "", calendar.ErrRefused, ""},
		{"no chunks", 411, "", "", calendar.ErrRefused, ""},
		{"full", 507, "", "", calendar.ErrRefused, ""},
		{"password changed", 401, "", "", calendar.ErrAuth, ""},
		{"server broke", 500, "", "", calendar.ErrUnknown, ""},
		{"gateway", 502, "", "", calendar.ErrUnknown, ""},
		{"gateway is slow", 504, "", "", calendar.ErrUnknown, ""},
		{"busy", 503, "", "120", calendar.ErrUnknown, ""},
		{"a web page", 200, "<html>", "", calendar.ErrUnknown, "web page"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, calendartest.Style{})
			base := w.stored(t)
			puts := 0
			w.client.http = local{http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPut {
					w.ServeHTTP(rw, r)
					return
				}
				puts++
				switch {
				case tc.status == 207:
					status, element, _ := strings.Cut(tc.body, " ")
					if element != "" {
						element = "<d:error><c:" + element + "/></d:error>"
					}
					answer207(rw, "<d:response><d:href>"+r.URL.EscapedPath()+"</d:href><d:status>HTTP/1.1 "+status+
						" Precondition Failed</d:status>"+element+"</d:response>")
					return
				case tc.status == 200:
					page(rw, r)
					return
				case tc.after != "":
					rw.Header().Set("Retry-After", tc.after)
				}
				rw.WriteHeader(tc.status)
				fmt.Fprint(rw, tc.body)
			})}
			got, err := w.client.Apply(ctx, move(base))
			if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.words) || puts != 1 {
				t.Errorf("Apply: %v after %d PUTs, want %v with %q after one", err, puts, tc.want, tc.words)
			}
			if got.ETag != base.ETag {
				t.Errorf("Apply returned %s beside the error, want the base", got.ETag)
			}
			if errors.Is(err, calendar.ErrNotFound) || errors.Is(err, calendar.ErrUnknown) != (tc.want == calendar.ErrUnknown) {
				t.Errorf("%v says more than one thing", err)
			}
			var busy *calendar.RetryError
			if errors.As(err, &busy) != (tc.after != "") || busy != nil && busy.After != 2*time.Minute {
				t.Errorf("Apply: %v, RetryError %v, want one with %q s", err, busy, tc.after)
			}
		})
	}
}

func TestApplyWhenTheServerIsBusy(t *testing.T) {
	w := newWorld(t, calendartest.Style{})
	base := w.stored(t)
	w.Script(calendartest.Fault{Method: http.MethodPut, Nth: 1, Do: calendartest.Answer, Status: 429, RetryAfter: "60"})
	_, err := w.client.Apply(ctx, move(base))
	var busy *calendar.RetryError
	if !errors.As(err, &busy) || busy.After != time.Minute || errors.Is(err, calendar.ErrUnknown) {
		t.Errorf("Apply: %v, want a RetryError of a minute: a rate limit applies nothing", err)
	}
}

// TestApplyLosesTheAnswer: the connection breaks before or after the server did
// its work, or the look at the result fails. All the client can say is that it
// does not know.
func TestApplyLosesTheAnswer(t *testing.T) {
	for _, tc := range []struct {
		name    string
		fault   calendartest.Fault
		changed bool
	}{
		{"cut before", calendartest.Fault{Method: http.MethodPut, Do: calendartest.CutBefore}, false},
		{"cut after", calendartest.Fault{Method: http.MethodPut, Do: calendartest.CutAfter}, true},
		{"no second look", calendartest.Fault{Method: http.MethodGet, Do: calendartest.Answer, Status: 500}, true},
		{"gone at the second look", calendartest.Fault{Method: http.MethodGet, Do: calendartest.Answer, Status: 404}, true},
		{"password changed in between", calendartest.Fault{Method: http.MethodGet, Do: calendartest.Answer, Status: 401}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, wire := range []string{"in memory", "over TCP"} {
				w := newWorld(t, calendartest.Style{})
				base := w.stored(t)
				if wire == "over TCP" {
					s := httptest.NewServer(w.DAV)
					defer s.Close()
					w.client = newClient(t, Options{URL: s.URL, Username: "ann", Password: "pw"})
					base.Calendar = s.URL + "/dav/calendars/ann/work/"
				}
				w.Script(tc.fault)
				_, err := w.client.Apply(ctx, move(base))
				if !errors.Is(err, calendar.ErrUnknown) || errors.Is(err, calendar.ErrNotFound) || errors.Is(err, calendar.ErrAuth) {
					t.Errorf("%s: Apply: %v, want %v alone", wire, err, calendar.ErrUnknown)
				}
				if n := w.Counters().Requests[http.MethodPut]; n != 1 {
					t.Errorf("%s: %d PUTs, want one", wire, n)
				}
				if now, _, _ := w.DAV.Get("ann", "work", "a b@c"); (string(now) != string(base.Data)) != tc.changed {
					t.Errorf("%s: the test itself is wrong: changed is not %v", wire, tc.changed)
				}
			}
		})
	}
}

// TestApplyIsNotSent: where it is certain that nothing was sent, the client
// does not say that it does not know.
func TestApplyIsNotSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String() + "/cal/"
	l.Close() // now nothing listens there
	c := newClient(t, Options{URL: url})
	base := calendar.Resource{Calendar: url, Href: "/cal/a.ics", ETag: `"1"`, Data: []byte(event("a", "A"))}
	_, err = c.Apply(ctx, move(base))
	if err == nil || errors.Is(err, calendar.ErrUnknown) || !strings.Contains(err.Error(), "nothing answers at 127.0.0.1:") {
		t.Errorf("Apply without a server: %v", err)
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	if _, err = c.Apply(over, move(base)); !errors.Is(err, context.Canceled) || errors.Is(err, calendar.ErrUnknown) {
		t.Errorf("Apply after the end: %v", err)
	}
	base.ETag = ""
	if _, err = c.Apply(ctx, move(base)); !errors.Is(err, calendar.ErrRefused) {
		t.Errorf("Apply without an ETag: %v, want %v", err, calendar.ErrRefused)
	}
	base.ETag, base.Href = `"1"`, "/elsewhere/a.ics"
	if _, err = c.Apply(ctx, move(base)); !errors.Is(err, calendar.ErrNotFound) {
		t.Errorf("Apply outside the calendar: %v, want %v", err, calendar.ErrNotFound)
	}
	base.Href, base.Data = "/cal/a.ics", []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n")
	if _, err = c.Apply(ctx, move(base)); !errors.Is(err, calendar.ErrRefused) {
		t.Errorf("Apply to what cannot be read: %v, want %v", err, calendar.ErrRefused)
	}
}

// TestApplyTimesOut: a server that takes the PUT and then says nothing.
func TestApplyTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), shelfURL)
		base := calendar.Resource{Calendar: shelfURL, Href: "/cal/a.ics", ETag: `"1"`, Data: []byte(event("a", "A"))}
		began := time.Now()
		_, err := c.Apply(ctx, move(base))
		if !errors.Is(err, calendar.ErrUnknown) || !strings.Contains(err.Error(), "did not answer within 1m0s") || time.Since(began) != writeLimit {
			t.Errorf("Apply: %v after %s", err, time.Since(began))
		}
	})
}
