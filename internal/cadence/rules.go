package cadence

import (
	"fmt"
	"time"

	"oneonone/internal/span"
)

// pace is the least time at one step of the taper (R24).
const pace = 2 * week

// taper is R24: daily, twice a week, weekly, one step at a time, each after two
// weeks at the one before. A relationship that is no longer new goes to weekly at
// once. Two days a week are no step of a taper unless the relationship is or was marked as
// new, or came there from daily.
func (v *view) taper() []Proposal {
	s := v.frequent()
	if s == nil || v.now.Before(s.Since.Add(pace)) {
		return nil
	}
	marked := !v.Onboarding.IsZero()
	over := marked && v.now.After(v.Onboarding)
	p := Proposal{Rule: "R24", Kind: Taper, UID: s.UID, Rhythm: Weekly}
	switch {
	case s.Rhythm == Daily && over:
		p.Reason = "You meet every working day, and the first weeks are over."
	case s.Rhythm == Daily:
		p.Rhythm = TwiceAWeek
		p.Reason = fmt.Sprintf("You have met every working day since %s. When the start is made, twice a week is enough.", v.date(s.Since))
	case over:
		p.Reason = "You meet twice a week, and the first weeks are over."
	case marked || v.tapered():
		p.Reason = fmt.Sprintf("You have met twice a week since %s. Once a week leads to the things that matter most.", v.date(s.Since))
	default:
		return nil
	}
	p.Length = recommended(p.Rhythm, s.Length)
	return []Proposal{p}
}

// frequent returns the only series that meets more often than once a week.
func (v *view) frequent() *Series {
	if v.Fixed != "" {
		return nil
	}
	var found *Series
	for i := range v.Series {
		if r := v.Series[i].Rhythm; r == Daily || r == TwiceAWeek {
			if found != nil {
				return nil
			}
			found = &v.Series[i]
		}
	}
	return found
}

// tapered reports whether an earlier step of the taper was taken.
func (v *view) tapered() bool {
	for _, s := range v.Past {
		if s.Kind == Taper && s.State == Applied {
			return true
		}
	}
	return false
}

// R18 looks at so many occurrences and acts on so many with a conflict.
const (
	troubleWindow = 4
	troubleLimit  = 3
)

// troubles returns how many of the last occurrences of s had a conflict, and of
// how many.
func troubles(s *Series) (n, of int) {
	seen := s.Troubled[max(0, len(s.Troubled)-troubleWindow):]
	for _, t := range seen {
		if t {
			n++
		}
	}
	return n, len(seen)
}

// retimes is R18.
func (v *view) retimes() []Proposal {
	var out []Proposal
	for i := range v.Series {
		s := &v.Series[i]
		n, of := troubles(s)
		if v.Fixed != "" || n < troubleLimit || s.Better == nil || s.Better.Conflicts >= s.Better.Before {
			continue
		}
		out = append(out, Proposal{
			Rule: "R18", Kind: Retime, UID: s.UID, Start: s.Better.Start,
			Reason: fmt.Sprintf("Of the last %s meetings %s collided with something else. In the next %s the present time would collide %s, %s at %s %s.",
				count(of), count(n), plural(s.Better.Weeks, "week"), times(s.Better.Before),
				s.Better.Start.In(v.zone).Format("Mon"), s.Better.Start.In(v.zone).Format("15:04"), times(s.Better.Conflicts)),
		})
	}
	return out
}

const (
	makeUpLength = 15 * time.Minute // R27
	makeUpGrace  = 3 * day          // a deleted meeting that is longer past is let go
)

// makeUps is R27: a quarter of an hour for an occurrence that a person deleted, near
// where it stood and between its neighbours in the series. One is enough between
// two neighbours: where somebody deleted several in a row, the first of them. There is none
// when the two meet in between anyhow, when the next meeting is too near, or when they meet
// daily.
func (v *view) makeUps() []Proposal {
	var out []Proposal
	taken := map[string]time.Time{} // by series: the end of the gap that has one
	for _, d := range sorted(v.Deleted) {
		s := v.series(d.UID)
		if s == nil || s.Rhythm == Daily || v.now.After(d.Span.End.Add(makeUpGrace)) {
			continue
		}
		gap, free := v.neighbours(d, s)
		if gap.Start.Before(v.now) {
			gap.Start = v.now
		}
		if !free || gap.Duration() < day || taken[d.UID].Equal(gap.End) || v.declinedIn(d, gap.End) {
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
// a period away where there is none, and whether the pair does not meet in it.
func (v *view) neighbours(d Meeting, s *Series) (gap span.Span, free bool) {
	reach := s.Period
	if reach <= 0 {
		reach = week
	}
	gap = span.Span{Start: d.Span.Start.Add(-reach), End: d.Span.Start.Add(reach)}
	before, after := false, false
	all := append(append([]Meeting(nil), v.held...), v.coming...)
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
		if m.UID != d.UID && m.Span.Start.After(gap.Start) && m.Span.Start.Before(gap.End) {
			return gap, false
		}
	}
	return gap, true
}

// declinedIn reports whether a catch-up for another deleted occurrence just before d, with
// the same next meeting, was not wanted.
func (v *view) declinedIn(d Meeting, end time.Time) bool {
	for _, s := range v.Past {
		if s.Kind != MakeUp || s.UID != d.UID || s.Original.Equal(d.Original) || s.State != Refused && s.State != Expired {
			continue
		}
		for _, o := range v.Deleted {
			if o.UID == s.UID && o.Original.Equal(s.Original) {
				if gap, _ := v.neighbours(o, v.series(d.UID)); gap.End.Equal(end) {
					return true
				}
			}
		}
	}
	return false
}

// clamp returns the instant in s that is nearest to t.
func clamp(t time.Time, s span.Span) time.Time {
	if t.Before(s.Start) {
		return s.Start
	}
	if t.After(s.End) {
		return s.End
	}
	return t
}

// thisAndNextWeek is from now to the end of next week's Sunday.
func (v *view) thisAndNextWeek() span.Span {
	y, m, d := v.now.In(v.zone).Date()
	sinceMonday := (int(v.now.In(v.zone).Weekday()) + 6) % 7
	return span.Span{Start: v.now, End: time.Date(y, m, d-sinceMonday+14, 0, 0, 0, 0, v.zone)}
}
