package reschedule

import (
	"fmt"
	"time"

	"oneonone/internal/span"
)

// rungNames are the rungs as people are told of them.
var rungNames = [nowhere]string{
	roomy: "with breathing room",
	bare:  "without breathing room",
	pushy: "also over focus time and holds",
}

// tried tells, for each rung before stop, how many slots lay inside working
// hours and bounds, and why they would not do.
func (r *leeway) tried(stop int) []string {
	var out []string
	for rung := roomy; rung < min(stop, shorter); rung++ {
		out = append(out, rungNames[rung]+": "+r.tally(rung, r.length()))
	}
	if stop > shorter {
		l := r.length()
		for l-step >= r.w.policy.Shortest {
			l -= step
		}
		if l == r.length() {
			return append(out, "shorter: it is as short as it may be")
		}
		out = append(out, fmt.Sprintf("%s long: %s", short(l), r.tally(shorter, l)))
	}
	return out
}

// tally counts the slots of one rung and length: how many there are, how many
// are not free for whom, and how many were left, which the other 1:1s of the
// plan needed.
func (r *leeway) tally(rung int, length time.Duration) string {
	people := r.w.Meetings[r.i].people()
	var all, left int
	lost := make([]int, len(people))
	r.starts(rung, length, func(s span.Span) {
		all++
		if r.free(rung, s) {
			left++
		}
		for n := range people {
			if !r.freeFor(n, rung, s) {
				lost[n]++
			}
		}
	})
	line := fmt.Sprintf("%d slots within bounds and working hours", all)
	for n, key := range people {
		if lost[n] > 0 {
			line += fmt.Sprintf(", %d not free for %s", lost[n], r.w.name(key))
		}
	}
	if left > 0 {
		line += fmt.Sprintf(", %d left, but another 1:1 needed them", left)
	}
	return line
}
