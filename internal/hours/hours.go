// Package hours is a person's working hours: a weekly pattern in wall-clock
// time, its text form ("Mon-Thu 09:00-17:30, Fri 09:00-15:00"), and the spans it
// means in a zone.
//
// The pattern is made of wall-clock minutes, without dates and without a zone.
// An instant is a working instant exactly when the clock on the wall shows a
// minute of the pattern at it, and from this the days on which clocks are
// changed follow: an hour that is left out holds no working time, an hour that
// comes twice holds it twice, and what begins or ends inside either begins or
// ends where the clock first leaves or enters the pattern. Nothing is rounded
// and no span is lost.
package hours

import (
	"cmp"
	"slices"
	"time"

	"oneonone/internal/span"
)

const (
	minutesPerDay  = 24 * 60
	minutesPerWeek = 7 * minutesPerDay
	secondsPerWeek = 60 * minutesPerWeek

	// firstMonday is 1970-01-05 00:00, in seconds after 1970-01-01 00:00.
	firstMonday = 4 * 24 * 60 * 60
)

// Week is a weekly pattern of working hours. Two weeks are the same pattern
// exactly when they are ==. The zero value has no hours. A Week never changes.
type Week struct {
	// packed is the pattern in normal form, four bytes for a stretch: a string
	// and not a slice so that weeks can be compared, copied and used as keys.
	packed string
}

// Default is the pattern of a person of whom none is known: Mon-Fri 09:00-17:00.
var Default = MustParse("Mon-Fri 09:00-17:00")

// Empty reports whether w has no hours at all.
func (w Week) Empty() bool { return w.packed == "" }

// In returns the working spans of w in zone, which must not be nil, cut to s.
// Spans that touch, such as two whole days, are one span.
func (w Week) In(s span.Span, zone *time.Location) span.Set {
	if w.Empty() || s.Empty() {
		return nil
	}
	var out span.Set
	for at := s.Start.In(zone); at.Before(s.End); {
		// Between two changes of the clock the wall shows UTC plus a constant.
		_, offset := at.Zone()
		_, change := at.ZoneBounds()
		steady := span.Span{Start: at, End: s.End.In(zone)}
		if !change.IsZero() && change.Before(s.End) {
			steady.End = change
		}
		out = w.appendSteady(out, steady, int64(offset))
		at = steady.End
	}
	return out
}

// appendSteady appends the working spans in s to out. The wall clock is offset
// seconds ahead of UTC all through s, whose times carry their zone; s does not
// begin before the last span of out ends.
func (w Week) appendSteady(out span.Set, s span.Span, offset int64) span.Set {
	zone := s.Start.Location()
	wall := s.Start.Unix() + offset - firstMonday
	// The last stretch of the week before may reach into the first one.
	week := floorDiv(wall, secondsPerWeek) - 1
	for ; ; week++ {
		monday := week*secondsPerWeek + firstMonday - offset
		for i := range w.len() {
			x := w.at(i)
			work := span.Span{
				Start: time.Unix(monday+60*int64(x.start), 0).In(zone),
				End:   time.Unix(monday+60*int64(x.end), 0).In(zone),
			}
			if !work.Start.Before(s.End) {
				return out
			}
			if work = work.Intersect(s); work.Empty() {
				continue
			}
			if n := len(out); n > 0 && out[n-1].End.Equal(work.Start) {
				out[n-1].End = work.End
				continue
			}
			out = append(out, work)
		}
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// stretch is a run of wall-clock minutes from start up to, not including, end,
// counted from Monday 00:00. It starts inside the week; its end may be in the
// next one, a week after its start at most.
type stretch struct{ start, end int }

// pack returns the union of stretches on the ring of the week, in normal form:
// sorted by start, disjoint, none touching its neighbour, Sunday's last and
// Monday's first being neighbours too, and the whole week beginning on Monday.
func pack(stretches []stretch) Week {
	slices.SortFunc(stretches, func(a, b stretch) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	out := stretches[:0]
	for _, x := range stretches {
		if n := len(out); n > 0 && x.start <= out[n-1].end {
			out[n-1].end = max(out[n-1].end, x.end)
			continue
		}
		out = append(out, x)
	}
	// What the last one covers of next Monday, it takes from the first ones.
	for len(out) > 1 && out[0].start+minutesPerWeek <= out[len(out)-1].end {
		last := &out[len(out)-1]
		last.end = max(last.end, out[0].end+minutesPerWeek)
		out = out[1:]
	}
	if len(out) == 1 && out[0].end-out[0].start >= minutesPerWeek {
		out[0] = stretch{0, minutesPerWeek}
	}
	b := make([]byte, 0, 4*len(out))
	for _, x := range out {
		b = append(b, byte(x.start>>8), byte(x.start), byte(x.end>>8), byte(x.end))
	}
	return Week{packed: string(b)}
}

// len returns the number of stretches of w.
func (w Week) len() int { return len(w.packed) / 4 }

// at returns the stretch i of w.
func (w Week) at(i int) stretch {
	p := w.packed[4*i : 4*i+4]
	return stretch{int(p[0])<<8 | int(p[1]), int(p[2])<<8 | int(p[3])}
}
