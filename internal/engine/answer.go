package engine

import (
	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/store"
)

// answer reads what the addressee says to an open suggestion.
func (s *suggester) answer(b *bond, m *mirror, x *store.Suggestion) {
	to := cadence.Answer(suggested(*x), seen(m, x), s.now)
	switch to {
	case cadence.Open:
		return
	case cadence.Accepted:
		x.AnsweredAt = s.now
		if s.become(x, to); !s.halted() {
			s.fulfil(b, m, x)
		}
		return
	case cadence.Expired:
		s.end(x, to, "nobody answered")
	case cadence.Later:
		x.AnsweredAt = s.now
		s.end(x, to, "the answer was maybe; it is asked again a week later")
	default:
		x.AnsweredAt = s.now
		s.end(x, to, "the answer was no")
	}
	if !s.halted() {
		s.clear(m, x)
	}
}

// seen tells what the calendar shows of the suggestion's event. The answer may
// stand on any copy of it that the account has.
func seen(m *mirror, x *store.Suggestion) cadence.Seen {
	found := false
	for _, sr := range m.series {
		if sr.uid != x.EventUID || sr.master == nil {
			continue
		}
		ev := sr.master
		found = found || sr.calendar == x.Calendar
		if ev.Status == calendar.Cancelled {
			return cadence.Gone
		}
		answer, _ := ev.AnswerOf(m.account.Person.Addresses)
		switch answer {
		case calendar.Accepted:
			return cadence.Yes
		case calendar.Declined:
			return cadence.No
		case calendar.Maybe:
			return cadence.Perhaps
		}
	}
	if !found {
		return cadence.Gone
	}
	return cadence.Waiting
}

// become stores the new state of a suggestion.
func (s *suggester) become(x *store.Suggestion, to cadence.State) {
	from := x.State
	x.State = string(to)
	if err := s.e.o.Store.UpdateSuggestion(s.ctx, *x, from); err != nil {
		s.err = err
		return
	}
	s.e.o.Log.Info("suggestion", "account", x.Account, "id", x.ID, "state", x.State)
}

// end closes a suggestion; clear takes its event away.
func (s *suggester) end(x *store.Suggestion, to cadence.State, words string) {
	x.Words, x.EndedAt = words, s.now
	s.become(x, to)
}

// clear takes the event of a suggestion that has ended out of the calendar.
func (s *suggester) clear(m *mirror, x *store.Suggestion) {
	if m == nil || s.halted() || x.Href == "" {
		return
	}
	for _, sr := range m.series {
		if sr.calendar == x.Calendar && sr.uid == x.EventUID && sr.master != nil && sr.master.Status != calendar.Cancelled {
			act := store.Action{
				Kind: store.Retract, UID: x.EventUID, Pair: x.Pair, With: x.With, Zone: x.Zone,
				Reason: "The suggestion has ended: " + x.Words + ".", Because: "suggestion",
			}
			s.retract(m, x.Calendar, sr.master.Href, act, false)
			return
		}
	}
}
