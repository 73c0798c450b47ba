package caldav

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

// wholeCalendar is an answer of 5,000 events, about 7 MB, with line ends as
// they are or as character references.
func wholeCalendar(eol string) string {
	var b strings.Builder
	b.WriteString(`<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><sync-token>t</sync-token>`)
	for i := range 5000 {
		ics := strings.ReplaceAll(event(fmt.Sprint(i), "Ann &amp; Bob "+strings.Repeat("x", 500)), "\r\n", eol)
		fmt.Fprintf(&b, `<response><href>/ann/work/%d.ics</href><propstat><prop><getetag>"%064d"</getetag>`+
			`<C:calendar-data>%s</C:calendar-data></prop><status>HTTP/1.1 200 OK</status></propstat></response>`, i, i, ics)
	}
	b.WriteString("</multistatus>")
	return b.String()
}

func BenchmarkDecode(b *testing.B) {
	for name, eol := range map[string]string{"plain": "\r\n", "references": "&#13;\n"} {
		text := wholeCalendar(eol)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if ms, err := decodeMultistatus(strings.NewReader(text)); err != nil || len(ms.items) != 5000 {
					b.Fatalf("%v", err)
				}
			}
		})
	}
	// What encoding/xml needs to find the tokens alone.
	text := wholeCalendar("\r\n")
	b.Run("encoding-xml-tokens", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			d := xml.NewDecoder(strings.NewReader(text))
			for {
				if _, err := d.RawToken(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// BenchmarkMirror measures what a mirror costs, of 5,000 events on Radicale and
// of 300 on Xandikos (which takes minutes to be filled with more), each time
// beside the bare request that it cannot do without: "x-bare" is the ratio of
// the two in the same run.
func BenchmarkMirror(b *testing.B) {
	for name, server := range map[string]struct {
		start  func(calendartest.TB) *calendartest.Server
		bare   string
		events int
	}{
		"Radicale": {calendartest.Radicale, syncBody("", withData), 5000},
		"Xandikos": {calendartest.Xandikos, everyEvent, 300},
	} {
		b.Run(name, func(b *testing.B) {
			s := server.start(b)
			s.Fill(b, "alice", calendartest.Office(1, server.events, "alice@example.org"))
			m := &measured{a: s.Account("alice"), known: map[string]calendar.ETag{}}
			m.client = newClient(b, Options{URL: s.URL, Username: m.a.User, Password: m.a.Password})
			m.pull(b, "") // the server's own caches are warm for both
			b.Run("first", func(b *testing.B) {
				m.compare(b, server.bare, "", func() { clear(m.known) })
			})
			b.Run("idle", func(b *testing.B) {
				m.compare(b, syncBody(m.token(), withData), m.cursor, func() {})
			})
			n := 0
			b.Run("change", func(b *testing.B) {
				m.compare(b, syncBody(m.token(), withData), m.cursor, func() {
					n++
					store(b, m.a, "changed", event("changed", fmt.Sprint("Title ", n)))
				})
			})
			b.Run("comparison", func(b *testing.B) {
				m.compare(b, syncBody("", etagOnly), "", func() {})
			})
		})
	}
}

// measured is a mirror and what it costs.
type measured struct {
	a      calendartest.Account
	client *Client
	known  map[string]calendar.ETag
	cursor string
}

func (m *measured) token() string { return strings.TrimPrefix(m.cursor, "sync:") }

func (m *measured) pull(b *testing.B, cursor string) {
	got, err := m.client.Pull(ctx, m.a.Calendar, calendar.Since{Cursor: cursor, Known: m.known})
	if err != nil {
		b.Fatal(err)
	}
	merge(m.known, got)
	m.cursor = got.Cursor
}

// compare takes the time of a pull and of the bare request, in turns.
func (m *measured) compare(b *testing.B, body, cursor string, prepare func()) {
	var bare, ours time.Duration
	var cost Stats
	n := 0
	for b.Loop() {
		prepare()
		bare += m.bare(b, body)
		before, began := m.client.Stats(), time.Now()
		m.pull(b, cursor)
		ours += time.Since(began)
		after := m.client.Stats()
		cost.Requests += after.Requests - before.Requests
		cost.Down += after.Down - before.Down
		n++
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(bare.Microseconds())/1000/float64(n), "bare-ms")
	b.ReportMetric(float64(ours.Microseconds())/1000/float64(n), "pull-ms")
	b.ReportMetric(float64(ours)/float64(bare), "x-bare")
	b.ReportMetric(float64(cost.Requests)/float64(n), "requests")
	b.ReportMetric(float64(cost.Down)/1000/float64(n), "kB")
}

// bare sends one REPORT and reads the answer without a look at it.
func (m *measured) bare(b *testing.B, body string) time.Duration {
	began := time.Now()
	r, err := http.NewRequest("REPORT", m.a.Calendar, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.SetBasicAuth(m.a.User, m.a.Password)
	r.Header.Set("Depth", "1")
	if strings.Contains(body, "sync-collection") {
		r.Header.Set("Depth", "0")
	}
	r.Header.Set("Content-Type", "application/xml; charset=utf-8")
	r.Header.Set("Accept-Encoding", "identity")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusMultiStatus {
		b.Fatalf("%s, %v", resp.Status, err)
	}
	return time.Since(began)
}
