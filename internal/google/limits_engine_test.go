package google_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
)

// loosely runs a pass of which something may fail.
func (o *office) loosely(wait time.Duration) engine.Report {
	o.Helper()
	o.now = o.now.Add(wait)
	r, err := o.e.Pass(context.Background(), o.now, false)
	if err != nil {
		o.Fatal(err)
	}
	return r
}

// At the calendar usage limits nothing is written for hours, in this account
// alone, and reading goes on.
func TestQuotaExceededParksWritesOnly(t *testing.T) {
	o := newOffice(t, calendartest.GoogleStyle{})
	o.g.Script(calendartest.Fault{Method: http.MethodPatch, Do: calendartest.Answer, Status: http.StatusForbidden, Reason: "quotaExceeded"})
	r := o.loosely(15 * time.Minute)
	if r.Failed["ann"] == nil || !strings.Contains(r.Failed["ann"].Error(), "nothing is written for some hours") || r.Failed["bob"] != nil {
		t.Errorf("Failed = %v", r.Failed)
	}
	o.g.Heal()
	o.g.ResetCounters()
	for range 23 {
		r = o.loosely(15 * time.Minute)
	}
	if calls := o.g.Calls(); calls["calendar.events.patch"] != 0 || calls["calendar.events.list"] != 46 {
		t.Errorf("in the hours after it %v", calls)
	}
	if r.Failed["ann"] == nil || len(r.Plan.Behind) > 0 {
		t.Errorf("Failed = %v, not read: %v", r.Failed, r.Plan.Behind)
	}
	for range 5 {
		r = o.loosely(15 * time.Minute)
	}
	if got, want := o.starts(), "1 09:15, 8 09:15, 1 09:15, 8 09:15"; got != want || len(r.Failed) > 0 {
		t.Errorf("after that the 1:1s begin at %s, want %s; %v\n%s", got, want, r.Failed, &o.log)
	}
}

// A calendar that is gone or forbidden keeps back neither its account nor the
// others: what was known of it takes up time until it leaves the list.
func TestOneLostCalendarKeepsNothingBack(t *testing.T) {
	o := newOffice(t, calendartest.GoogleStyle{})
	team := o.g.AddCalendar(bob, "Team", "")
	o.g.Put(team, event("offsite001", "2026-12-15T09:30:00+01:00", "2026-12-15T12:00:00+01:00", ""))
	for range 3 {
		o.pass()
	}
	o.g.Script(calendartest.Fault{
		Match: func(r *http.Request) bool { return strings.Contains(r.URL.Path, team) },
		Do:    calendartest.Answer, Status: http.StatusForbidden, Reason: "forbidden",
	})
	o.g.Edit(ann, "weekly0001", `{"summary":"Ann and Bob"}`)
	r := o.loosely(15 * time.Minute)
	if len(r.Failed) > 0 || len(r.Plan.Behind) > 0 || r.Pulled == 0 {
		t.Errorf("%+v", r)
	}
	r = o.loosely(15 * time.Minute)
	var because []string
	for _, it := range r.Plan.Items {
		because = append(because, it.Decision.Reason+" "+it.Decision.Because)
	}
	if all := strings.Join(because, "; "); !strings.Contains(all, "bob is not available then. the calendar of bob cannot be read") {
		t.Errorf("the decisions say %s", all)
	}
	stood, err := o.db.AccountStatuses(context.Background())
	if err != nil || !strings.Contains(stood[1].Failing, `calendar "Team" cannot be read`) || stood[0].Failing != "" {
		t.Errorf("status %+v, %v", stood, err)
	}
	o.g.ResetCounters()
	for range 10 {
		o.loosely(time.Minute)
	}
	if n := o.g.Calls()["calendar.calendarList.list"]; n > 1 {
		t.Errorf("%d lists of calendars in ten minutes", n)
	}
	o.g.Share(team, bob, "")
	o.loosely(15 * time.Minute)
	r = o.loosely(15 * time.Minute)
	if stood, err = o.db.AccountStatuses(context.Background()); err != nil || stood[1].Failing != "" || len(r.Failed) > 0 {
		t.Errorf("after it left the list: %+v, %v, %v", stood, err, r.Failed)
	}
	for _, it := range r.Plan.Items {
		if len(it.Decision.Conflicts) > 0 {
			t.Errorf("what is gone is still in the way: %+v", it.Decision)
		}
	}
}
