package cadence

import (
	"fmt"
)

// pace is the least time at one step of the taper (R24).
const pace = 2 * week

// taper is R24: daily, twice a week, weekly, one step at a time, each after two
// weeks at the one before. A relationship that is no longer new goes to weekly at
// once. Two days a week are no step of a taper unless the relationship is or was marked as
// new, or came there from daily.
func (v *view) taper() []Proposal {
	s := v.frequent()
	if s == nil || s.Since.IsZero() || v.now.Before(s.Since.Add(pace)) {
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
