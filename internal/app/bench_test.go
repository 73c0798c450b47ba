package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"oneonone/internal/caldav"
	"oneonone/internal/calendartest"
	"oneonone/internal/config"
)

// BenchmarkTwoLargeCalendars measures what the program costs on two calendars
// of 5,000 events each on Radicale: the first pull and pass, a pass after one
// change, and one without a change; beside it, in the same run and on the same
// calendars, vdirsyncer doing the same for both.
func BenchmarkTwoLargeCalendars(b *testing.B) {
	s := calendartest.Radicale(b)
	for i, user := range []string{"alice", "bob"} {
		s.Fill(b, user, calendartest.Office(uint64(i)+1, 5000, user+"@example.org"))
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
	vdirsyncer(b, s)
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
	m.requests += after.Requests - before.Requests
	m.down += after.Down - before.Down
	m.up += after.Up - before.Up
}

func (m *meter) report() {
	n := float64(m.passes)
	m.b.ReportMetric(float64(m.requests)/n, "requests/op")
	m.b.ReportMetric(float64(m.down)/n, "down-B/op")
	m.b.ReportMetric(float64(m.up)/n, "up-B/op")
	m.b.ReportMetric(float64(m.writes)/n, "writes/op")
}

// stats adds up what all accounts' clients have sent and received.
func (a *App) stats() caldav.Stats {
	var sum caldav.Stats
	for _, l := range a.now.Load().logins {
		s := l.client.Stats()
		sum.Requests, sum.Up, sum.Down = sum.Requests+s.Requests, sum.Up+s.Up, sum.Down+s.Down
	}
	return sum
}
