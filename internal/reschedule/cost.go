package reschedule

import (
	"cmp"
	"slices"
	"time"
)

// cost is what a plan gives up, compared part by part in the order of R6.
type cost struct {
	stuck    int           // meetings that end in conflict
	rungs    [3]int        // meetings on rung 4, on rung 3, on rung 2
	shorter  time.Duration // by how much all of them are shortened
	distance time.Duration // from where they stood, added up
	// far are the distances, the greatest first: of two plans with the same sum
	// the one with the lesser greatest distance is better, then the one with the
	// lesser second, and so on. Comparing the greatest alone would let one far
	// move excuse every other.
	far [exact]time.Duration
}

// with adds the cost of one more option. A sum never compares as less than what
// it began with, and grows with each of its terms: that makes the sum of the
// cheapest options a lower bound.
func (c cost) with(o option) cost {
	c.shorter += o.shorter
	c.distance += o.distance
	if o.rung > roomy {
		c.rungs[shorter-o.rung]++
	}
	for i, d := 0, o.distance; i < exact && d > 0; i++ {
		if d > c.far[i] {
			c.far[i], d = d, c.far[i]
		}
	}
	return c
}

func (c *cost) compare(d *cost) int {
	for _, n := range [...]int{
		cmp.Compare(c.stuck, d.stuck),
		cmp.Compare(c.rungs[0], d.rungs[0]),
		cmp.Compare(c.rungs[1], d.rungs[1]),
		cmp.Compare(c.rungs[2], d.rungs[2]),
		cmp.Compare(c.shorter, d.shorter),
		cmp.Compare(c.distance, d.distance),
	} {
		if n != 0 {
			return n
		}
	}
	return slices.Compare(c.far[:], d.far[:])
}
