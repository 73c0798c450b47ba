package google

import (
	"errors"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
	"oneonone/internal/zone"
)

// draftOf returns the event that a draft describes as it is sent.
func draftOf(d calendar.Draft) (*gcal.Event, error) {
	if !d.End.After(d.Start) {
		return nil, errors.New("an event has to end after it starts")
	}
	if d.RRule != "" && !d.AllDay {
		if _, err := zone.Resolve(d.Start.Location().String(), nil); err != nil {
			return nil, fmt.Errorf("a series cannot be written in the time zone %q, which has no name that Google knows", d.Start.Location())
		}
	}
	set, err := recur.ParseSet(d.Start, d.AllDay, rules(d), spans(d.RDates), d.ExDates)
	if err != nil {
		return nil, err
	}
	e := newEvent(d)
	if len(d.Like) > 0 {
		if e, err = likeEvent(d, set); err != nil {
			return nil, err
		}
	}
	e.Id, e.Start, e.End, e.Recurrence = d.ID, writeMoment(d.Start, d.AllDay), writeMoment(d.End, d.AllDay), recurrenceOf(d)
	if e.ExtendedProperties == nil {
		e.ExtendedProperties = &gcal.EventExtendedProperties{Shared: map[string]string{}}
	}
	if len(d.Carry) > 0 {
		e.ExtendedProperties.Private = writePlan(d.Carry)
	}
	own := e.ExtendedProperties.Shared
	own[madeKey] = d.ID
	if d.Own != calendar.OwnNone {
		own[kindKey] = string(d.Own)
	}
	if d.After != "" {
		own[afterKey] = d.After
	}
	return e, nil
}

func rules(d calendar.Draft) []string {
	if d.RRule == "" {
		return nil
	}
	return []string{d.RRule}
}

func spans(starts []time.Time) []span.Span {
	var list []span.Span
	for _, t := range starts {
		list = append(list, span.Span{Start: t, End: t})
	}
	return list
}

// newEvent describes an event that is not like another.
func newEvent(d calendar.Draft) *gcal.Event {
	e := &gcal.Event{Summary: d.Title, Description: asHTML(d.Description), Location: d.Location}
	if d.Transparent {
		e.Transparency = "transparent"
	}
	guests := slices.Clone(d.Attendees)
	if d.Own != calendar.OwnNone {
		// Whoever may look into the calendar is not the addressee, and the
		// addressee is reminded of the invitation already.
		e.Visibility = "private"
		e.Reminders = &gcal.EventReminders{ForceSendFields: []string{"UseDefault"}}
	} else if len(guests) > 0 && len(d.Self) > 0 {
		i := slices.IndexFunc(guests, func(a calendar.Attendee) bool { return isSelf(a.Address, d.Self) })
		if i < 0 {
			guests, i = slices.Insert(guests, 0, calendar.Attendee{Address: d.Self[0]}), 0
		}
		guests[i].Answer = calendar.Accepted
	}
	for _, a := range guests {
		e.Attendees = append(e.Attendees, &gcal.EventAttendee{
			Email: a.Address, DisplayName: a.Name, Resource: a.Kind == calendar.Room || a.Kind == calendar.Equipment, ResponseStatus: writeAnswer(a.Answer),
		})
	}
	return e
}

func isSelf(address string, self []string) bool {
	return slices.ContainsFunc(self, func(a string) bool { return calendar.SameAddress(a, address) })
}

func writeAnswer(a calendar.Answer) string {
	for text, answer := range answers {
		if a == answer {
			return text
		}
	}
	return "needsAction"
}

// entity is what a browser shows as another character than it reads.
var entity = regexp.MustCompile(`&[#A-Za-z]`)

// asHTML writes plain text as a description, which Google shows as HTML: as it
// is where that comes to the same, else escaped.
func asHTML(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if !strings.Contains(text, "<") && !entity.MatchString(text) {
		return text
	}
	return "<span>" + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>") + "</span>"
}

// writeMoment writes a day, or an instant in its own zone.
func writeMoment(t time.Time, allDay bool) *gcal.EventDateTime {
	if allDay {
		return &gcal.EventDateTime{Date: t.Format(dateLayout)}
	}
	return writeTime(t, "")
}

// recurrenceOf writes what makes a draft a series (RFC 5545 §3.8.5).
func recurrenceOf(d calendar.Draft) []string {
	var lines []string
	for _, rule := range rules(d) {
		lines = append(lines, "RRULE:"+rule)
	}
	for name, times := range map[string][]time.Time{"RDATE": d.RDates, "EXDATE": d.ExDates} {
		if len(times) > 0 {
			lines = append(lines, writeTimes(name, times, d.Start, d.AllDay))
		}
	}
	slices.Sort(lines[min(len(lines), len(rules(d))):])
	return lines
}

// writeTimes writes a line of times in the form of the series' start.
func writeTimes(name string, times []time.Time, start time.Time, allDay bool) string {
	loc := start.Location()
	layout, params := "20060102T150405", ";TZID="+loc.String()
	switch {
	case allDay:
		layout, params = "20060102", ";VALUE=DATE"
	case loc == time.UTC:
		layout, params = utcLayout, ""
	}
	values := make([]string, len(times))
	for i, t := range times {
		values[i] = t.In(loc).Format(layout)
	}
	return name + params + ":" + strings.Join(values, ",")
}

const utcLayout = "20060102T150405Z"
