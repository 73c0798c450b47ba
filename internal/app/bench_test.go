package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oneonone/internal/calendartest"
	"oneonone/internal/config"
)

// BenchmarkTwoLargeCalendars measures what the program costs on two calendars
// of 5,000 events each on Radicale: the first pull and pass, a pass after one
// change, and one without a change. Beside it, in the same run and on the same
// calendars: the bare requests that fetch the same, and vdirsyncer.
func BenchmarkTwoLargeCalendars(b *testing.B) {
	s := calendartest.Radicale(b)
	for i, user := range []string{"alice", "bob"} {
		s.Fill(b, user, calendartest.Office(uint64(i)+1, 5000, user+"@example.org"))
		syncCollection(b, s.Account(user), "") // Radicale reads its files once, whoever asks first
	}
	b.Run("first/oneonone", func(b *testing.B) {
		m := meter{b: b}
		for b.Loop() {
			b.StopTimer()
			a := large(b, s)
			b.StartTimer()
			m.pass(a)
		}
		m.report()
	})
	a := large(b, s)
	for writes := 1; writes > 0; {
		r, err := a.Once(context.Background())
		if err != nil || len(r.Failed) > 0 {
			b.Fatal(err, r.Failed)
		}
		writes = r.Writes
	}
	b.Run("quiet/oneonone", func(b *testing.B) {
		m := meter{b: b}
		for b.Loop() {
			m.pass(a)
		}
		m.report()
	})
	b.Run("change/oneonone", func(b *testing.B) {
		m := meter{b: b}
		for n := 0; b.Loop(); n++ {
			b.StopTimer()
			change(b, s, n)
			b.StartTimer()
			m.pass(a)
		}
		m.report()
	})
	bare(b, s)
	vdirsyncer(b, s)
}

// bare sends the one request for each calendar that fetches what there is to
// fetch, and reads the answer to its end.
func bare(b *testing.B, s *calendartest.Server) {
	tokens := map[string]string{"alice": "", "bob": ""}
	all := func(tokens map[string]string) map[string]string {
		next := map[string]string{}
		for user, token := range tokens {
			next[user] = syncCollection(b, s.Account(user), token)
		}
		return next
	}
	b.Run("first/bare", func(b *testing.B) {
		for b.Loop() {
			all(tokens)
		}
	})
	known := all(tokens)
	b.Run("quiet/bare", func(b *testing.B) {
		for b.Loop() {
			all(known)
		}
	})
	b.Run("change/bare", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			b.StopTimer()
			change(b, s, n)
			b.StartTimer()
			known = all(known)
		}
	})
}

// syncCollection sends one REPORT (RFC 6578) and returns the new token.
func syncCollection(b *testing.B, a calendartest.Account, token string) string {
	b.Helper()
	body := `<sync-collection xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><sync-token>` + token +
		`</sync-token><sync-level>1</sync-level><prop><getetag/><C:calendar-data/></prop></sync-collection>`
	req, err := http.NewRequest("REPORT", a.Calendar, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.SetBasicAuth(a.User, a.Password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	_, rest, found := strings.Cut(string(data), "sync-token>")
	if err != nil || !found {
		b.Fatalf("%s: %v", resp.Status, err)
	}
	token, _, _ = strings.Cut(rest, "<")
	return token
}

func vdirsyncer(b *testing.B, s *calendartest.Server) {
	b.Run("first/vdirsyncer", func(b *testing.B) {
		for b.Loop() {
			for _, user := range []string{"alice", "bob"} {
				calendartest.Vdirsyncer(b, s.Account(user)).Sync()
			}
		}
	})
	var mirrors []*calendartest.Mirror
	for _, user := range []string{"alice", "bob"} {
		m := calendartest.Vdirsyncer(b, s.Account(user))
		m.Sync()
		mirrors = append(mirrors, m)
	}
	for _, name := range []string{"quiet", "change"} {
		b.Run(name+"/vdirsyncer", func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				if name == "change" {
					b.StopTimer()
					change(b, s, n)
					b.StartTimer()
				}
				for _, m := range mirrors {
					m.Sync()
				}
			}
		})
	}
}

// change puts one new single event into alice's calendar.
func change(b *testing.B, s *calendartest.Server, n int) {
	b.Helper()
	ics := fmt.Sprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:change\r\n"+
		"DTSTAMP:20261101T000000Z\r\nDTSTART:20260302T%02d%02d00Z\r\nDTEND:20260302T235900Z\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", n/60%20, n%60)
	if !s.Account("alice").Put(b, "change.ics", []byte(ics)) {
		b.Fatal("the change was not taken")
	}
}

// large is the program with a new store and accounts for alice and bob.
func large(b *testing.B, s *calendartest.Server) *App {
	b.Helper()
	dir := b.TempDir()
	text := "moves: {max_changes_per_pass: 1000}\nlisten: 127.0.0.1:0\nagenda: {url: http://127.0.0.1:8411}\naccounts:\n"
	for _, user := range []string{"alice", "bob"} {
		text += fmt.Sprintf("  - {name: %s, provider: caldav, url: %q, username: %s, credential: %s, addresses: [%s@example.org], time_zone: Europe/Berlin}\n",
			user, s.URL, user, user, user)
		if err := os.WriteFile(filepath.Join(dir, user), []byte(s.Account(user).Password), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	cfg, err := config.Parse("bench.yaml", []byte(text))
	if err != nil {
		b.Fatal(err)
	}
	a, err := New(context.Background(), Options{Config: cfg, Credentials: dir, State: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { a.Close() })
	return a
}

// meter adds up what passes cost beside time.
type meter struct {
	b                  *testing.B
	passes, writes     int
	requests, down, up int64
}

func (m *meter) pass(a *App) {
	m.b.Helper()
	before := a.stats()
	r, err := a.Once(context.Background())
	if err != nil || len(r.Failed) > 0 {
		m.b.Fatal(err, r.Failed)
	}
	after := a.stats()
	m.passes++
	m.writes += r.Writes
	m.requests += after.requests - before.requests
	m.down += after.down - before.down
	m.up += after.up - before.up
}

func (m *meter) report() {
	n := float64(m.passes)
	m.b.ReportMetric(float64(m.requests)/n, "requests/op")
	m.b.ReportMetric(float64(m.down)/n, "down-B/op")
	m.b.ReportMetric(float64(m.up)/n, "up-B/op")
	m.b.ReportMetric(float64(m.writes)/n, "writes/op")
}
