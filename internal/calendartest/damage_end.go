package calendartest

import (
	"slices"
	"strings"
)

// asEnded returns old without what the end of its series takes away (R29), and
// whether now is old with such an end: the rules of the master differ in their
// COUNT and UNTIL alone. What is planned for a day from that of the UNTIL on may
// go: exceptions, and members of RDATE and EXDATE.
func asEnded(old, now *component) (*component, bool) {
	a, b := master(old), master(now)
	if a == nil || b == nil {
		return old, false
	}
	until := ""
	for _, line := range b.all("RRULE") {
		if _, end := ruleParts(line); end != "" && !slices.Contains(a.all("RRULE"), line) {
			until = max(until, end)
		}
	}
	if until == "" || !slices.EqualFunc(a.all("RRULE"), b.all("RRULE"), sameButEnd) {
		return old, false
	}
	day := until[:min(len(until), len("20060102"))]
	ended := &component{name: old.name, lines: old.lines}
	for _, c := range old.subs {
		switch id := c.value("RECURRENCE-ID"); {
		case c == a:
			ended.subs = append(ended.subs, a.endedOn(day, b))
		case c.name != "VEVENT" || id < day || now.has(c.key()):
			ended.subs = append(ended.subs, c)
		}
	}
	return ended, true
}

// endedOn returns the master a without what goes from that day on. b is what
// became of it.
func (a *component) endedOn(day string, b *component) *component {
	ended := &component{name: a.name, subs: a.subs}
	for _, line := range a.lines {
		switch name := strings.ToUpper(lineName(line)); {
		case name == "RRULE" || slices.Contains(b.lines, line):
		case name == "RDATE" || name == "EXDATE":
			value := lineValue(line)
			kept := slices.DeleteFunc(strings.Split(value, ","), func(v string) bool { return v >= day })
			if len(kept) == 0 {
				continue
			}
			line = strings.TrimSuffix(line, value) + strings.Join(kept, ",")
		}
		if !strings.EqualFold(lineName(line), "RRULE") {
			ended.lines = append(ended.lines, line)
		}
	}
	ended.lines = append(ended.lines, b.all("RRULE")...)
	return ended
}

// ended reports whether an edit ended the series of an object.
func ended(before, after []byte) bool {
	old, err := readComponents(before)
	if err != nil {
		return false
	}
	now, err := readComponents(after)
	if err != nil {
		return false
	}
	_, is := asEnded(old, now)
	return is
}

// master returns the event of an object that is no exception.
func master(object *component) *component {
	for _, c := range object.subs {
		if c.name == "VEVENT" && c.value("RECURRENCE-ID") == "" {
			return c
		}
	}
	return nil
}

func (c *component) has(key string) bool {
	return slices.ContainsFunc(c.subs, func(x *component) bool { return x.key() == key })
}

// sameButEnd reports whether two RRULE lines differ in their end alone.
func sameButEnd(a, b string) bool {
	x, _ := ruleParts(a)
	y, _ := ruleParts(b)
	return slices.Equal(x, y)
}

// ruleParts returns the parts of an RRULE line without COUNT and UNTIL, sorted,
// and the UNTIL.
func ruleParts(line string) (parts []string, until string) {
	for part := range strings.SplitSeq(strings.ToUpper(lineValue(line)), ";") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "UNTIL":
			until = value
		case "", "COUNT":
		default:
			parts = append(parts, part)
		}
	}
	slices.Sort(parts)
	return parts, until
}
