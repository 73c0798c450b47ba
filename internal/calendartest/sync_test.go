package calendartest

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var tokenIn = regexp.MustCompile(`<d:sync-token>([^<]*)</d:sync-token>`)

// changes asks for what happened since token and returns the answer and the next token.
func (o *lab) changes(token string) (reply, string) {
	o.t.Helper()
	r := o.do("REPORT", work, `<?xml version="1.0"?><sync-collection xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><sync-token>`+token+
		`</sync-token><sync-level>1</sync-level><prop><getetag/><c:calendar-data/></prop></sync-collection>`)
	if m := tokenIn.FindStringSubmatch(r.body); m != nil {
		token = m[1]
	}
	return r, token
}

// names returns the last segments of the hrefs in r, joined by spaces.
func (r reply) names() string {
	var list []string
	for _, m := range regexp.MustCompile(`<d:response><d:href>([^<]*)</d:href>`).FindAllStringSubmatch(r.body, -1) {
		list = append(list, m[1][strings.LastIndex(m[1], "/")+1:])
	}
	return strings.Join(list, " ")
}

func TestSyncCollection(t *testing.T) {
	o := newLab(t, Style{})
	put := func(name, extra string) { o.dav.Put("alice", "work", name, []byte(event(name, extra))) }
	put("a", "")
	put("b", "")
	put("gone", "")
	o.dav.Delete("alice", "work", "gone")
	r, token := o.changes("")
	o.want(r, 207, "BEGIN:VCALENDAR&#xD;", "SUMMARY:Ann &lt;&amp;&gt; Bob")
	if r.names() != "a b" {
		t.Errorf("the first sync names %q, want a and b", r.names())
	}
	if r, next := o.changes(token); r.names() != "" || next != token {
		t.Errorf("nothing changed, but the sync names %q and the token went from %s to %s", r.names(), token, next)
	}
	put("b", "LOCATION:x\n")
	put("c", "")
	put("b", "LOCATION:y\n")
	o.dav.Delete("alice", "work", "a")
	r, token = o.changes(token)
	if o.want(r, 207, "LOCATION:y", "404 Not Found"); r.names() != "c b a" {
		t.Errorf("the sync names %q, want c b a", r.names())
	}
	o.dav.Put("bob", "work", "z", []byte(event("z", "")))
	if r, _ := o.changes(token); r.names() != "" {
		t.Errorf("another calendar's change shows: %q", r.names())
	}
	for _, dead := range []string{"nonsense", token + "0", strings.Replace(token, "/sync/0/1/", "/sync/0/2/", 1)} {
		r, _ := o.changes(dead)
		o.want(r, 403, "valid-sync-token")
	}
	o.dav.KillTokens()
	r, _ = o.changes(token)
	o.want(r, 403, "valid-sync-token")
}

// newFilledLab is a lab whose calendar has the objects a to e, of which a is
// deleted, and the sync token of that state.
func newFilledLab(t *testing.T, style Style) (*lab, string) {
	t.Helper()
	o := newLab(t, style)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		o.dav.Put("alice", "work", name, []byte(event(name, "")))
	}
	o.dav.Delete("alice", "work", "a")
	_, token := o.changes("")
	return o, token
}

func TestSyncStyles(t *testing.T) {
	t.Run("pages", func(t *testing.T) {
		o := newLab(t, Style{Page: 2})
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			o.dav.Put("alice", "work", name, []byte(event(name, "")))
		}
		got, token, pages := "", "", 0
		for more := true; more; pages++ {
			var r reply
			r, token = o.changes(token)
			more = strings.Contains(r.body, "507 Insufficient Storage")
			got += r.names() + "|"
		}
		if got != " a b| c d|e|" || pages != 3 {
			t.Errorf("the pages are %q, want a b, c d, e, the collection named first where there is more", got)
		}
	})
	t.Run("dead token is 500", func(t *testing.T) {
		o, _ := newFilledLab(t, Style{DeadToken: 500})
		r, _ := o.changes("nonsense")
		o.want(r, 500)
	})
	t.Run("dead token is not told", func(t *testing.T) {
		o, token := newFilledLab(t, Style{DeadToken: 207})
		if r, next := o.changes("nonsense"); r.status != 207 || r.names() != "" || next != token {
			t.Errorf("%d %q %s", r.status, r.names(), next)
		}
	})
	t.Run("repeats", func(t *testing.T) {
		o, token := newFilledLab(t, Style{RepeatLast: true})
		if r, _ := o.changes(token); r.names() != "a" {
			t.Errorf("the sync names %q, want the last change again", r.names())
		}
	})
	t.Run("deleted at first", func(t *testing.T) {
		o, _ := newFilledLab(t, Style{ListDeleted: true})
		if r, _ := o.changes(""); r.names() != "b c d e a" {
			t.Errorf("the first sync names %q", r.names())
		}
	})
	t.Run("without data", func(t *testing.T) {
		o, _ := newFilledLab(t, Style{SyncWithoutData: true})
		if r, _ := o.changes(""); strings.Contains(r.body, "VCALENDAR") {
			t.Error("the sync has data")
		}
	})
	t.Run("not offered", func(t *testing.T) {
		o, _ := newFilledLab(t, Style{NoSync: true})
		r, _ := o.changes("")
		o.want(r, 403, "supported-report")
		if r := o.do("PROPFIND", work, "", "Depth", "0"); strings.Contains(r.body, "sync-") {
			t.Errorf("sync-collection is offered: %s", r.body)
		}
	})
}

func TestMultigetAndQuery(t *testing.T) {
	o := newLab(t, Style{})
	o.dav.Put("alice", "work", "a b.ics", []byte(event("one", "")))
	o.dav.Put("alice", "work", "weekly.ics", []byte(event("weekly", "RRULE:FREQ=WEEKLY\n")))
	o.dav.Put("alice", "work", "old.ics", []byte(strings.ReplaceAll(event("old", ""), "202611", "201011")))
	o.dav.Put("alice", "work", "todo.ics", []byte(strings.ReplaceAll(event("todo", ""), "VEVENT", "VTODO")))
	o.dav.Put("alice", "work", "garbage.ics", []byte("garbage"))
	report := func(name, inside string) reply {
		return o.do("REPORT", work, `<c:`+name+` xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:getetag/><c:calendar-data/></d:prop>`+inside+`</c:`+name+`>`, "Depth", "1")
	}
	r := report("calendar-multiget", "<d:href>"+work+"a%20b.ics</d:href><d:href>"+o.url+work+"old.ics</d:href><d:href>"+work+"none.ics</d:href><d:href>/dav/calendars/bob/work/x.ics</d:href>")
	o.want(r, 207, "UID:one", "UID:old", work+"none.ics</d:href><d:status>HTTP/1.1 404 Not Found")
	filter := func(inside string) string {
		return `<c:filter><c:comp-filter name="VCALENDAR">` + inside + `</c:comp-filter></c:filter>`
	}
	for name, c := range map[string]struct{ filter, want string }{
		"events": {`<c:comp-filter name="VEVENT"/>`, "a%20b.ics garbage.ics old.ics weekly.ics"},
		"range":  {`<c:comp-filter name="VEVENT"><c:time-range start="20261101T000000Z" end="20261130T000000Z"/></c:comp-filter>`, "a%20b.ics garbage.ics weekly.ics"},
		"later":  {`<c:comp-filter name="VEVENT"><c:time-range start="20401101T000000Z"/></c:comp-filter>`, "garbage.ics weekly.ics"},
		"before": {`<c:comp-filter name="VEVENT"><c:time-range end="20111101T000000Z"/></c:comp-filter>`, "garbage.ics old.ics"},
		"todos":  {`<c:comp-filter name="VTODO"/>`, "garbage.ics todo.ics"},
		"uid":    {`<c:comp-filter name="VEVENT"><c:prop-filter name="UID"><c:text-match collation="i;octet">one</c:text-match></c:prop-filter></c:comp-filter>`, "a%20b.ics garbage.ics"},
		"no rule": {`<c:comp-filter name="VEVENT"><c:prop-filter name="RRULE"><c:is-not-defined/></c:prop-filter></c:comp-filter>`,
			"a%20b.ics garbage.ics old.ics"},
		"no event": {`<c:comp-filter name="VEVENT"><c:is-not-defined/></c:comp-filter>`, "garbage.ics todo.ics"},
	} {
		if got := report("calendar-query", filter(c.filter)).names(); got != c.want {
			t.Errorf("%s: the query names %q, want %q", name, got, c.want)
		}
	}
	o.want(report("calendar-query", ""), http.StatusForbidden, "valid-filter")
}
