package reschedule

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// Weekly asks for another weekly time of a series that keeps colliding (R18).
type Weekly struct {
	UID  string // of the series: its own meetings and their copies are not in its way
	Pair string
	// People are the keys of the two, each in Facts.People.
	People [2]string
	Zone   *time.Location // the series' own zone, in which its wall time stays; nil is UTC
	// Start is the next original start, or any before it: the weekday and the wall
	// time, in Zone, that the series has now, and for Interval above 1 the weeks
	// that are its own.
	Start    time.Time
	Length   time.Duration
	Interval int // weeks between two meetings; less than 1 is 1
	// From is when the new time may begin to hold; no meeting before it is moved
	// or counted.
	From  time.Time
	Weeks int // how many weeks after From are looked at (R18: 8)
}

// WeeklyPlace is another weekly time for a series.
type WeeklyPlace struct {
	Start time.Time // the first meeting at the new time, in the series' zone
	// Conflicts is how many of the Asked meetings would have a conflict at the new
	// time, Before how many have one at the present time.
	Conflicts, Before int
	Asked             int
	// Reason is one line for people, with nothing in it from another event (R16).
	Reason string
	// Unknown are the keys of those whose free/busy could not be read (R7).
	Unknown []string
}

// BetterWeek returns the weekly time with the fewest conflicts over the weeks
// asked for (R18); false when none has fewer than the present time has.
//
// Looked at are the meetings that the series has by its rule between From and
// Weeks weeks later, whatever became of single ones. A candidate puts each of them
// elsewhere in its own week (Monday to Sunday, in the series' zone), all on the
// same weekday and at the same wall time, which is the present one ± a multiple of
// the grid. Where that would be before From, as it can in the first week only, this one
// meeting keeps the present time, and counts as it does there. A candidate has to
// lie inside both people's working hours, each in the own zone, in every week
// looked at, so that no change of clocks makes it an hour at which one of them
// does not work; and it keeps the spacing of R10 from the pair's other meetings.
//
// A conflict is what keeps a meeting away on every rung of R11: a confirmed event
// or another 1:1 of either person, or that one of them is away. Of two candidates
// the better one has, in this order,
//
//   - fewer conflicts;
//   - fewer meetings that a change of clocks in the year after From puts outside
//     somebody's working hours, beyond the weeks looked at;
//   - fewer meetings without breathing room, or over focus time and holds (rungs 2 and 3);
//   - the lesser distance from the present time within the week, which is no
//     circle: from Friday to Monday it is four days, backwards;
//   - the later time (R9).
//
// f has to reach as far as the weeks asked for: beyond the last block that has
// been read everything is free to BetterWeek, for the present time as for the
// others. Meetings of the series itself may be in f.Meetings or not. f is not
// changed, and the result does not depend on the order of its parts.
func BetterWeek(f Facts, p Policy, w Weekly) (WeeklyPlace, bool) {
	s := newWeekSearch(f, p, w)
	if len(s.walls) == 0 {
		return WeeklyPlace{}, false
	}
	before := s.before()
	var best weekly
	found := false
	s.shifts(func(shift time.Duration) {
		c, ok := s.look(shift)
		if ok && c.conflicts < before && (!found || c.compare(best) < 0) {
			best, found = c, true
		}
	})
	if !found {
		return WeeklyPlace{}, false
	}
	return s.place(best, before), true
}

// weekly is one candidate: the present time of the week, shifted.
type weekly struct {
	shift     time.Duration
	first     time.Time // its first meeting
	conflicts int
	outside   int // meetings of the year outside working hours
	tight     int // meetings on rungs 2 and 3
}

func (a weekly) compare(b weekly) int {
	return cmp.Or(
		cmp.Compare(a.conflicts, b.conflicts),
		cmp.Compare(a.outside, b.outside),
		cmp.Compare(a.tight, b.tight),
		cmp.Compare(a.shift.Abs(), b.shift.Abs()),
		cmp.Compare(b.shift, a.shift),
	)
}

const (
	week = 7 * 24 * time.Hour
	// year is for how long the working hours of a candidate are looked at.
	year = 53 * week
)

// weekSearch is one call of BetterWeek.
type weekSearch struct {
	Weekly
	w *world
	r *leeway
	// walls are the starts looked at, as the clock in Zone shows them, in UTC.
	walls []time.Time
	// now are the rungs of the present time, by walls; nowhere for a conflict.
	now   []int
	year  span.Set    // the working hours both have in a year
	apart []span.Span // what the spacing to the pair's other meetings forbids
}

func newWeekSearch(f Facts, p Policy, w Weekly) *weekSearch {
	if w.Zone == nil {
		w.Zone = time.UTC
	}
	if w.From.Before(f.Now) {
		w.From = f.Now
	}
	w.Interval = max(w.Interval, 1)
	s := &weekSearch{Weekly: w}
	s.plan()
	if len(s.walls) == 0 {
		return s
	}
	m := Meeting{Pair: w.Pair, People: w.People, Span: span.Of(w.Start, w.Length), Zone: w.Zone, Period: time.Duration(w.Interval) * week}
	bounds := span.Span{Start: w.From, End: s.at(len(s.walls)-1, week).Add(w.Length)}
	s.w = newcomer(w.others(f, bounds.Pad(p.Before, p.After)), p, m, bounds.End)
	i := len(s.w.Meetings) - 1
	s.r = s.w.within(i, bounds, none)
	s.year = s.w.atWork(&s.w.Meetings[i], span.Of(w.From, year+2*week))
	for _, j := range s.w.pairs[w.Pair] {
		if w.Pair != "" && j != i {
			gap := min(s.w.gap(i), s.w.gap(j))
			s.apart = append(s.apart, s.w.place[j].Pad(gap, gap))
		}
	}
	for n := range s.walls {
		s.now = append(s.now, s.rung(span.Of(s.at(n, 0), w.Length)))
	}
	return s
}

// plan finds the meetings to look at.
func (s *weekSearch) plan() {
	t := s.Start.In(s.Zone)
	start := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	period := time.Duration(s.Interval) * week
	// The clock may be a day off, so the first multiple is found from a week before.
	if early := s.From.Add(-week).Sub(s.Start); early > 0 {
		start = start.Add(early / period * period)
	}
	until := s.From.In(s.Zone).AddDate(0, 0, 7*s.Weeks)
	for wall := start; ; wall = wall.Add(period) {
		at := recur.Instant(wall, s.Zone)
		if !at.Before(until) {
			return
		}
		if !at.Before(s.From) {
			s.walls = append(s.walls, wall)
		}
	}
}

// others returns f without the meetings of the series and without what is only
// another sight of them (R4), and of the blocks only those that reach into near.
func (w *Weekly) others(f Facts, near span.Span) Facts {
	own := []Meeting{{UID: w.UID}}
	g := Facts{Now: f.Now, People: make(map[string]Person, 2)}
	for _, m := range f.Meetings {
		if w.UID != "" && m.UID == w.UID {
			own = append(own, m)
		} else {
			g.Meetings = append(g.Meetings, m)
		}
	}
	for _, key := range w.People {
		p := f.People[key]
		p.Blocks = slices.DeleteFunc(slices.Clone(p.Blocks), func(b Block) bool {
			return !b.Span.Overlaps(near) || slices.ContainsFunc(own, func(m Meeting) bool { return m.isItself(&b) })
		})
		g.People[key] = p
	}
	return g
}

// at returns when the n-th meeting would begin with its wall time shifted. A
// time that the clock skips or shows twice is read as RFC 5545 §3.3.5 says.
func (s *weekSearch) at(n int, shift time.Duration) time.Time {
	return recur.Instant(s.walls[n].Add(shift), s.Zone)
}

// rung returns the rung on which a meeting would stand at x, of those at full
// length; nowhere when it would have a conflict.
func (s *weekSearch) rung(x span.Span) int {
	for rung := roomy; rung <= pushy; rung++ {
		if s.r.free(rung, x) {
			return rung
		}
	}
	return nowhere
}

// before counts the conflicts of the present time.
func (s *weekSearch) before() int {
	n := 0
	for _, rung := range s.now {
		if rung == nowhere {
			n++
		}
	}
	return n
}

// shifts yields by how much the present time can be shifted within its week,
// without leaving it where it is.
func (s *weekSearch) shifts(yield func(time.Duration)) {
	wall, grid := s.walls[0], s.w.policy.Grid
	sinceMonday := time.Duration((wall.Weekday()+6)%7)*24*time.Hour + wall.Sub(wall.Truncate(24*time.Hour))
	for shift := -(sinceMonday / grid * grid); sinceMonday+shift < week; shift += grid {
		if shift != 0 {
			yield(shift)
		}
	}
}

// look judges a candidate; it reports false when it is none.
func (s *weekSearch) look(shift time.Duration) (weekly, bool) {
	c := weekly{shift: shift}
	for n := range s.walls {
		x, rung := span.Of(s.at(n, shift), s.Length), s.now[n]
		if !x.Start.Before(s.From) {
			if !s.r.work.Covers(x) || slices.ContainsFunc(s.apart, x.Overlaps) {
				return c, false
			}
			if c.first.IsZero() {
				c.first = x.Start
			}
			rung = s.rung(x)
		}
		switch rung {
		case bare, pushy:
			c.tight++
		case nowhere:
			c.conflicts++
		}
	}
	c.outside = s.outside(shift)
	return c, !c.first.IsZero()
}

// outside counts the meetings of the year that the clocks put outside working hours.
func (s *weekSearch) outside(shift time.Duration) int {
	n, period := 0, time.Duration(s.Interval)*week
	for wall := s.walls[len(s.walls)-1]; ; wall = wall.Add(period) {
		x := span.Of(recur.Instant(wall.Add(shift), s.Zone), s.Length)
		if !x.Start.Before(s.From.Add(year)) {
			return n
		}
		if !s.year.Covers(x) {
			n++
		}
	}
}

// place tells the best candidate and why it is better.
func (s *weekSearch) place(c weekly, before int) WeeklyPlace {
	m := &s.w.Meetings[len(s.w.Meetings)-1]
	p := WeeklyPlace{
		Start: c.first.In(s.Zone), Conflicts: c.conflicts, Before: before, Asked: len(s.walls),
		Unknown: s.w.unknownKeys(m),
	}
	p.Reason = s.reason(c, before)
	if note := s.w.unread(m); note != "" {
		p.Reason += " " + note
	}
	return p
}

// reason tells why the candidate is better, with the numbers that made it the best.
func (s *weekSearch) reason(c weekly, before int) string {
	asked := len(s.walls)
	missed := fmt.Sprintf("%d of the next %d meetings", before, asked)
	switch {
	case asked == 1:
		missed = "the next meeting"
	case before == asked:
		missed = fmt.Sprintf("any of the next %d meetings", asked)
	}
	instead := fmt.Sprintf("to %d of them", c.conflicts)
	switch {
	case asked == 1:
		instead = "both can"
	case c.conflicts == 0:
		instead = "both can come to all of them"
	}
	on := func(wall time.Time) string { return wall.Format("Monday") + "s at " + wall.Format("15:04") }
	return fmt.Sprintf("On %s %s or %s cannot come to %s, on %s %s.", on(s.walls[0]),
		s.w.name(s.People[0]), s.w.name(s.People[1]), missed, on(s.walls[0].Add(c.shift)), instead)
}
