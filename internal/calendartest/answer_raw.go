package calendartest

import (
	"slices"
	"strings"

	"oneonone/internal/calendar"
)

var _ Answerer = Account{}

// Answer implements Answerer: it changes PARTSTAT and takes RSVP off, as the
// calendar programs of people do.
func (a Account) Answer(t TB, name, address string, answer calendar.Answer) {
	t.Helper()
	data, ok := a.Get(t, name)
	if !ok {
		t.Fatalf("there is no %s to answer", name)
	}
	lines := contentLines(data)
	found := false
	for i, line := range lines {
		if !strings.EqualFold(lineName(line), "ATTENDEE") || !calendar.SameAddress(lineValue(line), address) {
			continue
		}
		found = true
		kept := slices.DeleteFunc(parameters(line), func(p string) bool {
			p = strings.ToUpper(p)
			return strings.HasPrefix(p, "PARTSTAT=") || strings.HasPrefix(p, "RSVP=")
		})
		kept = append([]string{"ATTENDEE"}, append(kept, "PARTSTAT="+string(answer))...)
		lines[i] = strings.Join(kept, ";") + ":" + lineValue(line)
	}
	if !found || !a.Put(t, name, []byte(strings.Join(lines, "\r\n")+"\r\n")) {
		t.Fatalf("%s cannot be answered for %s:\n%s", name, address, data)
	}
}
