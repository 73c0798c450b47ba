package calendartest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// OtherAgent is the User-Agent of an Account's own requests, for DAV.Exempt.
const OtherAgent = "another client"

// Put stores an object without conditions, as a careless client does, and
// reports whether the server took it. name is not escaped.
func (a Account) Put(t TB, name string, ics []byte) bool {
	t.Helper()
	code, _ := a.send(t, http.MethodPut, a.Calendar+url.PathEscape(name), "text/calendar; charset=utf-8", ics)
	return code == http.StatusCreated || code == http.StatusNoContent || code == http.StatusOK
}

// Get returns the bytes of an object, and whether it is there.
func (a Account) Get(t TB, name string) ([]byte, bool) {
	t.Helper()
	code, data := a.send(t, http.MethodGet, a.Calendar+url.PathEscape(name), "", nil)
	return data, code == http.StatusOK
}

// Delete removes an object, which must be there.
func (a Account) Delete(t TB, name string) {
	t.Helper()
	if code, said := a.send(t, http.MethodDelete, a.Calendar+url.PathEscape(name), "", nil); code/100 != 2 {
		t.Fatalf("deleting %s: %d\n%s", name, code, said)
	}
}

// ID implements Raw: it is the URL of the calendar.
func (a Account) ID() string { return a.Calendar }

// Another implements Raw.
func (a Account) Another(t TB, name string) string {
	t.Helper()
	return a.NewCalendar(t, name).Calendar
}

// Name implements Raw: it is the decoded last segment of the href.
func (a Account) Name(href string) (name string, whole bool) {
	name, err := url.PathUnescape(href[strings.LastIndex(href, "/")+1:])
	if err != nil {
		return href, true
	}
	return name, true
}

// Whole implements Raw: a calendar object is a whole series.
func (a Account) Whole() bool { return true }

// Damage implements Raw.
func (a Account) Damage(before, after []byte) []string { return Damage(before, after) }

// NewCalendar makes an empty calendar beside a's own and returns how to reach it.
func (a Account) NewCalendar(t TB, name string) Account {
	t.Helper()
	a.Calendar = a.Home + url.PathEscape(name) + "/"
	body := `<?xml version="1.0" encoding="utf-8"?>
<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop><D:displayname>` + escapeText(name) + `</D:displayname>
<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set></D:prop></D:set></C:mkcalendar>`
	if code, said := a.send(t, methodMkcalendar, a.Calendar, "application/xml; charset=utf-8", []byte(body)); code != http.StatusCreated {
		t.Fatalf("making the calendar %s: %d\n%s", name, code, said)
	}
	return a
}

// look makes the server look at a collection, depth levels down.
func (a Account) look(t TB, url, depth string) {
	t.Helper()
	const body = `<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>`
	code, said := a.request(t, methodPropfind, url, []byte(body), "Content-Type", "application/xml; charset=utf-8", "Depth", depth)
	if code != http.StatusMultiStatus {
		t.Fatalf("looking at %s: %d\n%s", url, code, said)
	}
}

// send makes a request with or without a body.
func (a Account) send(t TB, method, url, contentType string, body []byte) (int, []byte) {
	t.Helper()
	if contentType == "" {
		return a.request(t, method, url, body)
	}
	return a.request(t, method, url, body, "Content-Type", contentType)
}

// request makes a request, with pairs of header names and values, and returns
// the status and the body.
func (a Account) request(t TB, method, url string, body []byte, header ...string) (int, []byte) {
	t.Helper()
	r, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	r.SetBasicAuth(a.User, a.Password)
	r.Header.Set("User-Agent", OtherAgent)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	return resp.StatusCode, said
}
