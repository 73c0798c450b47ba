package reschedule

import (
	"slices"

	"oneonone/internal/span"
)

// split replaces a node whose plan breaks a rule; it reports false when the plan
// breaks none.
func (s *search) split(n *node) bool {
	for k, a := range s.free {
		for j, b := range s.free[:k] {
			if n.goes>>k&1 == 1 && n.goes>>j&1 == 1 && !s.t.fits(a, s.spots[a], b, s.spots[b]) {
				s.splitPair(n, k, j)
				return true
			}
		}
	}
	circle := s.t.shortest(s.t.circle(s.group, s.spots), s.spots)
	if len(circle) == 0 {
		return false
	}
	for i, a := range circle {
		b := circle[(i+1)%len(circle)]
		if k := slices.Index(s.free, a); k >= 0 {
			s.branch(n, k, func(o option) bool { return s.t.follows(a, spot{state: goes, option: o}, b) })
		}
	}
	return true
}

// splitPair replaces a node in which two that go do not fit.
func (s *search) splitPair(n *node, k, j int) {
	a, b := s.free[k], s.free[j]
	x, y := s.spots[a], s.spots[b]
	r := s.t.between[a][b]
	if r.order != 0 && (!inOrder(r, x.span, y.span) || !inOrder(s.t.between[b][a], y.span, x.span)) {
		if r.order < 0 {
			a, b, x, y, k, j = b, a, y, x, j, k
		}
		// Now a is the earlier of the two, and either a is over earlier than in
		// this plan or b begins late enough for it.
		end := x.span.End
		late := end.Add(max(s.t.between[a][b].gap, s.t.between[b][a].gap))
		s.branch(n, k, func(o option) bool { return !o.span.End.Before(end) })
		s.branch(n, j, func(o option) bool { return o.span.Start.Before(late) })
		return
	}
	// An instant that both need: one of the two has to keep clear of it.
	for _, u := range [2]struct {
		k, j   int
		wide   span.Span
		narrow span.Span
	}{{k, j, s.wide(x.option), y.span}, {j, k, s.wide(y.option), x.span}} {
		both := u.wide.Intersect(u.narrow)
		if both.Empty() {
			continue
		}
		s.branch(n, u.k, func(o option) bool { return s.wide(o).Contains(both.Start) })
		s.branch(n, u.j, func(o option) bool { return o.span.Contains(both.Start) })
		return
	}
}

// wide is an option with the breathing room that it has.
func (s *search) wide(o option) span.Span {
	if o.rung == roomy {
		return s.t.padded(o.span)
	}
	return o.span
}

// branch pushes those plans of n in which position k takes none of the options
// that match, and leaves in n those in which it takes one of them. What a rule
// forbids is that several members each take a matching option, so that what is
// left in n after a branch for each of them can be dropped; and no plan is
// pushed twice.
func (s *search) branch(n *node, k int, match func(option) bool) {
	var with, without []int16
	for _, i := range n.lists[k] {
		if match(s.lists[k][i]) {
			with = append(with, i)
		} else {
			without = append(without, i)
		}
	}
	if len(without) > 0 {
		lists := slices.Clone(n.lists)
		lists[k] = without
		s.push(n, lists)
	}
	n.lists = slices.Clone(n.lists)
	n.lists[k] = with
}
