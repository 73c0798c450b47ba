package recur

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// maxRuleLength bounds the text of a rule: one that lists every value of every
// part is shorter.
const maxRuleLength = 16 << 10

// Parse reads the value of an RRULE property (RFC 5545 §3.3.10).
//
// It accepts what is common in calendars although the grammar does not: lower
// case, white space, empty parts such as a trailing semicolon, a
// leading "RRULE:", values given twice, a weekday's number where the
// frequency has no use for it, parts where the frequency must not have them,
// COUNT together with UNTIL, and unknown X- parts.
// It refuses, because guessing could invent or lose meetings: a part given
// twice, an unknown part, a value out of range, COUNT or INTERVAL less than 1,
// and any RSCALE but GREGORIAN or SKIP but OMIT.
func Parse(text string) (Rule, error) {
	r := Rule{Interval: 1, WeekStart: time.Monday}
	if len(text) > maxRuleLength {
		return Rule{}, fmt.Errorf("the recurrence rule is longer than %d bytes", maxRuleLength)
	}
	rest := strings.TrimPrefix(normal(text), "RRULE:")
	var seen partSet
	for rest != "" {
		var part string
		if part, rest, _ = strings.Cut(rest, ";"); part == "" {
			continue
		}
		if err := r.parsePart(part, &seen); err != nil {
			return Rule{}, fmt.Errorf("recurrence rule %q: %w", shorten(text), err)
		}
	}
	if r.Freq == 0 {
		return Rule{}, fmt.Errorf("recurrence rule %q: it does not say how often (FREQ)", shorten(text))
	}
	return r, nil
}

// normal returns the rule in upper case and without the white space that some
// programs leave between parts or where they fold lines.
func normal(text string) string {
	if strings.ContainsAny(text, " \t\r\n") {
		text = strings.Join(strings.Fields(text), "")
	}
	return strings.ToUpper(text)
}

// shorten keeps a hostile rule from filling somebody's screen.
func shorten(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}

// partSet remembers which parts a rule has had.
type partSet uint32

var partNames = [...]string{
	"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYHOUR",
	"BYMINUTE", "BYSECOND", "BYWEEKNO", "BYYEARDAY", "RSCALE", "SKIP",
}

func (r *Rule) parsePart(part string, seen *partSet) error {
	name, value, found := strings.Cut(part, "=")
	if !found {
		return fmt.Errorf("the part %q has no value", shorten(part))
	}
	index := slices.Index(partNames[:], name)
	if index < 0 {
		if strings.HasPrefix(name, "X-") {
			return nil
		}
		return fmt.Errorf("unknown part %q", shorten(name))
	}
	if *seen&(1<<index) != 0 {
		return fmt.Errorf("%s is given twice", name)
	}
	*seen |= 1 << index
	if err := r.setPart(name, value); err != nil {
		return fmt.Errorf("%s=%s: %w", name, shorten(value), err)
	}
	return nil
}

func (r *Rule) setPart(name, value string) (err error) {
	switch name {
	case "FREQ":
		r.Freq, err = parseFreq(value)
	case "INTERVAL":
		r.Interval, err = parsePositive(value)
	case "COUNT":
		r.Count, err = parsePositive(value)
	case "UNTIL":
		r.Until, err = parseUntil(value)
	case "WKST":
		r.WeekStart, err = parseWeekday(value)
	case "BYDAY":
		err = r.parseDays(value)
	case "RSCALE":
		if value != "GREGORIAN" {
			err = errors.New("only the Gregorian calendar is supported")
		}
	case "SKIP":
		if value != "OMIT" {
			err = errors.New("only dates that exist are supported")
		}
	default:
		err = r.setList(name, value)
	}
	return err
}

func (r *Rule) setList(name, value string) error {
	return eachInt(value, func(n int) bool {
		switch name {
		case "BYMONTH":
			return setBit(&r.byMonth, n, 1, 12)
		case "BYHOUR":
			return setBit(&r.byHour, n, 0, 23)
		case "BYMINUTE":
			return setBit(&r.byMinute, n, 0, 59)
		case "BYSECOND":
			// A clock without leap seconds shows 59 in their place (RFC 5545 §3.3.12).
			if n == 60 {
				n = 59
			}
			return setBit(&r.bySecond, n, 0, 59)
		case "BYMONTHDAY":
			return setBit(&r.byMonthDay, n, 1, 31) || setBit(&r.byMonthDayBack, -n, 1, 31)
		case "BYWEEKNO":
			return setBit(&r.byWeekNo, n, 1, 53) || setBit(&r.byWeekNoBack, -n, 1, 53)
		case "BYYEARDAY":
			return insert(&r.byYearDay, n)
		default:
			return insert(&r.bySetPos, n)
		}
	})
}

func setBit[T uint8 | uint16 | uint32 | uint64](set *T, n, low, high int) bool {
	if n < low || n > high {
		return false
	}
	*set |= 1 << n
	return true
}

// insert keeps values sorted; they are days of a year or positions, ±366.
func insert(values *[]int16, n int) bool {
	if n == 0 || n < -366 || n > 366 {
		return false
	}
	if i, found := slices.BinarySearch(*values, int16(n)); !found {
		*values = slices.Insert(*values, i, int16(n))
	}
	return true
}

// eachInt hands every number of a comma list to take, which refuses those out
// of its range.
func eachInt(list string, take func(int) bool) error {
	for rest, more := list, true; more; {
		var text string
		text, rest, more = strings.Cut(rest, ",")
		n, ok := parseInt(text)
		if !ok {
			return fmt.Errorf("%q is no number", text)
		}
		if !take(n) {
			return fmt.Errorf("%d is out of range", n)
		}
	}
	return nil
}

// parseInt reads a decimal number of up to ten digits with an optional sign.
func parseInt(s string) (int, bool) {
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if s == "" || len(s) > 10 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		d := s[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + int(d)
	}
	if negative {
		n = -n
	}
	return n, true
}

func parsePositive(s string) (int, error) {
	n, ok := parseInt(s)
	switch {
	case !ok:
		return 0, errors.New("it is no number")
	case n < 1:
		return 0, errors.New("it must be at least 1")
	case n > math.MaxInt32:
		return 0, errors.New("it is too large")
	}
	return n, nil
}

func parseFreq(s string) (Freq, error) {
	if f := slices.Index(freqNames[:], s); f > 0 {
		return Freq(f), nil
	}
	return 0, errors.New("unknown frequency")
}

func parseWeekday(s string) (time.Weekday, error) {
	if d := slices.Index(dayNames[:], s); d >= 0 {
		return time.Weekday(d), nil
	}
	return 0, fmt.Errorf("%q is no day of the week", shorten(s))
}

func (r *Rule) parseDays(list string) error {
	for rest, more := list, true; more; {
		var text string
		text, rest, more = strings.Cut(rest, ",")
		if len(text) < 2 {
			return fmt.Errorf("%q is no day of the week", text)
		}
		day, err := parseWeekday(text[len(text)-2:])
		if err != nil {
			return err
		}
		if len(text) == 2 {
			r.byDay |= 1 << day
			continue
		}
		n, ok := parseInt(text[:len(text)-2])
		if !ok || n == 0 || n < -53 || n > 53 {
			return fmt.Errorf("%q is no day of the week", shorten(text))
		}
		d := nthDay{n: int8(n), day: day}
		if i, found := slices.BinarySearchFunc(r.byNthDay, d, compareNth); !found {
			r.byNthDay = slices.Insert(r.byNthDay, i, d)
		}
	}
	return nil
}

func compareNth(a, b nthDay) int {
	return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.day, b.day))
}

// parseUntil reads the three forms of RFC 5545 §3.3.4 and §3.3.5.
func parseUntil(s string) (Until, error) {
	bad := errors.New("it is no date and no time")
	form, layout := UntilDate, "20060102"
	switch {
	case len(s) == 16 && s[15] == 'Z':
		form, layout, s = UntilUTC, "20060102T150405", s[:15]
	case len(s) == 15:
		form, layout = UntilLocal, "20060102T150405"
	case len(s) != 8:
		return Until{}, bad
	}
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1 {
		return Until{}, bad
	}
	return Until{Form: form, Time: t}, nil
}
