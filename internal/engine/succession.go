package engine

import (
	"errors"
	"slices"
	"strings"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

var errUnchangeable = errors.New("the series cannot be changed any more")

// changeable says why the series of the proposal cannot be changed as it
// proposes; nil when it can.
func (s *suggester) changeable(b *bond, pr cadence.Proposal) error {
	c := b.care(pr.UID)
	if c == nil || !c.alive(s.now) || c.unchangeable() != "" {
		return errUnchangeable
	}
	_, err := s.succession(c, pr.Rhythm, pr.Length, pr.Start)
	return err
}

// succession plans how the series goes on (R29).
func (s *suggester) succession(c *care, rhythm cadence.Rhythm, length time.Duration, start time.Time) (cadence.Succession, error) {
	master := c.own.s.master
	return cadence.Succeed(*master, c.own.s.exceptions, cadence.Change{Rhythm: rhythm, Length: length, Start: start},
		s.now.Add(s.e.o.Policy.Notice), s.now.AddDate(0, 0, 7*weeksAhead))
}

// changeSeries changes a series as the person agreed (R29), in steps each of
// which leaves no week without the meeting: the new series is made in both
// calendars, then the old one ends in both, then what the old one left behind
// goes. What has been done already is read from the calendars, so that a crash
// between two steps is gone on from.
func (s *suggester) changeSeries(b *bond, m *mirror, x *store.Suggestion) {
	id := ident("series", x.EventID)
	c := s.careOf(x.UID)
	next := m.made(id)
	var plan *cadence.Succession
	if next == nil {
		if next, plan = s.begin(m, c, x, id); next == nil {
			return
		}
	}
	if c == nil {
		s.applied(m, x) // Somebody deleted the old one.
		return
	}
	cut := next.Start
	if after := x.From.Start; !after.IsZero() {
		cut = after
	}
	switch {
	case !c.standsAt(cut) && c.meetsAfter(cut):
		s.takeBack(m, c, x, id)
	case s.finishChange(m, c, x, id, cut, plan):
		x.MadeUID = next.UID
		s.applied(m, x)
	}
}

// finishChange does what is left when the new series stands in the organizer's
// calendar. It reports whether nothing is left.
func (s *suggester) finishChange(m *mirror, c *care, x *store.Suggestion, id string, cut time.Time, plan *cadence.Succession) bool {
	return s.copyNext(m, c, x, id, cut, plan) && s.endOld(c.own, x, cut, true) &&
		(c.copied == nil || s.endOld(c.copied, x, cut, false)) && s.sweep(c, x, cut)
}

// halves finishes the changes of series that nothing is known of any more: the
// program has lost its records after the new series was made. That stands there
// only because somebody said yes to it.
func (s *suggester) halves() {
	for _, next := range s.w.cares {
		old, uid := next.own.s.master.After, next.own.s.uid
		c := s.careOf(old)
		if old == "" || c == nil || c.own.m != next.own.m || s.changing(uid) {
			continue
		}
		if !s.w.standsBeside(next, old) && !c.leftBehind(next.own.s.master.Start) {
			continue
		}
		if !c.own.m.fresh || c.copied != nil && !c.copied.m.fresh {
			continue
		}
		x := store.Suggestion{Account: c.own.m.account.Name, UID: old, Pair: c.pair.String(), With: s.e.name(s.w, c.guest), Reason: "The new series stands in the calendar already."}
		if s.finishChange(c.own.m, c, &x, uid, c.givenUpFor(next.own.s.master.Start, s.now), nil); s.halted() {
			return
		}
	}
}

// givenUpFor is the first original start that the old series gives up for one that
// begins at start: a week has meetings of only one of the two, except what has begun.
func (c *care) givenUpFor(start, now time.Time) time.Time {
	monday := weekOf(start, start.Location())
	for _, o := range c.own.s.occurrences {
		if !o.Original.Before(monday) && o.Original.Before(start) && o.Start.After(now) {
			return o.Original
		}
	}
	return start
}

// leftBehind reports whether the series, which has ended before the cut, has
// exceptions behind it that are resources of their own.
func (c *care) leftBehind(cut time.Time) bool {
	master := c.own.s.master
	return ended(*master, nil, cut) && slices.ContainsFunc(c.own.s.exceptions, func(x calendar.Event) bool {
		return x.Href != master.Href && !x.Original.Before(cut) && x.Status != calendar.Cancelled
	})
}

// changing reports whether the series with the UID belongs to a suggestion that
// is being carried out.
func (s *suggester) changing(uid string) bool {
	for _, all := range s.r.past {
		for _, x := range all {
			if cadence.State(x.State) == cadence.Accepted && strings.Contains(uid, ident("series", x.EventID)) {
				return true
			}
		}
	}
	return false
}

// careOf finds the series with the UID, also while nothing of it may be moved
// because it is being changed.
func (s *suggester) careOf(uid string) *care {
	for _, c := range s.w.cares {
		if c.own.s.uid == uid && c.served {
			return c
		}
	}
	return nil
}

// begin makes the new series in the organizer's calendar, and returns it with
// the plan it came from. It returns nil when it does not stand there.
func (s *suggester) begin(m *mirror, c *care, x *store.Suggestion, id string) (*calendar.Event, *cadence.Succession) {
	switch {
	case c == nil || !c.alive(s.now):
		s.withdraw(m, x, "the series is not there any more")
		return nil, nil
	case c.unchangeable() != "":
		s.withdraw(m, x, c.unchangeable())
		return nil, nil
	case !c.own.m.fresh || c.copied != nil && !c.copied.m.fresh:
		return nil, nil
	}
	plan, err := s.succession(c, cadence.Rhythm(x.Rhythm), x.Length, x.To.Start)
	if err != nil {
		s.withdraw(m, x, err.Error())
		return nil, nil
	}
	if x.From.Start = plan.Cut; !s.keep(x) {
		return nil, nil
	}
	ev, out := s.make(c.own.m, s.successor(c, x), s.draft(c.own, plan, id, x.UID, s.e.o.NotifyGuests))
	if s.halted() || out == later {
		return nil, nil
	}
	if out != written {
		s.end(x, cadence.Failed, "the calendar did not take the new series")
		return nil, nil
	}
	return &ev, &plan
}

// keep stores what is new in a suggestion that stays in its state.
func (s *suggester) keep(x *store.Suggestion) bool {
	s.err = s.e.o.Store.UpdateSuggestion(s.ctx, *x, x.State)
	return s.err == nil
}

func (s *suggester) successor(c *care, x *store.Suggestion) store.Action {
	return store.Action{
		Kind: store.Make, UID: x.UID, Pair: x.Pair, Reason: x.Reason, Because: "agreed",
		With: x.With, Zone: zoneOf(c.own.s.master.Start),
	}
}

// draft describes the new series in one person's calendar.
func (s *suggester) draft(sd *side, plan cadence.Succession, id, after string, notify bool) calendar.Draft {
	d := calendar.Draft{
		Calendar: sd.s.calendar, ID: id, After: after, Carry: plan.Carry,
		Start: plan.Start, End: plan.End, RRule: plan.RRule, RDates: plan.RDates, ExDates: plan.ExDates, Notify: notify,
	}
	seen := map[string]bool{}
	add := func(href string) {
		if seen[href] || s.err != nil {
			return
		}
		seen[href] = true
		stored, found, err := s.e.o.Store.Resource(s.ctx, sd.m.account.Name, sd.s.calendar, href)
		if s.err = err; err == nil && found {
			d.Like = append(d.Like, stored.Resource)
		}
	}
	add(sd.s.master.Href)
	for _, x := range sd.s.exceptions {
		for _, carried := range plan.Carry {
			if carried.From.Equal(x.Original) {
				add(x.Href)
			}
		}
	}
	return d
}

// copyNext makes the other person's copy of the new series where the server
// delivers none. It reports whether everything stands that has to.
func (s *suggester) copyNext(m *mirror, c *care, x *store.Suggestion, id string, cut time.Time, plan *cadence.Succession) bool {
	if c.copied == nil || c.copied.m.made(id) != nil {
		return !s.halted()
	}
	if plan == nil {
		plan = planOf(m, c, cut)
	}
	if plan == nil || !c.copied.m.fresh {
		return false
	}
	d := s.draft(c.copied, *plan, id, x.UID, false)
	d.Copy = true
	act := s.successor(c, x)
	act.With = s.with(c.copied.m, x)
	_, out := s.make(c.copied.m, act, d)
	return !s.halted() && (out == written || out == unchanged)
}

// planOf reads the plan again from the new series that stands in the
// organizer's calendar, nil when it does not.
func planOf(m *mirror, c *care, cut time.Time) *cadence.Succession {
	for _, sr := range m.series {
		if sr.master == nil || sr.master.After != c.own.s.uid {
			continue
		}
		next := sr.master
		plan := &cadence.Succession{Cut: cut, Start: next.Start, End: next.End, RRule: first(next.RRules), ExDates: next.ExDates}
		for _, r := range next.RDates {
			plan.RDates = append(plan.RDates, r.Start)
		}
		for _, ex := range sr.exceptions {
			for _, old := range c.own.s.exceptions {
				if old.Span().Equal(ex.Span()) && !old.Original.Before(cut) {
					plan.Carry = append(plan.Carry, calendar.Carried{From: old.Original, To: ex.Original, Span: ex.Span()})
				}
			}
		}
		return plan
	}
	return nil
}

func first(rules []string) string {
	if len(rules) == 0 {
		return ""
	}
	return rules[0]
}

// endOld ends the old series in one calendar, unless it has ended there.
func (s *suggester) endOld(sd *side, x *store.Suggestion, cut time.Time, organizer bool) bool {
	if ended(*sd.s.master, sd.s.exceptions, cut) {
		return true
	}
	until := latest(cut, s.now) // The past stays as it was, however late this is finished.
	act := store.Action{
		Kind: store.End, UID: x.UID, Pair: x.Pair, Reason: x.Reason, With: s.with(sd.m, x), Zone: x.Zone,
		To: span.Span{Start: until, End: until}, PlannedAt: s.now,
	}
	out := s.send(sd, sd.s.master.Href, sd.s.master.ETag, act, calendar.Change{
		Notify: organizer && s.e.o.NotifyGuests, Organizer: organizer, Parts: []calendar.Part{{Until: &until}},
	})
	return out == written && !s.halted()
}

// sweep takes away what the old series left behind the end as resources of
// their own: exceptions that stand in the new series now.
func (s *suggester) sweep(c *care, x *store.Suggestion, cut time.Time) bool {
	for _, sd := range []*side{c.own, c.copied} {
		if sd == nil {
			continue
		}
		for _, ex := range sd.s.exceptions {
			if ex.Href == sd.s.master.Href || ex.Original.Before(cut) || ex.Status == calendar.Cancelled {
				continue
			}
			act := store.Action{Kind: store.Retract, UID: x.UID, Original: ex.Original, Pair: x.Pair, With: s.with(sd.m, x), Zone: x.Zone, Reason: "The same meeting stands in the new series."}
			if out := s.retract(sd.m, sd.s.calendar, ex.Href, act, false); s.halted() || out == later || s.stopped[sd.m.account.Name] {
				return false
			}
		}
	}
	return true
}

// takeBack removes the new series because a person has changed the old one
// since: what was agreed is not what would come of it.
func (s *suggester) takeBack(m *mirror, c *care, x *store.Suggestion, id string) {
	for _, side := range []*mirror{m, c.guestMirror()} {
		if side == nil {
			continue
		}
		ev := side.made(id)
		if ev == nil {
			continue
		}
		act := store.Action{Kind: store.Retract, UID: ev.UID, Pair: x.Pair, With: s.with(side, x), Zone: x.Zone, Reason: "The old series was changed while the new one was made."}
		if s.retract(side, ev.Calendar, ev.Href, act, s.e.o.NotifyGuests && side == m); s.halted() {
			return
		}
	}
	s.withdraw(m, x, "the series was changed in the meantime")
}

func (c *care) guestMirror() *mirror {
	if c.copied == nil {
		return nil
	}
	return c.copied.m
}

// standsAt reports whether the series has an occurrence planned for the instant,
// cancelled or not.
func (c *care) standsAt(original time.Time) bool {
	s := c.own.s
	return s.at(original) != nil || slices.ContainsFunc(s.master.ExDates, original.Equal) ||
		slices.ContainsFunc(s.exceptions, func(x calendar.Event) bool { return x.Original.Equal(original) })
}
