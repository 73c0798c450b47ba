package cadence

import (
	"cmp"
	"slices"
	"time"

	"oneonone/internal/span"
)

// Propose returns by pair key all that the rules would suggest now and R28
// allows, the most urgent first. A suggestion that is open is among the result as
// long as it is still true, so that the caller can tell it from one to
// withdraw. Moves are not among them: those are the planner's. A pair without
// any is not in the result.
func Propose(f Facts, p Policy) map[string][]Proposal {
	out := make(map[string][]Proposal)
	for i := range f.Pairs {
		v := viewOf(f.Now, p, &f.Pairs[i])
		for _, x := range v.proposals() {
			if x.allowed(f.Now, v.Past) {
				out[v.Key] = append(out[v.Key], x)
			}
		}
	}
	for _, ps := range out {
		sortProposals(ps)
	}
	return out
}

// view is a pair as the rules look at it.
type view struct {
	*Pair
	now    time.Time
	policy Policy
	zone   *time.Location
	best   []Length  // Best(Lengths)
	held   []Meeting // by start, also one going on now, without those that stayed inside an absence
	coming []Meeting // planned, by start, without those that stay inside one
}

func viewOf(now time.Time, p Policy, pair *Pair) *view {
	p.Window, p.Streak = max(p.Window, 1), max(p.Streak, 1)
	v := &view{Pair: pair, now: now, policy: p, zone: pair.Zone, best: Best(pair.Lengths)}
	if v.zone == nil {
		v.zone = time.UTC
	}
	absent := func(m Meeting) bool {
		return slices.ContainsFunc(pair.Absent, func(a Absence) bool { return a.same(m) })
	}
	planned := slices.DeleteFunc(sorted(pair.Planned), absent)
	begun, _ := slices.BinarySearchFunc(planned, now, func(m Meeting, now time.Time) int {
		if m.Span.Start.After(now) {
			return 1
		}
		return -1
	})
	v.coming = planned[begun:]
	v.held = slices.DeleteFunc(sorted(slices.Concat(pair.Held, planned[:begun])), absent)
	return v
}

// same reports whether m and o are the same meeting.
func (m Meeting) same(o Meeting) bool { return m.UID == o.UID && m.Original.Equal(o.Original) }

func sorted(ms []Meeting) []Meeting {
	out := slices.Clone(ms)
	slices.SortFunc(out, func(a, b Meeting) int {
		return cmp.Or(a.Span.Start.Compare(b.Span.Start), a.Span.End.Compare(b.Span.End), cmp.Compare(a.UID, b.UID), a.Original.Compare(b.Original))
	})
	return out
}

// proposals returns what the rules say, whatever was said in the past.
func (v *view) proposals() []Proposal {
	out := slices.Concat(v.makeUps(), v.returns(), v.catchUp(), v.retimes(), v.taper(), v.toWeekly(), v.separate(), v.toBiweekly(), v.reconnect())
	for i := range out {
		out[i].Pair = v.Key
	}
	sortProposals(out)
	return out
}

// days returns how many days of the addressee's calendar lie between a and b.
// Gaps are counted in days: clocks that change, and a meeting that is a few
// hours later than usual, make no gap longer.
func (v *view) days(a, b time.Time) int {
	midnight := func(t time.Time) time.Time {
		y, m, d := t.In(v.zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(b).Sub(midnight(a)) / day)
}

// after returns the instant n days after t at the same time on the clock.
func (v *view) after(t time.Time, n int) time.Time { return t.In(v.zone).AddDate(0, 0, n) }

// inDays returns d in whole days, rounded up.
func inDays(d time.Duration) int { return int((d + day - 1) / day) }

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
