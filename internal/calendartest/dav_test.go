package calendartest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// lab is a running DAV with alice and bob, each with the calendar "work".
type lab struct {
	t   *testing.T
	dav *DAV
	url string
}

func newLab(t *testing.T, style Style) *lab {
	t.Helper()
	d := NewDAV(style)
	for _, name := range []string{"alice", "bob"} {
		d.AddUser(User{Name: name, Password: name + "pw", Mail: []string{name + "@example.org"}})
		d.AddCalendar(name, Calendar{Name: "work", Title: "Work", Zone: "Europe/Vienna"})
	}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	return &lab{t: t, dav: d, url: server.URL}
}

type reply struct {
	status int
	header http.Header
	body   string
}

// do sends a request as alice; header holds pairs of keys and values.
func (o *lab) do(method, path, body string, header ...string) reply {
	o.t.Helper()
	r, err := o.send(method, path, body, header...)
	if err != nil {
		o.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

func (o *lab) send(method, path, body string, header ...string) (reply, error) {
	req, err := http.NewRequest(method, o.url+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	req.SetBasicAuth("alice", "alicepw")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(data)}, err
}

// want fails the test unless r has the status and its body every one of parts.
func (o *lab) want(r reply, status int, parts ...string) {
	o.t.Helper()
	if r.status != status {
		o.t.Fatalf("status %d, want %d\n%s", r.status, status, r.body)
	}
	for _, part := range parts {
		if !strings.Contains(r.body, part) {
			o.t.Fatalf("the answer lacks %q:\n%s", part, r.body)
		}
	}
}

const work = "/dav/calendars/alice/work/"

func event(uid, extra string) string {
	return strings.ReplaceAll("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\nBEGIN:VEVENT\nUID:"+uid+
		"\nDTSTAMP:20261001T000000Z\nDTSTART:20261103T090000Z\nDTEND:20261103T093000Z\nSUMMARY:Ann <&> Bob\n"+
		extra+"END:VEVENT\nEND:VCALENDAR\n", "\n", "\r\n")
}

func TestDiscovery(t *testing.T) {
	o := newLab(t, Style{})
	r := o.do("PROPFIND", "/.well-known/caldav", "")
	o.want(r, 301)
	if got := r.header.Get("Location"); got != "/dav/" {
		t.Fatalf("Location = %q, want /dav/", got)
	}
	ask := func(path, depth, props string) reply {
		return o.do("PROPFIND", path, `<d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/" xmlns:z="urn:z"><d:prop>`+
			props+`</d:prop></d:propfind>`, "Depth", depth)
	}
	o.want(ask("/dav/", "0", "<d:current-user-principal/>"), 207, "<d:current-user-principal><d:href>/dav/principals/alice/</d:href>")
	o.want(ask("/", "0", "<d:current-user-principal/>"), 207, "/dav/principals/alice/")
	o.want(ask("/dav/principals/alice/", "0", "<c:calendar-home-set/><c:calendar-user-address-set/><d:principal-URL/>"), 207,
		"<c:calendar-home-set><d:href>/dav/calendars/alice/</d:href>", "<d:href>mailto:alice@example.org</d:href>")
	r = ask("/dav/calendars/alice/", "1", "<d:resourcetype/><d:displayname/><c:supported-calendar-component-set/><cs:getctag/><d:sync-token/><c:calendar-timezone/><d:current-user-privilege-set/><z:nothing/>")
	o.want(r, 207, "<c:calendar/>", "<d:displayname>Work</d:displayname>", `<c:comp name="VEVENT"/>`, "TZID:Europe/Vienna",
		"<d:write-content/>", `<x:nothing xmlns:x="urn:z"/>`, "HTTP/1.1 404 Not Found")
	o.want(o.do("PROPFIND", work, "", "Depth", "0"), 207, "<d:supported-report-set>", "<d:sync-collection/>")
	o.want(o.do("PROPFIND", work, `<d:propfind xmlns:d="DAV:"><d:propname/></d:propfind>`, "Depth", "0"), 207, "<cs:getctag/>")
	o.want(o.do("PROPFIND", work, "", "Depth", "infinity"), 403, "propfind-finite-depth")
	o.want(o.do("PROPFIND", "/dav/calendars/bob/", "", "Depth", "0"), 403)
	o.want(o.do("PROPFIND", work, "<nonsense", "Depth", "0"), 400)
	o.want(o.do("GET", work+"none.ics", ""), 404)
	o.want(o.do("GET", "/elsewhere", ""), 404)
	r = o.do("OPTIONS", work, "")
	if got := r.header.Get("DAV"); got != "1, 3, calendar-access" {
		t.Errorf("DAV = %q", got)
	}
	r = o.do("GET", work, "", "Authorization", "Basic bm9ib2R5Om5vcGU=")
	o.want(r, 401)
	if r.header.Get("WWW-Authenticate") == "" {
		t.Error("a 401 without WWW-Authenticate")
	}
}

func TestObjectsAreKeptByteForByte(t *testing.T) {
	o := newLab(t, Style{})
	odd := event("odd", "X-ODD;A=\"q:;\":caf\u00e9 \\n \U0001F600\nDESCRIPTION:folded\n  line\nX-MIX:ends in LF\n")
	odd = strings.Replace(odd, "X-MIX:ends in LF\r\n", "X-MIX:ends in LF\n", 1)
	name := "a b@c+d%25e%2Ff.ics" // As in a path: %25 is a percent sign, %2F a slash.
	path := work + strings.ReplaceAll(name, " ", "%20")
	r := o.do("PUT", path, odd, "If-None-Match", "*", "Content-Type", "text/calendar; charset=utf-8")
	o.want(r, 201)
	etag := r.header.Get("ETag")
	r = o.do("GET", path, "")
	if o.want(r, 200); r.body != odd || r.header.Get("ETag") != etag {
		t.Errorf("GET = %q with %s, want %q with %s", r.body, r.header.Get("ETag"), odd, etag)
	}
	for href, data := range o.dav.Objects() {
		if href != path || string(data) != odd {
			t.Errorf("Objects holds %s, want %s", href, path)
		}
	}
	if v := o.dav.Violations(); len(v) > 0 {
		t.Errorf("Violations = %q, want none", v)
	}
}

func TestConditions(t *testing.T) {
	for _, form := range []ETagForm{StrongETags, WeakETags, UnquotedETags} {
		o := newLab(t, Style{ETag: form})
		put := func(body string, header ...string) reply { return o.do("PUT", work+"x.ics", body, header...) }
		o.want(put(event("x", ""), "If-Match", `"1"`), 412)
		first := put(event("x", ""), "If-None-Match", "*")
		o.want(first, 201)
		etag := first.header.Get("ETag")
		o.want(put(event("x", ""), "If-None-Match", "*"), 412)
		if again := put(event("x", ""), "If-Match", etag); again.header.Get("ETag") != etag {
			t.Errorf("a PUT that changes nothing changed the ETag from %s to %s", etag, again.header.Get("ETag"))
		}
		second := put(event("x", "LOCATION:A\n"), "If-Match", etag)
		o.want(second, 204)
		o.want(put(event("x", "LOCATION:B\n"), "If-Match", etag), 412)
		o.want(o.do("DELETE", work+"x.ics", "", "If-Match", etag), 412)
		o.want(o.do("GET", work+"x.ics", "", "If-None-Match", second.header.Get("ETag")), 304)
		o.want(o.do("DELETE", work+"x.ics", "", "If-Match", second.header.Get("ETag")), 204)
		if anew := put(event("x", ""), "If-None-Match", "*"); anew.header.Get("ETag") == etag {
			t.Error("an object made anew has its old ETag")
		}
	}
}

func TestOnlyOneOfManyWritersWins(t *testing.T) {
	o := newLab(t, Style{})
	etag := o.dav.Put("alice", "work", "x.ics", []byte(event("x", "")))
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 8 {
		wg.Go(func() {
			r, err := o.send("PUT", work+"x.ics", event("x", fmt.Sprintf("LOCATION:%d\n", i)), "If-Match", etag)
			if err == nil && r.status == 204 {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d writers won, want 1", won)
	}
}

func TestRefusals(t *testing.T) {
	o := newLab(t, Style{})
	o.want(o.do("PUT", work+"x.ics", event("x", "")), 201)
	two := strings.Replace(event("a", ""), "END:VCALENDAR", "BEGIN:VEVENT\r\nUID:b\r\nEND:VEVENT\r\nEND:VCALENDAR", 1)
	for name, c := range map[string]struct {
		r    reply
		code int
		part string
	}{
		"garbage":          {o.do("PUT", work+"g.ics", "garbage"), 403, "valid-calendar-data"},
		"no value":         {o.do("PUT", work+"g.ics", event("g", "X-A;B=c\n")), 403, "valid-calendar-data"},
		"two UIDs":         {o.do("PUT", work+"g.ics", two), 403, "valid-calendar-object-resource"},
		"method":           {o.do("PUT", work+"g.ics", strings.Replace(event("g", ""), "VERSION", "METHOD:REQUEST\r\nVERSION", 1)), 403, "valid-calendar-object-resource"},
		"journal":          {o.do("PUT", work+"g.ics", strings.ReplaceAll(event("g", ""), "VEVENT", "VJOURNAL")), 403, "supported-calendar-component"},
		"UID twice":        {o.do("PUT", work+"g.ics", event("x", "")), 403, "no-uid-conflict><d:href>" + work + "x.ics"},
		"type":             {o.do("PUT", work+"g.ics", event("g", ""), "Content-Type", "text/plain"), 415, "supported-calendar-data"},
		"no such calendar": {o.do("PUT", "/dav/calendars/alice/none/g.ics", event("g", "")), 409, ""},
		"onto a calendar":  {o.do("PUT", work, event("g", "")), 405, ""},
		"unknown method":   {o.do("PATCH", work, ""), 405, ""},
		"unknown report":   {o.do("REPORT", work, `<d:nothing xmlns:d="DAV:"/>`), 403, "supported-report"},
		"too large":        {o.do("PUT", work+"g.ics", strings.Repeat("x", maxObject+1)), 413, "max-resource-size"},
		"calendar again":   {o.do("MKCALENDAR", work, ""), 403, "resource-must-be-null"},
		"live property":    {o.do("PROPPATCH", work, `<d:propertyupdate xmlns:d="DAV:"><d:set><d:prop><d:getetag>1</d:getetag><d:displayname>No</d:displayname></d:prop></d:set></d:propertyupdate>`), 207, "424 Failed Dependency"},
	} {
		if c.r.status != c.code || !strings.Contains(c.r.body, c.part) {
			t.Errorf("%s: %d %s, want %d with %q", name, c.r.status, c.r.body, c.code, c.part)
		}
	}
	if got := len(o.dav.Objects()); got != 1 {
		t.Errorf("%d objects are stored, want 1", got)
	}
}

func TestCalendarsAreMadeAndNamed(t *testing.T) {
	o := newLab(t, Style{})
	o.want(o.do("MKCALENDAR", "/dav/calendars/alice/new/", `<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop><d:displayname>New one</d:displayname></d:prop></d:set></c:mkcalendar>`), 201)
	o.want(o.do("PROPPATCH", "/dav/calendars/alice/new/", `<d:propertyupdate xmlns:d="DAV:" xmlns:i="http://apple.com/ns/ical/"><d:set><d:prop><i:calendar-color>#123456</i:calendar-color></d:prop></d:set></d:propertyupdate>`), 207, "200 OK")
	// A calendar program that sets something on the home hears that it cannot, in a form that it understands.
	o.want(o.do("PROPPATCH", "/dav/calendars/alice/", `<d:propertyupdate xmlns:d="DAV:"><d:set><d:prop><d:displayname>x</d:displayname></d:prop></d:set></d:propertyupdate>`), 207, "403 Forbidden")
	o.want(o.do("PROPFIND", "/dav/calendars/alice/", "", "Depth", "1"), 207, "New one", "<ic:calendar-color>#123456</ic:calendar-color>")
	o.want(o.do("DELETE", "/dav/calendars/alice/new/", ""), 204)
	o.want(o.do("PROPFIND", "/dav/calendars/alice/new/", "", "Depth", "0"), 404)
}

func TestGzip(t *testing.T) {
	o := newLab(t, Style{})
	for i := range 50 {
		o.dav.Put("alice", "work", fmt.Sprintf("%d.ics", i), []byte(event(fmt.Sprint(i), "")))
	}
	plain := o.do("PROPFIND", work, "", "Depth", "1", "Accept-Encoding", "identity")
	packed := o.do("PROPFIND", work, "", "Depth", "1", "Accept-Encoding", "deflate, gzip;q=0.5")
	if packed.header.Get("Content-Encoding") != "gzip" || len(packed.body) > len(plain.body)/3 {
		t.Fatalf("the answer of %d bytes came as %d bytes", len(plain.body), len(packed.body))
	}
	z, err := gzip.NewReader(strings.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := out.ReadFrom(z); err != nil || out.String() != plain.body {
		t.Errorf("the unpacked answer differs (%v)", err)
	}
	if r := o.do("PROPFIND", work, "", "Depth", "1", "Accept-Encoding", "gzip;q=0"); r.header.Get("Content-Encoding") != "" {
		t.Error("gzip was sent to a client that refuses it")
	}
}
