package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"oneonone/internal/engine"
	"oneonone/internal/hours"
)

// site is the sort of server that somebody has a calendar on.
type site int

const (
	plain     site = iota // CalDAV that delivers nothing
	post                  // CalDAV that delivers invitations
	onGoogle              // Google
	elsewhere             // nobody knows
)

// folk is somebody of the year.
type folk struct {
	name     string
	zone     *time.Location
	from, to int // minutes of the day, Monday to Friday
	site     site
}

func (f *folk) address() string { return address(f.name) }

// title is what f is called.
func (f *folk) title() string { return strings.ToUpper(f.name[:1]) + f.name[1:] }

// works reports whether the time lies in the working hours of f.
func (f *folk) works(from, to time.Time) bool {
	a, b := from.In(f.zone), to.In(f.zone)
	day := a.Weekday()
	minutes := func(t time.Time) int { return t.Hour()*60 + t.Minute() }
	return day != time.Saturday && day != time.Sunday && a.YearDay() == b.YearDay() && minutes(a) >= f.from && minutes(b) <= f.to
}

func (f *folk) hours() hours.Week {
	return hours.MustParse(fmt.Sprintf("Mon-Fri %02d:%02d-%02d:%02d", f.from/60, f.from%60, f.to/60, f.to%60))
}

// couple is a relationship of the year, with the habits of its two people.
type couple struct {
	organizer, guest *folk
	rule             string // "" for people that only keep in touch
	minutes          int
	first            time.Time
	// took is how long the meeting of that day takes in minutes, 0 when nobody
	// measures it.
	took func(at time.Time) int
	// replies is what is answered to a suggestion; nil for whatever comes to mind.
	replies func(title string, at time.Time) string
	calm    bool // nobody declines, drags or deletes anything
	stays   bool // no server can bring a change to both (R2)
	every   int  // R30: days

	held    []time.Time
	askedOf []*askedOnce
	dragged map[string]time.Time // where people put occurrences
	deleted map[string]bool
	moved   map[string]int
	short   map[string]bool
	stuck   map[string]bool
	notes   []remark // what explains a long time without a meeting
	mails   int
	made    int // single meetings that the program made
	changed int // series that the program made
}

// remark is something that happened.
type remark struct {
	at   time.Time
	text string
}

func (c *couple) String() string { return c.organizer.name + "-" + c.guest.name }

func (c *couple) note(at time.Time, format string, args ...any) {
	c.notes = append(c.notes, remark{at, fmt.Sprintf(format, args...)})
}

func (c *couple) both() []*folk { return []*folk{c.organizer, c.guest} }

var (
	newYork = zone("America/New_York")
	sydney  = zone("Australia/Sydney")
)

// houses are the parts of the year that have nothing to do with each other, each
// with an engine of its own: people on a server that delivers nothing, on one
// that does, and on Google, with one who is not.
var houses = []string{"vienna", "sydney", "newyork"}

// cast is everybody in a house.
func cast(house string) (folks []*folk, couples []*couple) {
	add := func(name string, z *time.Location, from, to int, s site) *folk {
		f := &folk{name, z, from, to, s}
		folks = append(folks, f)
		return f
	}
	ann := add("ann", vienna, 9*60, 17*60, plain)
	bob := add("bob", vienna, 8*60+30, 16*60+30, plain)
	carl := add("carl", vienna, 9*60, 17*60, plain)
	nora := add("nora", vienna, 9*60, 17*60, plain)
	dora := add("dora", newYork, 8*60, 17*60, plain)
	erik := add("erik", sydney, 9*60, 17*60, post)
	fay := add("fay", sydney, 8*60+30, 17*60, post)
	gil := add("gil", newYork, 12*60, 20*60+30, post)
	hana := add("hana", newYork, 8*60, 17*60, onGoogle)
	ivan := add("ivan", newYork, 10*60, 19*60, onGoogle)
	jo := add("jo", vienna, 9*60, 17*60+30, onGoogle)
	kim := add("kim", sydney, 8*60, 17*60, onGoogle)
	pia := add("pia", vienna, 8*60+30, 16*60+30, plain)
	lee := add("lee", vienna, 9*60, 17*60, elsewhere)

	on := func(z *time.Location, month time.Month, day, hour, minute int) time.Time {
		return time.Date(2027, month, day, hour, minute, 0, 0, z)
	}
	often := func(low, high int, from, to time.Month) func(time.Time) int {
		return func(at time.Time) int {
			if m := at.Month(); m < from || m > to {
				return 0
			}
			return low + int(at.Unix()/86400*7)%(high-low)
		}
	}
	couples = map[string][]*couple{"vienna": {
		{organizer: ann, guest: bob, rule: "FREQ=WEEKLY", minutes: 30, first: on(vienna, 1, 5, 10, 0), took: shortThenLong},
		{organizer: ann, guest: carl, rule: "FREQ=WEEKLY;INTERVAL=2", minutes: 60, first: on(vienna, 1, 6, 11, 0),
			took: often(58, 75, 2, 12), replies: noUntil(time.May, "every week")},
		{organizer: ann, guest: dora, rule: "FREQ=WEEKLY", minutes: 45, first: on(vienna, 1, 7, 15, 0), took: often(62, 85, 3, 6)},
		{organizer: ann, guest: nora, rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", minutes: 15, first: on(vienna, 1, 18, 9, 30), replies: always("accepted"), calm: true},
		{organizer: bob, guest: carl, rule: "FREQ=WEEKLY", minutes: 30, first: on(vienna, 1, 4, 14, 0)},
		{organizer: ann, guest: lee, every: 42},
	}, "sydney": {
		{organizer: erik, guest: fay, rule: "FREQ=WEEKLY", minutes: 30, first: on(sydney, 1, 6, 10, 0), replies: yesTo("on ", "every other")},
		{organizer: erik, guest: gil, rule: "FREQ=WEEKLY;INTERVAL=2", minutes: 45, first: on(sydney, 1, 5, 9, 30)},
		{organizer: fay, guest: gil, rule: "FREQ=WEEKLY", minutes: 30, first: on(sydney, 1, 7, 9, 0), took: often(20, 35, 1, 12)},
	}, "newyork": {
		{organizer: hana, guest: ivan, rule: "FREQ=WEEKLY", minutes: 30, first: on(newYork, 1, 6, 11, 0), took: often(8, 18, 4, 12)},
		{organizer: hana, guest: jo, rule: "FREQ=WEEKLY", minutes: 45, first: on(newYork, 1, 7, 9, 0)},
		{organizer: kim, guest: ivan, rule: "FREQ=WEEKLY;INTERVAL=2", minutes: 30, first: on(sydney, 1, 5, 8, 15)},
		{organizer: jo, guest: pia, rule: "FREQ=WEEKLY", minutes: 30, first: on(vienna, 1, 8, 10, 0)},
		{organizer: pia, guest: ivan, rule: "FREQ=WEEKLY", minutes: 30, first: on(vienna, 1, 4, 16, 15), stays: true},
	}}[house]
	folks = slices.DeleteFunc(folks, func(f *folk) bool {
		return !slices.ContainsFunc(couples, func(c *couple) bool { return c.organizer == f || c.guest == f })
	})
	for _, c := range couples {
		c.dragged, c.deleted = map[string]time.Time{}, map[string]bool{}
		c.moved, c.short, c.stuck = map[string]int{}, map[string]bool{}, map[string]bool{}
	}
	return folks, couples
}

// shortThenLong is the habit of two who have little to say until June and much
// from September on.
func shortThenLong(at time.Time) int {
	switch m := at.Month(); {
	case m <= time.May:
		return 10 + at.Day()%8
	case m >= time.September:
		return 60 + at.Day()%10
	}
	return 0
}

func always(answer string) func(string, time.Time) string {
	return func(string, time.Time) string { return answer }
}

// noUntil refuses what is suggested with the words until a month, and accepts it then.
func noUntil(month time.Month, words string) func(string, time.Time) string {
	return func(title string, at time.Time) string {
		switch {
		case !strings.Contains(title, words):
			return ""
		case at.Month() < month:
			return "declined"
		}
		return "accepted"
	}
}

// yesTo accepts what has one of the words in its title.
func yesTo(words ...string) func(string, time.Time) string {
	return func(title string, _ time.Time) string {
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(title, w) }) {
			return "accepted"
		}
		return ""
	}
}

// contacts are those that the configuration describes.
func contacts(couples []*couple) []engine.Contact {
	var out []engine.Contact
	for _, c := range couples {
		switch {
		case c.every > 0:
			out = append(out, engine.Contact{Person: person(c.guest), Every: time.Duration(c.every) * 24 * time.Hour})
		case strings.Contains(c.rule, "MO,TU"):
			out = append(out, engine.Contact{Person: person(c.guest), Onboarding: time.Date(2027, 6, 30, 0, 0, 0, 0, vienna)})
		}
	}
	return out
}
