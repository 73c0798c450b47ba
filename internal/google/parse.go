package google

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
)

// largestEvent is more than any event Google sends.
const largestEvent = 4 << 20

// statusCancelled is the status of an event, or an occurrence, that is called off.
const statusCancelled = "cancelled"

// decode reads one event as Google writes it.
func decode(data []byte) (*gcal.Event, error) {
	if len(data) > largestEvent {
		return nil, errors.New("the event is larger than any that Google sends")
	}
	var e gcal.Event
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, errors.New("the event is not in the form in which Google writes events")
	}
	if e.Id == "" {
		return nil, errors.New("the event has no id")
	}
	return &e, nil
}

// Parse implements calendar.Provider. A resource is always one event.
func (c *Client) Parse(r calendar.Resource, zone *time.Location) ([]calendar.Event, error) {
	g, err := decode(r.Data)
	if err != nil {
		return nil, err
	}
	e := calendar.Event{Calendar: r.Calendar, Href: r.Href, ETag: r.ETag, SeriesID: g.Id, UID: g.ICalUID}
	if g.RecurringEventId != "" {
		e.SeriesID = g.RecurringEventId
	}
	if err := times(&e, g, zone); err != nil {
		return nil, err
	}
	describe(&e, g)
	return []calendar.Event{e}, nil
}

// times fills in when e takes place.
func times(e *calendar.Event, g *gcal.Event, zone *time.Location) error {
	if g.OriginalStartTime != nil {
		original, err := readMoment(g.OriginalStartTime, zone)
		if err != nil {
			return fmt.Errorf("original start: %w", err)
		}
		e.Original, e.AllDay = original.at, original.allDay
	}
	if g.Start == nil {
		// Of a cancelled occurrence Google says only which one it was.
		if g.Status != statusCancelled || e.Original.IsZero() {
			return errors.New("the event has no start")
		}
		e.Start, e.End = e.Original, e.Original
		return nil
	}
	start, err := readMoment(g.Start, zone)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	e.Start, e.End, e.AllDay = start.at, start.at, start.allDay
	if g.End != nil {
		end, err := readMoment(g.End, zone)
		if err != nil {
			return fmt.Errorf("end: %w", err)
		}
		// Both stand in one zone, so that a length is what the clock shows.
		e.End = end.at.In(e.Start.Location())
	}
	if e.End.Before(e.Start) {
		return errors.New("the event ends before it starts")
	}
	if len(g.Recurrence) == 0 {
		return nil
	}
	if !start.allDay && !start.zoned {
		return fmt.Errorf("the series stands in the time zone %q, which is not known here", g.Start.TimeZone)
	}
	return recurrence(e, g.Recurrence, start)
}

var (
	states = map[string]calendar.Status{
		"confirmed": calendar.Confirmed, "tentative": calendar.Tentative, statusCancelled: calendar.Cancelled,
	}
	answers = map[string]calendar.Answer{
		"needsAction": calendar.NeedsAction, "declined": calendar.Declined,
		"tentative": calendar.Maybe, "accepted": calendar.Accepted,
	}
)

// describe fills in what is not about time.
func describe(e *calendar.Event, g *gcal.Event) {
	e.Title, e.Description, e.HTML = g.Summary, g.Description, isHTML(g.Description)
	e.Status = states[g.Status]
	if e.Status == "" {
		e.Status = calendar.Confirmed
	}
	e.Transparent = g.Transparency == "transparent"
	if g.EventType != "default" {
		e.Type = calendar.Type(g.EventType)
	}
	own := ownAddress(e, g)
	if g.Organizer != nil {
		e.Organizer = own(g.Organizer.Email)
	}
	e.GuestsHidden = g.AttendeesOmitted || g.GuestsCanSeeOtherGuests != nil && !*g.GuestsCanSeeOtherGuests
	for _, a := range g.Attendees {
		if a == nil {
			continue
		}
		e.Attendees = append(e.Attendees, guest(a, own))
		// Somebody who brings others along makes the list too short.
		e.GuestsHidden = e.GuestsHidden || a.AdditionalGuests > 0
	}
	e.Sequence = int(min(max(g.Sequence, 0), math.MaxInt32))
	if at, err := time.Parse(time.RFC3339, g.Updated); err == nil {
		e.Updated = at
	}
	e.Mark, e.AgendaLink = markOf(g), shared(g)[linkKey]
	e.Own, e.After, e.Location, e.Conference = ownOf(g), afterOf(g), placeOf(g), roomOf(g)
}

// placeOf returns where g takes place; of a working-location event where its
// person works (R31). Home is nobody else's place, whatever its event is called.
func placeOf(g *gcal.Event) string {
	w := g.WorkingLocationProperties
	switch {
	case w == nil:
	case w.Type == "homeOffice":
		return "home"
	case w.OfficeLocation != nil && w.OfficeLocation.Label != "":
		return w.OfficeLocation.Label
	case w.CustomLocation != nil && w.CustomLocation.Label != "":
		return w.CustomLocation.Label
	}
	return g.Location
}

// ownAddress returns how the addresses of an event are read. A secondary calendar
// invites in its own name; the person behind it is who made the event. Of the
// program's own events that calendar is the organizer, and the person the guest.
func ownAddress(e *calendar.Event, g *gcal.Event) func(string) string {
	own := ownOf(g) != calendar.OwnNone
	return func(address string) string {
		address = calendar.Address(address)
		if !own && strings.HasSuffix(address, secondary) && calendar.SameAddress(address, e.Calendar) && g.Creator != nil && g.Creator.Email != "" {
			return calendar.Address(g.Creator.Email)
		}
		return address
	}
}

func guest(a *gcal.EventAttendee, own func(string) string) calendar.Attendee {
	out := calendar.Attendee{
		Address: own(a.Email), Name: a.DisplayName,
		Kind: calendar.Individual, Answer: answers[a.ResponseStatus], Self: a.Self,
	}
	if a.Resource {
		out.Kind = calendar.Room
	}
	if out.Answer == "" {
		out.Answer = calendar.NeedsAction
	}
	return out
}

// markup is a tag that Google's own pages write into descriptions. A text in
// which somebody only writes "<soon>" is no HTML.
var markup = regexp.MustCompile(`(?i)</?(a|b|blockquote|br|div|em|font|h[1-6]|html-blob|i|li|ol|p|pre|s|span|strike|strong|sub|sup|table|tbody|td|tr|u|ul)(\s[^<>]*)?/?>`)

func isHTML(description string) bool { return markup.MatchString(description) }
