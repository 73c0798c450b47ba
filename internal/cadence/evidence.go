package cadence

import (
	"slices"
	"time"
)

// measurable returns the series of the pair that the rules on length speak of:
// the only one that meets every week or every two weeks. With two such series, or
// one that meets more often beside it, or when nothing may be changed, there is
// none.
func (v *view) measurable() *Series {
	if v.Fixed != "" {
		return nil
	}
	var found *Series
	for i := range v.Series {
		s := &v.Series[i]
		switch s.Rhythm {
		case Other:
		case Weekly, Biweekly:
			if found != nil {
				return nil
			}
			found = s
		default:
			return nil
		}
	}
	return found
}

// evidence returns the lengths that count for s, oldest first: those of
// recurring meetings since its rhythm began, also under an earlier UID (R3), but
// not of another living series, nor of catch-ups and other single meetings,
// which are short or long for reasons of their own. Evidence grows old: what is
// more than a few periods past does not count.
func (v *view) evidence(s *Series) []Length {
	oldest := v.now.Add(-time.Duration(max(v.policy.Window, v.policy.Streak)+2) * s.Rhythm.period())
	return slices.DeleteFunc(slices.Clone(v.best), func(l Length) bool {
		return l.Original.IsZero() || l.Start.Before(s.Since) || l.Start.Before(oldest) || l.Start.After(v.now) ||
			slices.ContainsFunc(v.Series, func(o Series) bool { return o.UID == l.UID && o.UID != s.UID })
	})
}

// short returns the run of short meetings at the end of ls.
func (v *view) short(ls []Length) []Length {
	i := len(ls)
	for i > 0 && ls[i-1].Length < v.policy.Short {
		i--
	}
	return ls[i:]
}

// toBiweekly is R21.
func (v *view) toBiweekly() []Proposal {
	s := v.measurable()
	if s == nil || s.Rhythm != Weekly {
		return nil
	}
	ls := last(v.short(v.evidence(s)), v.policy.Streak)
	if ls == nil {
		return nil
	}
	return []Proposal{{
		Rule: "R21", Kind: ToBiweekly, UID: s.UID, Rhythm: Biweekly, Length: recommended(Biweekly, s.Length), Evidence: ls,
		Reason: "You meet every week, and " + took(ls) + ".",
	}}
}

// full is the average from which on a meeting of s is full (R22).
func (v *view) full(s *Series) time.Duration {
	if s.Length > 0 {
		return min(s.Length, v.policy.Long)
	}
	return v.policy.Long
}

// toWeekly is R22.
func (v *view) toWeekly() []Proposal {
	s := v.measurable()
	if s == nil || s.Rhythm != Biweekly {
		return nil
	}
	p := Proposal{Rule: "R22", Kind: ToWeekly, UID: s.UID, Rhythm: Weekly, Length: recommended(Weekly, s.Length)}
	if ls := last(v.evidence(s), v.policy.Window); ls != nil && average(ls) >= v.full(s) {
		p.Evidence = ls
		p.Reason = "You meet every two weeks, and " + took(ls) + ", " + minutes(average(ls)) + " on average: that fills the time."
		return []Proposal{p}
	}
	if v.unfinished(s) >= 2 {
		p.Reason = "You meet every two weeks, and the last " + count(v.unfinished(s)) + " times topics were left over."
		return []Proposal{p}
	}
	return nil
}

// unfinished returns how many of the last meetings of s, since its rhythm
// began and not long ago, left topics open.
func (v *view) unfinished(s *Series) int {
	since := v.now.Add(-time.Duration(v.policy.Window+2) * s.Rhythm.period())
	n := 0
	for _, m := range v.held {
		if !m.Original.IsZero() && !m.Span.Start.Before(s.Since) && m.Span.Start.After(since) {
			n++
		}
	}
	return min(n, v.Unfinished)
}

// separate is R23: a single meeting beside the weekly one, in this or the next
// week, and only while there is none yet. The series stays weekly.
func (v *view) separate() []Proposal {
	s := v.measurable()
	if s == nil || s.Rhythm != Weekly {
		return nil
	}
	ls := last(v.evidence(s), v.policy.Window)
	if ls == nil || average(ls) <= v.policy.Long {
		return nil
	}
	within := v.thisAndNextWeek()
	for _, m := range v.coming {
		if m.Original.IsZero() && m.Span.Start.Before(within.End) {
			return nil
		}
	}
	// Half-way between two meetings of the series, so that neither is close.
	near := v.after(s.Next, -4)
	if near.Before(v.now.Add(day)) {
		near = v.after(s.Next, 3)
	}
	return []Proposal{{
		Rule: "R23", Kind: Separate, UID: s.UID, Length: separateLength, Near: clamp(near, within), Within: within, Evidence: ls,
		Reason: "You meet every week, and " + took(ls) + ", " + minutes(average(ls)) + " on average: longer than a 1:1 should be.",
	}}
}

// separateLength is that of a meeting for one big topic.
const separateLength = 45 * time.Minute

// recommended is the length that comes with a rhythm (R25), was being the one
// that the series has: it is 0 where there is none to recommend.
func recommended(r Rhythm, was time.Duration) time.Duration {
	switch {
	case r == Weekly && was == 30*time.Minute:
		return was
	case r == Weekly:
		return 45 * time.Minute
	case r == Biweekly:
		return time.Hour
	}
	return 0
}
