package icalendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"oneonone/internal/zone"
)

// horizon is how many years of a zone's changes a VTIMEZONE is made of. What
// follows a rule for all of them is written as that rule, for ever.
const horizon = 30

// named reports whether loc is a zone that others know by its name.
func named(loc *time.Location) bool {
	known, err := zone.Resolve(loc.String(), nil)
	return err == nil && known.String() == loc.String()
}

// timezone returns the lines of the VTIMEZONE that describes loc, under the name
// tzid, from a year before the first time on.
func timezone(tzid string, loc *time.Location, first time.Time) []string {
	lines := []string{"BEGIN:VTIMEZONE", "TZID:" + escape(tzid)}
	end := first.AddDate(horizon, 0, 0)
	for _, o := range observances(changes(loc, first, end), end) {
		lines = append(lines, o.lines()...)
	}
	return append(lines, "END:VTIMEZONE")
}

// change is one change of a zone's clocks.
type change struct {
	wall     time.Time // what the clock shows just before it, as if it were UTC
	from, to int       // seconds east of UTC before and after
	daylight bool
	name     string
}

// changes returns the changes of loc from the one that holds a year before
// first to end, in their order. There is at least one: a zone without changes has one
// from an offset to itself.
func changes(loc *time.Location, first, end time.Time) []change {
	at, next := first.AddDate(-1, 0, 0).In(loc).ZoneBounds()
	var list []change
	if at.IsZero() || at.Year() < 1900 {
		// What was before the first change does not matter to anybody.
		name, offset := first.AddDate(-1, 0, 0).In(loc).Zone()
		list = append(list, change{wall: time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), from: offset, to: offset, name: name})
		at = next
	}
	for !at.IsZero() && at.Before(end) {
		// Beyond its table ZoneBounds (Go 1.26) has bounds at the ends of years, where
		// nothing changes, and on the last day of leap years one that is past.
		if c, is := changeAt(at); is {
			list = append(list, c)
		}
		_, next := at.ZoneBounds()
		if !next.After(at) {
			next = at.Add(time.Hour)
		}
		at = next
	}
	return list
}

// changeAt describes the change that takes place at the instant at, if one does.
func changeAt(at time.Time) (c change, is bool) {
	before := at.Add(-time.Second)
	was, from := before.Zone()
	name, to := at.Zone()
	return change{
		wall: time.Unix(at.Unix()+int64(from), 0).UTC(),
		from: from, to: to, daylight: at.IsDST(), name: name,
	}, was != name || from != to || before.IsDST() != at.IsDST()
}

// observance is one STANDARD or DAYLIGHT: changes that differ by their day
// alone.
type observance struct {
	changes []change
	rule    string // what all of them, and all later ones, follow; "" for none
}

// observances sorts changes, which are known to end, by what they do, and finds
// the rules behind them.
func observances(all []change, end time.Time) []observance {
	var list []observance
	for _, c := range all {
		i := slices.IndexFunc(list, func(o observance) bool { return o.changes[0].alike(c) })
		if i < 0 {
			list = append(list, observance{})
			i = len(list) - 1
		}
		list[i].changes = append(list[i].changes, c)
	}
	var split []observance
	for _, o := range list {
		// A rule goes on for ever: only changes that went on to the end have one.
		at := len(o.changes)
		rule := ""
		if o.changes[at-1].wall.After(end.AddDate(-1, 0, -8)) {
			at, rule = ruled(o.changes)
		}
		if at > 0 {
			split = append(split, observance{changes: o.changes[:at]})
		}
		if at < len(o.changes) {
			split = append(split, observance{o.changes[at:], rule})
		}
	}
	return split
}

// alike reports whether b is the same as a on another day.
func (a change) alike(b change) bool {
	ah, am, as := a.wall.Clock()
	bh, bm, bs := b.wall.Clock()
	return a.from == b.from && a.to == b.to && a.daylight == b.daylight && a.name == b.name && ah == bh && am == bm && as == bs
}

// fewestYears is how many changes in a row make a rule.
const fewestYears = 10

// ruled returns from which change on the changes, which are alike, follow one
// yearly rule, and the rule; their number when they follow none.
func ruled(all []change) (from int, rule string) {
	for from = range all {
		if len(all)-from < fewestYears {
			break
		}
		if rule := ruleOf(all[from:]); rule != "" {
			return from, rule
		}
	}
	return len(all), ""
}

// ruleOf returns the yearly rule that the changes follow, "" for none.
func ruleOf(all []change) string {
	first := all[0].wall
	low, high, last := 31, 0, true
	for i, c := range all {
		if c.wall.Year() != first.Year()+i || c.wall.Month() != first.Month() || c.wall.Weekday() != first.Weekday() {
			return ""
		}
		low, high = min(low, c.wall.Day()), max(high, c.wall.Day())
		last = last && c.wall.AddDate(0, 0, 7).Month() != c.wall.Month()
	}
	day := strings.ToUpper(first.Weekday().String()[:2])
	rule := fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYDAY=", first.Month())
	switch {
	case last:
		return rule + "-1" + day
	case high-low > 6:
		return ""
	case (low-1)/7 == (high-1)/7:
		return rule + strconv.Itoa((low-1)/7+1) + day
	case high-low < 6:
		return "" // which seven days are meant cannot be told
	}
	days := make([]string, 7)
	for i := range days {
		days[i] = strconv.Itoa(low + i)
	}
	return rule + day + ";BYMONTHDAY=" + strings.Join(days, ",")
}

// lines writes o.
func (o observance) lines() []string {
	const layout = "20060102T150405"
	c := o.changes[0]
	kind := "STANDARD"
	if c.daylight {
		kind = "DAYLIGHT"
	}
	lines := []string{
		"BEGIN:" + kind, "DTSTART:" + c.wall.Format(layout),
		"TZOFFSETFROM:" + offset(c.from), "TZOFFSETTO:" + offset(c.to), "TZNAME:" + c.name,
	}
	if o.rule != "" {
		lines = append(lines, "RRULE:"+o.rule)
	} else if len(o.changes) > 1 {
		var dates []string
		for _, c := range o.changes[1:] {
			dates = append(dates, c.wall.Format(layout))
		}
		lines = append(lines, "RDATE:"+strings.Join(dates, ","))
	}
	return append(lines, "END:"+kind)
}

// offset writes an offset from UTC (RFC 5545 §3.3.14).
func offset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	text := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if s := seconds % 60; s != 0 {
		text += fmt.Sprintf("%02d", s)
	}
	return text
}
