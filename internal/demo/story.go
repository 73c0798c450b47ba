package demo

import "time"

// week is the week of trouble, Monday to Friday in Ann's zone.
type week struct {
	monday time.Time // 00:00 in Vienna
	zones  map[string]*time.Location
	events []event
}

// lead is how long before its Monday the demonstration is shown at the least,
// so that nothing in the week is at short notice (R10, R14).
const lead = 48 * time.Hour

// past is how many weeks ago the series began.
const past = 6

// newWeek returns the first week that begins at least two days after now.
func newWeek(now time.Time) *week {
	w := &week{zones: map[string]*time.Location{}}
	for _, name := range []string{vienna, london} {
		z, err := time.LoadLocation(name)
		if err != nil {
			panic(err) // main carries the zones of the world (time/tzdata).
		}
		w.zones[name] = z
	}
	from := now.In(w.zones[vienna]).Add(lead)
	w.monday = time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, w.zones[vienna])
	for w.monday.Weekday() != time.Monday || w.monday.Before(from) {
		w.monday = w.monday.AddDate(0, 0, 1)
	}
	w.events = append(usual(), trouble()...)
	return w
}

// Days of the week of trouble.
const (
	mon = iota
	tue
	wed
	thu
	fri
)

// event is an event of the story. Times are those on Ann's wall, also for
// Dora, whose clock is always one hour behind it: both zones change their
// clocks at the same instant.
type event struct {
	uid    string
	title  string
	text   string   // description
	whose  []person // the first one organizes; everybody has a copy
	day    int
	at     string // "10:30"; empty for all day
	length time.Duration
	days   int    // all-day events: how many
	rule   string // RRULE; series other than those with COUNT began weeks ago
	// no are those who declined the occurrence in the week of trouble, with
	// that answer in their own copy, as their client left it.
	no *person
	// pinned is the day of an occurrence on which somebody wrote #pin; 0 for none.
	pinned int
}

const (
	daily  = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
	weekly = "FREQ=WEEKLY"
)

// usual is what they have every week, in which nothing is wrong.
func usual() []event {
	half := 30 * time.Minute
	team := []person{ann, bob, carl, emil}
	return []event{
		{uid: "one-ann-bob", title: "Ann / Bob", whose: []person{ann, bob}, day: mon, at: "11:00", length: half, rule: weekly},
		{uid: "one-ann-carl", title: "Ann / Carl", whose: []person{ann, carl}, day: thu, at: "15:00", length: 45 * time.Minute, rule: weekly},
		{uid: "one-ann-dora", title: "Ann / Dora", whose: []person{ann, dora}, day: thu, at: "10:30", length: half, rule: weekly, no: &dora},
		{uid: "stand-up", title: "Stand-up", whose: team, day: mon, at: "09:15", length: 15 * time.Minute, rule: daily},
		{uid: "team", title: "Team meeting", whose: team, day: mon, at: "14:00", length: time.Hour, rule: weekly},
		{uid: "lunch-ann", title: "Lunch", whose: []person{ann}, day: mon, at: "12:30", length: 45 * time.Minute, rule: daily},
		{uid: "support-bob", title: "Support desk", whose: []person{bob}, day: tue, at: "13:00", length: 2 * time.Hour, rule: weekly},
		{uid: "reviews-carl", title: "Code reviews", whose: []person{carl}, day: tue, at: "13:30", length: 90 * time.Minute, rule: weekly},
		{uid: "critique-dora", title: "Design critique", whose: []person{dora}, day: wed, at: "15:00", length: time.Hour, rule: weekly},
	}
}

// trouble is what makes this week different.
func trouble() []event {
	return []event{
		// Emil is new: a 1:1 every day of his first week. On Monday it is on top of Bob's.
		{uid: "one-ann-emil", title: "Ann / Emil", text: "Emil's first week: every day.", whose: []person{ann, emil},
			day: mon, at: "11:00", length: 30 * time.Minute, rule: daily + ";COUNT=5", pinned: fri},
		{uid: "tour", title: "Welcome tour", whose: []person{emil}, day: mon, at: "09:45", length: time.Hour},
		{uid: "set-up", title: "IT set-up", whose: []person{emil}, day: mon, at: "11:30", length: 2 * time.Hour},
		// A double booking.
		{uid: "budget", title: "Budget talk", whose: []person{ann}, day: tue, at: "10:30", length: 75 * time.Minute},
		{uid: "hiring", title: "Hiring panel", whose: []person{ann}, day: tue, at: "13:30", length: 90 * time.Minute},
		// A day without room.
		{uid: "visit", title: "Client visit", whose: []person{ann}, day: wed, at: "09:30", length: 165 * time.Minute},
		{uid: "planning", title: "Planning", whose: []person{ann}, day: wed, at: "13:15", length: 255 * time.Minute},
		// Dora cannot on Thursday, and says no.
		{uid: "client-dora", title: "Client call", whose: []person{dora}, day: thu, at: "10:00", length: 90 * time.Minute},
		// Carl is away.
		{uid: "away-carl", title: "Vacation", whose: []person{carl}, day: wed, days: 3},
		// Another double booking, of a meeting that somebody pinned.
		{uid: "all-hands", title: "All-hands", whose: []person{ann}, day: fri, at: "10:30", length: time.Hour},
	}
}
