package engine

import (
	"context"
	"slices"
	"time"

	"oneonone/internal/reschedule"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

// Look is what the engine sees and would do, for plan, status and explain. It
// names people but no titles and no other events.
type Look struct {
	Now     time.Time
	Items   []Item
	Series  []Series
	Skipped []Skipped
	// Behind are accounts whose calendars could not be read just now.
	Behind []string
	// Suggest is what people would be asked now, as it would be recorded; it has
	// no ID yet. Agreed is what somebody has said yes to and would be done now.
	// Touch is how people are in touch without a series, or not. These three are
	// filled in by Look and LookStored only.
	Suggest, Agreed []store.Suggestion
	Touch           []Touch
}

// Item is one decision about one meeting.
type Item struct {
	Account  string // whose calendar decides; the copy that is known when the organizer has no account
	With     string // the other person
	UID      string
	Original time.Time
	Span     span.Span
	Zone     *time.Location
	Link     string // the agenda link on the event
	Decision reschedule.Decision
	// Asked is the last suggestion to move it, nil when there was none. It is filled
	// in by Look and LookStored only.
	Asked *store.Suggestion
}

// Series is one 1:1 series.
type Series struct {
	Account string
	With    string
	Next    time.Time // start of the next meeting, zero when none is planned
	Zone    *time.Location
	Period  time.Duration
	Note    string // why nothing of it may be moved; "" when it may
}

// Look pulls all accounts and says what would be done as of now. It changes
// nothing outside.
func (e *Engine) Look(ctx context.Context, now time.Time) (Look, error) {
	e.turn.Lock()
	defer e.turn.Unlock()
	now = now.Truncate(time.Second)
	r := Report{Failed: map[string]error{}}
	if err := e.pullAll(ctx, now, true, &r); err != nil {
		return Look{}, err
	}
	return e.lookNow(ctx, now)
}

// LookStored is Look on what the mirror holds, without asking any server.
func (e *Engine) LookStored(ctx context.Context, now time.Time) (Look, error) {
	e.turn.Lock()
	defer e.turn.Unlock()
	before := map[string]bool{}
	for name, h := range e.health {
		before[name], h.fresh = h.fresh, true
	}
	defer func() {
		for name, fresh := range before {
			e.health[name].fresh = fresh
		}
	}()
	return e.lookNow(ctx, now.Truncate(time.Second))
}

func (e *Engine) lookNow(ctx context.Context, now time.Time) (Look, error) {
	w, err := e.buildWorld(ctx, now)
	if err != nil {
		return Look{}, err
	}
	plan := reschedule.Decide(w.facts, e.o.Policy)
	l := e.look(w, plan)
	s, err := e.observer(ctx, w, plan)
	if err != nil {
		return Look{}, err
	}
	s.lookAhead(&l)
	return l, nil
}

func (e *Engine) look(w *world, plan reschedule.Plan) Look {
	l := Look{Now: w.now}
	for _, d := range plan.Decisions {
		mt, src := w.facts.Meetings[d.Meeting], w.sources[d.Meeting]
		l.Items = append(l.Items, Item{
			Account: src.care.own.m.account.Name, With: e.name(w, src.care.otherThan(src.care.own, e)),
			UID: mt.UID, Original: mt.Original, Span: mt.Span, Zone: mt.Zone,
			Link: src.occ.AgendaLink, Decision: d,
		})
	}
	for _, c := range w.cares {
		if !w.replaced(c) {
			l.Series = append(l.Series, e.lookSeries(w, c))
		}
	}
	for _, m := range w.mirrors {
		if !m.fresh {
			l.Behind = append(l.Behind, m.account.Name)
		}
		l.Skipped = append(l.Skipped, m.passedOver()...)
	}
	return l
}

// replaced reports whether the series is over and the pair has another one.
func (w *world) replaced(c *care) bool {
	return !c.alive(w.now) && slices.ContainsFunc(w.cares, func(o *care) bool {
		return o.pair == c.pair && o.own.s.master.Recurs() && o.alive(w.now)
	})
}

func (e *Engine) lookSeries(w *world, c *care) Series {
	s := Series{
		Account: c.own.m.account.Name, With: e.name(w, c.otherThan(c.own, e)),
		Period: c.own.s.period(), Note: c.blocked, Zone: c.own.s.any().Start.Location(),
	}
	for _, o := range c.own.s.occurrences {
		if o.Start.After(w.now) && (s.Next.IsZero() || o.Start.Before(s.Next)) {
			s.Next = o.Start
		}
	}
	return s
}

// otherThan returns the key of the one of the two whose copy sd is not.
func (c *care) otherThan(sd *side, e *Engine) string {
	return c.pair.Other(e.people.Key(sd.m.account.Person.Addresses[0]))
}

// passedOver lists what of the account's calendars was passed over, with reasons.
func (m *mirror) passedOver() []Skipped {
	out := slices.Clone(m.skipped)
	for _, s := range m.series {
		for _, p := range s.problems {
			out = append(out, Skipped{m.account.Name, s.calendar, s.id, p})
		}
	}
	return out
}
