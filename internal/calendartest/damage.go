package calendartest

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Damage tells what an edit of an object did beyond what the program may do:
// give an occurrence another time, reset answers, end a series (R29), and keep its
// own block, link and mark. Everything else must be there afterwards, line by line. It returns
// one reason for each fault, none for an edit that is fine. An object that
// could not be read before is not judged.
func Damage(before, after []byte) []string {
	old, err := readComponents(before)
	if err != nil {
		return nil
	}
	now, err := readComponents(after)
	if err != nil {
		return []string{"the object can no longer be read: " + err.Error()}
	}
	var found []string
	note := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if a, b := uidOf(before), uidOf(after); a != b {
		note("the UID %q became %q", a, b)
	}
	for _, line := range lost(old.lines, now.lines) {
		note("the calendar lost %.60q", line)
	}
	old, _ = asEnded(old, now)
	rest := slices.Clone(now.subs)
	for _, c := range old.subs {
		i := slices.IndexFunc(rest, func(x *component) bool { return x.key() == c.key() })
		if i < 0 {
			note("%s is gone", c.key())
			continue
		}
		found = append(found, c.damage(rest[i])...)
		rest = slices.Delete(rest, i, i+1)
	}
	for _, c := range rest {
		found = append(found, c.alien(now)...)
	}
	return append(found, layoutDamage(before, after)...)
}

// key tells the components of an object apart.
func (c *component) key() string {
	switch c.name {
	case "VTIMEZONE":
		return c.name + " " + c.value("TZID")
	case "VALARM":
		return c.name + " " + strings.Join(c.lines, " ")
	}
	if id := c.all("RECURRENCE-ID"); len(id) > 0 {
		return c.name + " " + id[0]
	}
	return c.name
}

// mayChange are the properties of an event that the program writes.
var mayChange = []string{"DTSTART", "DTEND", "DURATION", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DESCRIPTION", "ATTENDEE"}

// ours reports whether a line is one that only the program writes.
func ours(line string) bool { return strings.Contains(strings.ToUpper(line), "ONEONONE") }

// damage compares a component with what became of it.
func (c *component) damage(now *component) []string {
	var found []string
	note := func(format string, args ...any) {
		found = append(found, c.key()+": "+fmt.Sprintf(format, args...))
	}
	event := c.name == "VEVENT"
	for _, line := range lost(c.lines, now.lines) {
		if !event || !slices.Contains(mayChange, strings.ToUpper(lineName(line))) && !ours(line) {
			note("lost %.60q", line)
		}
	}
	for _, sub := range c.subs {
		if !slices.ContainsFunc(now.subs, func(x *component) bool { return x.name == sub.name && sameLines(x, sub) }) {
			note("a %s was lost or changed", sub.name)
		}
	}
	if !event {
		return found
	}
	if len(c.all("RRULE")) > 0 && !slices.Equal(c.all("DTSTART"), now.all("DTSTART")) {
		note("the start of a series was changed")
	}
	if isCancelled(now) && !isCancelled(c) {
		note("the event was cancelled")
	}
	if sequence(now) < sequence(c) {
		note("SEQUENCE went back from %d to %d", sequence(c), sequence(now))
	}
	if a, b := guests(c), guests(now); !slices.Equal(a, b) {
		note("the guests %v became %v", a, b)
	}
	if a, b := humanText(c), humanText(now); a != b {
		note("the description %.60q became %.60q", a, b)
	}
	return found
}

// inherited are the properties that a new exception takes over from its master.
var inherited = []string{"SUMMARY", "LOCATION", "ORGANIZER", "CLASS", "TRANSP", "CATEGORIES", "PRIORITY", "CONFERENCE"}

// alien judges a component that was not there before: only exceptions of the
// series may be added.
func (c *component) alien(object *component) []string {
	if c.name == "VTIMEZONE" {
		return nil // A zone that the object used without describing it.
	}
	if c.name != "VEVENT" || c.value("RECURRENCE-ID") == "" {
		return []string{c.key() + " was added"}
	}
	var found []string
	if len(c.all("RRULE")) > 0 || len(c.all("EXDATE")) > 0 || len(c.all("RDATE")) > 0 {
		found = append(found, c.key()+": an exception that recurs") // Radicale refuses it.
	}
	if isCancelled(c) {
		found = append(found, c.key()+": a cancelled exception was added")
	}
	for _, master := range object.subs {
		if master.key() != "VEVENT" {
			continue
		}
		for _, name := range inherited {
			if len(lost(master.all(name), c.all(name))) > 0 {
				found = append(found, c.key()+": lacks the series' "+name)
			}
		}
		if a, b := guests(master), guests(c); !slices.Equal(a, b) {
			found = append(found, fmt.Sprintf("%s: has the guests %v, its series %v", c.key(), b, a))
		}
		if len(c.subs) < len(master.subs) {
			found = append(found, c.key()+": lacks a reminder of the series")
		}
	}
	return found
}

// layoutDamage looks at lines as they are folded (RFC 5545 §3.1).
func layoutDamage(before, after []byte) []string {
	var found []string
	if !bareLF(before) && bareLF(after) {
		found = append(found, "a line ends without CR")
	}
	old := map[string]bool{}
	for line := range bytes.SplitSeq(before, []byte("\n")) {
		old[string(line)] = true
	}
	for line := range bytes.SplitSeq(after, []byte("\n")) {
		if len(bytes.TrimSuffix(line, []byte("\r"))) > 75 && !old[string(line)] {
			found = append(found, fmt.Sprintf("a line of %d octets is not folded: %.40q", len(line), line))
		}
	}
	return found
}

func bareLF(data []byte) bool {
	return bytes.Count(data, []byte("\n")) != bytes.Count(data, []byte("\r\n"))
}

// lost returns the lines of old that now has not, or has less often.
func lost(old, now []string) []string {
	count := map[string]int{}
	for _, line := range now {
		count[line]++
	}
	var missing []string
	for _, line := range old {
		if count[line]--; count[line] < 0 {
			missing = append(missing, line)
		}
	}
	return missing
}

func sameLines(a, b *component) bool {
	if len(lost(a.lines, b.lines)) > 0 || len(lost(b.lines, a.lines)) > 0 || len(a.subs) != len(b.subs) {
		return false
	}
	for i := range a.subs {
		if !sameLines(a.subs[i], b.subs[i]) {
			return false
		}
	}
	return true
}

func isCancelled(c *component) bool { return strings.EqualFold(c.value("STATUS"), "CANCELLED") }

func sequence(c *component) int {
	n, _ := strconv.Atoi(c.value("SEQUENCE")) // Absent and garbled both count as 0.
	return n
}

// answering are the parameters of a guest that a move resets.
var answering = []string{"PARTSTAT=", "RSVP=", "SCHEDULE-STATUS=", "SCHEDULE-FORCE-SEND="}

// guests returns the guests, sorted, each by the address and the parameters
// that are no answer.
func guests(c *component) []string {
	var list []string
	for _, line := range c.all("ATTENDEE") {
		kept := []string{strings.ToLower(lineValue(line))}
		for _, p := range parameters(line) {
			if !slices.ContainsFunc(answering, func(a string) bool { return strings.HasPrefix(strings.ToUpper(p), a) }) {
				kept = append(kept, p)
			}
		}
		slices.Sort(kept[1:])
		list = append(list, strings.Join(kept, ";"))
	}
	slices.Sort(list)
	return list
}

// The marks of the program's block in a description (DESIGN §3).
const (
	blockBegin = "--- oneonone ---"
	blockEnd   = "--- end of oneonone ---"
)

// humanText is the description without the program's block.
func humanText(c *component) string {
	text := c.value("DESCRIPTION")
	if i := strings.Index(text, blockBegin); i >= 0 {
		if j := strings.Index(text[i:], blockEnd); j >= 0 {
			text = text[:i] + text[i+j+len(blockEnd):]
		}
	}
	for strings.HasSuffix(text, `\n`) {
		text = strings.TrimSuffix(text, `\n`)
	}
	return text
}
