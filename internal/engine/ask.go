package engine

import (
	"maps"
	"slices"
	"strings"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/reschedule"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

// propose records a new suggestion and puts it into the calendar.
func (s *suggester) propose(b *bond, pr cadence.Proposal) {
	x, ok := s.wish(b, pr)
	if !ok {
		return
	}
	x.EventID = eventID(x)
	x, err := s.e.o.Store.AddSuggestion(s.ctx, x)
	if err != nil {
		s.err = err
		return
	}
	if pr.Kind != cadence.Move {
		s.asked[x.Account]++
	}
	s.put(b, b.host, &x)
}

// wish is the suggestion that would be made of a proposal now. There is none when the
// person has had enough of them for today or there is no place for what it proposes.
func (s *suggester) wish(b *bond, pr cadence.Proposal) (store.Suggestion, bool) {
	m := b.host
	if s.e.o.SuggestFrom == "" || s.stopped[m.account.Name] || s.full(&side{m: m}) {
		return store.Suggestion{}, false
	}
	if pr.Kind != cadence.Move && s.asked[m.account.Name] >= newPerDay {
		return store.Suggestion{}, false
	}
	x := store.Suggestion{
		Account: m.account.Name, Pair: pr.Pair, Kind: string(pr.Kind), Rule: pr.Rule, UID: pr.UID, Original: pr.Original,
		Rhythm: string(pr.Rhythm), Length: pr.Length, Reason: pr.Reason, Zone: m.zone.String(),
		With: s.e.name(s.w, b.other), State: string(cadence.Wanted), AskedAt: s.now,
	}
	ok := s.locate(b, pr, &x)
	return x, ok
}

// locate fills in where the meeting stands that the proposal is about, and where
// it would. It reports whether there is such a place.
func (s *suggester) locate(b *bond, pr cadence.Proposal, x *store.Suggestion) bool {
	switch pr.Kind {
	case cadence.Move:
		d, ok := s.moves[keyOf(pr.UID, pr.Original)]
		if ok {
			mt := s.w.facts.Meetings[d.Meeting]
			x.From, x.To, x.Rung, x.Zone = mt.Span, d.To, d.Rung, zoneOf(mt.Span.Start)
			x.Reason = d.Reason
		}
		return ok
	case cadence.Retime:
		x.To, x.Zone = span.Of(pr.Start, pr.Length), zoneOf(pr.Start)
		return s.changeable(b, pr) == nil
	case cadence.Taper, cadence.ToWeekly, cadence.ToBiweekly:
		return s.changeable(b, pr) == nil
	}
	place, ok := s.place(b, pr)
	x.To, x.Rung = place.Slot, place.Rung
	return ok
}

// place looks for the slot of a meeting that a yes would make.
func (s *suggester) place(b *bond, pr cadence.Proposal) (reschedule.Place, bool) {
	return reschedule.Find(s.facts(b), s.e.o.Policy, reschedule.Wish{
		Pair: pr.Pair, People: []string{b.self, b.other}, Zone: b.host.zone, Length: pr.Length, Shortest: min(pr.Length, s.e.o.Policy.Shortest),
		From: pr.Near, Within: s.noticed(pr.Within), Days: s.e.inOneTown(s.w, b.self, b.other),
		Spacing: b.spacing(s.e.o.Policy),
	})
}

// facts are the planner's facts with both people of the bond among them.
func (s *suggester) facts(b *bond) reschedule.Facts {
	f := s.w.facts
	f.People = s.e.everybody(s.w, b.self, b.other)
	return f
}

// noticed takes the notice off a stretch of time (R10). A meeting somebody has
// first to say yes to needs a day for that.
func (s *suggester) noticed(within span.Span) span.Span {
	within.Start = latest(within.Start, s.now.Add(max(s.e.o.Policy.Notice, askTime)))
	return within
}

// askTime is how long a person has at least to say yes to a meeting.
const askTime = 18 * time.Hour

// put makes the event of a suggestion that is wanted. It is in the next free
// quarter of an hour in which its addressee works.
func (s *suggester) put(b *bond, m *mirror, x *store.Suggestion) {
	home, ok := s.suggestionCalendar(m)
	if !ok {
		return
	}
	slot, ok := s.quarter(b, m)
	if !ok {
		return
	}
	words := cadence.Word(s.proposal(x), s.telling(b, x))
	d := calendar.Draft{
		Calendar: home, ID: x.EventID, Start: slot.Start, End: slot.End,
		Title: words.Title, Description: strings.Join(words.Lines, "\n"), Transparent: true, Own: calendar.OwnSuggestion,
		Organizer: calendar.Attendee{Address: s.e.o.SuggestFrom, Name: "oneonone"},
		Attendees: []calendar.Attendee{{
			Address: m.account.Person.Addresses[0], Name: m.account.Person.Name, Kind: calendar.Individual, Answer: calendar.NeedsAction,
		}},
	}
	act := store.Action{
		Kind: store.Make, Pair: x.Pair, UID: x.UID, Original: x.Original, From: x.From, To: x.To, Zone: x.Zone,
		Rung: x.Rung, Reason: x.Reason, With: x.With, Because: "suggestion",
	}
	ev, out := s.make(m, act, d)
	switch {
	case s.err != nil:
	case out == written:
		s.taken[m.account.Name] = append(s.taken[m.account.Name], slot)
		x.Calendar, x.Href, x.EventUID, x.AskedAt, x.Words = home, ev.Href, ev.UID, s.now, ""
		s.become(x, cadence.Open)
	case out == refused, out == unchanged:
		s.lookAgain(m, x, home)
	}
}

// lookAgain finds out what became of a suggestion whose event had been made, or
// refused, before.
func (s *suggester) lookAgain(m *mirror, x *store.Suggestion, home string) {
	for _, sr := range m.series {
		if sr.master != nil && sr.calendar == home && sr.master.Own == calendar.OwnSuggestion && strings.Contains(sr.uid, x.EventID) {
			x.Calendar, x.Href, x.EventUID, x.AskedAt, x.Words = home, sr.master.Href, sr.uid, s.now, ""
			s.become(x, cadence.Open)
			return
		}
	}
	if s.now.Sub(x.AskedAt) > 24*time.Hour {
		s.end(x, cadence.Withdrawn, "its event could not be put into the calendar")
	}
}

// telling is what the words of the suggestion need to know.
func (s *suggester) telling(b *bond, x *store.Suggestion) cadence.Telling {
	t := cadence.Telling{Name: x.With, Zone: b.host.zone, From: x.From, To: x.To, Agenda: s.hasAgenda(x.Pair)}
	for _, d := range s.e.inOneTown(s.w, b.self, b.other) {
		t.SameTown = t.SameTown || d.Covers(x.To)
	}
	if d, ok := s.moves[keyOf(x.UID, x.Original)]; ok && cadence.Kind(x.Kind) == cadence.Move {
		t.Room = d.Note
	}
	if c := b.care(x.UID); c != nil && c.own.s.master.Recurs() {
		t.Rhythm, t.Length = cadence.RhythmOf(c.own.s.master.RRules), c.own.s.length()
		if next := c.next(s.now); cadence.Kind(x.Kind) == cadence.Retime {
			t.From = span.Of(next, t.Length)
		}
	}
	return t
}

// hasAgenda reports whether the pair has an agenda; one that has never met has none.
func (s *suggester) hasAgenda(pair string) bool {
	return (s.e.o.AgendaBase != "" || s.e.keepsPapers()) && slices.ContainsFunc(s.r.facts.Pairs, func(p cadence.Pair) bool {
		return p.Key == pair && len(p.Held) > 0
	})
}

// quarter is the next free quarter of an hour in which the account's person works.
func (s *suggester) quarter(b *bond, m *mirror) (span.Span, bool) {
	f := s.w.facts
	f.People = s.e.everybody(s.w, b.self)
	if taken := s.taken[m.account.Name]; len(taken) > 0 {
		p := f.People[b.self]
		for _, t := range taken {
			p.Blocks = append(p.Blocks[:len(p.Blocks):len(p.Blocks)], reschedule.Block{Span: t, Kind: reschedule.Busy})
		}
		f.People = maps.Clone(f.People)
		f.People[b.self] = p
	}
	policy := s.e.o.Policy
	policy.Before, policy.After, policy.Grid = 0, 0, suggestionLength
	place, ok := reschedule.Find(f, policy, reschedule.Wish{
		People: []string{b.self}, Zone: m.zone, Length: suggestionLength, From: s.now,
		Within: span.Span{Start: s.now, End: s.now.AddDate(0, 0, 14)},
	})
	return place.Slot, ok
}
