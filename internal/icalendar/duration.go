package icalendar

import (
	"fmt"
	"strings"
)

// length is a duration as RFC 5545 §3.3.6 means it: days are nominal, as long
// as the calendar's days are, the rest is exact.
type length struct {
	days    int
	seconds int64
}

// maxDays is the longest duration that is read, about a century.
const maxDays = 36_600

const secondsPerDay = 24 * 60 * 60

// readLength reads the value of a DURATION. It accepts what is seen in the
// wild beside the grammar: a T with nothing behind it, and days behind the T.
func readLength(value string) (length, error) {
	bad := fmt.Errorf("DURATION:%s is no duration", shorten(value))
	s := strings.ToUpper(strings.TrimSpace(value))
	if strings.HasPrefix(s, "-") {
		return length{}, fmt.Errorf("DURATION:%s is negative", shorten(value))
	}
	s, ok := strings.CutPrefix(strings.TrimPrefix(s, "+"), "P")
	if !ok || s == "" || s == "T" {
		return length{}, bad
	}
	var l length
	inTime := false
	for s != "" {
		if s[0] == 'T' && !inTime {
			inTime = true
			s = s[1:]
			continue
		}
		n, rest, ok := number(s)
		if !ok || rest == "" {
			return length{}, bad
		}
		if !l.add(n, rest[0], inTime) {
			return length{}, bad
		}
		if l.days > maxDays || l.seconds > maxDays*secondsPerDay {
			return length{}, fmt.Errorf("DURATION:%s is longer than a century", shorten(value))
		}
		s = rest[1:]
	}
	return l, nil
}

// add adds n units to l and reports whether the unit may stand there.
func (l *length) add(n int, unit byte, inTime bool) bool {
	switch {
	case unit == 'W' && !inTime:
		l.days += 7 * n
	case unit == 'D':
		l.days += n
	case unit == 'H' && inTime:
		l.seconds += int64(n) * 3600
	case unit == 'M' && inTime:
		l.seconds += int64(n) * 60
	case unit == 'S' && inTime:
		l.seconds += int64(n)
	default:
		return false
	}
	return true
}

// number reads the digits at the start of s. Numbers that no duration within
// the limit can hold are cut to one that is over every limit.
func number(s string) (n int, rest string, ok bool) {
	const most = maxDays * secondsPerDay
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		n = min(n*10+int(s[i]-'0'), most+1)
		i++
	}
	return n, s[i:], i > 0
}
