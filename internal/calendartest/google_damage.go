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
	for _, name := range slices.Sorted(maps.Keys(old)) {
		special := exception && slices.Contains([]string{"id", "recurrence", "htmlLink"}, name)
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
