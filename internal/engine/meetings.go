package engine

import (
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
	"oneonone/internal/oneonone"
	"oneonone/internal/reschedule"
)

// meetingKey names an occurrence whoever's copy it is seen in.
type meetingKey struct {
	uid      string
	original int64 // unix seconds, 0 for an event that does not recur
}

func keyOf(uid string, original time.Time) meetingKey {
	if original.IsZero() {
		return meetingKey{uid: uid}
	}
	return meetingKey{uid, original.Unix()}
}

// collectMeetings turns the occurrences of all series in our care into the
// planner's meetings.
func (e *Engine) collectMeetings(w *world) {
	for _, c := range w.cares {
		period, length := c.own.s.period(), c.own.s.length()
		for _, o := range c.own.s.occurrences {
			if !e.stillOneOnOne(c, o) {
				continue
			}
			w.every = append(w.every, e.meeting(w, c, o, period, length))
			w.everySource = append(w.everySource, source{c, o})
		}
	}
	e.countMoves(w)
	e.selectMeetings(w)
}

// selectMeetings leaves to the planner what a decision can depend on: what is
// not over yet, up to the last of the neighbours that the pairs have behind the
// horizon, and before it the last meeting that each pair has held (R10). Each
// meeting costs the planner as much as there are others.
func (e *Engine) selectMeetings(w *world) {
	horizon := w.now.Add(e.o.Policy.Horizon)
	held, next := map[string]time.Time{}, map[string]time.Time{}
	for _, mt := range w.every {
		if start := mt.Span.Start; !mt.Span.End.After(w.now) {
			held[mt.Pair] = latest(held[mt.Pair], start)
		} else if n, ok := next[mt.Pair]; !start.Before(horizon) && (!ok || start.Before(n)) {
			next[mt.Pair] = start
		}
	}
	last := horizon
	for _, start := range next {
		last = latest(last, start)
	}
	for i, mt := range w.every {
		over := !mt.Span.End.After(w.now)
		if over && mt.Span.Start.Equal(held[mt.Pair]) || !over && !mt.Span.Start.After(last) {
			w.facts.Meetings = append(w.facts.Meetings, mt)
			w.sources = append(w.sources, w.everySource[i])
		}
	}
}

// stillOneOnOne reports whether an exception still is between the two alone
// (R1: an occurrence with a third guest is no 1:1, its siblings still are).
func (e *Engine) stillOneOnOne(c *care, o calendar.Occurrence) bool {
	if !o.Exception {
		return true
	}
	v := e.judge.Of(o.Event, c.own.m.account.Person, true)
	return v.OneOnOne && oneonone.NewPair(v.Self, v.Other) == c.pair
}

func (e *Engine) meeting(w *world, c *care, o calendar.Occurrence, period, length time.Duration) reschedule.Meeting {
	mt := reschedule.Meeting{
		UID: o.UID, Original: o.Original, Pair: c.pair.String(),
		People: [2]string{c.organizer, c.guest},
		Title:  o.Title, Span: o.Span(), Zone: o.Start.Location(), Period: period,
		Updated: w.changed(c.own, o.Event),
		Rooms:   roomsOf(o.Event),
	}
	var copied *calendar.Occurrence
	var copiedEvent *calendar.Event
	if c.answers != nil {
		if copied = c.answers.s.at(o.Original); copied != nil {
			copiedEvent = &copied.Event
			mt.Updated = latest(mt.Updated, w.changed(c.answers, copied.Event))
		}
	}
	for _, key := range mt.People {
		if c.answer(key, w, o.Event, copiedEvent) != calendar.Declined {
			continue
		}
		if key == c.guest && !w.saidElsewhen(o, copied) || key == c.organizer && !w.saidBefore(o) {
			mt.Declined = append(mt.Declined, key)
		}
	}
	mt.Fixed = e.fixed(w, c, o, copied, length)
	mt.Asked = w.asked[keyOf(o.UID, o.Original)]
	if !c.served {
		a := c.answer(c.guest, w, o.Event, copiedEvent)
		mt.Hold = a != calendar.Accepted
	}
	return mt
}

// saidElsewhen reports whether what the guest's copy says was said to another
// time than that to which the program has moved the meeting since: the copy has
// not followed yet (R5).
func (w *world) saidElsewhen(o calendar.Occurrence, copied *calendar.Occurrence) bool {
	return copied != nil && w.history.mark(o) != nil && !copied.Span().Equal(o.Span())
}

// saidBefore reports whether the organizer's own no was said before the program
// moved the meeting to where it stands: a move resets the guests' answers, while
// the organizer's stays (R5).
func (w *world) saidBefore(o calendar.Occurrence) bool {
	m := w.history.mark(o)
	return m != nil && m.To.Equal(o.Span()) && (!o.Updated.After(m.At) || w.history.stamped(o.UID, o.Updated))
}

// fixed says why the occurrence must not be moved, "" when it may (R2, R13).
func (e *Engine) fixed(w *world, c *care, o calendar.Occurrence, copied *calendar.Occurrence, length time.Duration) string {
	if c.blocked != "" {
		return c.blocked
	}
	if !c.own.m.fresh {
		return "its calendar could not be read just now"
	}
	for _, ev := range []*calendar.Event{c.own.s.master, masterOf(c.answers), &o.Event, eventOf(copied)} {
		if ev == nil {
			continue
		}
		if pin, _, _ := agenda.Tags(ev.Title, ev.Description, ev.HTML); pin {
			return "it carries the tag #pin"
		}
	}
	if o.ThisAndFuture {
		return "all later meetings follow it (RANGE=THISANDFUTURE); only a person can move it"
	}
	if why := oneonone.Pinned(o, length, w.history.mark(o)); why != "" {
		return why
	}
	if c.copied == nil {
		return ""
	}
	switch e.copyState(w, c, o, copied) {
	case oneonone.CopyDragged:
		return e.name(w, c.guest) + " moved it in the own calendar; only the organizer can move it for both"
	case oneonone.CopyGone:
		return e.name(w, c.guest) + " does not have it in the own calendar any more"
	}
	return ""
}

func (e *Engine) copyState(w *world, c *care, o calendar.Occurrence, copied *calendar.Occurrence) oneonone.CopyState {
	var own *calendar.Mark
	if copied != nil {
		own = w.history.copyMark(c.copied.m.account.Name, *copied)
	}
	return oneonone.CompareCopy(o.Span(), w.history.mark(o), copied, own)
}

func eventOf(o *calendar.Occurrence) *calendar.Event {
	if o == nil {
		return nil
	}
	return &o.Event
}

// countMoves fills in how often each occurrence, and each pair within the last
// 28 days, was moved automatically (R12).
func (e *Engine) countMoves(w *world) {
	pairs := map[string]int{}
	since := w.now.Add(-budgetSpan)
	counted := map[meetingKey]bool{}
	for i := range w.every {
		mt, src := &w.every[i], w.everySource[i]
		mark := w.history.mark(src.occ)
		if mark == nil {
			continue
		}
		mt.Moves = mark.Count
		counted[keyOf(mt.UID, mt.Original)] = true
		if !mark.At.Before(since) {
			pairs[mt.Pair] += mark.Count
		}
	}
	for key, h := range w.history.moves {
		if !counted[key] && !h.mark.At.Before(since) {
			pairs[h.pair] += h.mark.Count
		}
	}
	for i := range w.every {
		w.every[i].RecentMoves = pairs[w.every[i].Pair]
	}
}

// changed is when ev was last changed by anybody but the program: what the
// event says of itself, or when its resource was seen to change, whichever is
// later and was not a write of the program.
func (w *world) changed(sd *side, ev calendar.Event) time.Time {
	var last time.Time
	if !w.history.stamped(ev.UID, ev.Updated) {
		last = ev.Updated
	}
	if !w.history.seenBy(sd.m.account.Name, ev.UID, sd.s.seenAt) {
		last = latest(last, sd.s.seenAt)
	}
	return last
}

// roomsOf returns the rooms on an event. Whether they are free is not known yet.
func roomsOf(ev calendar.Event) []reschedule.Room {
	var out []reschedule.Room
	for _, a := range ev.Attendees {
		if oneonone.IsRoom(a) && a.Answer != calendar.Declined {
			out = append(out, reschedule.Room{Name: a.Address})
		}
	}
	return out
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
