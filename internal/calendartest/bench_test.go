package calendartest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// big is a server without a network with a calendar of 5,000 objects.
func big(b *testing.B) (*DAV, func(method, path, body string) int) {
	b.Helper()
	d := NewDAV(Style{})
	d.AddUser(User{Name: "alice", Password: "alicepw"})
	d.AddCalendar("alice", Calendar{Name: "work"})
	for _, o := range Office(1, 5000, "alice@example.org") {
		d.Put("alice", "work", o.Name, o.Data)
	}
	return d, func(method, path, body string) int {
		r, err := http.NewRequest(method, "http://dav.example.org"+path, strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		r.SetBasicAuth("alice", "alicepw")
		resp, err := d.Transport().RoundTrip(r)
		if err != nil || resp.StatusCode/100 != 2 {
			b.Fatalf("%s %s: %v %v", method, path, resp, err)
		}
		n, err := io.Copy(io.Discard, resp.Body)
		if err != nil {
			b.Fatal(err)
		}
		return int(n)
	}
}

const syncAll = `<sync-collection xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><sync-token>%s</sync-token><prop><getetag/><c:calendar-data/></prop></sync-collection>`

func BenchmarkFirstSync(b *testing.B) {
	_, do := big(b)
	for b.Loop() {
		b.SetBytes(int64(do("REPORT", work, fmt.Sprintf(syncAll, ""))))
	}
}

func BenchmarkSyncOfNothing(b *testing.B) {
	d, do := big(b)
	token := d.syncToken(d.users["alice"].calendars["work"], d.seq)
	for b.Loop() {
		do("REPORT", work, fmt.Sprintf(syncAll, token))
	}
}

func BenchmarkPut(b *testing.B) {
	_, do := big(b)
	i := 0
	for b.Loop() {
		i++
		do("PUT", work+"x.ics", event("x", fmt.Sprintf("LOCATION:%d\n", i)))
	}
}

func BenchmarkOffice(b *testing.B) {
	for b.Loop() {
		Office(1, 1000, "alice@example.org")
	}
}
