// Package span is the algebra of half-open spans of time, [Start, End).
//
// Every question of the program about "free" and "busy" is asked here and
// nowhere else. Spans compare instants, never wall clocks, so the zone of a
// time does not matter. The package has no clock and keeps no state.
package span

import (
	"cmp"
	"slices"
	"time"
)

// Span is the half-open stretch of time from Start up to, not including, End.
// A span whose End is not after its Start is empty.
type Span struct {
	Start, End time.Time
}

// Of returns the span that begins at start and lasts for d.
func Of(start time.Time, d time.Duration) Span {
	return Span{Start: start, End: start.Add(d)}
}

// Duration returns the length of s, zero if it is empty.
func (s Span) Duration() time.Duration {
	if s.Empty() {
		return 0
	}
	return s.End.Sub(s.Start)
}

// Empty reports whether s holds no instant.
func (s Span) Empty() bool { return !s.End.After(s.Start) }

// Equal reports whether both spans have the same instants as bounds.
func (s Span) Equal(o Span) bool { return s.Start.Equal(o.Start) && s.End.Equal(o.End) }

// Overlaps reports whether s and o share an instant.
func (s Span) Overlaps(o Span) bool {
	return !s.Empty() && !o.Empty() && s.Start.Before(o.End) && o.Start.Before(s.End)
}

// Intersect returns the part that s and o share; it is empty if there is none.
func (s Span) Intersect(o Span) Span {
	i := Span{Start: later(s.Start, o.Start), End: earlier(s.End, o.End)}
	if i.Empty() {
		return Span{Start: i.Start, End: i.Start}
	}
	return i
}

// Covers reports whether o lies wholly inside s. An empty o is covered when
// its Start lies in s or on one of its bounds.
func (s Span) Covers(o Span) bool {
	return !o.Start.Before(s.Start) && !o.End.After(s.End)
}

// Contains reports whether t lies in s.
func (s Span) Contains(t time.Time) bool {
	return !t.Before(s.Start) && t.Before(s.End)
}

// Pad returns s widened by before at its start and by after at its end.
func (s Span) Pad(before, after time.Duration) Span {
	return Span{Start: s.Start.Add(-before), End: s.End.Add(after)}
}

// Shift returns s moved by d without a change of length.
func (s Span) Shift(d time.Duration) Span {
	return Span{Start: s.Start.Add(d), End: s.End.Add(d)}
}

// Set is a union of spans in normal form: sorted by start, disjoint, none
// empty, and none touching its neighbour. The zero value is the empty set.
// Methods never change their receiver.
type Set []Span

// NewSet returns the union of spans, which may come in any order and overlap.
func NewSet(spans ...Span) Set {
	s := make([]Span, 0, len(spans))
	for _, x := range spans {
		if !x.Empty() {
			s = append(s, x)
		}
	}
	slices.SortFunc(s, func(a, b Span) int {
		return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End))
	})
	out := s[:0]
	for _, x := range s {
		if n := len(out); n > 0 && !x.Start.After(out[n-1].End) {
			out[n-1].End = later(out[n-1].End, x.End)
			continue
		}
		out = append(out, x)
	}
	return Set(slices.Clip(out))
}

// Union returns the instants of either set.
func (s Set) Union(o Set) Set {
	return NewSet(slices.Concat(s, o)...)
}

// Intersect returns the instants that are in both sets.
func (s Set) Intersect(o Set) Set {
	var out Set
	for i, j := 0, 0; i < len(s) && j < len(o); {
		if x := s[i].Intersect(o[j]); !x.Empty() {
			out = append(out, x)
		}
		if s[i].End.Before(o[j].End) {
			i++
		} else {
			j++
		}
	}
	return out
}

// Subtract returns the instants of s that are not in o.
func (s Set) Subtract(o Set) Set {
	var out Set
	j := 0
	for _, x := range s {
		for j < len(o) && !o[j].End.After(x.Start) {
			j++
		}
		at := x.Start
		for k := j; k < len(o) && o[k].Start.Before(x.End); k++ {
			if o[k].Start.After(at) {
				out = append(out, Span{at, o[k].Start})
			}
			at = later(at, o[k].End)
		}
		if at.Before(x.End) {
			out = append(out, Span{at, x.End})
		}
	}
	return out
}

// Overlaps reports whether s and x share an instant.
func (s Set) Overlaps(x Span) bool {
	if x.Empty() {
		return false
	}
	i := s.after(x.Start)
	return i < len(s) && s[i].Start.Before(x.End)
}

// Covers reports whether x lies wholly inside one span of s.
func (s Set) Covers(x Span) bool {
	i := s.after(x.Start)
	return i < len(s) && s[i].Covers(x)
}

// after returns the index of the first span that ends after t.
func (s Set) after(t time.Time) int {
	i, _ := slices.BinarySearchFunc(s, t, func(x Span, t time.Time) int {
		if x.End.After(t) {
			return 1
		}
		return -1
	})
	return i
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
