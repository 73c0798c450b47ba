package reschedule

import (
	"cmp"
	"slices"
	"time"
)

// line is the best ways to fit some meetings that all need the same person one
// behind the other into that person's time. It knows the best way for each
// subset of them.
//
// It is a dynamic program: the best way to fit a subset so that the last of it
// is over by an instant is the best, over the meeting that comes last and its
// options that are over by then, of that option behind the best way to fit the
// others before it. Breathing room only has to be kept from the one just before
// and the one just after, because all others are farther away. The work is the
// number of subsets times the number of options.
type line struct {
	members []int // positions in the search's free
	steps   []lineStep
	last    []int32 // by subset: the step that ends its best way, -1 when there is none
}

// lineStep is one meeting put behind others.
type lineStep struct {
	worth  worth
	before int32 // the step before it, -1 for the first
	member int16 // position in the search's free
	option int16 // index in the member's list
}

// lineOption is an option with what has to be known to put it behind others.
type lineOption struct {
	index int16
	roomy bool
	// after[r] is by which of the line's ends the one before has to be over,
	// -1 when by none; r is 1 when the one before has breathing room.
	after [2]int32
	end   int32 // which of the ends is its own
}

// newLine fits the options of the members, which are positions in s.free; lists
// holds for each position the indexes of the options that may be used.
func (s *search) newLine(members []int, lists [][]int16) *line {
	l := &line{members: members}
	options, ends := s.lineOptions(members, lists)
	subsets := 1 << len(members)
	l.last = make([]int32, subsets)
	// best[subset][r][e]: the best step among those over by ends[e]; r as in lineOption.
	best := make([]int32, subsets*2*ends)
	for i := range best {
		best[i] = -1
	}
	at := func(subset, roomy int) []int32 { return best[(subset*2+roomy)*ends:][:ends] }
	l.last[0] = -1
	for subset := 1; subset < subsets; subset++ {
		l.last[subset] = -1
		for n, a := range members {
			rest := subset &^ (1 << n)
			if rest == subset {
				continue
			}
			s.work -= len(options[n])
			before := [2][]int32{at(rest, 0), at(rest, 1)}
			for _, o := range options[n] {
				step := lineStep{before: -1, member: int16(a), option: o.index}
				if rest != 0 {
					if step.before = l.better(before, o.after); step.before < 0 {
						continue
					}
					step.worth = l.steps[step.before].worth
				}
				step.worth.cost = step.worth.cost.with(s.lists[a][o.index])
				step.worth.rank(a, int(o.index)+1)
				r := 0
				if o.roomy {
					r = 1
				}
				if cell := &at(subset, r)[o.end]; *cell < 0 || step.worth.compare(&l.steps[*cell].worth) < 0 {
					*cell = int32(len(l.steps))
					l.steps = append(l.steps, step)
				}
			}
		}
		l.last[subset] = l.settle(at(subset, 0), at(subset, 1))
	}
	return l
}

// better returns the better of the two steps that an option may follow.
func (l *line) better(before [2][]int32, after [2]int32) int32 {
	found := int32(-1)
	for r, e := range after {
		if e >= 0 {
			found = l.least(found, before[r][e])
		}
	}
	return found
}

// least returns the better of two steps, either of which may be missing.
func (l *line) least(a, b int32) int32 {
	if a < 0 || b >= 0 && l.steps[b].worth.compare(&l.steps[a].worth) < 0 {
		return b
	}
	return a
}

// settle makes each cell the best of all that are over by its end, and returns
// the best of all.
func (l *line) settle(cells ...[]int32) int32 {
	best := int32(-1)
	for _, c := range cells {
		so := int32(-1)
		for e := range c {
			so = l.least(so, c[e])
			c[e] = so
		}
		best = l.least(best, so)
	}
	return best
}

// lineOptions prepares the options of the members and counts the instants at
// which any of them is over.
func (s *search) lineOptions(members []int, lists [][]int16) ([][]lineOption, int) {
	p, now := s.t.w.policy, s.t.w.Now
	var ends []time.Duration
	for _, a := range members {
		for _, o := range lists[a] {
			ends = append(ends, s.lists[a][o].span.End.Sub(now))
		}
	}
	slices.Sort(ends)
	ends = slices.Compact(ends)
	by := func(t time.Duration) int32 { // the last end not after t
		n, _ := slices.BinarySearch(ends, t+1)
		return int32(n) - 1
	}
	out := make([][]lineOption, len(members))
	for n, a := range members {
		out[n] = make([]lineOption, len(lists[a]))
		for k, index := range lists[a] {
			o := s.lists[a][index]
			var before time.Duration
			if o.rung == roomy {
				before = p.Before
			}
			start := o.span.Start.Sub(now)
			out[n][k] = lineOption{
				index: index, roomy: o.rung == roomy, end: by(o.span.End.Sub(now)),
				after: [2]int32{by(start - before), by(start - max(before, p.After))},
			}
		}
	}
	return out, len(ends)
}

// way reads the best way for a subset off into choice, by position.
func (l *line) way(subset int, choice []int16) worth {
	step := l.last[subset]
	if step < 0 {
		return worth{}
	}
	sum := l.steps[step].worth
	for ; step >= 0; step = l.steps[step].before {
		choice[l.steps[step].member] = l.steps[step].option
	}
	return sum
}

// lines splits the free members into lines: the person whom most of them need
// gets the first, and so on until all have one.
func (s *search) lines() [][]int {
	left := make([]int, len(s.free))
	for n := range left {
		left[n] = n
	}
	var out [][]int
	for len(left) > 0 {
		var most []int
		for _, n := range left {
			for _, key := range s.meeting(n).people() {
				with := slices.DeleteFunc(slices.Clone(left), func(m int) bool {
					return !slices.Contains(s.meeting(m).people(), key)
				})
				if cmp.Compare(len(with), len(most)) > 0 {
					most = with
				}
			}
		}
		out = append(out, most)
		left = slices.DeleteFunc(left, func(n int) bool { return slices.Contains(most, n) })
	}
	return out
}

func (s *search) meeting(n int) *Meeting {
	return &s.t.w.Meetings[s.t.members[s.free[n]].meeting]
}
