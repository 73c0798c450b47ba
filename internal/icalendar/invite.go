package icalendar

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"oneonone/internal/calendar"
)

// noScheduling keeps servers and clients from telling the person at an address
// anything (RFC 6638 §7.1). What it does differs by who is asked:
//
// A suggestion in its addressee's calendar is an attendee's object, so its
// ORGANIZER decides whether a server sends the answer anywhere. RFC 6638, Apple's
// calendar server and Cyrus take NONE for "to nobody". sabre/dav, and with it
// Nextcloud and Baikal, only knows CLIENT there and sends a REPLY when the
// answer changes; CLIENT would make clients (Thunderbird) send that mail in its
// place. So NONE it is, and the organizer should be an address that no mail
// reaches; the program's own writes carry "Schedule-Reply: F", which sabre obeys.
// On the ATTENDEE it matters where the organizer is an address of the account's own:
// then the object is the organizer's and the server would invite the addressee.
//
// No server of reference/caldav.md rejects the form: Radicale, Xandikos, Cyrus,
// DAViCal and SOGo keep it and its answer, so that there is no second form.
const noScheduling = ";SCHEDULE-AGENT=NONE"

// people writes ORGANIZER and ATTENDEEs.
func (w *writer) people() error {
	d := w.draft
	guests := slices.Clone(d.Attendees)
	organizer, agent := d.Organizer, ""
	switch {
	case len(guests) == 0:
		return nil // RFC 5545 §3.8.4.3: no ORGANIZER without guests.
	case d.Own != calendar.OwnNone:
		agent = noScheduling
	case !d.Copy:
		if len(d.Self) == 0 {
			return errors.New("a meeting needs an address of its organizer")
		}
		organizer = calendar.Attendee{Address: d.Self[0]}
		i := slices.IndexFunc(guests, func(a calendar.Attendee) bool { return isOneOf(a.Address, d.Self) })
		if i < 0 {
			guests = slices.Insert(guests, 0, organizer)
			i = 0
		}
		organizer.Name = guests[i].Name
		guests[i].Answer = calendar.Accepted
	default:
		for i := range guests {
			if calendar.SameAddress(guests[i].Address, organizer.Address) {
				guests[i].Answer = calendar.Accepted
			}
		}
	}
	uri, err := calendarUser(organizer.Address)
	if err != nil {
		return err
	}
	w.line("ORGANIZER"+commonName(organizer.Name)+agent, uri)
	for _, g := range guests {
		if uri, err = calendarUser(g.Address); err != nil {
			return err
		}
		w.line("ATTENDEE"+commonName(g.Name)+guestParams(g)+agent, uri)
	}
	return nil
}

// guestParams writes kind, role and answer of a guest.
func guestParams(g calendar.Attendee) string {
	kind, role := g.Kind, "REQ-PARTICIPANT"
	switch kind {
	case calendar.Room, calendar.Equipment:
		role = "NON-PARTICIPANT"
	case calendar.Group:
	default:
		kind = calendar.Individual
	}
	params := ";CUTYPE=" + string(kind) + ";ROLE=" + role
	switch g.Answer {
	case calendar.Accepted, calendar.Declined, calendar.Maybe, calendar.Delegated:
		return params + ";PARTSTAT=" + string(g.Answer)
	}
	return params + ";PARTSTAT=" + string(calendar.NeedsAction) + ";RSVP=TRUE"
}

// calendarUser writes the address of a calendar user as a URI.
func calendarUser(a string) (string, error) {
	a = strings.TrimSpace(a)
	bad := a == "" || len(a) > maxParam || strings.ContainsFunc(a, func(r rune) bool {
		return r <= ' ' || r == '"' || r == '<' || r == '>' || r == 0x7f || r == utf8.RuneError
	})
	switch {
	case bad:
		return "", fmt.Errorf("%q is no address", shorten(a))
	case strings.Contains(a, ":"):
		return a, nil // It is a URI already.
	}
	return "mailto:" + a, nil
}

// maxName bounds the names of people, so that what is read back (maxParam) is
// what was written.
const maxName = 100

// caretEncoder is RFC 6868.
var caretEncoder = strings.NewReplacer("^", "^^", `"`, "^'")

// commonName writes a CN parameter, nothing for no name.
func commonName(name string) string {
	name = oneLine(name)
	if len(name) > maxName {
		name = strings.TrimSpace(strings.ToValidUTF8(name[:maxName], ""))
	}
	if name == "" {
		return ""
	}
	return `;CN="` + caretEncoder.Replace(name) + `"`
}

func isOneOf(address string, list []string) bool {
	return slices.ContainsFunc(list, func(a string) bool { return calendar.SameAddress(a, address) })
}
