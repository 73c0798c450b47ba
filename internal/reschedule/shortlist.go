package reschedule

import (
	"slices"
	"time"

	"oneonone/internal/span"
)

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
func (s *search) shortlist(a int) []option {
	t := s.t
	need, longest := 1, time.Duration(0)
	for _, b := range s.group {
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
		for _, o := range t.members[a].leeway.options(rung) {
			if !s.fitsHeld(a, spot{state: goes, option: o}) {
				continue
			}
			if out = append(out, o); len(out) == maxOptions {
				return out
			}
			if !t.clear(a, o, s.group, pad) || slices.ContainsFunc(witnesses, func(x span.Span) bool {
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

// maxOptions bounds a list. No list comes near it with a grid of five minutes
// or more.
const maxOptions = 1 << 14

// clear reports whether option o of member a keeps away from where the others
// of the group are now, and in order with its neighbours wherever they may go.
func (t *team) clear(a int, o option, group []int, pad time.Duration) bool {
	for _, b := range group {
		m, r := &t.members[b], t.between[a][b]
		r.gap = max(r.gap, t.between[b][a].gap)
		if r.shares && o.span.Pad(pad, pad).Overlaps(m.now) {
			return false
		}
		if b != a && !inOrder(r, o.span, hull(m.now, m.leeway.bounds)) {
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
