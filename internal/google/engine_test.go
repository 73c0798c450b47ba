package google_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
	"oneonone/internal/google"
	"oneonone/internal/hours"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

const (
	ann = "ann@example.org"
	bob = "bob@example.org"
)

// office is Ann and Bob on one Google, with an engine that looks after both:
// a 1:1 each Tuesday at 10:00, and the dentist twice at that time.
type office struct {
	testing.TB
	g   *calendartest.Google
	e   *engine.Engine
	log bytes.Buffer
	now time.Time
	db  *store.DB
	// again starts the program anew on another store.
	again func(*store.DB) *engine.Engine
}

func newOffice(t testing.TB, style calendartest.GoogleStyle, change ...func(*office, *engine.Options)) *office {
	t.Helper()
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	o := &office{TB: t, now: time.Date(2026, 11, 23, 8, 0, 0, 0, vienna)}
	style.Clock = func() time.Time { return o.now }
	o.g = calendartest.NewGoogle(style)
	options := engine.Options{
		Policy: reschedule.Policy{
			Mode: reschedule.Act, Notice: 2 * time.Hour, Settle: 10 * time.Minute, Horizon: 28 * 24 * time.Hour,
			Grid: 15 * time.Minute, Before: 10 * time.Minute, After: 15 * time.Minute, Shortest: 10 * time.Minute,
			Spacing: 24 * time.Hour, PerOccurrence: 1, PerSeries: 2, AskWithin: 24 * time.Hour,
		},
		MaxChanges: 20, NotifyGuests: true, AgendaBase: "https://agenda.example.org", Random: rand.Reader,
		Log: slog.New(slog.NewTextHandler(&o.log, nil)),
	}
	for _, address := range []string{ann, bob} {
		name, _, _ := strings.Cut(address, "@")
		o.g.AddUser(calendartest.GoogleUser{Email: address, Zone: "Europe/Vienna"})
		options.Accounts = append(options.Accounts, engine.Account{
			Name: name, Hours: hours.MustParse("Mon-Fri 09:00-17:00"), Provider: o.signIn(name, address),
			Person: calendar.Person{Name: name, Addresses: []string{address}, Zone: vienna},
		})
	}
	o.g.Put(ann, event("weekly0001", "2026-11-03T10:00:00+01:00", "2026-11-03T10:30:00+01:00",
		`,"recurrence":["RRULE:FREQ=WEEKLY;BYDAY=TU"],"attendees":[{"email":"ann@example.org","responseStatus":"accepted"},{"email":"bob@example.org","responseStatus":"accepted"}]`))
	o.g.Put(bob, event("dentist001", "2026-12-01T10:00:00+01:00", "2026-12-01T11:00:00+01:00", ""))
	o.g.Put(bob, event("dentist002", "2026-12-08T10:00:00+01:00", "2026-12-08T11:00:00+01:00", ""))
	options.Store, err = store.Open(context.Background(), filepath.Join(t.TempDir(), "oneonone.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { options.Store.Close() })
	for _, f := range change {
		f(o, &options)
	}
	o.again = func(db *store.DB) *engine.Engine {
		on := options
		o.db, on.Store = db, db
		return engine.New(on)
	}
	o.e = o.again(options.Store)
	return o
}

func event(id, start, end, more string) string {
	return fmt.Sprintf(`{"id":%q,"summary":"Meeting","start":{"dateTime":%q,"timeZone":"Europe/Vienna"},"end":{"dateTime":%q,"timeZone":"Europe/Vienna"}%s}`, id, start, end, more)
}

func (o *office) signIn(name, address string) *google.Client {
	o.Helper()
	data, err := json.Marshal(map[string]any{
		"type": "authorized_user", "client_id": "x", "access_token": o.g.AccessToken(address), "refresh_token": "x", "expiry": time.Now().AddDate(1, 0, 0),
	})
	if err != nil {
		o.Fatal(err)
	}
	file := filepath.Join(o.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		o.Fatal(err)
	}
	c, err := google.New(google.Options{Account: name, Credential: file, Transport: o.g.Transport(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		o.Fatal(err)
	}
	return c
}

// pass runs a pass a quarter of an hour after the last one.
func (o *office) pass() engine.Report {
	o.Helper()
	o.now = o.now.Add(15 * time.Minute)
	r, err := o.e.Pass(context.Background(), o.now, true)
	if err != nil || len(r.Failed) > 0 {
		o.Fatalf("Pass: %v, %v\n%s", err, r.Failed, &o.log)
	}
	return r
}

// starts returns when the 1:1s of the two bad days begin, in both calendars.
func (o *office) starts() string {
	o.Helper()
	var list []string
	for _, who := range []string{ann, bob} {
		for _, day := range []int{1, 8} {
			id, _ := o.g.Instance(who, "weekly0001", time.Date(2026, 12, day, 10, 0, 0, 0, o.now.Location()))
			data, _ := o.g.Event(who, id)
			var e struct{ Start struct{ DateTime time.Time } }
			if err := json.Unmarshal(data, &e); err != nil {
				o.Fatal(err)
			}
			list = append(list, e.Start.DateTime.In(o.now.Location()).Format("2 15:04"))
		}
	}
	return strings.Join(list, ", ")
}

// wellBehaved checks that guests got one mail for each of the two moves, and that
// nothing was sent that must not be.
func (o *office) wellBehaved() {
	o.Helper()
	updates := 0
	for _, m := range o.g.Mails() {
		if m.What == "update" {
			updates++
		}
	}
	if updates != 2 {
		o.Errorf("%d mails about changes, want one for each move: %v", updates, o.g.Mails())
	}
	for _, v := range o.g.Violations() {
		o.Error(v)
	}
}

// The main job over Google: both 1:1s move to the nearest slot in both
// calendars with one mail each, whatever happens on the way, and then there is
// nothing left to do.
func TestPassesOverGoogle(t *testing.T) {
	patch := calendartest.Fault{Method: http.MethodPatch, Nth: 2}
	cut, late, busy := patch, patch, patch
	cut.Do, late.Do = calendartest.CutAfter, calendartest.CutBefore
	busy.Do, busy.Status, busy.Reason = calendartest.Answer, http.StatusServiceUnavailable, "backendError"
	for name, test := range map[string]struct {
		style  calendartest.GoogleStyle
		faults []calendartest.Fault
	}{
		"nothing goes wrong":           {},
		"opaque ids, small pages":      {style: calendartest.GoogleStyle{OpaqueIDs: true, Page: 2}},
		"masters keep their ETag":      {style: calendartest.GoogleStyle{SteadyMaster: true}},
		"cut after the change":         {faults: []calendartest.Fault{cut}},
		"cut after it, steady masters": {style: calendartest.GoogleStyle{SteadyMaster: true}, faults: []calendartest.Fault{cut}},
		"cut before the change":        {faults: []calendartest.Fault{late}},
		"busy at the change":           {faults: []calendartest.Fault{busy}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, test.style)
			o.g.Script(test.faults...)
			for range 5 {
				o.pass()
			}
			if got, want := o.starts(), "1 09:15, 8 09:15, 1 09:15, 8 09:15"; got != want {
				t.Errorf("the 1:1s begin at %s, want %s\n%s", got, want, &o.log)
			}
			if r := o.pass(); r.Writes+r.Conflicts+r.Pulled > 0 {
				t.Errorf("there was something left to do: %+v", r)
			}
			o.wellBehaved()
		})
	}
}

// Whatever a server and a network do to the requests of some passes, afterwards
// both 1:1s stand where they would have stood, and nothing was done twice.
func TestChaosOverGoogle(t *testing.T) {
	troubles := 0
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t, calendartest.GoogleStyle{SteadyMaster: seed%2 == 0})
				o.g.Chaos(seed, 0.6,
					calendartest.Fault{Do: calendartest.CutBefore}, calendartest.Fault{Do: calendartest.CutAfter}, calendartest.Fault{Do: calendartest.Twice},
					calendartest.Fault{Do: calendartest.Answer, Status: http.StatusServiceUnavailable, Reason: "backendError"},
					calendartest.Fault{Do: calendartest.Answer, Status: http.StatusTooManyRequests, Reason: "rateLimitExceeded", RetryAfter: "3"},
				)
				for range 8 {
					o.now = o.now.Add(15 * time.Minute)
					if _, err := o.e.Pass(context.Background(), o.now, true); err != nil {
						t.Fatalf("Pass: %v", err)
					}
				}
				troubles += strings.Count(o.log.String(), "level=WARN")
				o.g.Heal()
				for range 6 { // What failed waits longer each time.
					o.now = o.now.Add(time.Hour)
					o.pass()
				}
				if got, want := o.starts(), "1 09:15, 8 09:15, 1 09:15, 8 09:15"; got != want {
					t.Errorf("the 1:1s begin at %s, want %s\n%s", got, want, &o.log)
				}
				o.wellBehaved()
			})
		})
	}
	if troubles == 0 {
		t.Error("no pass saw any trouble, which proves nothing")
	}
}

// A quiet pass costs one request for each calendar.
func TestQuietPassCostsOneRequestEach(t *testing.T) {
	o := newOffice(t, calendartest.GoogleStyle{})
	for range 5 {
		o.pass()
	}
	o.g.ResetCounters()
	o.pass()
	if calls := o.g.Calls(); len(calls) != 1 || calls["calendar.events.list"] != 2 {
		t.Errorf("a quiet pass made %v", calls)
	}
}

// What was done can be undone and taken off again, in both calendars.
func TestUndoAndRemoveOverGoogle(t *testing.T) {
	o := newOffice(t, calendartest.GoogleStyle{})
	for range 3 {
		o.pass()
	}
	o.now = o.now.Add(time.Minute)
	undone, err := o.e.Undo(context.Background(), o.now, 0)
	if err != nil || len(undone) != 2 || undone[0].Err != nil || undone[1].Err != nil {
		t.Errorf("Undo = %+v, %v", undone, err)
	}
	if got, want := o.starts(), "1 10:00, 8 10:00, 1 10:00, 8 10:00"; got != want {
		t.Errorf("the 1:1s begin at %s, want %s", got, want)
	}
	o.now = o.now.Add(time.Minute)
	removed, err := o.e.Remove(context.Background(), o.now)
	if err != nil || len(removed.Failed) > 0 {
		t.Errorf("Remove = %+v, %v\n%s", removed, err, &o.log)
	}
	for name, data := range o.g.Snapshot() {
		if strings.Contains(string(data), "oneonone") || strings.Contains(string(data), "agenda.example.org") {
			t.Errorf("something of the program is left on %s: %s", name, data)
		}
	}
	for _, v := range o.g.Violations() {
		t.Error(v)
	}
}
