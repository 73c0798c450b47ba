package engine

import (
	"slices"
	"strings"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/reschedule"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

// fulfil does what the addressee said yes to. What has changed meanwhile so that
// it would not be what the person agreed to is withdrawn with a reason.
func (s *suggester) fulfil(b *bond, m *mirror, x *store.Suggestion) {
	if s.stopped[m.account.Name] || s.e.o.Policy.Mode == reschedule.Observe {
		return
	}
	switch cadence.Kind(x.Kind) {
	case cadence.Move:
		s.moveAsAgreed(m, x)
	case cadence.Retime, cadence.Taper, cadence.ToWeekly, cadence.ToBiweekly:
		s.changeSeries(b, m, x)
	default:
		s.meet(b, m, x)
	}
}

// applied closes a suggestion that has been done.
func (s *suggester) applied(m *mirror, x *store.Suggestion) {
	if s.end(x, cadence.Applied, "done as agreed"); !s.halted() {
		s.clear(m, x)
	}
}

// withdraw closes a suggestion that cannot be done any more.
func (s *suggester) withdraw(m *mirror, x *store.Suggestion, words string) {
	if s.end(x, cadence.Withdrawn, words); !s.halted() {
		s.clear(m, x)
	}
}

// moveAsAgreed moves the occurrence to the slot the person said yes to.
func (s *suggester) moveAsAgreed(m *mirror, x *store.Suggestion) {
	i := slices.IndexFunc(s.w.facts.Meetings, func(mt reschedule.Meeting) bool {
		return mt.UID == x.UID && mt.Original.Equal(x.Original)
	})
	if i < 0 {
		s.withdraw(m, x, "the meeting is not there any more")
		return
	}
	mt := s.w.facts.Meetings[i]
	switch {
	case mt.Span.Equal(x.To):
		s.applied(m, x) // Done by us before a crash, or by the person.
	case !mt.Span.Equal(x.From):
		s.withdraw(m, x, "the meeting was moved in the meantime")
	case !mt.Span.Start.After(s.now):
		s.withdraw(m, x, "the meeting has begun, or is over")
	case mt.Fixed != "":
		s.withdraw(m, x, "the meeting must not be moved any more: "+mt.Fixed)
	case !s.stillFree(mt.People[:], x.To, i):
		s.withdraw(m, x, "the suggested time is not free any more")
	default:
		d := reschedule.Decision{Meeting: i, Outcome: reschedule.Move, To: inZoneOf(x.To, mt.Span.Start.Location()), Rung: x.Rung, Reason: x.Reason}
		if planned, ok := s.moves[keyOf(x.UID, x.Original)]; ok && planned.To.Equal(x.To) {
			d.Note, d.Reason = planned.Note, planned.Reason
		}
		if s.move(s.w, d) && !s.halted() {
			s.applied(m, x)
		}
	}
}

func inZoneOf(at span.Span, zone *time.Location) span.Span {
	return span.Span{Start: at.Start.In(zone), End: at.End.In(zone)}
}

// stillFree reports whether the slot still has nothing firm in it for the people, the
// meeting with index but (-1 for none) apart, and is not over.
func (s *suggester) stillFree(people []string, slot span.Span, but int) bool {
	f := s.w.facts
	if but >= 0 {
		f.Meetings = slices.Delete(slices.Clone(f.Meetings), but, but+1)
	}
	f.People = s.e.everybody(s.w, people...)
	policy := s.e.o.Policy
	policy.Grid = time.Minute
	_, ok := reschedule.Find(f, policy, reschedule.Wish{
		People: people, Zone: slot.Start.Location(), Length: slot.Duration(), From: slot.Start, Within: slot,
	})
	return ok && slot.Start.After(s.now)
}

// meet makes the meeting that the person said yes to: in the own calendar,
// with the other person invited, and where the server delivers nothing in the
// other's calendar too.
func (s *suggester) meet(b *bond, m *mirror, x *store.Suggestion) {
	home, ok := m.home()
	if !ok {
		s.withdraw(m, x, "there is no calendar to put the meeting into")
		return
	}
	id := ident("meeting", x.EventID)
	if standing := m.made(id); standing == nil {
		if !s.stillFree([]string{b.self, b.other}, x.To, -1) {
			s.withdraw(m, x, "the suggested time is not free any more")
			return
		}
	}
	d := s.meeting(b, m, x, id)
	d.Calendar, d.Notify = home, s.e.o.NotifyGuests
	act := store.Action{
		Kind: store.Make, Pair: x.Pair, To: x.To, Zone: x.Zone, Rung: x.Rung, Reason: x.Reason, With: x.With, Because: "agreed",
	}
	ev, out := s.make(m, act, d)
	if out == unchanged {
		if standing := m.made(id); standing != nil {
			ev, out = *standing, written
		}
	}
	switch {
	case s.halted() || out == later:
		return
	case out != written:
		s.end(x, cadence.Failed, "the calendar did not take the meeting")
		return
	}
	x.MadeUID = ev.UID
	if s.copyTo(b, m, home, act, d); !s.halted() {
		s.applied(m, x)
	}
}

// copyTo makes the other person's copy where the organizer's server delivers none.
func (s *suggester) copyTo(b *bond, m *mirror, home string, act store.Action, d calendar.Draft) {
	cal, _ := m.calendar(home)
	g := s.w.byKey[b.other]
	if cal.Delivers || g == nil || !g.fresh {
		return
	}
	theirs, ok := g.home()
	if c, _ := g.calendar(theirs); !ok || c.Delivers {
		return
	}
	d.Calendar, d.Copy, d.Notify = theirs, true, false
	d.Organizer = calendar.Attendee{Address: m.account.Person.Addresses[0], Name: m.account.Person.Name}
	act.With = s.e.name(s.w, b.self)
	s.make(g, act, d)
}

// with is what the other person of the suggestion's pair is called in m's calendar.
func (s *suggester) with(m *mirror, x *store.Suggestion) string {
	if host := s.mirrorOf(x.Account); host != nil && host != m {
		return s.e.name(s.w, s.e.people.Key(host.account.Person.Addresses[0]))
	}
	return x.With
}

// made returns the event that the program made under the name id, nil when it
// does not stand in the account's calendars.
func (m *mirror) made(id string) *calendar.Event {
	for _, sr := range m.series {
		if sr.master != nil && strings.Contains(sr.uid, id) && sr.master.Status != calendar.Cancelled {
			return sr.master
		}
	}
	return nil
}

// meeting describes the meeting that the suggestion leads to.
func (s *suggester) meeting(b *bond, m *mirror, x *store.Suggestion, id string) calendar.Draft {
	self, other := m.account.Person.Name, s.e.name(s.w, b.other)
	lines := cadence.Created(s.proposal(x), self)
	if cadence.Kind(x.Kind) != cadence.Separate {
		lines = append(lines, "", "#1on1")
	}
	zone := m.zone
	return calendar.Draft{
		ID: id, Start: x.To.Start.In(zone), End: x.To.End.In(zone),
		Title: self + " / " + other, Description: strings.Join(lines, "\n"),
		Attendees: []calendar.Attendee{
			{Address: m.account.Person.Addresses[0], Name: self, Kind: calendar.Individual, Answer: calendar.Accepted},
			{Address: b.other, Name: other, Kind: calendar.Individual, Answer: calendar.NeedsAction},
		},
	}
}
