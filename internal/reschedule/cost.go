package reschedule

import (
	"cmp"
	"slices"
	"time"
)

// cost is what a plan gives up, compared part by part in the order of R6.
type cost struct {
	// counts holds, from the highest bits down and each a count of its own:
	// meetings that end in conflict, meetings on rung 4, on rung 3, on rung 2
	// (eight bits each), and by how many seconds all of them are shortened (32).
	counts   uint64
	distance time.Duration // from where the meetings stood, added up
	// far are the distances in seconds, the greatest first: of two plans with the
	// same sum the one with the lesser greatest distance is better, then the one
	// with the lesser second, and so on. Comparing the greatest alone would let
	// one far move excuse every other.
	far [exact]int32
}

// oneStuck is the cost of one meeting that ends in conflict.
const oneStuck = 1 << 56

// with adds the cost of one more option.
func (c cost) with(o option) cost {
	c.counts += uint64(o.shorter / time.Second)
	if o.rung > roomy {
		c.counts += 1 << (16 + 8*o.rung)
	}
	c.distance += o.distance
	c.add(int32(o.distance / time.Second))
	return c
}

// plus adds what another part of the plan costs.
func (c cost) plus(d cost) cost {
	c.counts += d.counts
	c.distance += d.distance
	for _, s := range d.far {
		c.add(s)
	}
	return c
}

// add puts one distance into its place in far.
func (c *cost) add(s int32) {
	for i := 0; i < exact && s > 0; i++ {
		if s > c.far[i] {
			c.far[i], s = s, c.far[i]
		}
	}
}

func (c *cost) compare(d *cost) int {
	if n := cmp.Compare(c.counts, d.counts); n != 0 {
		return n
	}
	if n := cmp.Compare(c.distance, d.distance); n != 0 {
		return n
	}
	return slices.Compare(c.far[:], d.far[:])
}

// worth is a cost with the tie-break behind it: for each member that is being
// planned, in order, how far down its own list its spot stands.
type worth struct {
	cost
	ranks [2]uint64 // sixteen bits for each, the first member's highest
}

// rank puts the rank of the n-th member in.
func (w *worth) rank(n, rank int) {
	w.ranks[n/4] |= uint64(rank) << (48 - 16*(n%4))
}

// lastRank is the rank of a spot that comes after all options.
const lastRank = 1<<16 - 1

// plus adds up what two parts of a plan, of different members, are worth.
func (w worth) plus(v worth) worth {
	w.cost = w.cost.plus(v.cost)
	w.ranks[0] |= v.ranks[0]
	w.ranks[1] |= v.ranks[1]
	return w
}

func (w *worth) compare(v *worth) int {
	if n := w.cost.compare(&v.cost); n != 0 {
		return n
	}
	return slices.Compare(w.ranks[:], v.ranks[:])
}
