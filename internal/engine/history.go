package engine

import (
	"context"
	"slices"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/oneonone"
	"oneonone/internal/store"
)

// history is what the action log knows of past moves. It fills in for marks
// that a client threw away; where an event carries its mark, the mark counts.
type history struct {
	moves  map[meetingKey]moved
	copies map[copyKey]calendar.Mark
	wrote  map[wroteKey]bool
	stamps map[string][]stamped // by UID: when the program wrote to a copy
	// upkept counts what upkeep wrote on each resource within a day.
	upkept map[resourceKey]int
}

type resourceKey struct{ account, href string }

type moved struct {
	mark calendar.Mark
	pair string
}

type copyKey struct {
	account string
	meetingKey
}

type wroteKey struct {
	account, href string
	at            int64
}

// stamped is a write of the program's to an account.
type stamped struct {
	account string
	at      time.Time
}

// loadHistory reads the actions of the last two months.
func (e *Engine) loadHistory(ctx context.Context, now time.Time) (history, error) {
	h := history{map[meetingKey]moved{}, map[copyKey]calendar.Mark{}, map[wroteKey]bool{}, map[string][]stamped{}, map[resourceKey]int{}}
	done, err := e.o.Store.Actions(ctx, store.Filter{State: store.Done, Since: now.Add(-margin)})
	if err != nil {
		return h, err
	}
	for _, a := range done {
		h.wrote[wroteKey{a.Account, a.Href, a.PlannedAt.Unix()}] = true
		h.stamps[a.UID] = append(h.stamps[a.UID], stamped{a.Account, a.PlannedAt})
		key := keyOf(a.UID, a.Original)
		switch a.Kind {
		case store.Move, store.Undo:
			old := h.moves[key]
			m := moved{calendar.Mark{Count: old.mark.Count, From: a.From, To: a.To, At: a.PlannedAt}, a.Pair}
			if a.Kind == store.Move {
				m.mark.Count++
			} else {
				m.mark.From = a.To
			}
			h.moves[key] = m
		case store.Link:
			if now.Sub(a.PlannedAt) < 24*time.Hour {
				h.upkept[resourceKey{a.Account, a.Href}]++
			}
		case store.Heal:
			h.copies[copyKey{a.Account, key}] = calendar.Mark{Count: 1, From: a.From, To: a.To, At: a.PlannedAt}
		}
	}
	return h, nil
}

// askedToMove returns the occurrences about whose move a person was asked and has
// not said yes: until then, and for ever after a no or silence, which the
// suggestion says leave it where it is, none of them is moved without asking (R28).
func (e *Engine) askedToMove(ctx context.Context) (map[meetingKey]string, error) {
	out := map[meetingKey]string{}
	all, err := e.o.Store.Suggestions(ctx, time.Time{})
	for _, s := range all {
		if cadence.Kind(s.Kind) != cadence.Move {
			continue
		}
		key := keyOf(s.UID, s.Original)
		switch cadence.State(s.State) {
		case cadence.Wanted, cadence.Open, cadence.Later:
			if out[key] == "" {
				out[key] = "you were asked about this meeting before"
			}
		case cadence.Refused, cadence.Expired:
			out[key] = "the answer was no when it was suggested before"
		}
	}
	return out, err
}

// mark returns the program's last move of o in the organizer's copy, nil when
// it never moved it.
func (h history) mark(o calendar.Occurrence) *calendar.Mark {
	if o.Mark != nil {
		return o.Mark
	}
	if m, ok := h.moves[keyOf(o.UID, o.Original)]; ok {
		return &m.mark
	}
	return nil
}

// copyMark is mark for the other person's copy in account.
func (h history) copyMark(account string, o calendar.Occurrence) *calendar.Mark {
	if o.Mark != nil {
		return o.Mark
	}
	if m, ok := h.copies[copyKey{account, keyOf(o.UID, o.Original)}]; ok {
		return &m
	}
	return nil
}

// wroteAt reports whether the change that a resource shows for the instant at
// was the program's own.
func (h history) wroteAt(account, href string, at time.Time) bool {
	return h.wrote[wroteKey{account, href, at.Unix()}]
}

// ownStamp is how far the time that a server stamps on the program's own write
// may be from the instant of the pass: passes take their time, and clocks differ.
const ownStamp = 2 * time.Minute

// stamped reports whether the stamp on a copy of the event is that of a write of
// the program's, which a server may have brought into the other copy. What a
// person does in the same minutes is seen to change the event when it is pulled.
func (h history) stamped(uid string, at time.Time) bool {
	return slices.ContainsFunc(h.stamps[uid], func(s stamped) bool { return at.Sub(s.at).Abs() <= ownStamp })
}

// seenBy reports whether a resource of the event was seen at that instant
// because the program wrote it.
func (h history) seenBy(account, uid string, at time.Time) bool {
	return slices.ContainsFunc(h.stamps[uid], func(s stamped) bool { return s.account == account && s.at.Equal(at) })
}

// nextMark is c as the mark of a move that follows the one with the mark old.
func nextMark(old *calendar.Mark, c calendar.Mark) *calendar.Mark {
	if old != nil && !oneonone.Undone(*old) {
		c.Count = old.Count
	}
	c.Count++
	return &c
}
