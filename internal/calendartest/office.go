package calendartest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Object is one calendar object of an office.
type Object struct {
	Name string // of its file, unique within the office
	UID  string
	Data []byte
}

// Office returns n calendar objects of one person, who has the address owner,
// as they are found in offices, always the same ones for the same arguments.
// About half of them recur, begun up to eight years ago: weekly on one day
// (45 %) or more (15 %), every two weeks (15 %), monthly (10 %), on weekdays
// (10 %), and others. A third ends by UNTIL, a seventh by COUNT, a tenth each
// has changed occurrences and EXDATEs. The others lie within half a year of the
// autumn of 2026. There are eight time zones, each described; all-day events,
// 1:1s, groups, rooms and reminders. Every object is valid iCalendar.
func Office(seed uint64, n int, owner string) []Object {
	g := &office{dice: rand.New(rand.NewPCG(seed, 0)), owner: owner}
	objects := make([]Object, n)
	for i := range objects {
		uid := fmt.Sprintf("%016x-%d@office.example", g.dice.Uint64(), i)
		objects[i] = Object{Name: fmt.Sprintf("%s.ics", uid), UID: uid, Data: g.object(uid)}
	}
	return objects
}

// office makes objects by the roll of its dice.
type office struct {
	dice  *rand.Rand
	owner string
}

// autumn is the middle of the time in which single events lie.
var autumn = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func (g *office) chance(percent int) bool { return g.dice.IntN(100) < percent }

func pick[E any](g *office, list []E) E { return list[g.dice.IntN(len(list))] }

// meeting is an event in the making.
type meeting struct {
	uid    string
	zone   officeZone
	allDay bool
	start  time.Time // in the zone
	length time.Duration
	title  string
	guests []string // lines of ORGANIZER and ATTENDEE
	extra  []string // other lines that a series and its exceptions share
	alarm  bool
}

func (g *office) object(uid string) []byte {
	m := g.meeting(uid)
	var components []string
	if g.chance(50) {
		components = g.recurring(m)
	} else {
		m.start = g.moment(m, autumn.AddDate(0, 0, g.dice.IntN(360)-180))
		components = []string{m.event(nil)}
	}
	zone := ""
	if !m.allDay {
		zone = m.zone.describe()
	}
	var lines []string
	for line := range strings.SplitSeq(string(icsObject(zone+strings.Join(components, ""))), "\r\n") {
		lines = append(lines, fold(line))
	}
	return []byte(strings.Join(lines, "\r\n"))
}

// meeting rolls what does not depend on the time.
func (g *office) meeting(uid string) *meeting {
	m := &meeting{uid: uid, zone: pick(g, officeZones()), allDay: g.chance(8)}
	m.length = pick(g, []time.Duration{15, 25, 30, 30, 30, 45, 60, 60, 90}) * time.Minute
	if m.allDay {
		m.length = time.Duration(1+g.dice.IntN(3)) * 24 * time.Hour
	}
	m.title = pick(g, []string{"Planning", "Review", "Stand-up", "Customer call", "Retrospective", "Lunch", "Interview", "Caf\u00e9 \u2615", "Budget, part 2", "Vacation"})
	switch roll := g.dice.IntN(100); {
	case m.allDay || roll < 25: // Nobody else.
	case roll < 26: // As many 1:1s as a manager of managers has.
		other := g.colleague()
		m.title = "1:1 " + strings.SplitN(other, "@", 2)[0]
		m.invite(g, []string{other})
	default:
		var others []string
		for range 2 + g.dice.IntN(6) {
			if c := g.colleague(); !slices.Contains(others, c) {
				others = append(others, c)
			}
		}
		m.invite(g, others)
	}
	if g.chance(40) {
		m.extra = append(m.extra, `DESCRIPTION:Notes: see the wiki.\nBring figures\, questions and coffee; `+strings.Repeat("more ", g.dice.IntN(30)))
	}
	if g.chance(30) {
		m.extra = append(m.extra, fmt.Sprintf("LOCATION:Room %d", 1+g.dice.IntN(20)))
	}
	if g.chance(15) {
		m.extra = append(m.extra, "TRANSP:TRANSPARENT")
	}
	if g.chance(20) {
		m.extra = append(m.extra, "X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC")
	}
	m.alarm = g.chance(40)
	return m
}

func (g *office) colleague() string { return fmt.Sprintf("colleague%02d@example.org", g.dice.IntN(40)) }

// invite adds the owner and others as guests; either may be the organizer.
func (m *meeting) invite(g *office, others []string) {
	organizer := g.owner
	if g.chance(40) {
		organizer = others[0]
	}
	m.guests = append(m.guests, "ORGANIZER:mailto:"+organizer)
	for _, a := range append([]string{g.owner}, others...) {
		answer := pick(g, []string{"ACCEPTED", "ACCEPTED", "ACCEPTED", "TENTATIVE", "NEEDS-ACTION"})
		m.guests = append(m.guests, "ATTENDEE;CN="+strings.SplitN(a, "@", 2)[0]+";ROLE=REQ-PARTICIPANT;PARTSTAT="+answer+";RSVP=TRUE:mailto:"+a)
	}
	if g.chance(15) {
		m.guests = append(m.guests, "ATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED:mailto:room5@example.org")
	}
}

// moment is a time of the working day on the day of t, in the zone of m; for an
// all-day event the day itself.
func (g *office) moment(m *meeting, t time.Time) time.Time {
	y, mon, d := t.Date()
	if m.allDay {
		return time.Date(y, mon, d, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(y, mon, d, 7+g.dice.IntN(11), 15*g.dice.IntN(4), 0, 0, m.zone.loc)
}

// stamp writes the name and the value of a property that is a time of m.
func (m *meeting) stamp(name string, t time.Time) string {
	switch {
	case m.allDay:
		return name + ";VALUE=DATE:" + t.Format("20060102")
	case m.zone.loc == time.UTC:
		return name + ":" + t.Format("20060102T150405Z")
	}
	return name + ";TZID=" + m.zone.loc.String() + ":" + t.Format("20060102T150405")
}

// event writes a VEVENT; more are the lines of its recurrence.
func (m *meeting) event(more []string) string {
	end := m.start.Add(m.length)
	lines := []string{
		"BEGIN:VEVENT", "UID:" + m.uid, "DTSTAMP:20260901T080000Z", "CREATED:20260801T080000Z", "LAST-MODIFIED:20260901T080000Z",
		m.stamp("DTSTART", m.start), m.stamp("DTEND", end),
	}
	lines = slices.Concat(lines, more, []string{"SUMMARY:" + strings.ReplaceAll(m.title, ",", `\,`)}, m.guests, m.extra)
	if m.alarm {
		lines = append(lines, "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "DESCRIPTION:Reminder", "END:VALARM")
	}
	return strings.Join(append(lines, "END:VEVENT"), "\n") + "\n"
}
