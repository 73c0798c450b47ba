package calendartest

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

var weekdays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// recurring gives m a rule and a start that fits it, and returns its master
// with its exceptions.
func (g *office) recurring(m *meeting) []string {
	rule, step := g.rule(m)
	count, until := 0, time.Time{}
	switch roll := g.dice.IntN(100); {
	case roll < 30:
		until = m.start.AddDate(0, 3+g.dice.IntN(100), 0)
		if m.allDay {
			rule += ";UNTIL=" + until.Format("20060102")
		} else {
			rule += ";UNTIL=" + until.UTC().Format("20060102T150405Z")
		}
	case roll < 45:
		count = 5 + g.dice.IntN(200)
		rule += fmt.Sprintf(";COUNT=%d", count)
	}
	lines := []string{"RRULE:" + rule}
	if step == 0 { // Its occurrences are not to be had by counting days.
		return []string{m.event(lines)}
	}
	used := map[int]bool{}
	// occurrence rolls one that no line speaks of yet, near the autumn if the
	// series still goes on then.
	occurrence := func() (time.Time, bool) {
		k := int(autumn.Sub(m.start).Hours()/24)/step - 4 + g.dice.IntN(8)
		if count > 0 {
			k = min(k, count-1)
		}
		if !until.IsZero() {
			k = min(k, int(until.Sub(m.start).Hours()/24)/step-1)
		}
		k = max(k, 1)
		t := m.start.AddDate(0, 0, k*step)
		fresh := !used[k] && (until.IsZero() || !t.After(until))
		used[k] = true
		return t, fresh
	}
	if g.chance(10) {
		for range 1 + g.dice.IntN(2) {
			if t, ok := occurrence(); ok {
				lines = append(lines, m.stamp("EXDATE", t))
			}
		}
	}
	var exceptions []string
	if g.chance(10) {
		for range 1 + g.dice.IntN(3) {
			if t, ok := occurrence(); ok {
				exceptions = append(exceptions, g.exception(m, t))
			}
		}
	}
	return append([]string{m.event(lines)}, exceptions...)
}

// exception writes one occurrence of m that was moved, cancelled or renamed.
func (g *office) exception(m *meeting, original time.Time) string {
	e := *m
	e.start = original
	more := []string{m.stamp("RECURRENCE-ID", original), "SEQUENCE:1"}
	switch roll := g.dice.IntN(10); {
	case roll < 3:
		more = append(more, "STATUS:CANCELLED")
	case roll < 8 && !m.allDay:
		e.start = original.Add(time.Duration(g.dice.IntN(20)-8) * 15 * time.Minute)
	case roll < 9:
		e.start = original.AddDate(0, 0, 1+g.dice.IntN(3))
	default:
		e.title += " (changed)"
	}
	return e.event(more)
}

// rule rolls a rule, sets the start of m to its first occurrence, and returns
// the days from one occurrence to the next where that is always the same number
// or every such step is an occurrence at least; 0 otherwise.
func (g *office) rule(m *meeting) (rule string, step int) {
	day := autumn.AddDate(0, 0, -g.dice.IntN(8*365))
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	m.start = g.moment(m, day)
	own := weekdays[m.start.Weekday()]
	switch roll := g.dice.IntN(100); {
	case roll < 45:
		if g.chance(50) {
			return "FREQ=WEEKLY", 7
		}
		return "FREQ=WEEKLY;BYDAY=" + own, 7
	case roll < 60:
		other := weekdays[1+(int(m.start.Weekday())+g.dice.IntN(3))%5]
		if other == own {
			return "FREQ=WEEKLY;BYDAY=" + own + ",SA", 7
		}
		return "FREQ=WEEKLY;BYDAY=" + own + "," + other, 7
	case roll < 75:
		return "FREQ=WEEKLY;INTERVAL=2;BYDAY=" + own, 14
	case roll < 85:
		return g.monthly(m, own), 0
	case roll < 90:
		return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 7
	case roll < 95:
		return "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", 7
	case roll < 97:
		return "FREQ=DAILY", 1
	case roll < 99 && m.start.Day() <= 28:
		return fmt.Sprintf("FREQ=MONTHLY;BYMONTHDAY=%d", m.start.Day()), 0
	}
	return "FREQ=YEARLY", 0
}

// monthly is a rule for the n-th weekday of the month on which m starts.
func (g *office) monthly(m *meeting, own string) string {
	nth := (m.start.Day() + 6) / 7
	switch {
	case nth == 5 || m.start.AddDate(0, 0, 7).Month() != m.start.Month():
		return "FREQ=MONTHLY;BYDAY=-1" + own
	case g.chance(30):
		return fmt.Sprintf("FREQ=MONTHLY;BYDAY=%s;BYSETPOS=%d", own, nth)
	}
	return fmt.Sprintf("FREQ=MONTHLY;BYDAY=%d%s", nth, own)
}

// officeZone is a time zone with what its VTIMEZONE says.
type officeZone struct {
	loc                *time.Location
	standard, daylight string // offsets from UTC; daylight is "" for zones without
	toDaylight, back   string // start and rule of the changes
}

// officeZones are loaded when they are first needed, for this package is part
// of a program that may never need them.
var officeZones = sync.OnceValue(func() []officeZone {
	return []officeZone{
		{zoneOf("Europe/Berlin"), "+0100", "+0200", "19700329T020000 FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "19701025T030000 FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"},
		{zoneOf("Europe/London"), "+0000", "+0100", "19700329T010000 FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "19701025T020000 FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"},
		{zoneOf("America/New_York"), "-0500", "-0400", "20070311T020000 FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "20071104T020000 FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"},
		{zoneOf("America/Los_Angeles"), "-0800", "-0700", "20070311T020000 FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "20071104T020000 FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"},
		{zoneOf("Australia/Sydney"), "+1000", "+1100", "20081005T020000 FREQ=YEARLY;BYMONTH=10;BYDAY=1SU", "20080406T030000 FREQ=YEARLY;BYMONTH=4;BYDAY=1SU"},
		{zoneOf("Asia/Kolkata"), "+0530", "", "", ""},
		{zoneOf("Asia/Tokyo"), "+0900", "", "", ""},
		{time.UTC, "", "", "", ""},
	}
})

func zoneOf(name string) *time.Location {
	if loc, ok := zonesRead.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // A program without time zones can do nothing with calendars.
	}
	zonesRead.Store(name, loc)
	return loc
}

// zonesRead are the zones that were asked for before, by name: each time anew they
// would be read from the system's files.
var zonesRead sync.Map

// describe writes the VTIMEZONE, nothing for UTC.
func (z officeZone) describe() string {
	if z.loc == time.UTC {
		return ""
	}
	part := func(name, from, to, when string) string {
		start, rule, found := strings.Cut(when, " ")
		s := "BEGIN:" + name + "\nTZOFFSETFROM:" + from + "\nTZOFFSETTO:" + to + "\nDTSTART:" + start + "\n"
		if found {
			s += "RRULE:" + rule + "\n"
		}
		return s + "END:" + name + "\n"
	}
	s := "BEGIN:VTIMEZONE\nTZID:" + z.loc.String() + "\n"
	if z.daylight == "" {
		s += part("STANDARD", z.standard, z.standard, "19700101T000000")
	} else {
		s += part("DAYLIGHT", z.standard, z.daylight, z.toDaylight) + part("STANDARD", z.daylight, z.standard, z.back)
	}
	return s + "END:VTIMEZONE\n"
}
