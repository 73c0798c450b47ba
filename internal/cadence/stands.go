package cadence

import "fmt"

// lines says how the rules stand, the one that fires, or would fire next, first.
func (v *view) lines() []string {
	var out []string
	for _, p := range v.proposals() {
		out = append(out, v.fires(p))
	}
	if v.Fixed != "" {
		out = append(out, "no change of rhythm is suggested: "+line(v.Fixed))
	}
	return out
}

// fires tells a rule that holds now, and what R28 says to it.
func (v *view) fires(p Proposal) string {
	from, because, never := p.until(v.Past)
	switch {
	case never:
		return fmt.Sprintf("%s (%s) would be suggested, but that was asked before and is not asked twice", p.Kind, p.Rule)
	case v.now.Before(from):
		return fmt.Sprintf("%s (%s) holds, but not before %s: the last suggestion was %s", p.Kind, p.Rule, v.date(from), because.State)
	}
	return fmt.Sprintf("%s (%s) is suggested: %s", p.Kind, p.Rule, p.Reason)
}
