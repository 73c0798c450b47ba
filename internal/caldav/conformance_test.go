package caldav_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"oneonone/internal/caldav"
	"oneonone/internal/calendartest"
)

// conformance runs the suite with a calendar of its own for each case.
// d is the server when it is the one in memory.
func conformance(t *testing.T, url string, account calendartest.Account, d *calendartest.DAV) {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int64
	calendartest.Suite(t, func(t *testing.T) calendartest.Fixture {
		own := account.NewCalendar(t, fmt.Sprintf("case-%d", n.Add(1)))
		c, err := caldav.New(caldav.Options{URL: url, Username: own.User, Password: own.Password, Zone: zone})
		if err != nil {
			t.Fatal(err)
		}
		f := calendartest.Fixture{Provider: c, Account: own, Zone: zone, Self: []string{"alice@example.org"}}
		if d != nil {
			f.Writes = func() int { return d.Counters().Requests[http.MethodPut] }
			f.LoseAnswer = func() {
				d.Script(calendartest.Fault{Method: calendartest.Writes, Nth: 1, Do: calendartest.CutAfter})
			}
		}
		return f
	})
}

// TestConformanceOverStyles runs the suite over the server in memory with the
// ways in which servers differ without being at fault.
func TestConformanceOverStyles(t *testing.T) {
	for name, style := range map[string]calendartest.Style{
		"plain":             {},
		"ctag only":         {NoSync: true},
		"sync without data": {SyncWithoutData: true, DeadToken: http.StatusInternalServerError},
		"pages":             {Page: 7},
		"repeats":           {RepeatLast: true},
		"lists deleted":     {ListDeleted: true, EscapeAll: true},
		"weak ETags":        {ETag: calendartest.WeakETags},
		"unquoted ETags":    {ETag: calendartest.UnquotedETags, NoETagOnPut: true},
		"takes anything":    {Lax: true},
		"rewrites":          {Rewrite: addClass},
		"raw line ends":     {RawCR: true, RefuseInside: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := calendartest.NewDAV(style)
			d.AddUser(calendartest.User{Name: "alice", Password: "alicepw", Mail: []string{"alice@example.org"}})
			d.Exempt(func(r *http.Request) bool { return r.UserAgent() == calendartest.OtherAgent })
			server := httptest.NewServer(d)
			defer server.Close()
			account := calendartest.Account{User: "alice", Password: "alicepw", Home: server.URL + "/dav/calendars/alice/"}
			conformance(t, server.URL, account, d)
			for _, v := range d.Violations() {
				t.Error(v)
			}
		})
	}
}

// addClass is what SOGo does to an event without CLASS.
func addClass(ics []byte) []byte {
	if bytes.Contains(ics, []byte("\nCLASS:")) {
		return ics
	}
	return bytes.ReplaceAll(ics, []byte("\r\nDTSTAMP:"), []byte("\r\nCLASS:PUBLIC\r\nDTSTAMP:"))
}

// TestConformanceOverRadicale runs the suite over Debian's Radicale.
func TestConformanceOverRadicale(t *testing.T) {
	t.Parallel()
	s := calendartest.Radicale(t)
	conformance(t, s.URL, s.Account("alice"), nil)
}

// TestConformanceOverXandikos runs the suite over Debian's Xandikos.
func TestConformanceOverXandikos(t *testing.T) {
	t.Parallel()
	s := calendartest.Xandikos(t)
	conformance(t, s.URL, s.Account("alice"), nil)
}
