package calendartest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// FuzzRequest proves that no request makes the server panic, and that whatever
// happens the objects of others stay as they are.
func FuzzRequest(f *testing.F) {
	for _, seed := range []struct{ method, path, header, body string }{
		{"PUT", work + "x.ics", "*", event("x", "")},
		{"PUT", work + "%2F%zz", "", "BEGIN:VCALENDAR\nBEGIN:"},
		{"PROPFIND", work, "1", `<propfind xmlns="DAV:"><prop><x xmlns="u&amp;"/><getetag/></prop></propfind>`},
		{"REPORT", work, "1", `<sync-collection xmlns="DAV:"><sync-token>http://oneonone.invalid/sync/0/1/1</sync-token></sync-collection>`},
		{"REPORT", work, "1", `<c:calendar-query xmlns:c="urn:ietf:params:xml:ns:caldav"><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="x"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>`},
		{"PROPPATCH", work, "", `<d:propertyupdate xmlns:d="DAV:"><d:set><d:prop><d:displayname/></d:prop></d:set></d:propertyupdate>`},
		{"MKCALENDAR", "/dav/calendars/alice/x/", "", ""},
		{"DELETE", "/dav/calendars/alice/", "", ""},
		{"OPTIONS", "//", "", ""},
	} {
		f.Add(seed.method, seed.path, seed.header, seed.body)
	}
	f.Fuzz(func(t *testing.T, method, path, header, body string) {
		u, err := url.Parse("http://dav.example.org" + path)
		if err != nil || u.Host != "dav.example.org" {
			t.Skip("not a path that a client could send")
		}
		r, err := http.NewRequest(method, u.String(), strings.NewReader(body))
		if err != nil {
			t.Skip("not a method that a client could send")
		}
		r.SetBasicAuth("alice", "pw")
		for _, key := range []string{"Depth", "If-Match", "If-None-Match", "Content-Type", "Accept-Encoding"} {
			r.Header.Set(key, header)
		}
		d := NewDAV(Style{})
		for _, name := range []string{"alice", "bob"} {
			d.AddUser(User{Name: name, Password: "pw"})
			d.AddCalendar(name, Calendar{Name: "work"})
			d.Put(name, "work", "a.ics", []byte(event("a", "")))
		}
		resp, err := d.Transport().RoundTrip(r)
		if err != nil || resp.StatusCode < 200 || resp.StatusCode > 599 {
			t.Fatalf("%s %s: %v %v", method, path, resp, err)
		}
		if _, _, ok := d.Get("bob", "work", "a.ics"); !ok || strings.Contains(u.EscapedPath(), "bob") && resp.StatusCode == 204 && method != "OPTIONS" {
			t.Errorf("%s %s reached another user: %d", method, path, resp.StatusCode)
		}
	})
}

// FuzzDamage proves that whatever is compared is compared without a panic, and
// that an object is never a damaged version of itself.
func FuzzDamage(f *testing.F) {
	f.Add(weekly, exception)
	f.Add("BEGIN:VCALENDAR\nEND:VCALENDAR", "\uFEFF")
	f.Fuzz(func(t *testing.T, before, after string) {
		Damage([]byte(before), []byte(after))
		if got := Damage([]byte(before), []byte(before)); len(got) > 0 {
			t.Errorf("Damage of nothing = %q", got)
		}
	})
}
