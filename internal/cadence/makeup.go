package cadence

import (
	"fmt"
	"slices"
	"time"

	"oneonone/internal/span"
)

const (
	makeUpLength = 15 * time.Minute // R27
	makeUpGrace  = 3 * day          // a deleted meeting that is longer past is let go
	makeUpFar    = 3 * day          // who meets within so little of the deleted one needs no other
)

// makeUps is R27: a quarter of an hour for an occurrence that a person deleted, near
// where it stood and between its neighbours in the series. One is enough between
// two neighbours: where somebody deleted several in a row, the first of them. There is none
// when the two meet in between or within three days anyhow, or when no day is left until the
// next meeting.
func (v *view) makeUps() []Proposal {
	var out []Proposal
	taken := map[string]time.Time{} // by series: the end of the gap that has one
	for _, d := range sorted(v.Deleted) {
		s := v.series(d.UID)
		if s == nil || v.now.After(d.Span.End.Add(makeUpGrace)) {
			continue
		}
		gap, free := v.neighbours(d, s)
		if !free || taken[d.UID].Equal(gap.End) || v.declinedIn(gap, d) {
			continue
		}
		if gap.Start.Before(v.now) {
			gap.Start = v.now
		}
		if gap.Duration() < day {
			continue
		}
		taken[d.UID] = gap.End
		out = append(out, Proposal{
			Rule: "R27", Kind: MakeUp, UID: d.UID, Original: d.Original, Length: makeUpLength,
			Near: clamp(d.Span.Start, gap), Within: gap,
			Reason: fmt.Sprintf("The 1:1 of %s was taken out of the calendar.", v.date(d.Span.Start)),
		})
	}
	return out
}

// series returns the living series with this UID.
func (v *view) series(uid string) *Series {
	for i := range v.Series {
		if v.Series[i].UID == uid {
			return &v.Series[i]
		}
	}
	return nil
}

// neighbours returns the time between the meetings of the series before and after d,
// a period away where there is none, and whether the pair meets neither in it nor near d.
func (v *view) neighbours(d Meeting, s *Series) (gap span.Span, free bool) {
	reach := s.Period
	if reach <= 0 {
		reach = week
	}
	gap = span.Span{Start: d.Span.Start.Add(-reach), End: d.Span.Start.Add(reach)}
	before, after := false, false
	all := slices.Concat(v.held, v.coming)
	for _, m := range all {
		switch at := m.Span.Start; {
		case m.UID != d.UID || m.same(d):
		case at.Before(d.Span.Start) && (!before || m.Span.End.After(gap.Start)):
			gap.Start, before = m.Span.End, true
		case at.After(d.Span.Start) && (!after || at.Before(gap.End)):
			gap.End, after = at, true
		}
	}
	for _, m := range all {
		between := m.UID != d.UID && m.Span.Start.After(gap.Start) && m.Span.Start.Before(gap.End)
		near := !m.same(d) && m.Span.Start.Sub(d.Span.Start).Abs() < makeUpFar
		if between || near {
			return gap, false
		}
	}
	return gap, true
}

// declinedIn reports whether a catch-up for another occurrence that was deleted
// between the same neighbours as d was not wanted.
func (v *view) declinedIn(gap span.Span, d Meeting) bool {
	return slices.ContainsFunc(v.Past, func(s Suggested) bool {
		return s.Kind == MakeUp && (s.State == Refused || s.State == Expired) &&
			!s.Original.Equal(d.Original) && gap.Contains(s.Original)
	})
}
