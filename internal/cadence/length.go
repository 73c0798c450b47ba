package cadence

import (
	"cmp"
	"slices"
	"time"
)

// Best returns one length per meeting, the one from the best source, oldest
// first (R20). Of two from the same source the longer one counts: a record that
// breaks off is more likely than one that goes on by itself. What is not longer
// than nothing, or has no known source, is no measurement. The argument is left
// as it is.
func Best(ls []Length) []Length {
	out := slices.DeleteFunc(slices.Clone(ls), func(l Length) bool { return l.Length <= 0 || l.Source.rank() < 0 })
	slices.SortFunc(out, func(a, b Length) int {
		return cmp.Or(a.meeting(b), cmp.Compare(a.Source.rank(), b.Source.rank()), cmp.Compare(b.Length, a.Length), a.Start.Compare(b.Start))
	})
	out = slices.CompactFunc(out, func(a, b Length) bool { return a.meeting(b) == 0 })
	slices.SortFunc(out, func(a, b Length) int { return cmp.Or(a.Start.Compare(b.Start), a.meeting(b)) })
	return out
}

// meeting compares the meetings that two lengths are of. A meeting of a series is
// named by its original start, a single event by its UID alone.
func (l Length) meeting(o Length) int {
	return cmp.Or(cmp.Compare(l.UID, o.UID), l.Original.Compare(o.Original))
}

// rank is 0 for the best source, and negative for none.
func (s Source) rank() int { return slices.Index([]Source{FromMeet, FromDone, FromEnd}, s) }

// average returns the mean of the lengths, zero of none.
func average(ls []Length) time.Duration {
	var sum time.Duration
	for _, l := range ls {
		sum += min(l.Length, week) // Nobody's meeting is that long, and sums must not overflow.
	}
	if len(ls) == 0 {
		return 0
	}
	return sum / time.Duration(len(ls))
}

// last returns the last n of ls, nothing when there are fewer.
func last(ls []Length, n int) []Length {
	if n <= 0 || len(ls) < n {
		return nil
	}
	return ls[len(ls)-n:]
}

const (
	day  = 24 * time.Hour
	week = 7 * day
)
