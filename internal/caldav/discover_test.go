package caldav

import (
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"oneonone/internal/calendar"
)

// site is a server of several hosts: what answers at "host/path". Everything
// else is 404. seen are the requests with the password, in order.
type site struct {
	at   map[string]http.HandlerFunc
	seen []string
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pw, _ := r.BasicAuth(); pw == "pw" {
		s.seen = append(s.seen, r.Method+" "+r.Host+r.URL.EscapedPath())
	}
	if h := s.at[r.Host+r.URL.EscapedPath()]; h != nil {
		h(w, r)
		return
	}
	http.NotFound(w, r)
}

// items answers a PROPFIND, and nothing else, with a multistatus.
func items(inside ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != "PROPFIND" || r.Header.Get("Depth") == "" || !strings.Contains(string(body), "propfind") {
			http.Error(w, "want a PROPFIND with a body", http.StatusMethodNotAllowed)
			return
		}
		answer207(w, strings.Join(inside, ""))
	}
}

func redirect(to string, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}
}

func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, "<!DOCTYPE html><html><body>Sign in</body></html>")
}

const (
	aCalendar   = "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
	aCollection = "<d:resourcetype><d:collection/></d:resourcetype>"
)

func principalAt(href string) string {
	return "<d:current-user-principal><d:href>" + href + "</d:href></d:current-user-principal>"
}

func homeAt(hrefs ...string) string {
	return "<c:calendar-home-set><d:href>" + strings.Join(hrefs, "</d:href><d:href>") + "</d:href></c:calendar-home-set>"
}

func TestDiscovery(t *testing.T) {
	const host = "dav.example.org"
	normal := func() map[string]http.HandlerFunc {
		return map[string]http.HandlerFunc{
			host + "/dav/":       items(found("/dav/", principalAt("/dav/p/ann/")+aCollection)),
			host + "/dav/p/ann/": items(found("/dav/p/ann/", homeAt("/dav/c/ann/"))),
			host + "/dav/c/ann/": items(found("/dav/c/ann/", principalAt("/dav/p/ann/")+aCollection),
				found("/dav/c/ann/work/", principalAt("/dav/p/ann/")+aCalendar)),
			host + "/dav/c/ann/work/": items(found("/dav/c/ann/work/", principalAt("/dav/p/ann/")+aCalendar)),
		}
	}
	const work = "https://dav.example.org/dav/c/ann/work/"
	for _, tc := range []struct {
		name  string
		start string
		add   map[string]http.HandlerFunc
		want  []string
	}{
		{name: "the root of the tree", start: "/dav/", want: []string{work}},
		{name: "the principal", start: "/dav/p/ann/", want: []string{work}},
		{name: "the home", start: "/dav/c/ann/", want: []string{work}},
		{name: "the calendar", start: "/dav/c/ann/work/", want: []string{work}},
		{name: "a calendar outside the home", start: "/shared/", want: []string{work, "https://dav.example.org/shared/"},
			add: map[string]http.HandlerFunc{host + "/shared/": items(found("/shared/", principalAt("/dav/p/ann/")+aCalendar))}},
		{name: "well-known, moved permanently", start: "", want: []string{work},
			add: map[string]http.HandlerFunc{host + "/.well-known/caldav": redirect("/dav/", 301)}},
		{name: "well-known, found", start: "", want: []string{work},
			add: map[string]http.HandlerFunc{host + "/.well-known/caldav": redirect("https://dav.example.org/dav/", 302)}},
		{name: "well-known, temporary", start: "/nothing/here", want: []string{work},
			add: map[string]http.HandlerFunc{host + "/.well-known/caldav": redirect("/dav/", 307)}},
		{name: "well-known, permanent, twice", start: "", want: []string{work},
			add: map[string]http.HandlerFunc{host + "/.well-known/caldav": redirect("/moved", 308), host + "/moved": redirect("dav/", 308)}},
		{name: "well-known is a web page", start: "/app", want: []string{work},
			add: map[string]http.HandlerFunc{host + "/.well-known/caldav": page, host + "/app": page,
				host + "/": items(found("/", principalAt("/dav/p/ann/")))}},
		{name: "two homes", start: "/dav/", want: []string{work, "https://dav.example.org/dav/t/team/"},
			add: map[string]http.HandlerFunc{
				host + "/dav/p/ann/": items(found("/dav/p/ann/", homeAt("/dav/c/ann/", "/dav/t/"))),
				host + "/dav/t/":     items(found("/dav/t/", aCollection), found("/dav/t/team/", aCalendar)),
			}},
		{name: "two homes, one of them closed", start: "/dav/", want: []string{work},
			add: map[string]http.HandlerFunc{
				host + "/dav/p/ann/": items(found("/dav/p/ann/", homeAt("/dav/t/", "/dav/c/ann/"))),
				host + "/dav/t/":     status(http.StatusForbidden),
			}},
		{name: "no principal: the url is the home", start: "/caldav/ann/", want: []string{"https://dav.example.org/caldav/ann/x/"},
			add: map[string]http.HandlerFunc{host + "/caldav/ann/": items(found("/caldav/ann/", aCollection), found("/caldav/ann/x/", aCalendar))}},
		{name: "no principal: the url is the calendar", start: "/caldav/ann/x/", want: []string{"https://dav.example.org/caldav/ann/x/"},
			add: map[string]http.HandlerFunc{host + "/caldav/ann/x/": items(found("/caldav/ann/x/", aCalendar))}},
		{name: "the server takes itself for http", start: "/dav/", want: []string{work},
			add: map[string]http.HandlerFunc{host + "/dav/p/ann/": items(found("http://dav.example.org/dav/p/ann/", homeAt("http://dav.example.org/dav/c/ann/")))}},
		{name: "home on another host", start: "/dav/", want: []string{"https://p01.example.net:8443/7/cal%40x/"},
			add: map[string]http.HandlerFunc{
				host + "/dav/p/ann/":      items(found("/dav/p/ann/", homeAt("https://p01.example.net:8443/7/"))),
				"p01.example.net:8443/7/": items(found("/7/", aCollection), found("/7/cal%40x/", aCalendar)),
			}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &site{at: normal()}
			for where, h := range tc.add {
				s.at[where] = h
			}
			list, err := clientOf(t, s, "https://"+host+tc.start).Calendars(ctx)
			if err != nil {
				t.Fatalf("Calendars: %v\nafter %q", err, s.seen)
			}
			var got []string
			for _, c := range list {
				got = append(got, c.ID)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("Calendars() = %q, want %q\nafter %q", got, tc.want, s.seen)
			}
		})
	}
}

func TestDiscoveryFails(t *testing.T) {
	deny := func(header string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", header)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}
	for _, tc := range []struct {
		name     string
		start    string
		at       map[string]http.HandlerFunc
		words    string
		is       error
		requests int // with the password; 0 for any number
	}{
		{"a web page", "https://dav.example.org/", map[string]http.HandlerFunc{"dav.example.org/": page},
			"that is a web page, not a CalDAV server", nil, 0},
		{"nothing there", "https://dav.example.org/x/", nil, "no calendars were found at https://dav.example.org/x/", calendar.ErrNotFound, 3},
		{"wrong password", "https://dav.example.org/", map[string]http.HandlerFunc{"dav.example.org/": deny(`Basic realm="x"`)},
			"the server refused the user name or password", calendar.ErrAuth, 1},
		{"Digest only", "https://dav.example.org/", map[string]http.HandlerFunc{"dav.example.org/": deny(`Digest realm="x"`)},
			"does not offer HTTP Basic", calendar.ErrAuth, 1},
		{"a circle", "https://dav.example.org/", map[string]http.HandlerFunc{"dav.example.org/": redirect("/", 301)},
			"from one address to the next", nil, 6},
		{"down to http", "https://dav.example.org/", map[string]http.HandlerFunc{"dav.example.org/": redirect("http://dav.example.org/dav/", 301)},
			"from https to http://dav.example.org", nil, 1},
		{"to http elsewhere", "https://dav.example.org/", map[string]http.HandlerFunc{"dav.example.org/": redirect("http://evil.example/", 307)},
			"that is refused", nil, 1},
		{"home at http elsewhere", "https://dav.example.org/", map[string]http.HandlerFunc{"dav.example.org/": items(found("/", homeAt("http://evil.example/h/")))},
			"that is refused", nil, 1},
		{"from this machine to elsewhere", "http://127.0.0.1:5232/", map[string]http.HandlerFunc{"127.0.0.1:5232/": redirect("https://evil.example/", 301)},
			"that is refused", nil, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &site{at: tc.at}
			_, err := clientOf(t, s, tc.start).Calendars(ctx)
			if err == nil || !strings.Contains(err.Error(), tc.words) {
				t.Errorf("Calendars: %v, want %q in it", err, tc.words)
			}
			if tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("Calendars: %v is not %v", err, tc.is)
			}
			if tc.requests > 0 && len(s.seen) != tc.requests {
				t.Errorf("the password went out with %q, want %d requests", s.seen, tc.requests)
			}
		})
	}
}

// TestTwoHosts discovers over real TLS as iCloud does it, and again with a
// client that does not know the calendars yet.
func TestTwoHosts(t *testing.T) {
	second := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pw, _ := r.BasicAuth(); pw != "pw" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.Method == http.MethodGet {
			w.Header().Set("ETag", `"1"`)
			_, _ = io.WriteString(w, event("a", "A"))
			return
		}
		items(found("/7/", aCollection), found("/7/work/", aCalendar))(w, r)
	}))
	defer second.Close()
	first := httptest.NewTLSServer(items(found("/", principalAt("/")+homeAt(second.URL+"/7/"))))
	defer first.Close()
	pool := x509.NewCertPool()
	pool.AddCert(first.Certificate())
	pool.AddCert(second.Certificate())
	o := Options{URL: first.URL, Username: "ann", Password: "pw", RootCAs: pool}
	list, err := newClient(t, o).Calendars(ctx)
	if err != nil || len(list) != 1 || list[0].ID != second.URL+"/7/work/" {
		t.Fatalf("Calendars() = %v, %v, want one at %s", list, err, second.URL)
	}
	fresh := newClient(t, o)
	if _, err := fresh.Get(ctx, list[0].ID, "/7/work/a.ics"); err != nil {
		t.Errorf("Get from the second host after a restart: %v", err)
	}
	if _, err := fresh.Get(ctx, "https://evil.example/7/work/", "/7/work/a.ics"); err == nil {
		t.Error("Get from a host that the server never named: no error")
	}
}

func TestUnknownAuthority(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = quiet
	s.StartTLS()
	defer s.Close()
	_, err := newClient(t, Options{URL: s.URL}).Calendars(ctx)
	if err == nil || !strings.Contains(err.Error(), "signed by an unknown authority; name the file of your own CA with ca:") {
		t.Errorf("Calendars: %v", err)
	}
}
