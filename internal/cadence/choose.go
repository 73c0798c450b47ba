package cadence

import (
	"cmp"
	"slices"
	"time"
)

// Choice is what to do about one pair now. The zero Choice is to do nothing.
// Withdraw may come together with Make: then the open suggestion is taken out of
// the calendar first.
type Choice struct {
	Keep     bool      // the open suggestion (Current) stays, and nothing is made
	Withdraw string    // why the open suggestion is withdrawn, for its addressee, such as "the two of you have met"; "" when it is not
	Make     *Proposal // the suggestion to make; nil when none
}

// Choose decides what to do about one pair (R28). ps are all proposals for it
// that are true now: those of Propose and the Moves of the planner, in any order.
// past is every suggestion made to the pair so far. It asks R28 of every
// proposal itself.
//
// At most one suggestion occupies a pair. While one is Accepted, nothing else
// happens. An open one stays as long as it is true, unless an occurrence has to be
// moved that comes before its answer is due: that cannot wait, so it displaces whatever is less urgent. No other kind
// displaces another.
func Choose(now time.Time, ps []Proposal, past []Suggested) Choice {
	var ready []Proposal
	for _, p := range ps {
		if p.allowed(now, past) {
			ready = append(ready, p)
		}
	}
	sortProposals(ready)
	current, open := Current(past)
	switch {
	case !open && len(ready) == 0:
		return Choice{}
	case !open:
		return Choice{Make: &ready[0]}
	case current.State == Accepted:
		return Choice{Keep: true}
	}
	about := func(p Proposal) bool { return p.About(current) }
	isTrue := slices.ContainsFunc(ps, about)
	ready = slices.DeleteFunc(ready, about)
	if !isTrue {
		c := Choice{Withdraw: untrue(current.Kind)}
		if len(ready) > 0 {
			c.Make = &ready[0]
		}
		return c
	}
	if current.Kind != Move && len(ready) > 0 && ready[0].Kind == Move && ready[0].Original.Before(current.asked().Add(patience)) {
		return Choice{Withdraw: "a meeting of the two of you has to move first", Make: &ready[0]}
	}
	return Choice{Keep: true}
}

// untrue says why an open suggestion of this kind is withdrawn.
func untrue(k Kind) string {
	switch k {
	case Move:
		return "the meeting does not have to move any more, its new time is not free any more, or it is too late for that"
	case MakeUp:
		return "a catch-up in place of the deleted meeting is not needed any more"
	case Return, CatchUp, Reconnect:
		return "the two of you have met or have a meeting planned, so this is not needed any more"
	case Retime:
		return "the other time is not better any more"
	case Taper, ToWeekly, ToBiweekly:
		return "the meetings or their rhythm have changed since, so this does not apply any more"
	case Separate:
		return "the meetings do not run over any more, or the big topic has its meeting"
	}
	return "this does not apply any more"
}

// sortProposals puts the most urgent first; of one kind the earliest occurrence. The
// result does not depend on the order before.
func sortProposals(ps []Proposal) { slices.SortFunc(ps, Proposal.compare) }

func (p Proposal) compare(o Proposal) int {
	return cmp.Or(
		cmp.Compare(p.Kind.urgency(), o.Kind.urgency()), p.Original.Compare(o.Original), cmp.Compare(p.UID, o.UID),
		p.Start.Compare(o.Start), p.Near.Compare(o.Near), p.Within.Start.Compare(o.Within.Start), p.Within.End.Compare(o.Within.End),
		cmp.Compare(p.Length, o.Length), cmp.Compare(p.Reason, o.Reason),
	)
}
