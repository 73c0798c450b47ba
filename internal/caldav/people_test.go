package caldav

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/span"
)

// TestPeopleSeeWhatIsMade looks with the calendar program of a person at what
// the program made: a suggestion, and a series that goes on in another.
func TestPeopleSeeWhatIsMade(t *testing.T) {
	s := calendartest.Radicale(t)
	a := s.Account("alice")
	c := newClient(t, Options{URL: s.URL, Username: a.User, Password: a.Password, Zone: vienna})
	create := func(d calendar.Draft) calendar.Resource {
		t.Helper()
		d.Calendar = a.Calendar
		r, err := c.Create(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	at := func(month time.Month, day, hour int) time.Time {
		return time.Date(2027, month, day, hour, 0, 0, 0, vienna)
	}
	old := create(calendar.Draft{
		ID: "old00", Title: "Alice / Bob", Start: at(3, 2, 10), End: at(3, 2, 11), RRule: "FREQ=WEEKLY;COUNT=20", Now: written,
		Attendees: []calendar.Attendee{{Address: "bob@example.org", Name: "Bob, B."}}, Self: []string{"alice@example.org"},
	})
	moved := span.Of(at(4, 7, 15), time.Hour)
	old, err := c.Apply(ctx, calendar.Change{Base: old, Now: written, Organizer: true, Parts: []calendar.Part{{Original: at(4, 6, 10), To: &moved}}})
	if err != nil {
		t.Fatal(err)
	}
	cut := at(3, 23, 10)
	create(calendar.Draft{
		ID: "after", Like: []calendar.Resource{old}, After: "old00", Start: cut, End: cut.Add(45 * time.Minute),
		RRule: "FREQ=WEEKLY;INTERVAL=2", Carry: []calendar.Carried{{From: at(4, 6, 10), To: at(4, 6, 10), Span: moved}}, Now: written,
	})
	if _, err := c.Apply(ctx, calendar.Change{Base: old, Now: written, Organizer: true, Parts: []calendar.Part{{Until: &cut}}}); err != nil {
		t.Fatal(err)
	}
	d := suggestion("hello")
	d.Start, d.End, d.Description = at(3, 1, 9), at(3, 1, 9).Add(15*time.Minute), "Ja; nein,\nGrüße 🙂"
	create(d)

	m := calendartest.Vdirsyncer(t, a)
	m.Sync()
	want := []string{
		"2027-03-01 09:00|2027-03-01 09:15|Suggestion: 1:1 with Bob every two weeks",
		"2027-03-02 10:00|2027-03-02 11:00|Alice / Bob",
		"2027-03-09 10:00|2027-03-09 11:00|Alice / Bob",
		"2027-03-16 10:00|2027-03-16 11:00|Alice / Bob",
		"2027-03-23 10:00|2027-03-23 10:45|Alice / Bob",
		"2027-04-07 15:00|2027-04-07 16:00|Alice / Bob",
		"2027-04-20 10:00|2027-04-20 10:45|Alice / Bob",
		"2027-05-04 10:00|2027-05-04 10:45|Alice / Bob",
	}
	if diff := cmp.Diff(want, m.Agenda("2027-03-01", 70)); diff != "" {
		t.Error(diff)
	}
}
