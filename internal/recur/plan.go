package recur

import (
	"math"
	"math/bits"
)

// plan is a rule bound to its DTSTART: what the rule leaves open is filled in
// from there (RFC 5545 §3.3.10), and every period of the rule (a year, a
// month, a week, a day, or a smaller unit, each INTERVAL apart) has a number,
// so that the periods of a window are found by division.
//
// A plan works on wall clocks only; Set turns them into instants.
type plan struct {
	rule  Rule
	freq  Freq  // as in the rule, or an equivalent one that jumps further
	first int64 // wall clock of DTSTART
	base  int64 // the unit of freq that holds first: period 0

	weekdays uint8    // wanted days of the week, when anyDay is false
	nth      []nthDay // wanted numbered days, of a month or of a year
	anyDay   bool     // the day of the week does not matter
	onDays   bool     // DAILY or faster: days are limited by a BY part
	monthDay bool     // the day of the month is limited

	// The times of day of each meeting, or, when freq is faster than DAILY,
	// the seconds within its unit; sorted. One is the rule, and needs no list.
	oneTime int64
	times   []int32
}

// bind fills plan p for r and a DTSTART whose clock shows first.
func (p *plan) bind(r Rule, first int64) {
	*p = plan{rule: r, freq: r.Freq, first: first}
	p.fillDays()
	p.fillTimes()
	p.simplify()
	day := dayOf(first)
	switch p.freq {
	case Yearly:
		p.base, _, _ = dateOf(day)
	case Monthly:
		y, m, _ := dateOf(day)
		p.base = y*12 + int64(m) - 1
	case Weekly:
		p.base = weekStart(day, r.WeekStart)
	case Daily:
		p.base = day
	default:
		p.base = floorDiv(first, p.unit())
	}
}

// fillDays settles which days count. The table of RFC 5545 §3.3.10 says which
// parts expand; a part that the RFC forbids for the frequency limits.
func (p *plan) fillDays() {
	r := &p.rule
	p.weekdays, p.nth = r.byDay, r.byNthDay
	weekNo := r.byWeekNo|r.byWeekNoBack != 0
	if p.freq >= Weekly || p.freq == Yearly && weekNo {
		// The RFC forbids numbers here and gives them no meaning.
		for _, d := range p.nth {
			p.weekdays |= 1 << d.day
		}
		p.nth = nil
	}
	p.anyDay = p.weekdays == 0 && len(p.nth) == 0
	p.monthDay = r.byMonthDay|r.byMonthDayBack != 0
	_, month, dom := dateOf(dayOf(p.first))
	free := p.anyDay && !p.monthDay && len(r.byYearDay) == 0
	switch {
	case !free || p.freq >= Daily:
	case p.freq == Weekly || weekNo:
		p.weekdays, p.anyDay = 1<<weekdayOf(dayOf(p.first)), false
	default:
		r.byMonthDay, p.monthDay = 1<<dom, true
		if p.freq == Yearly && r.byMonth == 0 {
			r.byMonth = 1 << month
		}
	}
	p.onDays = r.byMonth != 0 || p.monthDay || len(r.byYearDay) > 0 || weekNo
}

// fillTimes settles the times of day, or the seconds within the unit of a rule
// that is faster than DAILY.
func (p *plan) fillTimes() {
	second := p.first - dayOf(p.first)*daySeconds
	r := &p.rule
	hours, minutes, seconds := uint64(r.byHour), r.byMinute, r.bySecond
	if hours == 0 {
		hours = 1 << (second / 3600)
	}
	if minutes == 0 {
		minutes = 1 << (second / 60 % 60)
	}
	if seconds == 0 {
		seconds = 1 << (second % 60)
	}
	switch p.freq {
	case Hourly:
		hours = 1
	case Minutely:
		hours, minutes = 1, 1
	case Secondly:
		hours, minutes, seconds = 1, 1, 1
	}
	n := bits.OnesCount64(hours) * bits.OnesCount64(minutes) * bits.OnesCount64(seconds)
	if n == 1 {
		p.oneTime = int64(bits.TrailingZeros64(hours)*3600 + bits.TrailingZeros64(minutes)*60 + bits.TrailingZeros64(seconds))
		return
	}
	p.times = make([]int32, 0, n)
	for h := hours; h != 0; h &= h - 1 {
		for m := minutes; m != 0; m &= m - 1 {
			for s := seconds; s != 0; s &= s - 1 {
				p.times = append(p.times, int32(bits.TrailingZeros64(h)*3600+bits.TrailingZeros64(m)*60+bits.TrailingZeros64(s)))
			}
		}
	}
}

// simplify replaces "every day, but only on these weekdays" by the weekly rule
// that says the same: seven times fewer periods, and counting by division.
func (p *plan) simplify() {
	if p.freq == Daily && p.rule.Interval == 1 && !p.anyDay && !p.onDays && len(p.rule.bySetPos) == 0 {
		p.freq = Weekly
	}
}

// unit returns the length in seconds of the unit of a rule faster than DAILY.
func (p *plan) unit() int64 {
	switch p.freq {
	case Hourly:
		return 3600
	case Minutely:
		return 60
	}
	return 1
}

func (p *plan) timeCount() int64 {
	if p.times == nil {
		return 1
	}
	return int64(len(p.times))
}

func (p *plan) timeAt(i int64) int64 {
	if p.times == nil {
		return p.oneTime
	}
	return int64(p.times[i])
}

// periodAt returns the number of the first period that may reach wall or a
// later time; never less than 0.
func (p *plan) periodAt(wall int64) int64 {
	day := dayOf(wall)
	var k int64
	switch p.freq {
	case Yearly:
		y, _, _ := dateOf(day)
		k = y - p.base
	case Monthly:
		y, m, _ := dateOf(day)
		k = y*12 + int64(m) - 1 - p.base
	case Weekly:
		k = floorDiv(day-p.base, 7)
	case Daily:
		k = day - p.base
	default:
		k = floorDiv(wall, p.unit()) - p.base
	}
	return max(0, floorDiv(k, int64(p.rule.Interval)))
}

// periodDay returns the first day of period k of a rule that is not faster
// than DAILY.
func (p *plan) periodDay(k int64) int64 {
	n := k * int64(p.rule.Interval)
	switch p.freq {
	case Yearly:
		return dayNumber(p.base+n, 1, 1)
	case Monthly:
		m := p.base + n
		return dayNumber(floorDiv(m, 12), int(mod(m, 12))+1, 1)
	case Weekly:
		return p.base + 7*n
	}
	return p.base + n
}

// cycle returns after how many periods the pattern of days surely repeats; 0
// when it is not known to.
func (p *plan) cycle() int64 {
	switch {
	case p.onDays || p.freq < Weekly || p.freq > Daily:
		return 0
	case p.freq == Daily && !p.anyDay:
		return 7
	}
	return 1
}

// cost is how many steps of a Budget one period is worth.
func (p *plan) cost() int {
	switch p.freq {
	case Yearly:
		return 16
	case Monthly:
		return 2
	}
	return 1
}

const endless = math.MaxInt64
