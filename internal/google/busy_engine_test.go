package google_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
	"oneonone/internal/hours"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// withGuest is the office when Bob has no account here, and Ann a review beside
// two of their 1:1s. The free/busy of Bob's calendar is shown to Ann if visible.
func withGuest(t *testing.T, visible bool) *office {
	t.Helper()
	o := newOffice(t, calendartest.GoogleStyle{})
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "guest.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	o.e = engine.New(engine.Options{
		Store: db,
		Accounts: []engine.Account{{
			Name: "ann", Hours: hours.MustParse("Mon-Fri 09:00-17:00"), Provider: o.signIn("guest", ann),
			Person: calendar.Person{Name: "ann", Addresses: []string{ann}, Zone: o.now.Location()},
		}},
		Policy: reschedule.Policy{
			Mode: reschedule.Act, Notice: 2 * time.Hour, Settle: 10 * time.Minute, Horizon: 28 * 24 * time.Hour,
			Grid: 15 * time.Minute, Before: 10 * time.Minute, After: 15 * time.Minute, Shortest: 10 * time.Minute,
			Spacing: 24 * time.Hour, PerOccurrence: 1, PerSeries: 2, AskWithin: 24 * time.Hour,
		},
		MaxChanges: 20, NotifyGuests: true, AgendaBase: "https://agenda.example.org", Random: rand.Reader,
		Log: slog.New(slog.NewTextHandler(&o.log, nil)),
	})
	for _, day := range []string{"01", "08"} {
		o.g.Put(ann, event("review00"+day, "2026-12-"+day+"T09:45:00+01:00", "2026-12-"+day+"T10:30:00+01:00", ""))
	}
	if visible {
		o.g.Share(bob, ann, calendartest.RoleFreeBusy)
	}
	return o
}

// bobHas puts an event into Bob's calendar, in November and December 2026.
func (o *office) bobHas(id, start, end, more string) {
	o.g.Put(bob, event(id, "2026-"+start+":00+01:00", "2026-"+end+":00+01:00", more))
}

// at returns when Ann's 1:1 of a day in December begins.
func (o *office) at(day int) string {
	o.Helper()
	id, _ := o.g.Instance(ann, "weekly0001", time.Date(2026, 12, day, 10, 0, 0, 0, o.now.Location()))
	data, _ := o.g.Event(ann, id)
	var e struct{ Start struct{ DateTime time.Time } }
	if err := json.Unmarshal(data, &e); err != nil {
		o.Fatal(err)
	}
	return e.Start.DateTime.In(o.now.Location()).Format("2 15:04")
}

// reasons returns why moves are only suggested.
func (o *office) reasons() string {
	o.Helper()
	look, err := o.e.Look(context.Background(), o.now)
	if err != nil {
		o.Fatal(err)
	}
	var all []string
	for _, it := range look.Items {
		if it.Decision.Because != "" {
			all = append(all, it.Decision.Because)
		}
	}
	return strings.Join(all, "; ")
}

// A guest without an account here whose free/busy Google shows: the meeting
// moves to where both are free, although only Google knows what Bob does.
func TestR7GuestWithVisibleFreeBusy(t *testing.T) {
	o := withGuest(t, true)
	// Ann could go to 09:00 and 10:45. Bob is at the dentist from ten to eleven.
	o.bobHas("morning001", "12-01T08:30", "12-01T10:00", "")
	o.bobHas("morning002", "12-01T11:00", "12-01T12:00", "")
	o.pass()
	if got, want := o.at(1), "1 12:15"; got != want {
		t.Errorf("the 1:1 is at %s, want %s\n%s", got, want, &o.log)
	}
	if got, want := o.at(8), "8 09:00"; got != want {
		t.Errorf("the 1:1 is at %s, want %s\n%s", got, want, &o.log)
	}
	for _, v := range o.g.Violations() {
		t.Error(v)
	}
	// The new places of the 1:1s are in Bob's free/busy by now, and no conflict.
	before := o.g.Writes()
	for range 4 {
		if r := o.pass(); r.Moved > 0 {
			t.Errorf("it was moved again: %+v\n%s", r, &o.log)
		}
	}
	if n := o.g.Writes() - before; n > 1 { // the agenda link
		t.Errorf("%d writes when nothing was left to do\n%s", n, &o.log)
	}
}

// What is asked is no more than needed: nobody when the guest has an account
// here, and twelve questions in a quiet hour when not.
func TestFreeBusyCosts(t *testing.T) {
	o := newOffice(t, calendartest.GoogleStyle{})
	o.pass()
	if n := o.g.Calls()["calendar.freebusy.query"]; n > 0 {
		t.Errorf("%d questions about people who have an account here", n)
	}
	o = withGuest(t, true)
	for range 5 {
		o.pass()
	}
	o.g.ResetCounters()
	for range 60 {
		o.now = o.now.Add(time.Minute)
		if _, err := o.e.Pass(context.Background(), o.now, true); err != nil {
			t.Fatal(err)
		}
	}
	if calls := o.g.Calls(); calls["calendar.freebusy.query"] != 24 || calls["calendar.events.list"] != 60 {
		t.Errorf("a quiet hour made %v, want 12 questions of 2 requests and 60 polls", calls)
	}
}

// A guest of whom Google tells nothing is unknown and not free (R7): the move
// is suggested, and the reason says so. When the calendar is shown later, it is made.
func TestR7GuestNotFound(t *testing.T) {
	o := withGuest(t, false)
	for range 2 {
		o.pass()
	}
	if got, want := o.at(1), "1 10:00"; got != want {
		t.Errorf("the 1:1 was moved to %s although nobody knows when Bob is free", got)
	}
	if got := o.reasons(); !strings.Contains(got, "bob@example.org cannot be read, so only working hours are known") {
		t.Errorf("the reasons are %q", got)
	}
	o.g.Share(bob, ann, calendartest.RoleFreeBusy)
	o.pass()
	if got := o.at(1); got == "1 10:00" {
		t.Errorf("Bob's free/busy is known, and the 1:1 still stands in a conflict; %s\n%s", o.reasons(), &o.log)
	}
}

// An answer that cannot be had again counts for a quarter of an hour.
func TestR7FreeBusyGoesStale(t *testing.T) {
	o := withGuest(t, true)
	o.pass()
	o.g.Script(calendartest.Fault{
		Match: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/freeBusy") },
		Do:    calendartest.Answer, Status: http.StatusForbidden, Reason: "forbidden",
	})
	o.g.Put(ann, event("offsite001", "2026-12-15T09:30:00+01:00", "2026-12-15T11:30:00+01:00", ""))
	o.pass()
	o.now = o.now.Add(5 * time.Minute)
	o.pass()
	if got, want := o.at(15), "15 10:00"; got != want {
		t.Errorf("the 1:1 was moved to %s on old knowledge", got)
	}
	if got := o.reasons(); !strings.Contains(got, "cannot be read") {
		t.Errorf("the reasons are %q", got)
	}
	if !strings.Contains(o.log.String(), "it cannot be asked when guests") {
		t.Errorf("the log does not say it:\n%s", &o.log)
	}
}

// The guest's own copy of the 1:1 is busy in free/busy. Together with an event
// right after it Google tells one stretch; what is left of that without the 1:1
// counts, the 1:1 does not (R4).
func TestR4OwnShadowIsNoConflict(t *testing.T) {
	o := withGuest(t, true)
	o.g.Delete(ann, "review0001")
	o.g.Delete(ann, "review0008")
	o.bobHas("after00001", "12-15T10:30", "12-15T11:30", "")
	o.bobHas("before0001", "12-15T09:00", "12-15T10:00", "")
	for range 4 {
		o.pass()
	}
	if got, want := o.at(15), "15 10:00"; got != want {
		t.Errorf("the 1:1 fled its own shadow to %s\n%s", got, &o.log)
	}
	if got := o.reasons(); got != "" {
		t.Errorf("reasons %q", got)
	}
}
