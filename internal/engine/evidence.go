package engine

import (
	"context"
	"slices"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// noteEvidence keeps what the rules on rhythm will ask for later: which meetings
// had conflicts (R18), and how long people say in the calendar that a past one took (R20).
func (e *Engine) noteEvidence(ctx context.Context, w *world, plan reschedule.Plan) error {
	if e.o.Cadence == (cadence.Policy{}) {
		return nil
	}
	var troubled []store.Occurrence
	for _, d := range plan.Decisions {
		mt := w.facts.Meetings[d.Meeting]
		key := keyOf(mt.UID, mt.Original)
		if collides(d) && !mt.Original.IsZero() && !e.noted[key] {
			troubled = append(troubled, store.Occurrence{UID: mt.UID, Original: mt.Original})
			e.noted[key] = true
		}
	}
	if err := e.o.Store.PutTroubled(ctx, troubled, w.now); err != nil {
		return err
	}
	for i, mt := range w.every {
		if mt.Span.End.After(w.now) || len(mt.Declined) > 0 {
			continue
		}
		src := w.everySource[i]
		took, ok := w.changedEnd(src)
		key := keyOf(mt.UID, mt.Original)
		if !ok || e.measured[key] == took {
			continue
		}
		if _, err := e.o.Store.PutLength(ctx, store.Length{
			Pair: mt.Pair, UID: mt.UID, Original: mt.Original, Start: mt.Span.Start, Length: took,
			Source: string(cadence.FromEnd), NotedAt: w.now,
		}); err != nil {
			return err
		}
		e.measured[key] = took
	}
	return e.measure(ctx, w)
}

// collides reports whether the weekly time is to blame: somebody who is away could
// not come at another time of the week either.
func collides(d reschedule.Decision) bool {
	return slices.ContainsFunc(d.Conflicts, func(x reschedule.Conflict) bool { return x.Kind != reschedule.IsAway })
}

// longest is what nobody takes for the length of one 1:1.
const longest = 8 * time.Hour

// changedEnd returns how long a past meeting took when one of the two changed
// its end during it or afterwards (R20). What was planned, by a person or by the
// program, is no evidence.
func (w *world) changedEnd(src source) (time.Duration, bool) {
	c := src.care
	planned := c.own.s.length()
	for _, sd := range []*side{c.own, c.answers} {
		if sd == nil {
			continue
		}
		o := sd.s.at(src.occ.Original)
		if o == nil || !o.Exception && !o.Original.IsZero() {
			continue
		}
		took := o.End.Sub(o.Start)
		if took <= 0 || took > longest || o.Mark != nil && took == o.Mark.To.Duration() || !o.Original.IsZero() && took == planned {
			continue
		}
		if w.changedAt(sd, *o).After(o.Start) && (!o.Original.IsZero() || o.Sequence > 0) {
			return took, true
		}
	}
	return 0, false
}

// changedAt is when somebody else than the program last changed this very
// occurrence, as far as the event tells; else when its resource was seen to change.
func (w *world) changedAt(sd *side, o calendar.Occurrence) time.Time {
	at := o.Updated
	if at.IsZero() {
		at = sd.s.seenAt
	}
	if w.history.wroteAt(sd.m.account.Name, o.Href, at) {
		return time.Time{}
	}
	return at
}
