package reschedule

import (
	"slices"
	"time"

	"oneonone/internal/span"
)

// team is the meetings that are planned together: all that have to act in one
// stage. Its members are numbered in the order that breaks ties.
type team struct {
	w       *world
	members []member
	// between[a][b] is how member b stands to member a.
	between [][]relation
}

// member is one meeting of a team.
type member struct {
	meeting int
	now     span.Span
	leeway  *leeway
	// driven says that it collides with something that stays whatever the team
	// does. One that is not driven collides with other members only, and is
	// well where it is once they have gone.
	driven bool
}

// relation is what two members have to do with each other.
type relation struct {
	shares   bool          // a person
	collides bool          // they overlap where they stand now, and have settled
	order    int           // -1: b is the neighbour before a, +1: after a, 0: neither
	gap      time.Duration // to keep from the neighbour when a itself moves
}

// spot is where a plan puts a member.
type spot struct {
	state state
	option
}

type state int

const (
	open  state = iota // not decided yet
	stays              // where it is, in conflict or not
	goes               // to the option
)

// newTeam makes a team of the meetings, which must be in the order of compare.
// When vacate is true a member may take the place that another one leaves;
// otherwise each slot has to be free whatever becomes of the other moves.
func (w *world) newTeam(meetings []int, vacate bool) *team {
	in := make(map[int]int, len(meetings))
	for n, i := range meetings {
		in[i] = n
	}
	loose := func(i int) bool { _, ok := in[i]; return ok && vacate }
	t := &team{w: w, members: make([]member, len(meetings)), between: make([][]relation, len(meetings))}
	for n := range t.between {
		t.between[n] = make([]relation, len(meetings))
	}
	for n, i := range meetings {
		all := w.conflicts(i)
		acute, _ := w.settled(i, all)
		m := member{meeting: i, now: w.place[i]}
		for _, c := range acute {
			if b, ok := in[c.Other]; ok {
				t.between[n][b].collides = true
			} else {
				m.driven = true
			}
		}
		stay := !slices.ContainsFunc(all, func(c Conflict) bool { return c.Kind != DoubleBooked })
		m.leeway = w.leeway(i, loose, stay)
		t.members[n] = m
		before, after := w.neighbours(i, w.place[i].Start)
		for b, j := range meetings {
			r := &t.between[n][b]
			r.shares = j != i && len(shared(&w.Meetings[i], &w.Meetings[j])) > 0
			switch {
			case slices.Contains(before, j):
				r.order, r.gap = -1, w.gap(i)
			case slices.Contains(after, j):
				r.order, r.gap = +1, w.gap(i)
			}
		}
	}
	return t
}

// at returns where spot s puts member a.
func (t *team) at(a int, s spot) span.Span {
	if s.state == goes {
		return s.span
	}
	return t.members[a].now
}

// fits reports whether two members can be where the spots put them. What
// collides without either of them moving is a matter of cost, not of fit.
func (t *team) fits(a int, s spot, b int, u spot) bool {
	if s.state != goes && u.state != goes {
		return true
	}
	r := t.between[a][b]
	x, y := t.at(a, s), t.at(b, u)
	if r.shares {
		if s.state == goes && s.rung == roomy && t.padded(x).Overlaps(y) ||
			u.state == goes && u.rung == roomy && t.padded(y).Overlaps(x) || x.Overlaps(y) {
			return false
		}
	}
	return (s.state != goes || inOrder(r, x, y)) && (u.state != goes || inOrder(t.between[b][a], y, x))
}

func (t *team) padded(s span.Span) span.Span {
	return s.Pad(t.w.policy.Before, t.w.policy.After)
}

// inOrder reports whether x keeps the order and the distance that r asks for
// from y.
func inOrder(r relation, x, y span.Span) bool {
	switch r.order {
	case -1:
		return x.Start.Sub(y.End) >= r.gap
	case +1:
		return y.Start.Sub(x.End) >= r.gap
	}
	return true
}

// follows reports whether member a can go to its spot only after member b has
// left its place: because a goes there, or past it.
func (t *team) follows(a int, s spot, b int) bool {
	r, now := t.between[a][b], t.members[b].now
	if s.state != goes {
		return false
	}
	r.gap = 0
	return r.shares && s.span.Overlaps(now) || !inOrder(r, s.span, now)
}

// circle returns those of the group whose moves all wait for one another, so
// that none of them can be the first; empty when the moves can be put in order.
func (t *team) circle(group []int, spots []spot) []int {
	left := slices.DeleteFunc(slices.Clone(group), func(a int) bool { return spots[a].state != goes })
	for {
		waits := func(a, b int) bool { return a != b && t.follows(a, spots[a], b) }
		rest := slices.DeleteFunc(slices.Clone(left), func(a int) bool {
			return !slices.ContainsFunc(left, func(b int) bool { return waits(a, b) }) ||
				!slices.ContainsFunc(left, func(b int) bool { return waits(b, a) })
		})
		if len(rest) == len(left) {
			return rest
		}
		left = rest
	}
}

// shortest returns a shortest circle among the members that circle found: each
// waits for the next, and the last for the first.
func (t *team) shortest(among []int, spots []spot) []int {
	var best []int
	for _, start := range among {
		paths := [][]int{{start}}
		for seen := map[int]bool{}; len(paths) > 0; {
			path := paths[0]
			paths = paths[1:]
			if len(best) > 0 && len(path) >= len(best) {
				break
			}
			a := path[len(path)-1]
			for _, b := range among {
				switch {
				case b == a || !t.follows(a, spots[a], b):
				case b == start:
					best, paths = path, nil
				case !seen[b]:
					seen[b] = true
					paths = append(paths, append(slices.Clone(path), b))
				}
			}
		}
	}
	return best
}

// needless reports whether a member goes although all that it collided with
// have gone: of two 1:1s that overlap only one moves (R6).
func (t *team) needless(group []int, spots []spot) bool {
	return slices.ContainsFunc(group, func(a int) bool {
		return spots[a].state == goes && !t.members[a].driven &&
			!slices.ContainsFunc(group, func(b int) bool {
				return t.between[a][b].collides && spots[b].state != goes
			})
	})
}

// stuck counts the members that stay in conflict, as far as it is decided.
func (t *team) stuck(group []int, spots []spot) int {
	n := 0
	for _, a := range group {
		if spots[a].state == stays && t.hampered(a, group, spots) {
			n++
		}
	}
	return n
}

// hampered reports whether member a would be in conflict if it stayed, as far
// as it is decided.
func (t *team) hampered(a int, group []int, spots []spot) bool {
	return t.members[a].driven || slices.ContainsFunc(group, func(b int) bool {
		return t.between[a][b].collides && spots[b].state == stays
	})
}

// cost is what the decided part of a plan costs.
func (t *team) cost(group []int, spots []spot) cost {
	c := cost{counts: uint64(t.stuck(group, spots)) * oneStuck}
	for _, a := range group {
		if spots[a].state == goes {
			c = c.with(spots[a].option)
		}
	}
	return c
}
