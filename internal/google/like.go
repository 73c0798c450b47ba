package google

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
)

// likeEvent describes a series that goes on from another one (R29): what that
// one says, but for time, answers and what the program noted on it. It fails
// where something that goes along would be lost.
func likeEvent(d calendar.Draft, set *recur.Set) (*gcal.Event, error) {
	old, err := seriesOf(d)
	if err != nil {
		return nil, err
	}
	switch {
	case d.AllDay != (old.Start != nil && old.Start.DateTime == ""):
		return nil, errors.New("a series of whole days cannot go on with times, nor the other way round")
	case old.Organizer != nil && !old.Organizer.Self:
		return nil, errors.New("only the organizer's series can go on in another")
	case old.AttendeesOmitted:
		return nil, errors.New("the guest list of the series is cut")
	case old.EventType != "" && old.EventType != "default":
		return nil, errors.New("the series is no meeting")
	}
	for _, c := range d.Carry {
		if err := carriable(d, c, old, set); err != nil {
			return nil, err
		}
	}
	e := &gcal.Event{
		Summary: old.Summary, Description: old.Description, Location: old.Location, ColorId: old.ColorId,
		Transparency: old.Transparency, Visibility: old.Visibility, Source: old.Source, Reminders: reminders(old.Reminders),
		GuestsCanInviteOthers: old.GuestsCanInviteOthers, GuestsCanModify: old.GuestsCanModify, GuestsCanSeeOtherGuests: old.GuestsCanSeeOtherGuests,
		Attachments: attachments(old.Attachments), ConferenceData: conference(old, d.ID),
		ExtendedProperties: &gcal.EventExtendedProperties{Shared: map[string]string{}},
	}
	for key, value := range shared(old) {
		if !slices.Contains([]string{markKey, madeKey, kindKey, afterKey, carriedKey}, key) {
			e.ExtendedProperties.Shared[key] = value
		}
	}
	for _, a := range old.Attendees {
		if a != nil {
			e.Attendees = append(e.Attendees, invited(a, d.Self))
		}
	}
	return e, nil
}

// seriesOf returns the master among what the draft goes on from.
func seriesOf(d calendar.Draft) (*gcal.Event, error) {
	for _, r := range d.Like {
		e, err := decode(r.Data)
		if err != nil {
			return nil, err
		}
		if e.RecurringEventId == "" && e.Status != statusCancelled {
			return e, nil
		}
	}
	return nil, errors.New("the series to go on from is not among what was given")
}

// exceptionOf returns the exception of the old series with that original start.
func exceptionOf(d calendar.Draft, from time.Time) (*gcal.Event, error) {
	for _, r := range d.Like {
		if e, err := decode(r.Data); err == nil && e.RecurringEventId != "" && e.Status != statusCancelled && isAt(e.OriginalStartTime, from) {
			return e, nil
		}
	}
	return nil, fmt.Errorf("the series has no exception for %s that could go along", from.Format(time.RFC3339))
}

// carriable checks that an exception can go along whole. Guests are never sent
// in a change, so that one with guests of its own cannot.
func carriable(d calendar.Draft, c calendar.Carried, old *gcal.Event, set *recur.Set) error {
	if d.AllDay {
		return errors.New("only meetings with a time go along")
	}
	x, err := exceptionOf(d, c.From)
	if err != nil {
		return err
	}
	if found, err := set.Contains(c.To, recur.DefaultBudget); err != nil || !found {
		return errors.Join(fmt.Errorf("the new series has no occurrence at %s that an exception could stand for", c.To.Format(time.RFC3339)), err)
	}
	if !slices.Equal(emails(x), emails(old)) {
		return fmt.Errorf("the meeting of %s has other guests than its series", c.From.Format(time.RFC3339))
	}
	return nil
}

// emails returns the addresses of the guests, sorted, the rooms left out: those
// answer for themselves, and decline what they cannot take.
func emails(e *gcal.Event) []string {
	var list []string
	for _, a := range e.Attendees {
		if a != nil && !a.Resource {
			list = append(list, calendar.Address(a.Email))
		}
	}
	slices.Sort(list)
	return list
}

// invited is a guest of the old series as one of the new: only the person who
// makes it has answered.
func invited(a *gcal.EventAttendee, self []string) *gcal.EventAttendee {
	answer := "needsAction"
	if a.Self || isSelf(a.Email, self) {
		if answer = a.ResponseStatus; answer == "" || answer == "needsAction" {
			answer = "accepted"
		}
	}
	return &gcal.EventAttendee{
		Email: a.Email, DisplayName: a.DisplayName, Optional: a.Optional, Resource: a.Resource,
		AdditionalGuests: a.AdditionalGuests, ResponseStatus: answer,
	}
}

// reminders copies reminders; zeroes in them mean something.
func reminders(old *gcal.EventReminders) *gcal.EventReminders {
	if old == nil {
		return nil
	}
	r := &gcal.EventReminders{UseDefault: old.UseDefault, ForceSendFields: []string{"UseDefault"}}
	for _, o := range old.Overrides {
		if o != nil {
			r.Overrides = append(r.Overrides, &gcal.EventReminder{Method: o.Method, Minutes: o.Minutes, ForceSendFields: []string{"Minutes"}})
		}
	}
	return r
}

// attachments copies attachments without what Google works out itself.
func attachments(old []*gcal.EventAttachment) []*gcal.EventAttachment {
	var list []*gcal.EventAttachment
	for _, a := range old {
		if a != nil {
			list = append(list, &gcal.EventAttachment{FileUrl: a.FileUrl, Title: a.Title, MimeType: a.MimeType, IconLink: a.IconLink})
		}
	}
	return list
}

const meet = "hangoutsMeet"

// conference asks for a Meet where the old series had one: that of another
// event must not be used again (discovery document, conferenceData). The same
// request makes the same one. Conferences of others are copied, as the signature on
// them is meant for.
func conference(old *gcal.Event, id string) *gcal.ConferenceData {
	data := old.ConferenceData
	isMeet := strings.HasPrefix(old.HangoutLink, "https://meet.google.com/")
	if data != nil && data.ConferenceSolution != nil && data.ConferenceSolution.Key != nil {
		isMeet = data.ConferenceSolution.Key.Type == meet
	}
	switch {
	case isMeet:
		return &gcal.ConferenceData{CreateRequest: &gcal.CreateConferenceRequest{
			RequestId: id, ConferenceSolutionKey: &gcal.ConferenceSolutionKey{Type: meet},
		}}
	case data == nil || data.ConferenceSolution == nil || len(data.EntryPoints) == 0:
		return nil
	}
	return &gcal.ConferenceData{
		ConferenceId: data.ConferenceId, ConferenceSolution: data.ConferenceSolution, EntryPoints: data.EntryPoints,
		Notes: data.Notes, Parameters: data.Parameters, Signature: data.Signature,
	}
}
