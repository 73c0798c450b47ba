package reschedule

import (
	"slices"
)

// exact is up to how many meetings that get into each other's way are planned
// exactly.
const exact = 8

// plan finds the best plan for the whole team (R6).
//
// The best plan has the least cost, part by part; of plans that cost the same,
// the one in which the first member (by original start, then UID) that differs
// gets what it prefers by itself: to stay if that may do, then the lower rung,
// the longer meeting, the nearer slot, the later slot.
//
// Method: independence detection. The team begins as groups of meetings that
// collide where they stand, every group is planned as if it were alone, and
// only groups whose plans get into each other's way are made one and planned
// anew. This is exact, because
//
//   - planned alone, a group pays the least it can pay in any plan of the team:
//     leaving out the others only takes constraints away;
//   - the cost of the team is made up of the costs of its groups: sums, and in the
//     last part the distances put together in order; so plans that are best for
//     each group and get on with each other are best for the team, and the
//     tie-break, which goes member by member, picks the same plan in each group as
//     it would in the team;
//   - what makes a plan impossible across groups is either a pair that does not
//     fit or a circle of moves, and both lead to a merger. What stays in conflict,
//     and what moves needlessly, is decided by collisions, which never cross groups.
//
// Groups of up to eight are planned exactly (search). Larger ones, which take a
// person with nine 1:1s that all want the same few hours, and the rare smaller one
// that exceeds the work a search may do, are planned one by one and then improved
// (improve), which is never worse than one by one.
func (t *team) plan() []spot {
	group := t.collisions()
	spots := make([]spot, len(t.members))
	dirty := make([]bool, len(t.members))
	for a := range dirty {
		dirty[a] = group[a] == a
	}
	for {
		for g := range dirty {
			if dirty[g] {
				dirty[g] = false
				t.planGroup(membersOf(group, g), spots)
			}
		}
		clash := t.clash(group, spots)
		if len(clash) == 0 {
			return spots
		}
		g := group[clash[0]]
		for _, a := range clash[1:] {
			g = merge(group, g, group[a])
		}
		dirty[g] = true
	}
}

// collisions returns the first groups: group[a] is the first member of the
// group of member a.
func (t *team) collisions() []int {
	group := make([]int, len(t.members))
	for a := range group {
		group[a] = a
	}
	for a := range group {
		for b := range group {
			if t.between[a][b].collides {
				merge(group, group[a], group[b])
			}
		}
	}
	return group
}

// merge makes one group of two and returns its name.
func merge(group []int, g, h int) int {
	g, h = min(g, h), max(g, h)
	for a := range group {
		if group[a] == h {
			group[a] = g
		}
	}
	return g
}

func membersOf(group []int, g int) []int {
	var out []int
	for a := range group {
		if group[a] == g {
			out = append(out, a)
		}
	}
	return out
}

// clash returns members of different groups whose plans do not go together;
// empty when all do.
func (t *team) clash(group []int, spots []spot) []int {
	all := make([]int, len(group))
	for a := range group {
		all[a] = a
		for b := range a {
			if group[a] != group[b] && !t.fits(b, spots[b], a, spots[a]) {
				return []int{b, a}
			}
		}
	}
	return t.circle(all, spots)
}

// planGroup plans the members of one group as if there were no others.
func (t *team) planGroup(group []int, spots []spot) {
	for _, a := range group {
		spots[a] = spot{state: stays}
	}
	if len(group) > exact || !t.search(group, group, spots, exactWork) {
		t.improve(group, spots)
	}
}

// improve plans a group that is too large to be planned exactly. First one by
// one, in the order of original start and UID, those that something drives away
// before those that only collide with each other: each takes the best slot that
// is left, with the others where they are by then. Then, around each member in
// turn, a handful of members that compete with it are planned anew, exactly,
// with the others held. No step makes the plan worse, so the result is at worst
// as good as one by one; the number of steps is bounded, and so is each.
func (t *team) improve(group []int, spots []spot) {
	for _, driven := range []bool{true, false} {
		for _, a := range group {
			if t.members[a].driven == driven {
				t.search(group, []int{a}, spots, partWork)
			}
		}
	}
	for range 2 {
		before := t.cost(group, spots)
		for _, a := range group {
			t.search(group, t.rivals(group, a, 5), spots, partWork)
		}
		if after := t.cost(group, spots); after.compare(&before) == 0 {
			return
		}
	}
}

// rivals returns member a and up to n others of the group that share a person
// with it and stand nearest to it, in the order of the team.
func (t *team) rivals(group []int, a, n int) []int {
	near := slices.DeleteFunc(slices.Clone(group), func(b int) bool { return b == a || !t.between[a][b].shares })
	slices.SortStableFunc(near, func(b, c int) int {
		x := t.members[b].now.Start.Sub(t.members[a].now.Start).Abs()
		y := t.members[c].now.Start.Sub(t.members[a].now.Start).Abs()
		return int(min(max(x-y, -1), 1))
	})
	near = append(near[:min(n, len(near))], a)
	slices.Sort(near)
	return near
}
