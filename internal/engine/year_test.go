package engine_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/caldav"
	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
	"oneonone/internal/google"
	"oneonone/internal/oneonone"
	"oneonone/internal/store"
)

// year is a year in the lives of people whom one engine looks after. What the
// tests know of it they read from the calendars themselves, and from what people
// did.
type year struct {
	*testing.T
	dice    *mathrand.Rand
	now     time.Time
	folks   []*folk
	folk    map[string]*folk
	couples []*couple
	davs    [2]*calendartest.DAV // by site
	google  *calendartest.Google

	o   engine.Options
	dsn string
	db  *store.DB
	e   *engine.Engine
	log bytes.Buffer

	deeds   []deed
	counter int
	down    time.Time // until when the service is down
	lost    bool      // and comes back without its database
	lostAt  time.Time // when it last came back without one
	looked  time.Time // until when meetings were counted
	tookIn  int       // how many of Google's mails the programs of the others took in

	readings map[string]map[string]*thread // by name, until something changes
	before   scene                         // until something changes
	parsed   map[string]*thread            // by path

	asked  map[string]*askedOnce // suggestions that were seen, by who and UID
	news   [4]int                // by site: what guests are to be told of a pass
	passes int
	busy   int // passes that wrote
	faults int
}

// newYear returns the year of a house on its first morning.
func newYear(t *testing.T, house string, seed uint64) *year {
	y := &year{
		T: t, dice: mathrand.New(mathrand.NewPCG(seed, 27)), now: time.Date(2026, 12, 20, 0, 0, 0, 0, time.UTC),
		folk: map[string]*folk{}, readings: map[string]map[string]*thread{}, parsed: map[string]*thread{}, asked: map[string]*askedOnce{},
	}
	y.looked = y.now
	y.folks, y.couples = cast(house)
	y.davs = [2]*calendartest.DAV{calendartest.NewDAV(calendartest.Style{}), calendartest.NewDAV(calendartest.Style{Delivers: true})}
	y.google = calendartest.NewGoogle(calendartest.GoogleStyle{Clock: func() time.Time { return y.now.Add(7 * time.Second) }})
	y.o = engine.Options{
		Policy: policy(), IgnoreTitles: []string{"interview"}, AwayTitles: []string{"vacation"}, MaxChanges: 20, NotifyGuests: true,
		AgendaBase: "https://agenda.example.org", Random: rand.Reader, Contacts: contacts(y.couples), WeeklyStatus: true,
		Log: slog.New(slog.NewTextHandler(&y.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	talking(&y.o)
	for _, f := range y.folks {
		y.folk[f.name] = f
		switch f.site {
		case plain, post:
			y.dav(f.site).AddUser(calendartest.User{Name: f.name, Password: "secret", Mail: []string{f.address()}})
			y.dav(f.site).AddCalendar(f.name, calendartest.Calendar{Name: "work", Zone: f.zone.String()})
		case onGoogle:
			y.google.AddUser(calendartest.GoogleUser{Email: f.address(), Zone: f.zone.String()})
		}
		if f.site != elsewhere {
			y.o.Accounts = append(y.o.Accounts, engine.Account{Name: f.name, Hours: f.hours(), Person: person(f)})
		}
	}
	y.restart(true)
	t.Cleanup(func() { y.db.Close() })
	return y
}

func person(f *folk) calendar.Person {
	return calendar.Person{Name: f.title(), Addresses: []string{f.address()}, Zone: f.zone}
}

func pairKey(a, b string) string { return oneonone.NewPair(a, b).String() }

func (y *year) dav(s site) *calendartest.DAV { return y.davs[s] }

// restart makes a new engine on the same database, or on a new one.
func (y *year) restart(lost bool) {
	y.Helper()
	if y.db != nil {
		y.keepBooks()
		y.db.Close()
	}
	if lost {
		y.dsn, y.lostAt = filepath.Join(y.TempDir(), "oneonone.db"), y.now
	}
	var err error
	if y.db, err = store.Open(context.Background(), y.dsn); err != nil {
		y.Fatal(err)
	}
	o := y.o
	o.Store, o.Accounts = y.db, nil
	for _, a := range y.o.Accounts {
		a.Provider = y.provider(y.folk[a.Name])
		o.Accounts = append(o.Accounts, a)
	}
	y.e = engine.New(o)
}

func (y *year) provider(f *folk) calendar.Provider {
	y.Helper()
	if f.site != onGoogle {
		p, err := caldav.New(caldav.Options{
			URL: "http://127.0.0.1/", Username: f.name, Password: "secret", Zone: f.zone, Transport: y.dav(f.site).Transport(),
		})
		if err != nil {
			y.Fatal(err)
		}
		return p
	}
	data, err := json.Marshal(map[string]any{
		"type": "authorized_user", "client_id": "x", "refresh_token": "x",
		"access_token": y.google.AccessToken(f.address()), "expiry": time.Now().AddDate(2, 0, 0),
	})
	if err != nil {
		y.Fatal(err)
	}
	file := filepath.Join(y.TempDir(), f.name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		y.Fatal(err)
	}
	c, err := google.New(google.Options{Account: f.name, Credential: file, Transport: y.google.Transport(), Logger: y.o.Log})
	if err != nil {
		y.Fatal(err)
	}
	return c
}

// touched says that a calendar has changed.
func (y *year) touched() { y.readings, y.before = map[string]map[string]*thread{}, scene{} }

func (y *year) objects(s site) map[string][]byte {
	if s == elsewhere {
		return nil
	}
	return y.dav(s).Objects()
}

const quarter = 15 * time.Minute

// TestYear is a year of more than twelve relationships (issue 4, "Must hold"). It
// prints what came of it.
func TestYear(t *testing.T) {
	percent := debug.SetGCPercent(400) // Most of what a year needs is soon forgotten.
	t.Cleanup(func() { debug.SetGCPercent(percent) })
	for i, house := range houses {
		t.Run(house, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newYear(t, house, uint64(i+1)).run() })
		})
	}
}

func (y *year) run() {
	y.begin()
	end := time.Date(2028, 1, 3, 0, 0, 0, 0, time.UTC)
	if raced {
		end = time.Date(2027, 5, 3, 0, 0, 0, 0, time.UTC)
		y.Logf("with the race detector the year ends on %s, after one change of all clocks", end.Format(time.DateOnly))
	}
	again := 0
	for ; y.now.Before(end) && !y.gaveUp(); y.now = y.now.Add(quarter) {
		if y.now.Weekday() == time.Monday && y.now.Hour() == 0 && y.now.Minute() == 0 {
			y.week()
		}
		if y.act() {
			again = 2
		}
		if y.now.Before(y.down) {
			continue
		}
		if !y.down.IsZero() {
			y.down, again = time.Time{}, 2
			y.restart(y.lost)
			y.lost = false
		}
		if again > 0 || y.now.Unix()%(8*3600) == 0 {
			y.hold()
			if again--; y.pass() {
				again = 2
			}
		}
	}
	y.finish()
}

// gaveUp reports whether so much went wrong that the rest would only be noise.
func (y *year) gaveUp() bool { return y.Failed() && y.faults > 40 }
