package engine_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
	"oneonone/internal/store"
)

// bubble runs a subtest in which nobody has to wait for a client's patience.
func bubble(t *testing.T, name string, f func(*testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

// apart is bubble beside its siblings.
func apart(t *testing.T, name string, f func(*testing.T)) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, f)
	})
}

// troubled is a desk with three 1:1s, of which two have to move: Ann is double
// booked, and Carl is away. The third needs the link only.
func troubled(t testing.TB) *desk {
	d := newDesk(t, nil, "ann", "bob", "carl")
	d.put("bob", ics(weekly("bob", wednesday, "ann", "bob").String()), "ann", "bob")
	d.put("carl", ics(weekly("carl", at("2026-11-26 11:00"), "carl", "ann").String()), "ann", "carl")
	d.put("still", ics(weekly("still", at("2026-11-27 13:00"), "bob", "carl").String()), "bob", "carl")
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.put("v", allDay("v", "Vacation", at("2026-11-26 00:00"), 1), "carl")
	return d
}

// outcome tells where everything stands after a pass over troubled, how often it
// was moved, and whether all links are there, in words that can be compared.
func (d *desk) outcome() string {
	d.Helper()
	var b strings.Builder
	for _, s := range []struct{ name, a, b string }{{"bob", "ann", "bob"}, {"carl", "carl", "ann"}, {"still", "bob", "carl"}} {
		links := map[string]bool{}
		for _, who := range []string{s.a, s.b} {
			fmt.Fprintf(&b, "%s in %s's calendar:", s.name, who)
			for _, c := range components(d.text(who, s.name)) {
				start, _ := c.instant("DTSTART")
				count, _, _ := strings.Cut(c.line("X-ONEONONE-MOVED"), " from")
				fmt.Fprintf(&b, " %s %s", told(start), count)
				if strings.Contains(c.line("DESCRIPTION"), "Moved from") {
					b.WriteString(" (told)")
				}
				_, link, _ := strings.Cut(c.line("ATTACH"), agendaBase)
				links[link] = true
			}
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s has %d links, none missing: %t\n", s.name, len(links), !links[""])
	}
	return b.String()
}

// converges checks that engines come to the outcome within three passes each and
// then write nothing more.
func (d *desk) converges(want string, engines ...*engine.Engine) {
	d.Helper()
	if len(engines) == 0 {
		engines = []*engine.Engine{d.e}
	}
	for range 3 {
		d.settle()
		for _, d.e = range engines {
			d.pass()
		}
	}
	if got := d.outcome(); got != want {
		d.Errorf("it came to\n%sand undisturbed to\n%s", got, want)
	}
	for _, d.e = range engines {
		d.quiet()
	}
	d.check()
}

// undisturbed returns the outcome of a pass that nothing happens to, and how
// many writes and requests it takes.
func undisturbed(t *testing.T) (want string, writes, requests int) {
	t.Helper()
	d := troubled(t)
	d.pass()
	c := d.Counters()
	want = d.outcome()
	if strings.Count(want, "count=1") != 4 || strings.Contains(want, "false") {
		t.Fatalf("undisturbed it came to\n%s", want)
	}
	d.quiet()
	return want, c.Writes(), c.Total()
}

// TestTroubleWithOneRequest: each request in turn is cut before or after the
// server has applied it, or answered with an error; and each write with 412.
func TestTroubleWithOneRequest(t *testing.T) {
	want, writes, requests := undisturbed(t)
	t.Logf("a pass takes %d requests, %d of them writes", requests, writes)
	for _, tc := range []struct {
		name  string
		n     int
		fault calendartest.Fault
	}{
		{"412", writes, calendartest.Fault{Method: calendartest.Writes, Do: calendartest.Answer, Status: http.StatusPreconditionFailed}},
		{"503", requests, calendartest.Fault{Do: calendartest.Answer, Status: http.StatusServiceUnavailable}},
		{"cut before", requests, calendartest.Fault{Do: calendartest.CutBefore}},
		{"cut after", requests, calendartest.Fault{Do: calendartest.CutAfter}},
	} {
		for n := 1; n <= tc.n; n++ {
			bubble(t, fmt.Sprintf("%s %d", tc.name, n), func(t *testing.T) {
				d := troubled(t)
				f := tc.fault
				f.Nth = n
				d.Script(f)
				if _, err := d.e.Pass(t.Context(), d.now, true); err != nil {
					t.Fatal(err)
				}
				d.converges(want)
			})
		}
	}
}

// TestSomebodyWritesInBetween: just before each write the event is changed by
// its owner's client, which stays as it is.
func TestSomebodyWritesInBetween(t *testing.T) {
	want, writes, _ := undisturbed(t)
	for n := 1; n <= writes; n++ {
		bubble(t, fmt.Sprint(n), func(t *testing.T) {
			d := troubled(t)
			var path []string
			d.Script(calendartest.Fault{Method: calendartest.Writes, Nth: n, Before: func(r *http.Request) {
				path = strings.Split(r.URL.Path, "/")
				d.edit(path[3], strings.TrimSuffix(path[5], ".ics"), func(s string) string {
					return strings.ReplaceAll(s, "SUMMARY:1:1", "SUMMARY:Our 1:1")
				})
			}})
			if r := d.pass(); r.Conflicts != 1 {
				t.Errorf("Conflicts = %d, want 1", r.Conflicts)
			}
			d.converges(want)
			if text := d.text(path[3], strings.TrimSuffix(path[5], ".ics")); strings.Contains(text, "SUMMARY:1:1") {
				t.Errorf("the person's change was undone:\n%s", text)
			}
		})
	}
}

// steps counts requests, and stops the program at one of them: nothing reaches
// the server any more, and the database is kept as it was at that moment.
type steps struct {
	mu      sync.Mutex
	d       *desk
	n       int
	at      int  // the request at which it stops
	applied bool // stop after the request, not before it
	writes  bool // count only those that write
	dead    bool
	copied  string
}

func (s *steps) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.writes || r.Method == http.MethodPut || r.Method == http.MethodPatch {
		s.n++
	}
	if s.dead || s.n == s.at && !s.applied {
		s.stop()
		return cut{}.RoundTrip(r)
	}
	resp, err := s.d.servers().RoundTrip(r)
	if s.n == s.at {
		s.stop()
		return cut{}.RoundTrip(r)
	}
	return resp, err
}

func (s *steps) stop() {
	if s.dead {
		return
	}
	s.dead = true
	s.copied = filepath.Join(s.d.TempDir(), "at-that-moment.db")
	db, err := sql.Open("sqlite3", s.d.dsn)
	if err == nil {
		_, err = db.Exec(`VACUUM INTO ?`, s.copied)
		db.Close()
	}
	if err != nil {
		s.d.Errorf("copying the database: %v", err)
	}
}

// TestKilledAtEachStep: the program ends before or after each request, and
// starts again on the database as it was then, or without one.
func TestKilledAtEachStep(t *testing.T) {
	want, _, requests := undisturbed(t)
	for _, applied := range []bool{false, true} {
		for _, lost := range []bool{false, true} {
			for n := 1; n <= requests; n++ {
				bubble(t, fmt.Sprintf("request %d, applied %t, database lost %t", n, applied, lost), func(t *testing.T) {
					d := troubled(t)
					s := &steps{d: d, at: n, applied: applied}
					d.net = s
					_, _ = d.e.Pass(t.Context(), d.now, true) // what it returns nobody hears
					if !s.dead {
						t.Fatal("it was not killed")
					}
					d.net = d.Transport()
					d.dsn = s.copied
					if d.restart(); lost {
						d.loseDatabase()
					}
					d.converges(want)
				})
			}
		}
	}
}

// TestStoreFailsBetweenTheBooks: the program's own store fails between the write
// and its record, at each statement that follows a write.
func TestStoreFailsBetweenTheBooks(t *testing.T) {
	want, _, _ := undisturbed(t)
	for name, on := range map[string]string{
		"the action is begun":     "INSERT ON actions",
		"the action is done":      "UPDATE ON actions",
		"the resource is changed": "UPDATE ON resources",
		"the agenda is made":      "INSERT ON agendas",
		"the agenda is kept":      "UPDATE ON agendas",
		"the status is kept":      "INSERT ON account_status",
	} {
		t.Run(name, func(t *testing.T) {
			d := troubled(t)
			d.statement("CREATE TRIGGER broken BEFORE " + on + " BEGIN SELECT RAISE(ABORT, 'no'); END")
			if _, err := d.e.Pass(t.Context(), d.now, true); err == nil {
				t.Error("Pass says nothing of it")
			}
			d.statement("DROP TRIGGER broken")
			d.restart()
			d.converges(want)
		})
	}
}

func (d *desk) statement(s string) {
	d.Helper()
	db, err := sql.Open("sqlite3", d.dsn)
	if err == nil {
		_, err = db.Exec(s)
		db.Close()
	}
	if err != nil {
		d.Fatalf("%s: %v", s, err)
	}
}

// TestTwoPrograms: two programs with databases of their own on the same
// calendars; the second makes a whole pass before each request of the first.
func TestTwoPrograms(t *testing.T) {
	want, _, requests := undisturbed(t)
	for n := 1; n <= requests; n++ {
		bubble(t, fmt.Sprint(n), func(t *testing.T) {
			d := troubled(t)
			db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "second.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			second := engine.New(d.options(db))
			d.net = &inBetween{d: d, n: n, do: func() {
				if _, err := second.Pass(t.Context(), d.now, true); err != nil {
					t.Error(err)
				}
			}}
			d.pass()
			d.net = d.Transport()
			d.converges(want, d.e, second)
		})
	}
}

// inBetween does something before the n-th request.
type inBetween struct {
	mu sync.Mutex
	d  *desk
	n  int
	do func()
}

func (b *inBetween) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	b.n--
	now := b.n == 0
	b.mu.Unlock()
	if now {
		b.do()
	}
	return b.d.Transport().RoundTrip(r)
}

// TestStopFinishesTheWriteInFlight: when the program is asked to stop during a
// write, that write is finished and recorded, and no other one begins.
func TestStopFinishesTheWriteInFlight(t *testing.T) {
	want, _, _ := undisturbed(t)
	d := troubled(t)
	ctx, stop := context.WithCancel(t.Context())
	d.Script(calendartest.Fault{Method: "PUT", Nth: 1, Do: calendartest.Pass, After: func(*http.Request) { stop() }})
	if _, err := d.e.Pass(ctx, d.now, true); err == nil {
		t.Error("Pass says nothing of it")
	}
	if n := d.Counters().Writes(); n != 1 {
		t.Errorf("%d writes, want 1", n)
	}
	if done, err := d.db.Actions(t.Context(), store.Filter{State: store.Done}); err != nil || len(done) != 1 {
		t.Errorf("Actions = %+v, %v, want the one that was in flight", done, err)
	}
	d.now = d.now.Add(time.Minute)
	d.restart()
	d.converges(want)
}
