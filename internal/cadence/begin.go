package cadence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"oneonone/internal/recur"
)

// begin returns the first meeting of the new series, and the first original
// start that the old one gives up.
func (s *successor) begin(until time.Time) (start, cut time.Time, err error) {
	from := later(s.now, s.change.Start)
	for week := range outlookWeeks * 2 {
		for _, d := range s.days {
			t := s.on(from, week, d)
			if t.Before(from) || !t.Before(until) {
				continue
			}
			if cut, ok := s.fits(t); ok {
				return t, cut, nil
			}
		}
	}
	return start, cut, fmt.Errorf("no week before %s can be the first of the new rhythm", until.In(s.zone).Format("Mon 2 Jan 2006"))
}

// on returns the instant of the new time of day on weekday d, so many weeks after that of t.
func (s *successor) on(t time.Time, weeks int, d time.Weekday) time.Time {
	monday := time.Unix(s.week(t), 0).UTC().AddDate(0, 0, 7*weeks+(int(d)+6)%7)
	y, m, n := monday.Date()
	return recur.Instant(time.Date(y, m, n, s.clock.Hour(), s.clock.Minute(), s.clock.Second(), 0, time.UTC), s.zone)
}

// fits reports whether the new series may begin at t, and what the old one gives up
// then.
func (s *successor) fits(t time.Time) (cut time.Time, ok bool) {
	if t.Hour() != s.clock.Hour() || t.Minute() != s.clock.Minute() {
		return cut, false // The clocks skip it: the series would get another time for good.
	}
	cut, ok = s.cut(t)
	if !ok {
		return cut, false
	}
	partner, has := s.partner(t)
	first, stands := s.stands[partner.Unix()]
	if has && (!stands || partner.Before(cut) || s.week(first.Start) != s.week(t)) || !has && (s.rhythm == Biweekly || s.shifted) {
		return cut, false
	}
	for _, o := range s.stands {
		switch {
		case s.week(o.Start) == s.week(t):
			if o.Original.Before(cut) || s.week(o.Original) != s.week(t) {
				return cut, false // There would be two in this week.
			}
		case !o.Original.Before(cut) && o.Original.Before(t) && !(has && o.Original.Equal(partner)):
			return cut, false // It was moved to another week, and would have no place before the first meeting.
		case o.Original.Before(cut) && o.Start.Before(t) && t.Sub(o.End) < min(day, s.rhythm.period()/3):
			return cut, false
		}
	}
	return cut, true
}

// cut returns the first original start that goes when the new series begins in the week of
// t: the first of that week, but none that is past or was brought forward and has begun.
func (s *successor) cut(t time.Time) (time.Time, bool) {
	for i := len(s.all) - 1; i >= 0; i-- {
		at := s.all[i]
		o, stands := s.stands[at.Unix()]
		if !at.Before(s.now) && s.week(at) >= s.week(t) && !(stands && o.Start.Before(s.now)) {
			continue
		}
		if i+1 == len(s.all) {
			return time.Time{}, false
		}
		return s.all[i+1], true
	}
	if len(s.all) == 0 || !s.all[0].After(s.master.Start) {
		return time.Time{}, false // Nothing of the old series would be left.
	}
	return s.all[0], true
}

// partner returns the old original start in whose place a meeting of the new series
// at t stands: the same instant or, when the time of the week changes, the one of the same
// week.
func (s *successor) partner(t time.Time) (time.Time, bool) {
	among, same := s.all, t.Equal
	if s.shifted {
		among, same = s.rule, func(at time.Time) bool { return s.week(at) == s.week(t) }
	}
	if i := slices.IndexFunc(among, same); i >= 0 {
		return among[i], true
	}
	return time.Time{}, false
}

// text returns the rule of a new series that begins at start.
func (s *successor) text() string {
	var days []string
	for _, d := range s.days {
		days = append(days, strings.ToUpper(d.String()[:2]))
	}
	text := "FREQ=WEEKLY"
	if s.rhythm == Biweekly {
		text += ";INTERVAL=2"
	}
	if !s.last.IsZero() {
		end := s.last
		if s.shifted {
			end = s.on(s.last, 0, s.days[0])
		}
		text += ";UNTIL=" + end.UTC().Format("20060102T150405Z")
	}
	return text + ";BYDAY=" + strings.Join(days, ",")
}
