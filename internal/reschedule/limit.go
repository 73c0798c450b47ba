package reschedule

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// limit says why meeting i may only be suggested another time, "" when it may
// be moved. acute are its settled conflicts; used is how often its pair has been
// moved within 28 days, this plan included.
func (w *world) limit(i int, acute []Conflict, used int) string {
	m, p := &w.Meetings[i], w.policy
	cannotAttend := slices.ContainsFunc(acute, func(c Conflict) bool { return c.Kind != DoubleBooked })
	switch unknown := w.unknown(m); {
	case p.Mode != Act:
		return "mode is " + string(p.Mode)
	case unknown != "":
		return "the calendar of " + unknown + " cannot be read, so only working hours are known" // R7
	case m.Asked != "":
		return m.Asked // R28
	case m.Moves >= p.PerOccurrence:
		return "this meeting has been moved " + times(m.Moves) + " already" // R12
	case used >= p.PerSeries:
		return "meetings of these two have been moved " + times(used) + " within 28 days" // R12
	case !cannotAttend && !m.Span.Start.After(w.Now.Add(p.AskWithin)):
		return "it starts within " + short(p.AskWithin) // R14
	}
	return ""
}

// unknown names those of the two whose busy times could not be read.
func (w *world) unknown(m *Meeting) string {
	var names []string
	for _, key := range m.people() {
		if !w.People[key].Known {
			names = append(names, w.name(key))
		}
	}
	return strings.Join(names, " and ")
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// short tells a duration without the zero minutes and seconds.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
