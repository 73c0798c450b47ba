package calendartest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"oneonone/internal/agenda"
)

// mayChangeGoogle are the fields that the program or the server may write.
var mayChangeGoogle = []string{"etag", "updated", "sequence", "start", "end", "description", "attendees", "attachments", "extendedProperties"}

// googleDamage tells what an edit of an event did beyond what the program may
// do. What the edit made of an occurrence is held against its series.
func googleDamage(old, now fields) []string {
	var found []string
	note := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	exception := old["recurrence"] != nil && now["recurringEventId"] != nil
	if carriedGoogle(old, now) { // It has become what it was in another series (R29).
		if x, y := googleGuests(old), googleGuests(now); !slices.Equal(x, y) {
			note("the guests %v became %v", x, y)
		}
		return found
	}
	for _, name := range slices.Sorted(maps.Keys(old)) {
		special := exception && slices.Contains([]string{"id", "recurrence", "htmlLink"}, name)
		special = special || name == "recurrence" && endedGoogle(old, now)
		if !special && !slices.Contains(mayChangeGoogle, name) && !sameJSON(old[name], now[name]) {
			note("%s %.60s became %.60s", name, mustJSON(old[name]), mustJSON(now[name]))
		}
	}
	if x, y := googleGuests(old), googleGuests(now); !slices.Equal(x, y) {
		note("the guests %v became %v", x, y)
	}
	if x, y := googleText(old), googleText(now); x != y {
		note("the description %.60q became %.60q", x, y)
	}
	kept, _ := now["attachments"].([]any)
	for _, x := range listOf(old["attachments"]) {
		if x.(fields)["title"] != "Agenda" && !slices.ContainsFunc(kept, func(y any) bool { return sameJSON(x, y) }) {
			note("the attachment %.60s is gone", mustJSON(x))
		}
	}
	for _, side := range []string{"private", "shared"} {
		kept := (&googleEvent{rest: now}).properties(side)
		for key, v := range (&googleEvent{rest: old}).properties(side) {
			if !strings.HasPrefix(key, "oneonone") && kept[key] != v {
				note("the %s property %q is gone", side, key)
			}
		}
	}
	return found
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}

func googleGuests(f fields) []string {
	var all []string
	for _, x := range listOf(f["attendees"]) {
		all = append(all, fmt.Sprint(x.(fields)["email"], x.(fields)["optional"], x.(fields)["displayName"]))
	}
	slices.Sort(all)
	return all
}

// googleText is what people wrote into a description.
func googleText(f fields) string {
	text, _ := f["description"].(string)
	human, _, _ := agenda.SplitBlock(text, strings.Contains(text, "<"))
	return human
}

// carriedGoogle reports whether a change made an occurrence of a series that
// goes on from another one what it was there.
func carriedGoogle(old, now fields) bool {
	before, after := (&googleEvent{rest: old}).properties("shared"), (&googleEvent{rest: now}).properties("shared")
	return before[carriedKey] == nil && after[carriedKey] != nil && after[afterKey] != nil
}

// endedGoogle reports whether a change of a series is its end alone: the rules
// differ in COUNT and UNTIL, and dates from that of the UNTIL on may go.
func endedGoogle(old, now fields) bool {
	a, b := recurrenceOf(old), recurrenceOf(now)
	day := ""
	for _, line := range b {
		if _, until := ruleParts(line); !slices.Contains(a, line) {
			day = max(day, until[:min(len(until), len("20060102"))])
		}
	}
	if day == "" {
		return false
	}
	for _, line := range a {
		switch {
		case slices.Contains(b, line):
		case strings.HasPrefix(line, "RRULE") && slices.ContainsFunc(b, func(x string) bool { return sameButEnd(line, x) }):
		case strings.HasPrefix(line, "RRULE"):
			return false
		default:
			for v := range strings.SplitSeq(lineValue(line), ",") {
				kept := slices.ContainsFunc(b, func(x string) bool { return strings.Contains(x, v) })
				if !kept && v < day {
					return false
				}
			}
		}
	}
	return true
}

// recurrenceOf returns the lines of a series, from a list of either kind.
func recurrenceOf(f fields) []string {
	if lines, ok := f["recurrence"].([]string); ok {
		return lines
	}
	return stringsOf(f["recurrence"])
}
