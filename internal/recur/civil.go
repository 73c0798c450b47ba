package recur

import "time"

// Wall clocks are counted in seconds from 1970-01-01 00:00:00 of the clock
// itself, days likewise: arithmetic on a wall clock never meets a change of
// clocks, and one division finds the period that a time lies in.

const daySeconds = 86400

// maxDay is the first day after the year 9999, which no iCalendar value can
// name (RFC 5545 §3.3.4).
const maxDay = 2932897

// wallOf returns what the clock of t's own location shows at t.
func wallOf(t time.Time) int64 {
	_, offset := t.Zone()
	return t.Unix() + int64(offset)
}

// dayOf returns the day that the wall clock w lies in.
func dayOf(w int64) int64 { return floorDiv(w, daySeconds) }

// dayNumber returns the day of a date of the Gregorian calendar. The method
// counts years from 1 March, so that the leap day is the last one.
func dayNumber(year int64, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := floorDiv(year, 400)
	yoe := year - era*400
	doy := int64((153*(month-3)+2)/5 + day - 1)
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}

// dateOf is the inverse of dayNumber.
func dateOf(day int64) (year int64, month, dom int) {
	day += 719468
	era := floorDiv(day, 146097)
	doe := day - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	dom = int(doy - (153*mp+2)/5 + 1)
	month = int(mp) + 3
	year = yoe + era*400
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, dom
}

// weekdayOf returns the day of the week of a day.
func weekdayOf(day int64) time.Weekday { return time.Weekday(mod(day+4, 7)) }

// weekStart returns the first day of the week that holds day.
func weekStart(day int64, first time.Weekday) int64 {
	return day - mod(int64(weekdayOf(day))-int64(first), 7)
}

// weekOne returns the first day of week 1 of a year: the week with at least
// four days in it (RFC 5545 §3.3.10, BYWEEKNO).
func weekOne(year int64, first time.Weekday) int64 {
	return weekStart(dayNumber(year, 1, 4), first)
}

// weekNumber returns the number of the week that holds day, and how many weeks
// the year has that this week belongs to.
func weekNumber(day int64, first time.Weekday) (number, weeks int) {
	start := weekStart(day, first)
	year, _, _ := dateOf(start + 3)
	one := weekOne(year, first)
	return int((start-one)/7) + 1, int((weekOne(year+1, first) - one) / 7)
}

func monthLength(year int64, month int) int {
	switch month {
	case 2:
		if leap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func yearLength(year int64) int {
	if leap(year) {
		return 366
	}
	return 365
}

func leap(year int64) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func mod(a, b int64) int64 {
	if m := a % b; m < 0 {
		return m + b
	} else {
		return m
	}
}
