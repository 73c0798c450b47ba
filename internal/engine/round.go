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

// passWriter carries out what a pass decides, in one or more rounds. Its
// methods stop as soon as err is set or an account has to be pulled again.
type passWriter struct {
	e       *Engine
	ctx     context.Context
	now     time.Time
	r       *Report
	stopped map[string]bool            // accounts that nothing more is written to
	writes  map[string]int             // by account, in all rounds (R12)
	ours    map[ourWrite]calendar.ETag // the pass's last write to each resource
	again   []string                   // accounts to be pulled before the next round
	err     error                      // the store failed, or the program is to stop
}

// ourWrite names a resource that the pass itself has written.
type ourWrite struct{ account, calendar, href string }

func (e *Engine) writer(ctx context.Context, now time.Time, r *Report) *passWriter {
	p := &passWriter{
		e: e, ctx: ctx, now: now, r: r,
		stopped: map[string]bool{}, writes: map[string]int{}, ours: map[ourWrite]calendar.ETag{},
	}
	p.stayParked()
	return p
}

// halted reports whether the round is over.
func (p *passWriter) halted() bool { return p.err != nil || len(p.again) > 0 }

// round plans once and carries the plan out: moves first, then the copies that
// have to follow, then suggestions, then the lines and links on the events. As soon as an event
// turns out to have been changed by somebody else it stops and names the
// accounts to be pulled before the next round.
func (p *passWriter) round() {
	w, plan := p.plan()
	if p.err != nil {
		return
	}
	p.r.Plan = p.e.look(w, plan)
	p.e.logPlan(plan)
	if p.err = p.e.noteEvidence(p.ctx, w, plan); p.err != nil || p.e.o.Policy.Mode == reschedule.Observe {
		return
	}
	p.stopAccountsOverLimit(w, plan)
	before := p.r.Writes
	if p.moves(w, plan); p.halted() {
		return
	}
	if p.r.Writes > before {
		if w, plan = p.plan(); p.err != nil {
			return
		}
	}
	if p.copies(w); p.halted() {
		return
	}
	before = p.r.Writes
	if p.suggestions(w, plan); p.halted() {
		return
	}
	if p.r.Writes > before {
		if w, plan = p.plan(); p.err != nil {
			return
		}
	}
	if p.publish(w); p.halted() {
		return
	}
	if p.upkeep(w, plan); p.halted() {
		return
	}
	if p.err = p.e.recordAgendas(p.ctx, w); p.err != nil {
		return
	}
	p.err = p.e.recordTopics(p.ctx, w)
}

func (p *passWriter) plan() (*world, reschedule.Plan) {
	w, err := p.e.buildWorld(p.ctx, p.now)
	if err != nil {
		p.err = err
		return nil, reschedule.Plan{}
	}
	p.e.o.Progress()
	return w, reschedule.Decide(w.facts, p.e.o.Policy)
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
		if n += p.writes[name]; n > p.e.o.MaxChanges {
			p.stopped[name] = true
			p.r.Failed[name] = fmt.Errorf("%d changes were planned at once and max_changes_per_pass is %d; "+
				"nothing more is changed: look at `oneonone plan`, and raise the limit if this is right", n, p.e.o.MaxChanges)
		}
	}
}

// moves carries out the plan's moves, those first whose places others take.
func (p *passWriter) moves(w *world, plan reschedule.Plan) {
	made := map[int]bool{}
	for _, i := range inOrder(plan.Decisions) {
		d := plan.Decisions[i]
		if d.Outcome == reschedule.Move && p.may(w, d, made) {
			made[i] = p.move(w, d)
		}
		if p.halted() {
			return
		}
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
	mark := nextMark(w.history.mark(src.occ), calendar.Mark{From: mt.Span, To: d.To, At: p.now})
	line := agenda.Moved(*mark, mt.Zone, d.Reason, d.Note)
	act := store.Action{
		Kind: store.Move, UID: mt.UID, Original: mt.Original, Pair: mt.Pair,
		From: mt.Span, To: d.To, Rung: d.Rung, Reason: d.Reason, Because: d.Because,
		Zone: zoneOf(mt.Span.Start), With: p.e.name(w, src.care.guest), PlannedAt: p.now,
	}
	if !p.shift(w, src.care, src.care.own, src.occ, act, mark, line) {
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
	// A copy that follows a person's drag carries no mark: it is no move of ours.
	var mark *calendar.Mark
	if orgMark != nil {
		mark = nextMark(w.history.copyMark(c.copied.m.account.Name, *theirs), calendar.Mark{From: theirs.Span(), To: to, At: p.now})
		if oneonone.Undone(*orgMark) {
			mark.From = to
		}
	}
	act := store.Action{
		Kind: store.Heal, UID: src.occ.UID, Original: src.occ.Original, Pair: c.pair.String(),
		From: theirs.Span(), To: to, Reason: "The organizer's copy stands at this time.",
		Zone: zoneOf(theirs.Start), With: p.e.name(w, c.organizer), PlannedAt: p.now,
	}
	p.shift(w, c, c.copied, *theirs, act, mark, line)
}

// shift puts one occurrence of one copy at act.To. The line replaces what the
// program had said about an earlier move on the event. What upkeep would write
// on the resource goes with it, so that a move is one write. It reports whether
// the copy stands there.
func (p *passWriter) shift(w *world, c *care, sd *side, o calendar.Occurrence, act store.Action, mark *calendar.Mark, line string) bool {
	wish, err := p.e.linkOf(p.ctx, w, c)
	if err != nil {
		p.err = err
		return false
	}
	link := wish.on(o.Event)
	var parts []calendar.Part
	// A master that the pass has written to has what it needs; where it is a
	// resource of its own, the state decided on is gone, too.
	_, done := p.ours[ourWrite{sd.m.account.Name, sd.s.calendar, o.Href}]
	if master := sd.s.master; master != nil && !done && !o.Original.IsZero() && master.Href == o.Href {
		if part, needed := wanted(*master, wish.on(*master), ""); needed {
			parts = append(parts, part)
		}
	}
	part := calendar.Part{Original: o.Original, To: &act.To, Mark: mark, Lines: agenda.Lines(link, line)}
	if part.Lines == nil {
		part.Lines = []string{}
	}
	if o.AgendaLink != link {
		part.Link = &link
	}
	change := calendar.Change{Notify: p.e.o.NotifyGuests, Organizer: sd == c.own, Parts: append(parts, part)}
	return p.send(sd, o.Href, o.ETag, act, change) == written
}

// send makes one change to one resource of a side and keeps the books.
func (p *passWriter) send(sd *side, href string, decidedOn calendar.ETag, act store.Action, c calendar.Change) outcome {
	a := sd.m.account
	if _, lost := sd.m.lost[sd.s.calendar]; lost || p.stopped[a.Name] {
		return refused
	}
	stored, found, err := p.e.o.Store.Resource(p.ctx, a.Name, sd.s.calendar, href)
	if err != nil {
		p.err = err
		return unsure
	}
	key := ourWrite{a.Name, sd.s.calendar, href}
	if !found || (stored.ETag != decidedOn && p.ours[key] != stored.ETag) {
		p.pullAgain(a.Name)
		return contested
	}
	c.Base = stored.Resource
	out, etag, err := p.e.write(p.ctx, sd.m, act, c, p.r)
	switch {
	case err != nil:
		p.err = err
	case out == contested, out == unsure:
		p.pullAgain(a.Name)
	case out == later:
		p.stopped[a.Name] = true
	case out == written:
		p.writes[a.Name]++
		p.ours[key] = etag
	}
	return out
}

func (p *passWriter) pullAgain(name string) {
	for _, x := range p.again {
		if x == name {
			return
		}
	}
	p.again = append(p.again, name)
}

// copies lets the other person's copies follow that are behind, after a crash
// between two writes or after the organizer dragged a meeting we had moved.
func (p *passWriter) copies(w *world) {
	for _, src := range w.sources {
		c := src.care
		if c.copied == nil || c.blocked != "" || !c.own.m.fresh || !c.copied.m.fresh || !src.occ.Start.After(p.now) {
			continue
		}
		theirs := c.copied.s.at(src.occ.Original)
		if p.e.copyState(w, c, src.occ, theirs) != oneonone.CopyBehind || p.full(c.copied) {
			continue
		}
		if p.copy(w, src, src.occ.Span(), w.history.mark(src.occ), movedLineOf(src.occ)); p.halted() {
			return
		}
	}
}

// full reports whether the pass has made as many changes to the side's account
// as it may (R12).
func (p *passWriter) full(sd *side) bool {
	return p.writes[sd.m.account.Name] >= p.e.o.MaxChanges
}
