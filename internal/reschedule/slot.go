package reschedule

import (
	"cmp"
	"slices"
	"time"

	"oneonone/internal/span"
)

// The rungs of R11. Rung 0 is the place a meeting has, rung 5 no place.
const (
	roomy   = 1 // full length with breathing room
	bare    = 2 // without breathing room
	pushy   = 3 // also over focus time and holds
	shorter = 4 // a shorter meeting
	nowhere = 5
)

// step is by how much rung 4 shortens a meeting at a time.
const step = 5 * time.Minute

// option is one slot at which a meeting could take place as far as everything
// is concerned that does not move in the same plan.
type option struct {
	span     span.Span
	rung     int
	distance time.Duration // between the starts, never negative
	shorter  time.Duration // how much shorter than now
}

// leeway is the time that one meeting has: where to look, and what is in the way.
type leeway struct {
	w      *world
	i      int
	bounds span.Span
	work   span.Set // inside both people's working hours and the bounds
	// taken is what is in the way of each of the two.
	taken []taken
	stay  bool // rung 4 may keep the start: nobody is away or said no
	// clock is set for a meeting that has no place yet: the grid is that of its
	// wall clock, and every start on it will do. Otherwise the grid runs from
	// where the meeting stands.
	clock *time.Location
	// found are the options by rung, each in the order of preference; made
	// when first asked for.
	found [nowhere][]option
	made  [nowhere]bool
}

// taken is the time at which a person cannot have the meeting.
type taken struct {
	hard span.Set // busy, away, and meetings that stay where they are
	soft span.Set // focus time and holds, which rung 3 takes
}

// leeway looks at the time meeting i has while the loose meetings may go
// elsewhere. stay allows rung 4 to keep the start.
func (w *world) leeway(i int, loose func(int) bool, stay bool) *leeway {
	r := w.within(i, w.bounds(i, loose), loose)
	r.stay = stay
	return r
}

// within looks at the time inside bounds that meeting i has.
func (w *world) within(i int, bounds span.Span, loose func(int) bool) *leeway {
	m := &w.Meetings[i]
	r := &leeway{w: w, i: i, bounds: bounds, work: w.atWork(m, bounds)}
	near := r.bounds.Pad(w.policy.Before, w.policy.After)
	for _, key := range m.people() {
		d := w.diaries[key]
		h, s := d.sums(m)
		hard, soft := appendNear(nil, h, near), appendNear(nil, s, near)
		for _, j := range d.days.near(near) {
			switch {
			case j == i || !w.place[j].Overlaps(near):
			case w.Meetings[j].Hold:
				soft = append(soft, w.place[j])
			case !loose(j):
				hard = append(hard, w.place[j])
			}
		}
		r.taken = append(r.taken, taken{span.NewSet(hard...), span.NewSet(soft...)})
	}
	return r
}

// atWork returns the part of s in which both people of m work.
func (w *world) atWork(m *Meeting, s span.Span) span.Set {
	var both span.Set
	for n, key := range m.people() {
		p := w.People[key]
		if work := p.Hours.In(s, p.Zone); n == 0 {
			both = work
		} else {
			both = both.Intersect(work)
		}
	}
	return both
}

// appendNear appends those spans of s that reach into near.
func appendNear(out []span.Span, s span.Set, near span.Span) []span.Span {
	first, _ := slices.BinarySearchFunc(s, near.Start, func(x span.Span, t time.Time) int {
		if x.End.After(t) {
			return 1
		}
		return -1
	})
	for _, x := range s[first:] {
		if !x.Start.Before(near.End) {
			break
		}
		out = append(out, x)
	}
	return out
}

// options returns the slots of a rung, best first: on rung 4 the longest, then
// the nearest, and of two equally near ones the later (R9, R11).
func (r *leeway) options(rung int) []option {
	if !r.made[rung] {
		r.made[rung] = true
		if rung < shorter {
			r.found[rung] = r.search(rung, r.length())
		} else {
			for l := r.length() - step; l >= r.w.policy.Shortest; l -= step {
				r.found[rung] = append(r.found[rung], r.search(rung, l)...)
			}
		}
	}
	return r.found[rung]
}

func (r *leeway) length() time.Duration { return r.w.place[r.i].Duration() }

// search returns the slots of one length on one rung, nearest first.
func (r *leeway) search(rung int, length time.Duration) []option {
	var out []option
	r.starts(rung, length, func(s span.Span) {
		// What rung 2 offers, rung 3 need not offer again.
		if r.free(rung, s) && (rung != pushy || !r.free(bare, s)) {
			out = append(out, option{
				span: s, rung: rung,
				distance: s.Start.Sub(r.w.place[r.i].Start).Abs(),
				shorter:  r.length() - length,
			})
		}
	})
	slices.SortFunc(out, func(a, b option) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), b.span.Start.Compare(a.span.Start))
	})
	return out
}

// starts yields every slot on the grid inside bounds and working hours,
// whether free or not (R9). Instants are counted in durations, so that the
// grid stays even when the clocks change.
func (r *leeway) starts(rung int, length time.Duration, yield func(span.Span)) {
	at, grid := r.w.place[r.i].Start, r.w.policy.Grid
	for _, work := range r.work {
		origin := at
		if r.clock != nil {
			origin = onClock(work.Start.In(r.clock), grid)
		}
		k := work.Start.Sub(origin) / grid
		if origin.Add(k * grid).Before(work.Start) {
			k++
		}
		for s := span.Of(origin.Add(k*grid), length); !s.End.After(work.End); s = s.Shift(grid) {
			if r.clock != nil || rung == shorter && r.stay || !s.Start.Equal(at) {
				yield(s)
			}
		}
	}
}

// free reports whether both people are free for s on the rung, as far as r knows.
func (r *leeway) free(rung int, s span.Span) bool {
	for n := range r.taken {
		if !r.freeFor(n, rung, s) {
			return false
		}
	}
	return true
}

// freeFor reports whether the n-th of the two is free for s on the rung.
func (r *leeway) freeFor(n, rung int, s span.Span) bool {
	if rung == roomy {
		s = s.Pad(r.w.policy.Before, r.w.policy.After)
	}
	return !r.taken[n].hard.Overlaps(s) && (rung >= pushy || !r.taken[n].soft.Overlaps(s))
}
