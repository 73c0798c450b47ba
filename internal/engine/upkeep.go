package engine

import (
	"slices"
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// maxUpkeep is how often a day upkeep writes on one resource: a server or a
// client that takes the link off every time is not fought with.
const maxUpkeep = 8

// upkeep puts the agenda link on every 1:1 and says on those that could not be
// placed that they stay. It fills what R12 leaves of the pass; the rest follows
// in the next passes. Guests are never told of it (R15).
func (p *passWriter) upkeep(w *world, plan reschedule.Plan) {
	lines, inHand := stuckLines(w, plan), p.e.inHand(w, plan)
	for _, c := range w.cares {
		if !c.served || c.blocked != "" || !c.own.m.fresh || !c.alive(p.now) || inHand[c] {
			continue
		}
		link, err := p.e.linkOf(p.ctx, w, c)
		if err != nil {
			p.err = err
			return
		}
		for _, sd := range []*side{c.own, c.copied} {
			if sd == nil || !sd.m.fresh || p.behind(sd) {
				continue
			}
			if p.upkeepSide(w, c, sd, link, lines); p.halted() {
				return
			}
		}
	}
}

// upkeepSide writes what is wanted on one copy of a series, one change for each
// resource it consists of.
func (p *passWriter) upkeepSide(w *world, c *care, sd *side, link wantedLink, lines map[meetingKey]string) {
	var hrefs []string
	parts := map[string][]calendar.Part{}
	etags := map[string]calendar.ETag{}
	want := func(holder, of calendar.Event, line string) {
		part, needed := wanted(of, link.on(of), line)
		if !needed {
			return
		}
		if parts[holder.Href] == nil {
			hrefs = append(hrefs, holder.Href)
		}
		parts[holder.Href] = append(parts[holder.Href], part)
		etags[holder.Href] = holder.ETag
	}
	master := *sd.s.master
	want(master, master, lines[keyOf(sd.s.uid, time.Time{})])
	excepted := map[int64]bool{}
	for _, x := range sd.s.exceptions {
		excepted[x.Original.Unix()] = true
		if x.Status != calendar.Cancelled && x.End.After(p.now) {
			want(x, x, lines[keyOf(x.UID, x.Original)])
		}
	}
	for _, o := range sd.s.occurrences {
		line := lines[keyOf(o.UID, o.Original)]
		if line != "" && line != asItIs && !o.Original.IsZero() && !excepted[o.Original.Unix()] {
			want(master, o.Event, line)
		}
	}
	for _, href := range hrefs {
		if p.full(sd) || w.history.upkept[resourceKey{sd.m.account.Name, href}] >= maxUpkeep {
			continue
		}
		act := store.Action{
			Kind: store.Link, UID: sd.s.uid, Pair: c.pair.String(), PlannedAt: p.now,
			Reason: "The agenda link and the lines on the event are kept up.",
		}
		if p.send(sd, href, etags[href], act, calendar.Change{Parts: parts[href], Organizer: sd == c.own}); p.halted() {
			return
		}
	}
}

// behind reports whether the pass has written to the series in a way that the
// mirror does not show before the next pull: where occurrences are resources of
// their own, a write to one leaves its series in another state.
func (p *passWriter) behind(sd *side) bool {
	return slices.ContainsFunc(append(slices.Clone(sd.s.exceptions), *sd.s.master), func(ev calendar.Event) bool {
		etag, wrote := p.ours[ourWrite{sd.m.account.Name, sd.s.calendar, ev.Href}]
		return wrote && (etag != ev.ETag || ev.Href != sd.s.master.Href)
	})
}

// wanted compares what stands on ev with what should, and returns what to
// change. line is what is to be said about a meeting that could not be placed.
func wanted(ev calendar.Event, link, line string) (part calendar.Part, needed bool) {
	_, have, _ := agenda.SplitBlock(ev.Description, ev.HTML)
	lines := agenda.Lines(link, kept(have, line)...)
	part.Original = ev.Original
	if !slices.Equal(have, lines) {
		part.Lines, needed = lines, true
		if part.Lines == nil {
			part.Lines = []string{}
		}
	}
	if ev.AgendaLink != link {
		part.Link, needed = &link, true
	}
	return part, needed
}

// kept is what stays of the lines in a block beside the link: what was said
// about a move, and the line of now about a meeting that could not be placed.
func kept(have []string, line string) []string {
	var out []string
	for _, l := range have {
		if agenda.IsMoved(l) || line == asItIs && !agenda.IsLink(l) {
			out = append(out, l)
		}
	}
	if line != "" && line != asItIs {
		out = append(out, line)
	}
	return out
}

// movedLineOf returns the line about its move that stands on o.
func movedLineOf(o calendar.Occurrence) string {
	_, have, _ := agenda.SplitBlock(o.Description, o.HTML)
	for _, l := range have {
		if agenda.IsMoved(l) {
			return l
		}
	}
	return ""
}

// asItIs stands for whatever line is on the event.
const asItIs = "as it is"

// stuckLines words rung 5 of R11 for each meeting it applies to. While a
// conflict has not settled yet, what is said on the event stays as it is.
func stuckLines(w *world, plan reschedule.Plan) map[meetingKey]string {
	out := map[meetingKey]string{}
	for _, d := range plan.Decisions {
		mt := w.facts.Meetings[d.Meeting]
		switch d.Outcome {
		case reschedule.Stuck:
			out[keyOf(mt.UID, mt.Original)] = agenda.Stuck(d.Cause)
		case reschedule.Wait:
			out[keyOf(mt.UID, mt.Original)] = asItIs
		}
	}
	return out
}

// inHand returns the series on which somebody is at work: a conflict waits
// because the meeting itself was changed a moment ago (R13). A write of ours
// would take the place of that change's time stamp, and the wait would be over.
func (e *Engine) inHand(w *world, plan reschedule.Plan) map[*care]bool {
	out := map[*care]bool{}
	for _, d := range plan.Decisions {
		mt := w.facts.Meetings[d.Meeting]
		if d.Outcome == reschedule.Wait && mt.Updated.Add(e.o.Policy.Settle).After(w.now) {
			out[w.sources[d.Meeting].care] = true
		}
	}
	return out
}

// alive reports whether a meeting of the series is still to come.
func (c *care) alive(now time.Time) bool {
	for _, o := range c.own.s.occurrences {
		if o.End.After(now) {
			return true
		}
	}
	return false
}
