package reschedule

import (
	"slices"
	"time"

	"oneonone/internal/span"
)

// How many steps a search may take. The exact one has never needed a hundredth
// of its budget in tests; the limit is there so that no calendar can ever hang
// a pass. A search that reaches it keeps the best plan it has found, which is
// valid and never worse than what it began with.
const (
	exactNodes = 2_000_000
	partNodes  = 5_000
)

// search is a depth-first branch and bound over the spots of some members.
//
// Members are decided in their order and their options tried in the order in
// which they prefer them, so the first of several plans of equal cost is the
// one that wins ties. A branch is cut when its lower bound is no better than the
// best plan known: the bound adds, for each undecided member, the cheapest option
// that still fits with everything decided; constraints between undecided members
// are left out, so it never exceeds the true cost.
type search struct {
	t     *team
	group []int
	free  []int
	lists [][]option // by member: options worth trying, best first
	spots []spot
	first [][]int // first[d][a]: the first of lists[a] that fits when d are decided
	best  []spot
	cost  cost
	sure  bool // best was found by this search, so ties are decided
	nodes int
}

// search plans the free members of the group, the others being held where
// spots puts them, and writes the best plan into spots. What spots says of the
// free members on entry must be possible.
func (t *team) search(group, free []int, spots []spot, nodes int) {
	s := &search{
		t: t, group: group, free: free, spots: spots,
		lists: make([][]option, len(t.members)),
		first: make([][]int, len(free)+1),
		best:  slices.Clone(spots), cost: t.cost(group, spots), nodes: nodes,
	}
	for d := range s.first {
		s.first[d] = make([]int, len(t.members))
	}
	for _, a := range free {
		s.lists[a] = t.shortlist(a, group)
		spots[a] = spot{}
	}
	s.advance(0)
	s.decide(0)
	copy(spots, s.best)
}

// shortlist returns the options of member a that an optimal plan can use.
//
// The exchange argument: take witnesses among the options, each clear of the
// places where the other members are now, and so far apart that no other member
// can be in the way of two of them wherever it goes. With one witness more than
// there are others, at least one is free in any plan. If a plan had a on an
// option that it likes less than all witnesses, then moving a alone to the free
// witness would give a plan that is cheaper, or as cheap and preferred by the
// tie-break: nobody else moves, no member that stays is touched, and no move has
// to wait for another one because of it. So nothing after the last witness needed
// can be part of the plan that is looked for.
func (t *team) shortlist(a int, group []int) []option {
	need, longest := 1, time.Duration(0)
	for _, b := range group {
		if t.between[a][b].shares {
			need++
			longest = max(longest, t.members[b].now.Duration())
		}
	}
	pad := max(t.w.policy.Before, t.w.policy.After)
	far := longest + 2*pad
	var out []option
	var witnesses []span.Span
	for rung := roomy; rung <= shorter; rung++ {
		for _, o := range t.members[a].room.options(rung) {
			out = append(out, o)
			if !t.clear(a, o, group, pad) || slices.ContainsFunc(witnesses, func(x span.Span) bool {
				return x.Pad(far, far).Overlaps(o.span)
			}) {
				continue
			}
			if witnesses = append(witnesses, o.span); len(witnesses) == need {
				return out
			}
		}
	}
	return out
}

// clear reports whether option o of member a keeps away from where the others
// of the group are now, and in order with its neighbours wherever they may go.
func (t *team) clear(a int, o option, group []int, pad time.Duration) bool {
	for _, b := range group {
		m, r := &t.members[b], t.between[a][b]
		r.gap = max(r.gap, t.between[b][a].gap)
		if r.shares && o.span.Pad(pad, pad).Overlaps(m.now) {
			return false
		}
		if b != a && !inOrder(r, o.span, hull(m.now, m.room.bounds)) {
			return false
		}
	}
	return true
}

// hull returns the shortest span that holds both.
func hull(a, b span.Span) span.Span {
	if b.Start.Before(a.Start) {
		a.Start = b.Start
	}
	if b.End.After(a.End) {
		a.End = b.End
	}
	return a
}

// decide tries all spots for the d-th free member and those after it.
func (s *search) decide(d int) {
	if d == len(s.free) {
		s.finish()
		return
	}
	a := s.free[d]
	driven := s.t.members[a].driven
	rest := s.bound(d, a)
	if !driven {
		s.try(d, spot{state: stays})
	}
	for _, o := range s.lists[a][s.first[d][a]:] {
		// The options only become dearer from here on.
		if !s.beats(rest.with(o)) {
			break
		}
		s.try(d, spot{state: goes, option: o})
	}
	if driven {
		s.try(d, spot{state: stays})
	}
	s.spots[a] = spot{}
}

// try puts the d-th free member into spot u and goes on if that can still lead
// to a better plan than the best known.
func (s *search) try(d int, u spot) {
	if s.nodes--; s.nodes < 0 {
		return
	}
	a := s.free[d]
	if !s.fits(a, u) {
		return
	}
	s.spots[a] = u
	if !s.advance(d+1) || !s.beats(s.bound(d+1, -1)) || len(s.t.circle(s.group, s.spots)) > 0 {
		return
	}
	s.decide(d + 1)
}

// fits reports whether member a can be in spot u beside all that are decided.
func (s *search) fits(a int, u spot) bool {
	for _, b := range s.group {
		if b != a && s.spots[b].state != open && !s.t.fits(a, u, b, s.spots[b]) {
			return false
		}
	}
	return true
}

// advance finds, for each undecided member, the first option that still fits
// when d members are decided. It reports whether every member has a spot left.
func (s *search) advance(d int) bool {
	if d > 0 {
		copy(s.first[d], s.first[d-1])
	}
	for _, a := range s.free[d:] {
		s.spots[a] = spot{}
		n := s.first[d][a]
		for n < len(s.lists[a]) && !s.fits(a, spot{state: goes, option: s.lists[a][n]}) {
			n++
		}
		s.first[d][a] = n
		if n == len(s.lists[a]) && !s.fits(a, spot{state: stays}) {
			return false
		}
	}
	return true
}

// bound is what any plan costs at least in which the first d free members are
// where they are now, member skip left out.
func (s *search) bound(d, skip int) cost {
	c := s.t.cost(s.group, s.spots)
	for _, a := range s.free[d:] {
		if a == skip {
			continue
		}
		stay := s.fits(a, spot{state: stays})
		hampered := s.t.hampered(a, s.group, s.spots)
		switch {
		case stay && !hampered:
		case s.first[d][a] < len(s.lists[a]):
			c = c.with(s.lists[a][s.first[d][a]])
		case hampered:
			c.stuck++
		}
	}
	return c
}

// beats reports whether a plan of cost c would replace the best one known.
func (s *search) beats(c cost) bool {
	n := c.compare(&s.cost)
	return n < 0 || n == 0 && !s.sure
}

func (s *search) finish() {
	if c := s.t.cost(s.group, s.spots); s.beats(c) && !s.t.needless(s.group, s.spots) {
		s.best, s.cost, s.sure = slices.Clone(s.spots), c, true
	}
}
