package reschedule

import (
	"slices"
	"time"

	"oneonone/internal/span"
)

// fortnight is how far a meeting without a period and without a neighbour may
// go from where it stands.
const fortnight = 14 * 24 * time.Hour

// neighbours returns the meetings of the pair just before and just after the
// instant at, by their starts; more than one where several begin together. One
// that begins at the instant is neither (R10).
func (w *world) neighbours(i int, at time.Time) (before, after []int) {
	for _, j := range w.pairs[w.Meetings[i].Pair] {
		if j == i {
			continue
		}
		switch start := w.place[j].Start; start.Compare(at) {
		case -1:
			before = w.nearer(before, j, +1)
		case +1:
			after = w.nearer(after, j, -1)
		}
	}
	return before, after
}

// nearer adds j to the nearest meetings found so far, of which all begin
// together. sign is +1 when later is nearer, -1 when earlier is.
func (w *world) nearer(found []int, j, sign int) []int {
	if len(found) > 0 {
		switch sign * w.place[j].Start.Compare(w.place[found[0]].Start) {
		case +1:
			return []int{j}
		case -1:
			return found
		}
	}
	return append(found, j)
}

// gap is the distance that meeting i keeps from its neighbours: the spacing, but
// never more than a third of the period (R10).
func (w *world) gap(i int) time.Duration {
	if third := w.Meetings[i].Period / 3; third > 0 {
		return min(w.policy.Spacing, third)
	}
	return w.policy.Spacing
}

// reach is how far meeting i may go on a side on which it has no neighbour.
func (w *world) reach(i int) time.Duration {
	if w.Meetings[i].Period > 0 {
		return w.Meetings[i].Period
	}
	return fortnight
}

// bounds returns the stretch in which meeting i has to lie wherever the others
// go (R10). loose tells which meetings may go elsewhere in the same plan: the
// distance from those is kept pair by pair, from where they end up, so that
// here only the first firm meeting behind them counts.
func (w *world) bounds(i int, loose func(int) bool) span.Span {
	b := span.Span{Start: w.Now.Add(w.policy.Notice), End: w.latest(i, loose)}
	if s := w.earliest(i, loose); s.After(b.Start) {
		b.Start = s
	}
	return b
}

// earliest is when meeting i may begin at the earliest, by what stands before it.
func (w *world) earliest(i int, loose func(int) bool) time.Time {
	gap := w.gap(i)
	for at := i; ; gap = 0 {
		before, _ := w.neighbours(at, w.place[at].Start)
		if len(before) == 0 {
			return w.place[at].Start.Add(-w.reach(at))
		}
		var firm time.Time
		for _, j := range before {
			if end := w.place[j].End.Add(gap); !loose(j) && end.After(firm) {
				firm = end
			}
		}
		if !firm.IsZero() {
			return firm
		}
		at = before[0]
	}
}

// latest is when meeting i has to be over, by what stands after it.
func (w *world) latest(i int, loose func(int) bool) time.Time {
	gap := w.gap(i)
	for at := i; ; gap = 0 {
		_, after := w.neighbours(at, w.place[at].Start)
		if len(after) == 0 {
			end, horizon := w.place[at].End.Add(w.reach(at)), w.Now.Add(w.policy.Horizon)
			if horizon.Before(end) {
				return horizon
			}
			return end
		}
		if slices.ContainsFunc(after, func(j int) bool { return !loose(j) }) {
			return w.place[after[0]].Start.Add(-gap)
		}
		at = after[0]
	}
}
