package reschedule

import (
	"slices"
	"time"

	"oneonone/internal/span"
)

// days finds meetings by the days on which they take place (UTC), so that
// asking what overlaps a stretch does not mean asking every meeting there is.
type days map[int64][]int

// each calls do for each day that s touches.
func each(s span.Span, do func(day int64)) {
	const day = int64(24 * time.Hour / time.Second)
	for d := s.Start.Unix() / day; d <= s.End.Unix()/day; d++ {
		do(d)
	}
}

func (x days) add(i int, s span.Span) {
	each(s, func(d int64) { x[d] = append(x[d], i) })
}

func (x days) remove(i int, s span.Span) {
	each(s, func(d int64) {
		x[d] = slices.DeleteFunc(x[d], func(j int) bool { return j == i })
	})
}

// near returns the meetings on the days that s touches, each once, in the
// order of their indexes.
func (x days) near(s span.Span) []int {
	var out []int
	each(s, func(d int64) { out = append(out, x[d]...) })
	slices.Sort(out)
	return slices.Compact(out)
}

// put moves meeting i to another place.
func (w *world) put(i int, s span.Span) {
	if s == w.place[i] {
		return
	}
	clear(w.known)
	for _, key := range w.Meetings[i].people() {
		w.diaries[key].days.remove(i, w.place[i])
		w.diaries[key].days.add(i, s)
	}
	w.place[i] = s
}
