package recur

import (
	"fmt"
	"math/bits"
	"strings"
	"time"
)

// Freq is how often a rule repeats (FREQ).
type Freq int

// The frequencies of RFC 5545 §3.3.10.
const (
	Yearly Freq = iota + 1
	Monthly
	Weekly
	Daily
	Hourly
	Minutely
	Secondly
)

var freqNames = [...]string{
	Yearly: "YEARLY", Monthly: "MONTHLY", Weekly: "WEEKLY", Daily: "DAILY",
	Hourly: "HOURLY", Minutely: "MINUTELY", Secondly: "SECONDLY",
}

// String returns the frequency as RFC 5545 spells it.
func (f Freq) String() string {
	if f < Yearly || f > Secondly {
		return fmt.Sprintf("Freq(%d)", int(f))
	}
	return freqNames[f]
}

// UntilForm is how the end of a rule is written.
type UntilForm int

// The forms of UNTIL. Only UTC with a timed start and DATE with an all-day
// start agree with the RFC; the others are common all the same.
const (
	NoUntil    UntilForm = iota
	UntilUTC             // 20261231T230000Z: an instant
	UntilLocal           // 20261231T230000: a wall clock in the zone of DTSTART
	UntilDate            // 20261231: all of that day counts
)

// Until is the end of a rule, inclusive. Time has the written date and clock,
// in UTC whatever the form.
type Until struct {
	Form UntilForm
	Time time.Time
}

// Rule is one recurrence rule, as Parse returns it. The zero value is no rule.
type Rule struct {
	Freq     Freq
	Interval int // at least 1
	Count    int // 0 when the rule has none
	Until    Until
	// WeekStart is WKST, Monday when the rule does not say.
	WeekStart time.Weekday

	// Lists without order or repetition are bit sets: bit n stands for n, and
	// in a negative set for -n.
	bySecond, byMinute         uint64
	byHour                     uint32
	byMonth                    uint16
	byMonthDay, byMonthDayBack uint32
	byWeekNo, byWeekNoBack     uint64
	byDay                      uint8 // weekdays without a number
	byNthDay                   []nthDay
	byYearDay, bySetPos        []int16 // sorted, each value once
}

// nthDay is a BYDAY value with a number, such as -1FR.
type nthDay struct {
	n   int8
	day time.Weekday
}

var dayNames = [7]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// String returns the rule in the syntax of RFC 5545, each list sorted and
// without repetition. Parse(r.String()) equals r.
func (r Rule) String() string {
	var b strings.Builder
	b.WriteString("FREQ=" + r.Freq.String())
	if r.Interval > 1 {
		fmt.Fprintf(&b, ";INTERVAL=%d", r.Interval)
	}
	if r.Count > 0 {
		fmt.Fprintf(&b, ";COUNT=%d", r.Count)
	}
	switch r.Until.Form {
	case UntilUTC:
		b.WriteString(r.Until.Time.Format(";UNTIL=20060102T150405Z"))
	case UntilLocal:
		b.WriteString(r.Until.Time.Format(";UNTIL=20060102T150405"))
	case UntilDate:
		b.WriteString(r.Until.Time.Format(";UNTIL=20060102"))
	}
	writeList(&b, "BYMONTH", 0, uint64(r.byMonth))
	writeList(&b, "BYWEEKNO", r.byWeekNoBack, r.byWeekNo)
	writeInts(&b, "BYYEARDAY", r.byYearDay)
	writeList(&b, "BYMONTHDAY", uint64(r.byMonthDayBack), uint64(r.byMonthDay))
	r.writeDays(&b)
	writeList(&b, "BYHOUR", 0, uint64(r.byHour))
	writeList(&b, "BYMINUTE", 0, r.byMinute)
	writeList(&b, "BYSECOND", 0, r.bySecond)
	writeInts(&b, "BYSETPOS", r.bySetPos)
	if r.WeekStart != time.Monday {
		b.WriteString(";WKST=" + dayNames[r.WeekStart])
	}
	return b.String()
}

func (r Rule) writeDays(b *strings.Builder) {
	separator := ";BYDAY="
	for d, name := range dayNames {
		if r.byDay&(1<<d) != 0 {
			b.WriteString(separator + name)
			separator = ","
		}
	}
	for _, d := range r.byNthDay {
		fmt.Fprintf(b, "%s%d%s", separator, d.n, dayNames[d.day])
		separator = ","
	}
}

func writeList(b *strings.Builder, name string, back, set uint64) {
	separator := ";" + name + "="
	for ; back != 0; back &^= 1 << (63 - bits.LeadingZeros64(back)) {
		fmt.Fprintf(b, "%s-%d", separator, 63-bits.LeadingZeros64(back))
		separator = ","
	}
	for ; set != 0; set &= set - 1 {
		fmt.Fprintf(b, "%s%d", separator, bits.TrailingZeros64(set))
		separator = ","
	}
}

func writeInts(b *strings.Builder, name string, values []int16) {
	separator := ";" + name + "="
	for _, v := range values {
		fmt.Fprintf(b, "%s%d", separator, v)
		separator = ","
	}
}
