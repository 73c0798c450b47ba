package reschedule

import (
	"cmp"
	"time"
)

// cost is what a plan gives up, compared part by part in the order of R6.
type cost struct {
	stuck    int           // meetings that end in conflict
	rungs    [3]int        // meetings on rung 4, on rung 3, on rung 2
	shorter  time.Duration // by how much all of them are shortened
	distance time.Duration // from where they stood, added up
	farthest time.Duration // the greatest of these distances
}

// costOf is what taking one option costs.
func costOf(o option) cost {
	c := cost{shorter: o.shorter, distance: o.distance, farthest: o.distance}
	if o.rung > roomy {
		c.rungs[shorter-o.rung] = 1
	}
	return c
}

// plus adds up what two parts of a plan cost. The sum never compares as less
// than either part, which makes the sum of the cheapest options a lower bound.
func (c cost) plus(d cost) cost {
	c.stuck += d.stuck
	for i := range c.rungs {
		c.rungs[i] += d.rungs[i]
	}
	c.shorter += d.shorter
	c.distance += d.distance
	c.farthest = max(c.farthest, d.farthest)
	return c
}

func (c cost) compare(d cost) int {
	return cmp.Or(
		cmp.Compare(c.stuck, d.stuck),
		cmp.Compare(c.rungs[0], d.rungs[0]),
		cmp.Compare(c.rungs[1], d.rungs[1]),
		cmp.Compare(c.rungs[2], d.rungs[2]),
		cmp.Compare(c.shorter, d.shorter),
		cmp.Compare(c.distance, d.distance),
		cmp.Compare(c.farthest, d.farthest),
	)
}
