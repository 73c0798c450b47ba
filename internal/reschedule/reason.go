package reschedule

import (
	"slices"
	"strings"
	"time"
)

// told is how instants are told to people, in the meeting's zone.
const told = "Mon 2 Jan 15:04"

// local returns t in the zone of meeting i.
func (w *world) local(i int, t time.Time) time.Time {
	if z := w.Meetings[i].Zone; z != nil {
		return t.In(z)
	}
	return t
}

// name is what people are told a person is called.
func (w *world) name(key string) string {
	if n := w.People[key].Name; n != "" {
		return n
	}
	return key
}

// reason tells who cannot and nothing of what else they do: no title, no
// place, no time of another event, and not whether it is work or a vacation (R16).
func (w *world) reason(i int, all []Conflict) string {
	var said, away []string
	for _, key := range w.Meetings[i].people() {
		of := func(kind ...ConflictKind) bool {
			return slices.ContainsFunc(all, func(c Conflict) bool { return c.Person == key && slices.Contains(kind, c.Kind) })
		}
		switch {
		case of(HasDeclined):
			said = append(said, w.name(key))
		case of(DoubleBooked, IsAway):
			away = append(away, w.name(key))
		}
	}
	var parts []string
	if len(said) > 0 {
		parts = append(parts, strings.Join(said, " and ")+" said no to this time")
	}
	switch len(away) {
	case 1:
		parts = append(parts, away[0]+" is not available then")
	case 2:
		parts = append(parts, strings.Join(away, " and ")+" are not available then")
	}
	return strings.Join(parts, ", and ") + "."
}

// stuckReason tells why a meeting stays although it cannot take place.
func (w *world) stuckReason(i int, all []Conflict, r *leeway) string {
	why := strings.TrimSuffix(w.reason(i, all), ".")
	if r.bounds.Duration() < min(w.policy.Shortest, r.length()) {
		return why + ", and it is too late to move it."
	}
	return why + ", and there is no time free for both before " + w.local(i, r.bounds.End).Format(told) + "."
}
