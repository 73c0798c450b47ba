package recur

import (
	"math/bits"
	"slices"
	"time"
)

// days appends the days of period k, in order, without regard to DTSTART,
// UNTIL, COUNT and BYSETPOS.
func (p *plan) days(k int64, buf []int64) []int64 {
	first := p.periodDay(k)
	switch p.freq {
	case Yearly:
		return p.yearDays(p.base+k*int64(p.rule.Interval), buf)
	case Monthly:
		m := p.base + k*int64(p.rule.Interval)
		return p.monthDays(floorDiv(m, 12), int(mod(m, 12))+1, first, ^uint32(0), buf)
	case Weekly:
		for d := first; d < first+7; d++ {
			if p.weekdays != 0 && p.weekdays&(1<<weekdayOf(d)) == 0 {
				continue
			}
			if !p.onDays || p.dayAllowed(d) {
				buf = append(buf, d)
			}
		}
		return buf
	}
	if p.dayWanted(first) {
		buf = append(buf, first)
	}
	return buf
}

// dayWanted applies every BY part that limits days, for DAILY and faster.
func (p *plan) dayWanted(day int64) bool {
	if !p.anyDay && p.weekdays&(1<<weekdayOf(day)) == 0 {
		return false
	}
	return !p.onDays || p.dayAllowed(day)
}

// dayAllowed applies the limits other than that of the weekday.
func (p *plan) dayAllowed(day int64) bool {
	r := &p.rule
	year, month, dom := dateOf(day)
	if r.byMonth != 0 && r.byMonth&(1<<month) == 0 {
		return false
	}
	if p.monthDay && r.byMonthDay&(1<<dom) == 0 && r.byMonthDayBack&(1<<(monthLength(year, month)-dom+1)) == 0 {
		return false
	}
	return p.inYear(day, year)
}

// inYear applies BYYEARDAY and BYWEEKNO. A week belongs to the year that has
// most of its days, so the first and last days of a year may be in a week of
// another one.
func (p *plan) inYear(day, year int64) bool {
	r := &p.rule
	if len(r.byYearDay) > 0 {
		n := int(day-dayNumber(year, 1, 1)) + 1
		_, front := slices.BinarySearch(r.byYearDay, int16(n))
		_, back := slices.BinarySearch(r.byYearDay, int16(n-yearLength(year)-1))
		if !front && !back {
			return false
		}
	}
	if r.byWeekNo|r.byWeekNoBack == 0 {
		return true
	}
	n, weeks := weekNumber(day, r.WeekStart)
	return r.byWeekNo&(1<<n) != 0 || r.byWeekNoBack&(1<<(weeks-n+1)) != 0
}

// monthDays appends the days of one month that have their bit in also.
func (p *plan) monthDays(year int64, month int, first int64, also uint32, buf []int64) []int64 {
	if p.rule.byMonth != 0 && p.rule.byMonth&(1<<month) == 0 {
		return buf
	}
	length := monthLength(year, month)
	mask := (uint32(1)<<length - 1) & also
	if p.monthDay {
		mask &= p.monthDayMask(length)
	}
	if !p.anyDay && (p.freq == Monthly || p.rule.byMonth != 0 || len(p.nth) == 0) {
		mask &= p.weekdayMask(first, length)
	}
	filter := len(p.rule.byYearDay) > 0 || p.rule.byWeekNo|p.rule.byWeekNoBack != 0
	for ; mask != 0; mask &= mask - 1 {
		if d := first + int64(bits.TrailingZeros32(mask)); !filter || p.inYear(d, year) {
			buf = append(buf, d)
		}
	}
	return buf
}

// monthDayMask has bit n-1 for each wanted day n of a month.
func (p *plan) monthDayMask(length int) uint32 {
	mask := p.rule.byMonthDay >> 1
	for back := p.rule.byMonthDayBack; back != 0; back &= back - 1 {
		if n := length - bits.TrailingZeros32(back); n >= 0 {
			mask |= 1 << n
		}
	}
	return mask
}

// weekdayMask has bit n-1 for each day n of the month that begins on day first
// and is one of the wanted days of the week.
func (p *plan) weekdayMask(first int64, length int) uint32 {
	const everySeventh = 1 | 1<<7 | 1<<14 | 1<<21 | 1<<28
	start := int64(weekdayOf(first))
	var mask uint32
	for set := p.weekdays; set != 0; set &= set - 1 {
		mask |= everySeventh << mod(int64(bits.TrailingZeros8(set))-start, 7)
	}
	for _, d := range p.nth {
		if n, ok := nthIn(d, time.Weekday(start), length); ok {
			mask |= 1 << n
		}
	}
	return mask
}

// nthIn returns how many days after its first day, a start, a stretch of length
// days has the wanted numbered weekday.
func nthIn(d nthDay, start time.Weekday, length int) (int, bool) {
	offset := int(mod(int64(d.day)-int64(start), 7))
	if d.n > 0 {
		offset += 7 * (int(d.n) - 1)
	} else {
		offset += 7 * ((length-1-offset)/7 + int(d.n) + 1)
	}
	return offset, offset >= 0 && offset < length
}

// yearDays appends the days of a year. BYDAY numbers count within the year
// unless BYMONTH is there too.
func (p *plan) yearDays(year int64, buf []int64) []int64 {
	var also [12]uint32
	ofYear := len(p.nth) > 0 && p.rule.byMonth == 0
	if ofYear {
		p.markNthOfYear(year, &also)
	}
	first := dayNumber(year, 1, 1)
	for month := 1; month <= 12; month++ {
		mask := ^uint32(0)
		if ofYear {
			mask = also[month-1]
			if p.weekdays != 0 {
				plain := plan{weekdays: p.weekdays}
				mask |= plain.weekdayMask(first, monthLength(year, month))
			}
		}
		buf = p.monthDays(year, month, first, mask, buf)
		first += int64(monthLength(year, month))
	}
	return buf
}

func (p *plan) markNthOfYear(year int64, marks *[12]uint32) {
	first := dayNumber(year, 1, 1)
	for _, d := range p.nth {
		if n, ok := nthIn(d, weekdayOf(first), yearLength(year)); ok {
			_, month, dom := dateOf(first + int64(n))
			marks[month-1] |= 1 << (dom - 1)
		}
	}
}
