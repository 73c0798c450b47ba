package engine

import (
	"slices"
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// upkeep puts the agenda link on every 1:1 and says on those that could not be
// placed that they stay. It fills what R12 leaves of the pass; the rest follows
// in the next passes. Guests are never told of it (R15).
func (p *passWriter) upkeep(w *world, plan reschedule.Plan) {
	stuck := stuckLines(w, plan)
	for _, c := range w.cares {
		if !c.served || c.blocked != "" || !c.own.m.fresh || !c.alive(p.now) {
			continue
		}
		link, err := p.e.linkOf(p.ctx, c)
		if err != nil {
			p.err = err
			return
		}
		for _, sd := range []*side{c.own, c.copied} {
			if sd == nil || !sd.m.fresh {
				continue
			}
			p.upkeepSide(c, sd, link, stuck)
			if p.err != nil || len(p.again) > 0 {
				return
			}
		}
	}
}

// upkeepSide writes what is wanted on one copy of a series, one change for each
// resource it consists of.
func (p *passWriter) upkeepSide(c *care, sd *side, link string, stuck map[meetingKey]string) {
	var hrefs []string
	parts := map[string][]calendar.Part{}
	etags := map[string]calendar.ETag{}
	want := func(ev calendar.Event, part calendar.Part, needed bool) {
		if !needed {
			return
		}
		if parts[ev.Href] == nil {
			hrefs = append(hrefs, ev.Href)
		}
		parts[ev.Href] = append(parts[ev.Href], part)
		etags[ev.Href] = ev.ETag
	}
	seen := map[int64]bool{}
	want(wanted(*sd.s.master, *sd.s.master, link, stuck[keyOf(sd.s.uid, time.Time{})]))
	for _, x := range sd.s.exceptions {
		seen[x.Original.Unix()] = true
		if x.Status != calendar.Cancelled && x.End.After(p.now) {
			want(wanted(x, x, link, stuck[keyOf(x.UID, x.Original)]))
		}
	}
	for _, o := range sd.s.occurrences {
		line := stuck[keyOf(o.UID, o.Original)]
		if line != "" && !o.Original.IsZero() && !seen[o.Original.Unix()] {
			want(wanted(*sd.s.master, o.Event, link, line))
		}
	}
	for _, href := range hrefs {
		if p.writes[sd.m.account.Name] >= p.e.o.MaxChanges {
			return
		}
		act := store.Action{
			Kind: store.Link, UID: sd.s.uid, Pair: c.pair.String(), PlannedAt: p.now,
			Reason: "The agenda link and the lines on the event are kept up.",
		}
		p.send(sd, href, etags[href], act, calendar.Change{Parts: parts[href], Organizer: sd == c.own})
		if p.err != nil || len(p.again) > 0 {
			return
		}
	}
}

// wanted compares what stands on ev with what should, and returns what to
// change for the component of; holder is the component whose resource is written.
func wanted(holder, of calendar.Event, link, stuck string) (calendar.Event, calendar.Part, bool) {
	_, have, _ := agenda.SplitBlock(of.Description, of.HTML)
	lines := agenda.Lines(link, kept(have, stuck)...)
	part := calendar.Part{Original: of.Original}
	needed := false
	if !slices.Equal(have, lines) {
		part.Lines, needed = lines, true
		if part.Lines == nil {
			part.Lines = []string{}
		}
	}
	if of.AgendaLink != link {
		part.Link, needed = &link, true
	}
	return holder, part, needed
}

// kept is what of the lines in a block stays true: what was said about a move,
// and the stuck line of now.
func kept(have []string, stuck string) []string {
	var out []string
	for _, l := range have {
		if agenda.IsMoved(l) {
			out = append(out, l)
		}
	}
	if stuck != "" {
		out = append(out, stuck)
	}
	return out
}

// withLine is the block of an occurrence after a move: its link and the line
// about the move, in place of an earlier one.
func withLine(sd *side, o calendar.Occurrence, line string) []string {
	_, have, _ := agenda.SplitBlock(o.Description, o.HTML)
	lines := []string{}
	for _, l := range have {
		if agenda.IsLink(l) {
			lines = append(lines, l)
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
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

// stuckLines words rung 5 of R11 for each meeting it applies to.
func stuckLines(w *world, plan reschedule.Plan) map[meetingKey]string {
	out := map[meetingKey]string{}
	for _, d := range plan.Decisions {
		if d.Outcome == reschedule.Stuck {
			mt := w.facts.Meetings[d.Meeting]
			out[keyOf(mt.UID, mt.Original)] = agenda.Stuck(d.Reason)
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
