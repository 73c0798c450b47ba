package cadence

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// standing is how far a rule that does not fire is from firing.
type standing struct {
	rule string
	wait time.Duration // the least that has to pass
	text string
}

// lines says how the rules stand: first those that hold now, then the others, the
// one that could fire soonest first.
func (v *view) lines() []string {
	var out []string
	ps := v.proposals()
	for _, p := range ps {
		out = append(out, v.holds(p))
	}
	all := slices.Concat(v.lengthStands(), v.taperStands(), v.gapStands(), v.reconnectStands(), v.retimeStands())
	slices.SortFunc(all, func(a, b standing) int { return cmp.Or(cmp.Compare(a.wait, b.wait), cmp.Compare(a.text, b.text)) })
	for _, s := range all {
		if !slices.ContainsFunc(ps, func(p Proposal) bool { return p.Rule == s.rule }) {
			out = append(out, s.text)
		}
	}
	if v.Fixed != "" {
		out = append(out, "Nothing is suggested that would change the meetings: "+line(v.Fixed)+".")
	} else if len(v.Series) > 0 && v.measurable() == nil && v.frequent() == nil {
		out = append(out, "Nothing is suggested about the length of the meetings: that takes exactly one series that meets every week or every two weeks.")
	}
	return out
}

// holds tells a rule that holds now, and what R28 says to it.
func (v *view) holds(p Proposal) string {
	what := fmt.Sprintf("%s (%s): ", p.Kind.what(p.Rhythm), p.Rule)
	from, because, never := p.until(v.Past)
	switch {
	case slices.ContainsFunc(v.Past, func(s Suggested) bool { return s.State.open() && p.About(s) }):
		what += "suggested already. "
	case never:
		what += "not suggested a second time. "
	case v.now.Before(from):
		what += fmt.Sprintf("not suggested before %s, because the suggestion before was %s. ", v.date(from), because.State.became())
	default:
		what += "would be suggested now. "
	}
	return what + p.Reason
}

// became tells a state as the end of a sentence.
func (s State) became() string {
	switch s {
	case Refused:
		return "declined"
	case Expired:
		return "not answered"
	case Later:
		return "answered with maybe"
	case Applied:
		return "carried out"
	case Failed:
		return "accepted but could not be carried out"
	}
	return string(s)
}

// what tells a kind as the beginning of a sentence.
func (k Kind) what(r Rhythm) string {
	switch k {
	case MakeUp:
		return "A quarter of an hour in place of a deleted meeting"
	case Return:
		return "A catch-up after an absence"
	case CatchUp:
		return "A catch-up"
	case Retime:
		return "Another weekly time"
	case Taper, ToWeekly, ToBiweekly:
		return "Meeting " + r.often()
	case Separate:
		return "A separate meeting for the biggest topic"
	case Reconnect:
		return "Meeting again"
	}
	return "Moving a meeting"
}

// lengthStands tells how far R21, R22 and R23 are from firing.
func (v *view) lengthStands() []standing {
	s := v.measurable()
	if s == nil {
		return nil
	}
	ls, p := v.evidence(s), s.Rhythm.period()
	if len(ls) == 0 {
		return append([]standing{{"R20", 0, v.unmeasured(s)}}, v.leftOver(s)...)
	}
	recent := ls[max(0, len(ls)-v.policy.Window):]
	mean := average(recent)
	missing := time.Duration(v.policy.Window - len(recent))
	measured := fmt.Sprintf("%s measured so far, %s on average", plural(len(recent), "meeting"), minutes(mean))
	wait := func(reached bool) time.Duration {
		if !reached {
			return time.Duration(v.policy.Window) * p
		}
		return missing * p
	}
	if s.Rhythm == Biweekly {
		full := v.full(s)
		return append([]standing{{"R22", wait(mean >= full), fmt.Sprintf(
			"Meeting every week (R22) is suggested when the last %d measured meetings take %s or more on average: %s.",
			v.policy.Window, minutes(full), measured)}}, v.leftOver(s)...)
	}
	short := len(v.short(ls))
	return []standing{
		{"R21", time.Duration(v.policy.Streak-short) * p, fmt.Sprintf(
			"Meeting every two weeks (R21) is suggested when %d measured meetings in a row take less than %s: the last one took %s, so it is %d of %d.",
			v.policy.Streak, minutes(v.policy.Short), minutes(ls[len(ls)-1].Length), short, v.policy.Streak)},
		{"R23", wait(mean > v.policy.Long), fmt.Sprintf(
			"A separate meeting for the biggest topic (R23) is suggested when the last %d measured meetings take more than %s on average: %s.",
			v.policy.Window, minutes(v.policy.Long), measured)},
	}
}

// leftOver tells how far R22 is from firing for topics left over.
func (v *view) leftOver(s *Series) []standing {
	if s.Rhythm != Biweekly {
		return nil
	}
	n := v.unfinished(s)
	return []standing{{"R22", time.Duration(2-n) * s.Rhythm.period(), fmt.Sprintf(
		"Meeting every week (R22) is also suggested when topics are left over twice running: so far %s.", times(n))}}
}

// unmeasured says that there is no evidence, and how to get some (R20).
func (v *view) unmeasured(s *Series) string {
	what := "Nobody has measured how long the meetings take"
	if len(v.best) > 0 {
		what = "Nobody has measured lately how long the meetings take"
	}
	return what + ", so their length is no reason to suggest anything (R20). Google Meet measures by itself; without it, press “we are done” on the agenda page if you have one, " +
		"or set the end of a past meeting in the calendar to when it really ended."
}

// taperStands tells when R24 would suggest the next step.
func (v *view) taperStands() []standing {
	s := v.frequent()
	if s == nil || s.Since.IsZero() || s.Rhythm == TwiceAWeek && v.Onboarding.IsZero() && !v.tapered() {
		return nil
	}
	from := s.Since.Add(pace)
	return []standing{{"R24", from.Sub(v.now), fmt.Sprintf("Meeting less often (R24) is suggested after two weeks of meeting %s: on %s.", s.Rhythm.often(), v.date(from))}}
}

// gapStands tells how far R26 is from firing.
func (v *view) gapStands() []standing {
	if v.gap() == 0 {
		return nil
	}
	text := fmt.Sprintf("A catch-up (R26) is suggested when more than %s without a meeting of the two of you are near and nothing is planned until then", plural(v.gap(), "day"))
	met, known := v.lastMet(v.now)
	next, planned := v.next(v.now)
	wait := time.Duration(v.gap()-foresight+1) * day
	switch {
	case known && len(v.held) > 0:
		text += fmt.Sprintf(": last met on %s", v.date(met))
		wait -= time.Duration(v.days(met, v.now)) * day
	default:
		text += ": not met so far"
	}
	if planned {
		text += fmt.Sprintf(", next meeting on %s", v.date(next))
		wait = max(wait, next.Sub(v.now)+time.Duration(v.gap()-foresight+1)*day)
	}
	return []standing{{"R26", wait, text + "."}}
}

// reconnectStands tells when R30 is due.
func (v *view) reconnectStands() []standing {
	if v.Every <= 0 || len(v.Series) > 0 {
		return nil
	}
	text := fmt.Sprintf("Meeting again (R30) is suggested every %s", every(v.Every))
	if next, planned := v.next(v.now); planned {
		return []standing{{"R30", next.Sub(v.now) + v.Every, fmt.Sprintf("%s: a meeting is planned on %s.", text, v.date(next))}}
	}
	met, known := v.lastMet(v.now)
	if !known {
		return nil
	}
	due := v.after(met, inDays(v.Every))
	return []standing{{"R30", due.Sub(v.now), fmt.Sprintf("%s: last met on %s, so from %s on.", text, v.date(met), v.date(due))}}
}

// retimeStands tells how far R18 is from firing.
func (v *view) retimeStands() []standing {
	if v.Fixed != "" {
		return nil
	}
	var out []standing
	for i := range v.Series {
		s := &v.Series[i]
		n, of := troubles(s)
		if of == 0 {
			continue
		}
		text := fmt.Sprintf("Another weekly time (R18) is suggested when %d of the last %d meetings collide with something: so far %d of %d", troubleLimit, troubleWindow, n, of)
		if n >= troubleLimit {
			text += ", but no better time was found"
		}
		out = append(out, standing{"R18", time.Duration(max(1, troubleLimit-n)) * max(s.Period, day), text + "."})
	}
	return out
}
