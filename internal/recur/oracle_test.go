package recur

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// spec is a rule as numbers, from which both the text of the rule and the slow
// enumeration are made: the enumeration shares no code with the engine.
type spec struct {
	freq                                                           string
	interval, count                                                int
	wkst                                                           time.Weekday
	month, weekNo, yearDay, monthDay, hour, minute, second, setPos []int
	day                                                            []specDay
}

type specDay struct {
	n   int
	day time.Weekday
}

var letters = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func (s spec) String() string {
	out := "FREQ=" + s.freq
	if s.interval > 1 {
		out += ";INTERVAL=" + strconv.Itoa(s.interval)
	}
	if s.count > 0 {
		out += ";COUNT=" + strconv.Itoa(s.count)
	}
	for _, p := range []struct {
		name   string
		values []int
	}{
		{"BYMONTH", s.month}, {"BYWEEKNO", s.weekNo}, {"BYYEARDAY", s.yearDay}, {"BYMONTHDAY", s.monthDay},
		{"BYHOUR", s.hour}, {"BYMINUTE", s.minute}, {"BYSECOND", s.second}, {"BYSETPOS", s.setPos},
	} {
		if len(p.values) > 0 {
			out += ";" + p.name + "=" + strings.Trim(strings.Join(strings.Fields(fmt.Sprint(p.values)), ","), "[]")
		}
	}
	for i, d := range s.day {
		out += []string{",", ";BYDAY="}[btoi(i == 0)]
		if d.n != 0 {
			out += strconv.Itoa(d.n)
		}
		out += letters[d.day]
	}
	if s.wkst != time.Monday {
		out += ";WKST=" + letters[s.wkst]
	}
	return out
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// slowWalls walks from the beginning of the year of start, day by day and for
// each day through every second that can be wanted, and applies the table of
// §3.3.10. It returns the wall clocks before end, all in UTC; start comes first.
func (s spec) slowWalls(start, end time.Time) []time.Time {
	out := []time.Time{start}
	var period []time.Time
	current := -1
	flush := func() {
		for _, t := range s.positions(period) {
			if t.After(start) && t.Before(end) && (s.count == 0 || len(out) < s.count) {
				out = append(out, t)
			}
		}
		period = period[:0]
	}
	// The first week may begin in the year before.
	for day := time.Date(start.Year(), 1, -7, 0, 0, 0, 0, time.UTC); day.Before(end.AddDate(1, 0, 7)); day = day.AddDate(0, 0, 1) {
		if !s.dayCounts(day, start) {
			continue
		}
		for _, t := range s.timesOn(day, start) {
			k := s.periodOf(t) - s.periodOf(start)
			if k < 0 || k%max(1, s.interval) != 0 {
				continue
			}
			if k != current {
				flush()
				current = k
			}
			period = append(period, t)
		}
		if s.count > 0 && len(out) >= s.count || day.After(end.AddDate(0, 0, 400)) {
			break
		}
	}
	flush()
	return out
}

func (s spec) positions(set []time.Time) []time.Time {
	if len(s.setPos) == 0 {
		return set
	}
	var out []time.Time
	for i, t := range set {
		if slices.Contains(s.setPos, i+1) || slices.Contains(s.setPos, i-len(set)) {
			out = append(out, t)
		}
	}
	return out
}

// weekBegin returns the first day of t's week.
func (s spec) weekBegin(t time.Time) time.Time {
	for t.Weekday() != s.wkst {
		t = t.AddDate(0, 0, -1)
	}
	return t
}

func daysSince1900(t time.Time) int {
	return int(t.Sub(time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
}

func (s spec) periodOf(t time.Time) int {
	switch s.freq {
	case "YEARLY":
		return t.Year()
	case "MONTHLY":
		return t.Year()*12 + int(t.Month())
	case "WEEKLY":
		return daysSince1900(s.weekBegin(t)) / 7
	case "DAILY":
		return daysSince1900(t)
	case "HOURLY":
		return int(t.Unix() / 3600)
	case "MINUTELY":
		return int(t.Unix() / 60)
	}
	return int(t.Unix())
}

// has reports whether a list allows n, counted from the front, which is n-total-1
// counted from the back.
func has(list []int, n, total int) bool {
	return len(list) == 0 || slices.Contains(list, n) || slices.Contains(list, n-total-1)
}

// week returns the number of t's week and the number of weeks of its year.
func (s spec) week(t time.Time) (n, total int) {
	begin := s.weekBegin(t)
	year := begin.AddDate(0, 0, 3).Year()
	one := func(y int) time.Time { return s.weekBegin(time.Date(y, 1, 4, 0, 0, 0, 0, time.UTC)) }
	return daysSince1900(begin)/7 - daysSince1900(one(year))/7 + 1, daysSince1900(one(year+1))/7 - daysSince1900(one(year))/7
}

func (s spec) dayCounts(t, start time.Time) bool {
	month, monthDay, days := s.month, s.monthDay, s.day
	if len(s.day) == 0 && len(s.monthDay) == 0 && len(s.yearDay) == 0 {
		switch {
		case s.freq == "WEEKLY", s.freq == "YEARLY" && len(s.weekNo) > 0, s.freq == "MONTHLY" && len(s.weekNo) > 0:
			days = []specDay{{0, start.Weekday()}}
		case s.freq == "MONTHLY":
			monthDay = []int{start.Day()}
		case s.freq == "YEARLY":
			monthDay = []int{start.Day()}
			if len(month) == 0 {
				month = []int{int(start.Month())}
			}
		}
	}
	ends := time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	year := time.Date(t.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay()
	week, weeks := 1, 1
	if len(s.weekNo) > 0 {
		week, weeks = s.week(t)
	}
	if !has(month, int(t.Month()), 1000) || !has(monthDay, t.Day(), ends) || !has(s.yearDay, t.YearDay(), year) || !has(s.weekNo, week, weeks) {
		return false
	}
	numbered := s.freq == "MONTHLY" || s.freq == "YEARLY" && len(s.weekNo) == 0
	n, total := t.Day(), ends
	if s.freq == "YEARLY" && len(s.month) == 0 {
		n, total = t.YearDay(), year
	}
	for _, d := range days {
		if d.day == t.Weekday() && (d.n == 0 || !numbered || d.n == (n-1)/7+1 || d.n == -((total-n)/7+1)) {
			return true
		}
	}
	return len(days) == 0
}

// timesOn returns the wanted times of a day: those that the BY parts name; for
// what they leave open, that of start, or all where the frequency is faster.
func (s spec) timesOn(day, start time.Time) []time.Time {
	open := func(list []int, faster bool, own, limit int) []int {
		if len(list) > 0 {
			list = slices.Clone(list)
			slices.Sort(list)
			return slices.Compact(list)
		}
		if !faster {
			return []int{own}
		}
		var all []int
		for i := range limit {
			all = append(all, i)
		}
		return all
	}
	hourly := s.freq == "HOURLY" || s.freq == "MINUTELY" || s.freq == "SECONDLY"
	minutely := s.freq == "MINUTELY" || s.freq == "SECONDLY"
	var out []time.Time
	for _, h := range open(s.hour, hourly, start.Hour(), 24) {
		for _, m := range open(s.minute, minutely, start.Minute(), 60) {
			for _, x := range open(s.second, s.freq == "SECONDLY", start.Second(), 60) {
				out = append(out, day.Add(time.Duration(h*3600+m*60+x)*time.Second))
			}
		}
	}
	return out
}

// some returns up to n values of pick, each once.
func some(r *rand.Rand, n int, pick func() int) []int {
	var out []int
	for range 1 + r.IntN(n) {
		if v := pick(); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// either returns n, or counted from the back now and then.
func either(r *rand.Rand, n int) int {
	if r.IntN(3) == 0 {
		return -n
	}
	return n
}

// randomSpec returns any rule that §3.3.10 allows, often a strange one.
func randomSpec(r *rand.Rand, freqs ...string) spec {
	s := spec{freq: freqs[r.IntN(len(freqs))], interval: 1 + r.IntN(4), wkst: time.Monday}
	chance := func(percent int) bool { return r.IntN(100) < percent }
	if chance(40) {
		s.interval = 1
	}
	if chance(25) {
		s.wkst = time.Weekday(r.IntN(7))
	}
	if chance(30) {
		s.count = 1 + r.IntN(40)
	}
	if chance(25) {
		s.month = some(r, 4, func() int { return 1 + r.IntN(12) })
	}
	sub := s.freq == "HOURLY" || s.freq == "MINUTELY" || s.freq == "SECONDLY"
	if chance(30) && s.freq != "WEEKLY" {
		s.monthDay = some(r, 4, func() int { return either(r, 1+r.IntN(31)) })
	}
	if chance(15) && (s.freq == "YEARLY" || sub) {
		s.yearDay = some(r, 4, func() int { return either(r, 1+r.IntN(366)) })
	}
	if chance(15) && s.freq == "YEARLY" {
		s.weekNo = some(r, 4, func() int { return either(r, 1+r.IntN(53)) })
	}
	if chance(50) {
		for range 1 + r.IntN(4) {
			d := specDay{0, time.Weekday(r.IntN(7))}
			if s.freq == "MONTHLY" && chance(50) {
				d.n = either(r, 1+r.IntN(5))
			}
			if s.freq == "YEARLY" && len(s.weekNo) == 0 && chance(50) {
				d.n = either(r, 1+r.IntN(10))
			}
			if !slices.Contains(s.day, d) {
				s.day = append(s.day, d)
			}
		}
	}
	if chance(15) {
		s.hour = some(r, 3, func() int { return r.IntN(24) })
	}
	if chance(15) {
		s.minute = some(r, 3, func() int { return r.IntN(60) })
	}
	if chance(8) {
		s.second = some(r, 3, func() int { return r.IntN(60) })
	}
	if chance(20) && len(s.day)+len(s.monthDay)+len(s.hour)+len(s.minute) > 0 {
		s.setPos = some(r, 3, func() int { return either(r, 1+r.IntN(6)) })
	}
	return s
}
