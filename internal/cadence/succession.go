package cadence

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// Change is what a series is to become (R29): another rhythm, or another time of
// the week. Not both at once.
type Change struct {
	Rhythm Rhythm        // TwiceAWeek, Weekly or Biweekly; "" keeps the one it has
	Length time.Duration // 0 keeps the one it has
	Start  time.Time     // not before this, and on its weekday and at its time of day in the series' zone; zero keeps them
}

// Succession is the plan for a change (R29): where the old series ends, and
// the new one. All instants are in the zone of the series.
type Succession struct {
	Cut        time.Time // the old series keeps the occurrences with an original start before it
	Start, End time.Time // the first meeting of the new series
	RRule      string
	RDates     []time.Time
	ExDates    []time.Time
	Carry      []calendar.Carried
}

// Succeed plans the change of a series so that the meetings before Cut stay as they are
// and those after it follow the new rhythm. It begins with the first week that has no
// other meeting, at the first meeting of the new rhythm that is not before now, to which the
// caller has added the notice, but before until. Weeks begin on Monday.
//
//   - Every two weeks: the first meeting that stands begins the new rhythm, so
//     that no gap is longer than before or than two weeks.
//   - Whatever has begun before now, also ahead of its original start, stays with the old
//     series.
//   - A cancelled occurrence stays cancelled where the new series would meet in
//     its place. An occurrence that was moved stays where it stands: in place of the
//     new one of the same date (of the same week when the time of the week
//     changes) or, where the new series does not meet in the week it stands in,
//     beside its rule (R8). In a week that has a meeting it is given up, like
//     the occurrences that the new rhythm leaves out.
//   - The last meeting is on the day of the old last one, or the nearest one before it.
//
// The error says in words why the series is too odd to be changed safely.
func Succeed(master calendar.Event, exceptions []calendar.Event, change Change, now, until time.Time) (Succession, error) {
	s, err := newSuccessor(master, exceptions, change, now)
	if err != nil {
		return Succession{}, err
	}
	start, cut, err := s.begin(until)
	if err != nil {
		return Succession{}, err
	}
	return s.plan(start, cut)
}

// successor is one call of Succeed.
type successor struct {
	master  calendar.Event
	change  Change
	now     time.Time
	zone    *time.Location
	old     *recur.Set // of the rule, without EXDATE and RDATE
	window  span.Span  // in which the old series is looked at
	rule    []time.Time
	all     []time.Time // rule and RDATEs
	stands  map[int64]calendar.Occurrence
	rhythm  Rhythm         // the new one
	days    []time.Weekday // of the new one, from Monday on
	clock   time.Time      // shows the new time of day in zone
	last    time.Time      // original start of the last occurrence of the rule; zero when it never ends
	shifted bool           // another time of the week
}

// ahead of the last thing that is known of a series so much is looked at.
const outlookWeeks = 9

func newSuccessor(master calendar.Event, exceptions []calendar.Event, change Change, now time.Time) (*successor, error) {
	if err := changeable(master, exceptions, change); err != nil {
		return nil, err
	}
	s := &successor{master: master, change: change, now: now, zone: master.Start.Location(), clock: master.Start, shifted: !change.Start.IsZero()}
	rule, err := recur.Parse(master.RRules[0])
	if err != nil {
		return nil, err
	}
	s.old = recur.NewSet(master.Start, false, []recur.Rule{rule}, nil, nil)
	if rule.Count > 0 || rule.Until.Form != recur.NoUntil {
		// What ends later than in a generation ends then.
		if s.last, _, err = s.old.Neighbours(now.AddDate(30, 0, 0), recur.DefaultBudget); err != nil {
			return nil, err
		}
		if s.last.Before(now) {
			return nil, errors.New("the series has ended")
		}
	}
	if err := s.look(exceptions); err != nil {
		return nil, err
	}
	was := RhythmOf(master.RRules)
	s.rhythm = change.Rhythm
	if s.shifted {
		s.rhythm, s.clock = was, change.Start.In(s.zone)
	}
	s.days = s.chooseDays(was)
	if len(s.days) == 0 {
		return nil, fmt.Errorf("a series that meets %s does not go on %s", was.often(), s.rhythm.often())
	}
	return s, nil
}

// changeable says what of a series cannot be changed safely.
func changeable(master calendar.Event, exceptions []calendar.Event, change Change) error {
	switch {
	case master.Status == calendar.Cancelled:
		return errors.New("the series is cancelled")
	case len(master.RRules) != 1:
		return fmt.Errorf("the series has %d recurrence rules; only one with exactly one can be changed", len(master.RRules))
	case master.AllDay:
		return errors.New("the series lasts all day")
	case master.Floating:
		return errors.New("the series has no time zone")
	case !master.End.After(master.Start):
		return errors.New("the meetings of the series have no length")
	case RhythmOf(master.RRules) == Other:
		return errors.New("the series meets in a rhythm that the program does not change: only daily, twice a week, weekly or every two weeks")
	case change.Rhythm != "" && !change.Start.IsZero():
		return errors.New("rhythm and time of the week do not change at once")
	case change.Rhythm == "" && change.Start.IsZero():
		return errors.New("nothing is to be changed")
	case change.Length < 0:
		return errors.New("the new length is negative")
	}
	if slices.ContainsFunc(exceptions, func(e calendar.Event) bool { return e.ThisAndFuture }) {
		return errors.New("the series was changed from one of its meetings on within itself")
	}
	return nil
}

// look finds the occurrences of the old series around and after now.
func (s *successor) look(exceptions []calendar.Event) error {
	far := s.now
	for _, e := range exceptions {
		far = later(far, later(e.Original, e.Start))
	}
	for _, t := range s.master.ExDates {
		far = later(far, t)
	}
	for _, r := range s.master.RDates {
		far = later(far, r.Start)
	}
	s.window = span.Span{Start: s.now.AddDate(0, 0, -7*outlookWeeks), End: far.AddDate(0, 0, 7*outlookWeeks)}
	var err error
	if s.rule, err = s.old.Between(s.window, recur.DefaultBudget); err != nil {
		return err
	}
	s.all = slices.Clone(s.rule)
	for _, r := range s.master.RDates {
		if s.window.Contains(r.Start) {
			s.all = append(s.all, r.Start.In(s.zone))
		}
	}
	slices.SortFunc(s.all, time.Time.Compare)
	s.all = slices.CompactFunc(s.all, time.Time.Equal)
	occurrences, _, err := recur.Expand(s.master, exceptions, s.window)
	if err != nil {
		return err
	}
	s.stands = make(map[int64]calendar.Occurrence, len(occurrences))
	for _, o := range occurrences {
		s.stands[o.Original.Unix()] = o
	}
	return nil
}

// week returns the Monday of the week of t, as a date that can be compared.
func (s *successor) week(t time.Time) int64 {
	y, m, d := t.In(s.zone).Date()
	date := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return date.AddDate(0, 0, -(int(date.Weekday())+6)%7).Unix()
}

// weekdays returns the days of the week on which the old series meets, from Monday on.
func (s *successor) weekdays() []time.Weekday {
	var out []time.Weekday
	for i := range 7 {
		d := time.Weekday((i + 1) % 7)
		if slices.ContainsFunc(s.rule, func(t time.Time) bool { return !t.Equal(s.master.Start) && t.Weekday() == d }) {
			out = append(out, d)
		}
	}
	return out
}

// chooseDays returns on which days of the week the new series meets. Two of
// many are those that lie best apart, Tuesday and Thursday where they can be;
// one of many is Tuesday or the first.
func (s *successor) chooseDays(was Rhythm) []time.Weekday {
	have := s.weekdays()
	switch {
	case s.shifted && (was == Weekly || was == Biweekly):
		return []time.Weekday{s.clock.Weekday()}
	case s.shifted || len(have) == 0:
		return nil
	case was == Daily && s.rhythm == TwiceAWeek:
		return apart(have)
	case (was == Daily || was == TwiceAWeek) && s.rhythm == Weekly:
		if slices.Contains(have, time.Tuesday) {
			return []time.Weekday{time.Tuesday}
		}
		return have[:1]
	case was == Weekly && s.rhythm == Biweekly, was == Biweekly && s.rhythm == Weekly:
		return have[:1]
	}
	return nil
}

// apart returns the two of days that lie best apart.
func apart(days []time.Weekday) []time.Weekday {
	if slices.Contains(days, time.Tuesday) && slices.Contains(days, time.Thursday) {
		return []time.Weekday{time.Tuesday, time.Thursday}
	}
	var best []time.Weekday
	least := 0
	for i, a := range days {
		for _, b := range days[i+1:] {
			d := (int(b) - int(a) + 7) % 7
			if d = min(d, 7-d); d > least {
				best, least = []time.Weekday{a, b}, d
			}
		}
	}
	return best
}
