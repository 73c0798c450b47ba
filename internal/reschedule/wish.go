package reschedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"oneonone/internal/span"
)

// Wish is a meeting that does not exist yet and wants a place: a catch-up (R26,
// R27, R30), or the quarter of an hour that a suggestion takes.
type Wish struct {
	// Pair is the key of the relationship, from whose meetings Spacing is kept;
	// "" for none.
	Pair string
	// People are the keys of those who have to be free, one or two, each in
	// Facts.People.
	People []string
	Zone   *time.Location // the slot is told in it, and the grid is that of its clock; nil is UTC
	Length time.Duration
	// Shortest is down to what Length may be shortened when there is no time for
	// all of it (rung 4 of R11); 0 when it may not.
	Shortest time.Duration
	// From is the instant the slot is to be near. It may lie outside Within.
	From time.Time
	// Within holds the whole slot. What of it lies before Facts.Now does not
	// count; notice (R10) is for the caller to take off.
	Within span.Span
	// Days are preferred stretches, such as the days on which both are in the same
	// town (R31): a slot that lies inside one of them, whatever its rung, beats any
	// that does not. Stretches that touch are one. May be empty.
	Days []span.Span
	// Spacing is kept from every other meeting of the pair, before it and after
	// it; 0 for none.
	Spacing time.Duration
}

// Place is where a wish goes.
type Place struct {
	Slot      span.Span // in the zone of the wish
	Rung      int       // R11, 1 to 4
	Preferred bool      // it lies inside one of the wish's Days
	// Reason is one line for people, with nothing in it from another event (R16).
	Reason string
	// Note is what else has to be said: whose calendar could not be read (R7);
	// "" when there is nothing.
	Note string
	// Unknown are the keys of those whose free/busy could not be read (R7), in
	// the order of Wish.People.
	Unknown []string
}

// Find returns the best slot for a wish: inside its Days if there is one at all,
// then on the lowest rung of R11 that has one, then the longest, then the nearest
// to From, and of two equally near ones the later (R9). It reports false when
// there is none.
//
// Slots begin where the clock in the wish's zone shows a multiple of the grid.
// They lie inside the working hours of everybody, and all of f.Meetings and all
// blocks of the people take time, as they do for a move. A quarter of an hour
// that needs no breathing room is asked for with a Policy that has none.
//
// Find looks at one wish at a time: a place that has been given to one is free for
// the next as long as it is in nobody's Blocks. f has to reach to the end of
// Within: beyond the last block that has been read everything is free to Find. f is
// not changed, and the result does not depend on the order of its parts.
func Find(f Facts, p Policy, w Wish) (Place, bool) {
	if w.Zone == nil {
		w.Zone = time.UTC
	}
	if w.Within.Start.Before(f.Now) {
		w.Within.Start = f.Now
	}
	r := w.leeway(f, p)
	rungs := []int{roomy, bare, pushy}
	if w.Shortest > 0 {
		rungs = append(rungs, shorter)
	}
	all := r.work
	for _, days := range []span.Set{span.NewSet(w.Days...), span.NewSet(w.Within)} {
		here := *r
		here.work = all.Intersect(days)
		for _, rung := range rungs {
			if options := here.options(rung); len(options) > 0 {
				return w.place(r.w, options[0], span.NewSet(w.Days...)), true
			}
		}
	}
	return Place{}, false
}

// leeway makes the wish a meeting of its own, standing where it would be best,
// and looks at the time that it has.
func (w *Wish) leeway(f Facts, p Policy) *leeway {
	p.Shortest = w.Shortest
	m := Meeting{
		Pair: w.Pair, People: [2]string{w.People[0], w.People[len(w.People)-1]},
		Span: span.Of(w.From, w.Length), Zone: w.Zone,
	}
	world := newcomer(f, p, m, w.Within.End)
	i := len(world.Meetings) - 1
	r := world.within(i, w.Within, none)
	r.clock = w.Zone
	if w.Spacing > 0 && w.Pair != "" {
		var near []span.Span
		for _, j := range world.pairs[w.Pair] {
			if j != i {
				near = append(near, world.place[j].Pad(w.Spacing, w.Spacing))
			}
		}
		r.work = r.work.Subtract(span.NewSet(near...))
	}
	return r
}

// newcomer returns the world of the people of m, with m as its last meeting,
// seen as far as until.
func newcomer(f Facts, p Policy, m Meeting, until time.Time) *world {
	p.Horizon = max(p.Horizon, until.Sub(f.Now))
	g := Facts{Now: f.Now, People: make(map[string]Person, 2)}
	for _, key := range m.people() {
		g.People[key] = f.People[key]
	}
	for n := range f.Meetings {
		if o := &f.Meetings[n]; len(shared(&m, o)) > 0 || m.Pair != "" && o.Pair == m.Pair {
			g.Meetings = append(g.Meetings, *o)
		}
	}
	g.Meetings = append(g.Meetings, m)
	return newWorld(g, p)
}

// onClock returns the last instant, t or before, at which the clock that t shows
// stands at a multiple of the grid after midnight.
func onClock(t time.Time, grid time.Duration) time.Time {
	sinceMidnight := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
	return t.Add(-(sinceMidnight % grid))
}

// place tells where the wish goes and why.
func (w *Wish) place(in *world, o option, days span.Set) Place {
	m := &in.Meetings[len(in.Meetings)-1]
	who, are := in.called(m), "are"
	if len(m.people()) == 1 {
		are = "is"
	}
	p := Place{
		Slot:      span.Span{Start: o.span.Start.In(w.Zone), End: o.span.End.In(w.Zone)},
		Rung:      o.rung,
		Preferred: days.Covers(o.span),
		Note:      in.unread(m),
		Unknown:   in.unknownKeys(m),
	}
	nearest := "the nearest time"
	if p.Preferred {
		nearest += " on the preferred days"
	}
	switch o.rung {
	case roomy:
		p.Reason = fmt.Sprintf("It is %s at which %s %s free.", nearest, who, are)
	case bare:
		p.Reason = fmt.Sprintf("It is %s at which %s %s free; there is no break around it.", nearest, who, are)
	case pushy:
		p.Reason = fmt.Sprintf("It is %s at which nothing firm stands in the way for %s.", nearest, who)
	case shorter:
		p.Reason = fmt.Sprintf("There is no time for %s, so it is %s at %s.", short(w.Length), short(o.span.Duration()), nearest)
	}
	return p
}

// called are the names of the people of m, as a sentence has them.
func (w *world) called(m *Meeting) string {
	var names []string
	for _, key := range m.people() {
		names = append(names, w.name(key))
	}
	return strings.Join(names, " and ")
}

// unknownKeys are the keys of those whose busy times could not be read.
func (w *world) unknownKeys(m *Meeting) []string {
	return slices.DeleteFunc(slices.Clone(m.people()), func(key string) bool { return w.People[key].Known })
}

// unread says whose busy times could not be read (R7), "" when all could.
func (w *world) unread(m *Meeting) string {
	if unknown := w.unknown(m); unknown != "" {
		return "The calendar of " + unknown + " cannot be read, so only working hours are known."
	}
	return ""
}
