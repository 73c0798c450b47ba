package engine

import (
	"context"
	"fmt"
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
	"oneonone/internal/oneonone"
	"oneonone/internal/reschedule"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

// round plans once and carries the plan out: moves first, then the copies that
// have to follow, then the lines and links on the events. As soon as an event
// turns out to have been changed by somebody else it stops and names the
// accounts to be pulled before the next round.
func (e *Engine) round(ctx context.Context, now time.Time, r *Report) (again []string, err error) {
	w, err := e.buildWorld(ctx, now)
	if err != nil {
		return nil, err
	}
	plan := reschedule.Decide(w.facts, e.o.Policy)
	r.Plan = e.look(w, plan)
	e.logPlan(plan)
	if e.o.Policy.Mode == reschedule.Observe {
		return nil, nil
	}
	if err := e.recordSuggestions(ctx, w, plan); err != nil {
		return nil, err
	}
	p := e.writer(ctx, now, r)
	p.stopAccountsOverLimit(w, plan)
	p.moves(w, plan)
	if p.err != nil || len(p.again) > 0 {
		return p.again, p.err
	}
	if r.Writes > 0 {
		if w, err = e.buildWorld(ctx, now); err != nil {
			return nil, err
		}
		plan = reschedule.Decide(w.facts, e.o.Policy)
	}
	p.copies(w)
	if p.err == nil && len(p.again) == 0 {
		p.upkeep(w, plan)
	}
	if p.err != nil {
		return p.again, p.err
	}
	return p.again, e.recordAgendas(ctx, w)
}

// passWriter carries out one round's plan.
type passWriter struct {
	e       *Engine
	ctx     context.Context
	now     time.Time
	r       *Report
	stopped map[string]bool // accounts that nothing more is written to
	writes  map[string]int  // by account (R12)
	again   []string
	err     error
}

func (e *Engine) writer(ctx context.Context, now time.Time, r *Report) *passWriter {
	return &passWriter{e: e, ctx: ctx, now: now, r: r, stopped: map[string]bool{}, writes: map[string]int{}}
}

// stopAccountsOverLimit applies the end of R12: an account for which more
// changes are planned than a pass may make gets none at all.
func (p *passWriter) stopAccountsOverLimit(w *world, plan reschedule.Plan) {
	planned := map[string]int{}
	for _, d := range plan.Decisions {
		if d.Outcome != reschedule.Move {
			continue
		}
		c := w.sources[d.Meeting].care
		planned[c.own.m.account.Name]++
		if c.copied != nil {
			planned[c.copied.m.account.Name]++
		}
	}
	for name, n := range planned {
		if n <= p.e.o.MaxChanges {
			continue
		}
		p.stopped[name] = true
		err := fmt.Errorf("%d changes were planned at once and max_changes_per_pass is %d; nothing was changed, look at `oneonone plan` and raise the limit if this is right", n, p.e.o.MaxChanges)
		p.r.Failed[name] = err
		p.e.health[name].failing = err.Error()
		p.e.o.Log.Error("too many changes planned at once; nothing was changed for this account", "account", name, "planned", n, "limit", p.e.o.MaxChanges)
	}
}

// moves carries out the plan's moves, those first whose places others take.
func (p *passWriter) moves(w *world, plan reschedule.Plan) {
	made := map[int]bool{}
	for _, i := range inOrder(plan.Decisions) {
		d := plan.Decisions[i]
		if d.Outcome != reschedule.Move || !p.may(w, d, made) {
			continue
		}
		if !p.move(w, d) {
			if p.err != nil || len(p.again) > 0 {
				return
			}
			continue
		}
		made[i] = true
	}
}

// may reports whether the move is possible: its accounts take writes, and the
// moves that make room for it have been made.
func (p *passWriter) may(w *world, d reschedule.Decision, made map[int]bool) bool {
	c := w.sources[d.Meeting].care
	if p.stopped[c.own.m.account.Name] || (c.copied != nil && (p.stopped[c.copied.m.account.Name] || !c.copied.m.fresh)) {
		return false
	}
	for _, i := range d.After {
		if !made[i] {
			return false
		}
	}
	return true
}

// inOrder returns the indexes of ds so that each comes after those it names in After.
func inOrder(ds []reschedule.Decision) []int {
	var out []int
	seen := make([]bool, len(ds))
	var visit func(i int)
	visit = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		for _, j := range ds[i].After {
			visit(j)
		}
		out = append(out, i)
	}
	for i := range ds {
		visit(i)
	}
	return out
}

// move moves one occurrence in the organizer's copy and, where the server does
// not do it, in the other person's. It reports whether the organizer's copy
// stands at the new time.
func (p *passWriter) move(w *world, d reschedule.Decision) bool {
	src, mt := w.sources[d.Meeting], w.facts.Meetings[d.Meeting]
	mark := nextMark(w.history.mark(src.occ), src.occ, calendar.Mark{From: mt.Span, To: d.To, At: p.now})
	line := agenda.Moved(*mark, mt.Zone, d.Reason, d.Note)
	act := store.Action{
		Kind: store.Move, UID: mt.UID, Original: mt.Original, Pair: mt.Pair,
		From: mt.Span, To: d.To, Rung: d.Rung, Reason: d.Reason, Because: d.Because,
		Zone: zoneOf(mt.Span.Start), With: p.e.name(w, src.care.guest), PlannedAt: p.now,
	}
	if !p.shift(src.care.own, src.occ, act, mark, line, true) {
		return false
	}
	p.r.Moved++
	if src.care.copied != nil {
		p.copy(w, src, d.To, mark, line)
	}
	return true
}

// copy makes the other person's copy of an occurrence match the organizer's.
func (p *passWriter) copy(w *world, src source, to span.Span, orgMark *calendar.Mark, line string) {
	c := src.care
	theirs := c.copied.s.at(src.occ.Original)
	if theirs == nil {
		return
	}
	mark := nextMark(w.history.copyMark(c.copied.m.account.Name, *theirs), *theirs, calendar.Mark{From: theirs.Span(), To: to, At: p.now})
	if orgMark != nil && oneonone.Undone(*orgMark) {
		mark.From = to
	}
	act := store.Action{
		Kind: store.Heal, UID: src.occ.UID, Original: src.occ.Original, Pair: c.pair.String(),
		From: theirs.Span(), To: to, Reason: "The organizer's copy stands at this time.",
		Zone: zoneOf(theirs.Start), With: p.e.name(w, c.organizer), PlannedAt: p.now,
	}
	p.shift(c.copied, *theirs, act, mark, line, false)
}

// shift puts one occurrence of one copy at act.To. The line replaces what the
// program had said about an earlier move on the event.
func (p *passWriter) shift(sd *side, o calendar.Occurrence, act store.Action, mark *calendar.Mark, line string, organizer bool) bool {
	lines := withLine(sd, o, line)
	c := calendar.Change{
		Notify: p.e.o.NotifyGuests, Organizer: organizer,
		Parts: []calendar.Part{{Original: o.Original, To: &act.To, Mark: mark, Lines: lines}},
	}
	return p.send(sd, o.Href, o.ETag, act, c) == written
}

// send makes one change to one resource of a side and keeps the books.
func (p *passWriter) send(sd *side, href string, decidedOn calendar.ETag, act store.Action, c calendar.Change) outcome {
	a := sd.m.account
	if p.stopped[a.Name] {
		return refused
	}
	stored, found, err := p.e.o.Store.Resource(p.ctx, a.Name, sd.s.calendar, href)
	if err != nil {
		p.err = err
		return unsure
	}
	if !found || (stored.ETag != decidedOn && !p.e.wrote(a.Name, stored.Resource)) {
		p.again = append(p.again, a.Name)
		return contested
	}
	c.Base = stored.Resource
	out, err := p.e.write(p.ctx, a, act, c, p.r)
	switch {
	case err != nil:
		p.err = err
	case out == contested, out == unsure:
		p.again = append(p.again, a.Name)
	case out == written:
		p.writes[a.Name]++
	}
	return out
}

// copies lets the other person's copies follow that are behind, after a crash
// between two writes or after the organizer dragged a meeting we had moved.
func (p *passWriter) copies(w *world) {
	for _, src := range w.sources {
		c := src.care
		if c.copied == nil || c.blocked != "" || !c.copied.m.fresh || !src.occ.Start.After(p.now) {
			continue
		}
		theirs := c.copied.s.at(src.occ.Original)
		if p.e.copyState(w, c, src.occ, theirs) != oneonone.CopyBehind {
			continue
		}
		if p.writes[c.copied.m.account.Name] >= p.e.o.MaxChanges {
			continue
		}
		p.copy(w, src, src.occ.Span(), w.history.mark(src.occ), movedLineOf(src.occ))
		if p.err != nil || len(p.again) > 0 {
			return
		}
	}
}

// ourWrite names a state of a resource that the program itself wrote.
type ourWrite struct {
	account, calendar, href string
}

// remember notes the state a write has led to, so that a further change of the
// same pass may build on it.
func (e *Engine) remember(account string, res calendar.Resource) {
	e.ours[ourWrite{account, res.Calendar, res.Href}] = res.ETag
}

func (e *Engine) wrote(account string, res calendar.Resource) bool {
	return e.ours[ourWrite{account, res.Calendar, res.Href}] == res.ETag
}
