package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/oneonone"
	"oneonone/internal/recur"
	"oneonone/internal/reschedule"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

// bond is one relationship as the person sees it who is asked about it.
type bond struct {
	pair  oneonone.Pair
	host  *mirror // of the addressee
	self  string  // key of the addressee
	other string  // key of the other one
	cares []*care // the series and events that the addressee organizes, by UID
	every *Contact
}

// bonds lists the relationships that something may be suggested about: those with
// a meeting whose organizer has an account here, and the people that are to be
// met every so often (R30).
func (e *Engine) bonds(w *world) []*bond {
	byPair := map[oneonone.Pair]*bond{}
	for _, c := range w.cares {
		if !c.served {
			continue
		}
		b := byPair[c.pair]
		if b == nil {
			b = &bond{pair: c.pair}
			byPair[c.pair] = b
		}
		b.cares = append(b.cares, c)
	}
	for i := range e.o.Contacts {
		if ct := &e.o.Contacts[i]; ct.Every > 0 {
			e.keepInTouch(w, ct, byPair)
		}
	}
	out := slices.SortedFunc(maps.Values(byPair), func(a, b *bond) int { return cmp.Compare(a.pair.String(), b.pair.String()) })
	for _, b := range out {
		b.settle(w)
	}
	return out
}

// keepInTouch finds who keeps in touch with the contact: everybody here who
// has met them, or else the first account.
func (e *Engine) keepInTouch(w *world, ct *Contact, byPair map[oneonone.Pair]*bond) {
	other := e.people.Key(ct.Person.Addresses[0])
	var first *bond
	found := false
	for _, m := range w.mirrors {
		self := e.people.Key(m.account.Person.Addresses[0])
		if self == other {
			continue
		}
		pair := oneonone.NewPair(self, other)
		b := byPair[pair]
		if b == nil {
			b = &bond{pair: pair, host: m, self: self}
		}
		if first == nil {
			first = b
		}
		if len(b.cares) > 0 || len(w.singles[pair]) > 0 {
			b.every, byPair[pair], found = ct, b, true
		}
	}
	if !found && first != nil {
		first.every, byPair[first.pair] = ct, first
	}
}

// settle chooses who of the two is asked: the organizer of the meeting that
// comes first, and keeps the series that this one organizes.
func (b *bond) settle(w *world) {
	slices.SortFunc(b.cares, func(x, y *care) int {
		return cmp.Or(x.next(w.now).Compare(y.next(w.now)), cmp.Compare(x.own.s.uid, y.own.s.uid))
	})
	if len(b.cares) > 0 {
		first := b.cares[0]
		b.host, b.self = first.own.m, first.organizer
		b.cares = slices.DeleteFunc(b.cares, func(c *care) bool { return c.organizer != first.organizer })
	}
	b.other = b.pair.Other(b.self)
}

// care returns the series or event with the UID, nil when the addressee organizes none.
func (b *bond) care(uid string) *care {
	for _, c := range b.cares {
		if c.own.s.uid == uid {
			return c
		}
	}
	return nil
}

// spacing is how far a new meeting keeps from the others of the pair (R10).
func (b *bond) spacing(policy reschedule.Policy) time.Duration {
	spacing := policy.Spacing
	for _, c := range b.cares {
		if period := c.own.s.period(); period > 0 {
			spacing = min(spacing, period/3)
		}
	}
	return spacing
}

// next is when the first meeting of the series that is not over begins; far
// in the future when there is none.
func (c *care) next(now time.Time) time.Time {
	for _, o := range c.own.s.occurrences {
		if o.End.After(now) {
			return o.Start
		}
	}
	return now.AddDate(1000, 0, 0)
}

// rhythm is what the rules on rhythm need to know beside the world.
type rhythm struct {
	bonds    []*bond
	facts    cadence.Facts
	past     map[string][]store.Suggestion // by pair
	troubled map[meetingKey]bool
}

// loadRhythm collects the facts for the rules R18 and R20 to R31.
func (e *Engine) loadRhythm(ctx context.Context, w *world, plan reschedule.Plan) (*rhythm, error) {
	r := &rhythm{past: map[string][]store.Suggestion{}, troubled: map[meetingKey]bool{}}
	if err := e.loadPapers(ctx); err != nil {
		return nil, err
	}
	all, err := e.o.Store.Suggestions(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		r.past[s.Pair] = append(r.past[s.Pair], s)
	}
	lengths, err := e.o.Store.Lengths(ctx, "", w.now.AddDate(-1, 0, 0))
	if err != nil {
		return nil, err
	}
	measured := map[string][]cadence.Length{}
	for _, l := range lengths {
		measured[l.Pair] = append(measured[l.Pair], cadence.Length{
			UID: l.UID, Original: l.Original, Start: l.Start, Length: l.Length, Source: cadence.Source(l.Source),
		})
	}
	troubled, err := e.o.Store.Troubled(ctx, w.window.Start)
	if err != nil {
		return nil, err
	}
	for _, o := range troubled {
		r.troubled[keyOf(o.UID, o.Original)] = true
	}
	r.facts.Now = w.now
	r.bonds = e.bonds(w)
	for _, b := range r.bonds {
		p := e.pairFacts(w, b, r, plan)
		p.Lengths = measured[p.Key]
		r.facts.Pairs = append(r.facts.Pairs, p)
	}
	return r, nil
}

// pairFacts describes one relationship for the rules on rhythm.
func (e *Engine) pairFacts(w *world, b *bond, r *rhythm, plan reschedule.Plan) cadence.Pair {
	p := cadence.Pair{
		Key: b.pair.String(), Person: b.self, Other: b.other, Name: e.name(w, b.other),
		Relation: e.relation(b.self, b.other), Zone: b.host.zone,
		Unfinished: e.papers.known[b.pair.String()].Unfinished,
	}
	if ct := e.contact(b.other); ct != nil {
		p.Onboarding, p.Every = ct.Onboarding, ct.Every
	}
	p.Held, p.Planned = e.meetingsOf(w, b.pair)
	for _, c := range b.cares {
		if why := c.unchangeable(); why != "" && c.own.s.master.Recurs() && c.alive(w.now) {
			p.Fixed = why
			continue
		}
		if s, ok := e.seriesFacts(w, c, r); ok {
			p.Series = append(p.Series, s)
			p.Deleted = append(p.Deleted, deleted(w, c)...)
		}
	}
	p.Absent = e.absences(w, p.Key, plan)
	for _, s := range r.past[p.Key] {
		p.Past = append(p.Past, suggested(s))
	}
	return p
}

// suggested is what the rules need to know of a suggestion.
func suggested(s store.Suggestion) cadence.Suggested {
	return cadence.Suggested{
		Kind: cadence.Kind(s.Kind), UID: s.UID, Original: s.Original,
		State: cadence.State(s.State), AskedAt: s.AskedAt, EndedAt: s.EndedAt,
	}
}

// meetingsOf returns the meetings of a pair, held and to come, by start. A
// meeting that somebody declined is none, and none was held while one of them was away.
func (e *Engine) meetingsOf(w *world, pair oneonone.Pair) (held, planned []cadence.Meeting) {
	seen := map[meetingKey]bool{}
	add := func(m cadence.Meeting) {
		key := keyOf(m.UID, m.Original)
		if seen[key] {
			return
		}
		seen[key] = true
		if m.Span.End.After(w.now) {
			planned = append(planned, m)
		} else {
			held = append(held, m)
		}
	}
	for _, mt := range w.every {
		if mt.Pair == pair.String() {
			if _, away := e.absence(w, mt); len(mt.Declined) == 0 && (!away || mt.Span.End.After(w.now)) {
				add(cadence.Meeting{UID: mt.UID, Original: mt.Original, Span: mt.Span})
			}
			seen[keyOf(mt.UID, mt.Original)] = true
		}
	}
	for _, m := range w.singles[pair] {
		add(m)
	}
	for _, c := range w.cares {
		if last := c.lastBefore(w.window.Start); c.pair == pair && !last.IsZero() {
			add(cadence.Meeting{UID: c.own.s.uid, Original: last, Span: span.Of(last, c.own.s.length())})
		}
	}
	byStart := func(a, b cadence.Meeting) int { return a.Span.Start.Compare(b.Span.Start) }
	slices.SortFunc(held, byStart)
	slices.SortFunc(planned, byStart)
	return held, planned
}

// lastBefore is the last original start of a series that has no meeting in
// the window, before t; zero when there is none. It is how long ago two people met
// whose series has ended.
func (c *care) lastBefore(t time.Time) time.Time {
	m := c.own.s.master
	if len(c.own.s.occurrences) > 0 || !m.Recurs() {
		return time.Time{}
	}
	set, err := recur.ParseSet(m.Start, m.AllDay, m.RRules, m.RDates, m.ExDates)
	if err != nil {
		return time.Time{}
	}
	before, _, err := set.Neighbours(t, recur.DefaultBudget)
	if err != nil {
		return time.Time{}
	}
	return before
}

// unchangeable says why no suggestion may change the series, "" when one may (R2, R13).
func (c *care) unchangeable() string {
	if c.blocked != "" {
		return c.blocked
	}
	for _, sd := range []*side{c.own, c.answers} {
		if sd == nil {
			continue
		}
		if pin, _ := sd.tags(); pin {
			return "it carries the tag #pin"
		}
	}
	return ""
}

// seriesFacts describes a recurring series that is alive.
func (e *Engine) seriesFacts(w *world, c *care, r *rhythm) (cadence.Series, bool) {
	s := c.own.s
	if !s.master.Recurs() || !c.alive(w.now) || !c.own.m.fresh {
		return cadence.Series{}, false
	}
	f := cadence.Series{
		UID: s.uid, Rhythm: cadence.RhythmOf(s.master.RRules), Period: s.period(), Length: s.length(), Since: s.master.Start,
	}
	var begun []calendar.Occurrence
	for _, o := range s.occurrences {
		if o.Original.IsZero() {
			continue
		}
		if o.Original.After(w.now) {
			if f.Next.IsZero() || o.Original.Before(f.Next) {
				f.Next = o.Original
			}
		} else {
			begun = append(begun, o)
		}
	}
	slices.SortFunc(begun, func(a, b calendar.Occurrence) int { return a.Original.Compare(b.Original) })
	trouble := 0
	for _, o := range begun[max(0, len(begun)-recent):] {
		had := r.troubled[keyOf(o.UID, o.Original)]
		f.Troubled = append(f.Troubled, had)
		if had {
			trouble++
		}
	}
	if trouble >= recent-1 && !f.Next.IsZero() {
		f.Better = e.betterTime(w, c, f)
	}
	return f, !f.Next.IsZero()
}

const (
	recent     = 4 // R18: so many occurrences are looked back on
	weeksAhead = 8 // R18: so many weeks are looked ahead
)

// betterTime asks for the weekly time with the fewest conflicts (R18).
func (e *Engine) betterTime(w *world, c *care, f cadence.Series) *cadence.Better {
	interval := 1
	switch f.Rhythm {
	case cadence.Weekly:
	case cadence.Biweekly:
		interval = 2
	default:
		return nil
	}
	facts := w.facts
	facts.Meetings = w.every
	facts.People = e.everybody(w, c.organizer, c.guest)
	place, ok := reschedule.BetterWeek(facts, e.o.Policy, reschedule.Weekly{
		UID: f.UID, Pair: c.pair.String(), People: [2]string{c.organizer, c.guest}, Zone: f.Next.Location(),
		Start: f.Next, Length: f.Length, Interval: interval, From: w.now.Add(e.o.Policy.Notice), Weeks: weeksAhead,
	})
	if !ok {
		return nil
	}
	return &cadence.Better{Start: place.Start, Conflicts: place.Conflicts, Before: place.Before, Weeks: weeksAhead}
}

// everybody returns the people of the facts and, with them, those with the keys.
func (e *Engine) everybody(w *world, keys ...string) map[string]reschedule.Person {
	people := w.facts.People
	copied := false
	for _, key := range keys {
		if _, ok := people[key]; ok {
			continue
		}
		if !copied {
			people, copied = maps.Clone(people), true
		}
		people[key] = e.personFor(w, key, keys)
	}
	return people
}

// personFor describes somebody who is on no meeting of the facts. Where nothing
// says so, the zone is that of the first of the keys that has an account.
func (e *Engine) personFor(w *world, key string, keys []string) reschedule.Person {
	zone := time.UTC
	for _, k := range keys {
		if m := w.byKey[k]; m != nil {
			zone = m.zone
			break
		}
	}
	return e.person(w, key, zone, e.keysOf(w))
}

// keysOf are the meetings that are no blocks because they are planned themselves.
func (e *Engine) keysOf(w *world) map[meetingKey]bool {
	out := make(map[meetingKey]bool, len(w.every))
	for _, mt := range w.every {
		out[keyOf(mt.UID, mt.Original)] = true
	}
	return out
}

// deletedFor is how long a deleted occurrence is looked at after its time (R27).
const deletedFor = 3 * 24 * time.Hour

// deleted returns the occurrences of the series that a person deleted or
// cancelled, from a few days ago to the horizon (R27).
func deleted(w *world, c *care) []cadence.Meeting {
	s := c.own.s
	within := span.Span{Start: w.now.Add(-deletedFor), End: w.window.End.Add(-margin)}
	var out []cadence.Meeting
	add := func(original time.Time) {
		if original.Before(within.Start) || !original.Before(within.End) {
			return
		}
		out = append(out, cadence.Meeting{UID: s.uid, Original: original, Span: span.Of(original, s.length())})
	}
	for _, x := range s.master.ExDates {
		add(x)
	}
	for _, x := range s.exceptions {
		if x.Status == calendar.Cancelled {
			add(x.Original)
		}
	}
	slices.SortFunc(out, func(a, b cadence.Meeting) int { return a.Original.Compare(b.Original) })
	return slices.CompactFunc(out, func(a, b cadence.Meeting) bool { return a.Original.Equal(b.Original) })
}
