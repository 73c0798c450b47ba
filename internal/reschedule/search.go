package reschedule

import (
	"container/heap"
	"math/bits"
	"slices"
)

// How much work a search may do, counted in options put behind others, so that no
// calendar can ever hang a pass. Eight meetings that compete for one morning take
// a hundredth of what the exact search may do. What can exceed it is seven or
// eight that fill a morning and all have to leave it, with little but each
// other's places to go to: there the circles that the bound does not see are many.
const (
	exactWork = 40_000_000
	partWork  = 2_000_000
)

// search finds the best plan for some members of a group, its free ones; the
// others are held where they are.
//
// It is a best-first search. At first there is a node for every set of free
// members that could go, the rest staying; which of those that stay are in
// conflict is known from that alone. The worth of a node is a lower bound on
// what any of its plans costs: the best way to fit those that go into the time
// of the people most of them share (line), with some rules left out: nobody
// stands in the way by staying, members of different lines do not see each other,
// neighbours of a pair keep no order, and moves may wait in a circle. The node
// of least worth is taken out. If its plan breaks no rule it is the best there
// is, because every other node can only cost more. If it breaks one, the node is
// replaced by others that between them hold all of its plans that keep that rule in
// this place, each once and each with fewer options than before; so the search ends.
//
// The tie-break is part of the worth, so the plan found is the only one.
type search struct {
	t     *team
	group []int
	free  []int
	spots []spot     // of the whole team; those of free are not looked at
	lists [][]option // by position in free: the options worth trying, best first
	parts [][]int    // the positions in free, by line
	queue queue
	work  int
}

// node is a set of plans of a search, with the best of them by its lower bound.
type node struct {
	goes   int       // the set of positions in free that go
	lists  [][]int16 // options left, by position; nil: all, wherever others stay
	choice []int16   // option of each that goes
	stuck  int
	worth  worth
}

// search plans the free members of the group, the others being held where
// spots puts them, and writes the best plan into spots. It reports false, and
// changes nothing, when that takes more than work.
func (t *team) search(group, free []int, spots []spot, work int) bool {
	s := &search{t: t, group: group, free: free, spots: slices.Clone(spots), work: work}
	for _, a := range free {
		s.lists = append(s.lists, s.shortlist(a))
		work -= len(s.lists[len(s.lists)-1]) << (len(free) - 1)
	}
	if work < 0 {
		return false // even the first bounds would take more
	}
	s.parts = s.lines()
	s.begin()
	for s.queue.Len() > 0 {
		n := heap.Pop(&s.queue).(*node)
		s.put(n)
		switch {
		case s.work < 0:
			return false
		case n.lists == nil:
			s.refine(n)
		case !s.split(n):
			copy(spots, s.spots)
			return true
		}
	}
	return false
}

// fitsHeld reports whether free member a can be in spot u beside those held.
func (s *search) fitsHeld(a int, u spot) bool {
	for _, b := range s.group {
		if !slices.Contains(s.free, b) && !s.t.fits(a, u, b, s.spots[b]) {
			return false
		}
	}
	return true
}

// begin makes the first nodes.
func (s *search) begin() {
	all := make([][]int16, len(s.free))
	for n := range s.free {
		all[n] = indexes(len(s.lists[n]))
	}
	lines := make([]*line, len(s.parts))
	for p, members := range s.parts {
		lines[p] = s.newLine(members, all)
	}
	for goes := range 1 << len(s.free) {
		if n := (&node{goes: goes}); s.allowed(n) && s.value(n, lines) {
			s.queue = append(s.queue, n)
		}
	}
	heap.Init(&s.queue)
}

func indexes(n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(i)
	}
	return out
}

// allowed reports whether the free members other than those that go can stay,
// and whether those that go have a reason to (R6); it counts the ones that stay
// in conflict.
func (s *search) allowed(n *node) bool {
	for k, a := range s.free {
		if n.goes>>k&1 == 1 {
			s.spots[a] = spot{state: goes}
			continue
		}
		s.spots[a] = spot{state: stays}
		if !s.fitsHeld(a, s.spots[a]) {
			return false
		}
	}
	n.stuck = s.t.stuck(s.group, s.spots)
	return !s.t.needless(s.group, s.spots)
}

// value computes the worth of a node from its lines; it reports false when
// those that go do not fit.
func (s *search) value(n *node, lines []*line) bool {
	n.choice = make([]int16, len(s.free))
	n.worth = worth{cost: cost{counts: uint64(n.stuck) * oneStuck}}
	for _, l := range lines {
		subset := 0
		for k, a := range l.members {
			subset |= n.goes >> a & 1 << k
		}
		if subset != 0 && l.last[subset] < 0 {
			return false
		}
		n.worth = n.worth.plus(l.way(subset, n.choice))
	}
	for k, a := range s.free {
		if n.goes>>k&1 == 0 && s.t.members[a].driven {
			n.worth.rank(k, lastRank)
		}
	}
	return true
}

// put writes the plan of a node into the spots.
func (s *search) put(n *node) {
	for k, a := range s.free {
		if n.goes>>k&1 == 1 {
			s.spots[a] = spot{state: goes, option: s.lists[k][n.choice[k]]}
		} else {
			s.spots[a] = spot{state: stays}
		}
	}
}

// refine replaces a first node by one that steps around those that stay.
func (s *search) refine(n *node) {
	lists := make([][]int16, len(s.free))
	for k, a := range s.free {
		if n.goes>>k&1 == 0 {
			continue
		}
		for i, o := range s.lists[k] {
			if s.fitsStaying(a, spot{state: goes, option: o}) {
				lists[k] = append(lists[k], int16(i))
			}
		}
	}
	s.push(n, lists)
}

func (s *search) fitsStaying(a int, u spot) bool {
	for _, b := range s.free {
		if s.spots[b].state == stays && !s.t.fits(a, u, b, s.spots[b]) {
			return false
		}
	}
	return true
}

// push adds a node with the statuses of n and the options in lists, if they
// leave any plan.
func (s *search) push(n *node, lists [][]int16) {
	lines := make([]*line, 0, len(s.parts))
	for _, members := range s.parts {
		var going []int
		for _, k := range members {
			if n.goes>>k&1 == 1 {
				going = append(going, k)
			}
		}
		if len(going) > 0 {
			lines = append(lines, s.newLine(going, lists))
		}
	}
	child := &node{goes: n.goes, stuck: n.stuck, lists: lists}
	if s.value(child, lines) {
		heap.Push(&s.queue, child)
	}
}

// queue is a heap of nodes by worth, of equal ones the set that comes first.
type queue []*node

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if c := q[i].worth.compare(&q[j].worth); c != 0 {
		return c < 0
	}
	return bits.Reverse32(uint32(q[i].goes)) < bits.Reverse32(uint32(q[j].goes))
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(*node)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	n := (*q)[last]
	*q = (*q)[:last]
	return n
}
