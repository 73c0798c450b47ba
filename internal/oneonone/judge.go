// Package oneonone decides what is a 1:1 (R1), who may decide about it (R2),
// and which relationship it belongs to (R3). It says why, in words for people,
// for every event that is none. It knows no clock and changes nothing.
package oneonone

import (
	"fmt"
	"strings"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
)

// Judge holds what R1 needs to know beside the event.
type Judge struct {
	People       Directory
	IgnoreTitles []string
}

// Verdict says whether an event is a 1:1 of the account's person, and why not.
type Verdict struct {
	OneOnOne bool
	// Why is the reason when it is none, in words that follow "is not a 1:1: ".
	Why string
	// Self and Other are the keys of the two people when there are exactly two.
	Self, Other string
}

// Of applies R1 to one event as it stands in the calendar of self: a master, an
// exception (recurs tells that its series does), or an event that does not recur.
func (j Judge) Of(e calendar.Event, self calendar.Person, recurs bool) Verdict {
	_, ignore, oneOnOne := agenda.Tags(e.Title, e.Description, e.HTML)
	v := j.guests(e, self)
	switch {
	case v.Why != "":
		return v
	case e.Status == calendar.Cancelled:
		v.Why = "it is cancelled"
	case e.Type != calendar.TypeDefault:
		v.Why = fmt.Sprintf("its event type is %s", e.Type)
	case e.AllDay:
		v.Why = "it lasts all day"
	case !e.End.After(e.Start):
		v.Why = "it has no length"
	case ignore:
		v.Why = "it carries the tag #ignore"
	case MatchesTitle(e.Title, j.IgnoreTitles):
		v.Why = "its title matches ignore_titles"
	case !recurs && !oneOnOne:
		v.Why = "it does not recur; write #1on1 into it to have it looked after"
	default:
		v.OneOnOne = true
	}
	return v
}

// guests counts the people of e and finds the two.
func (j Judge) guests(e calendar.Event, self calendar.Person) Verdict {
	if e.GuestsHidden {
		return Verdict{Why: "its guest list is hidden or cut"}
	}
	me := j.People.Key(self.Addresses[0])
	seen := map[string]bool{}
	var others []string
	add := func(address string) {
		key := j.People.Key(address)
		if key == "" || seen[key] {
			return
		}
		seen[key] = true
		if key != me {
			others = append(others, key)
		}
	}
	if e.Organizer != "" {
		add(e.Organizer)
	}
	for _, a := range e.Attendees {
		if IsRoom(a) {
			continue
		}
		if a.Kind == calendar.Group {
			return Verdict{Why: "a group is invited"}
		}
		add(a.Address)
	}
	if len(e.Attendees) == 0 {
		return Verdict{Why: "it has no guests"}
	}
	for _, o := range others {
		if isGroupAddress(o) {
			return Verdict{Why: "a group calendar is on it"}
		}
	}
	switch {
	case !seen[me] && len(others) > 0 && e.Organizer != "":
		return Verdict{Why: "the account's person is not on its guest list; are all addresses in the configuration?"}
	case len(others) == 0:
		return Verdict{Why: "nobody else is on its guest list"}
	case len(others) > 1:
		return Verdict{Why: fmt.Sprintf("%d people are on its guest list", len(others)+1)}
	}
	return Verdict{Self: me, Other: others[0]}
}

// IsRoom reports whether a guest is a room or a piece of equipment.
func IsRoom(a calendar.Attendee) bool {
	return a.Kind == calendar.Room || a.Kind == calendar.Equipment ||
		strings.HasSuffix(a.Address, "@resource.calendar.google.com")
}

func isGroupAddress(a string) bool { return strings.HasSuffix(a, "@group.calendar.google.com") }
