package config

import (
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// units are the units of a duration, the largest first.
var units = []struct {
	letter byte
	size   time.Duration
}{{'w', week}, {'d', day}, {'h', time.Hour}, {'m', time.Minute}, {'s', time.Second}}

// parseDuration reads whole numbers of weeks, days, hours, minutes and seconds,
// such as 6w, 1d12h or 90m, the larger unit first; 0 needs no unit. A day has 24
// hours.
func parseDuration(text string) (time.Duration, error) {
	const hint = "write numbers with units, the largest first, such as 90m, 1d12h or 6w"
	no := problem{quote(text) + " is no duration", hint}
	if text == "0" {
		return 0, nil
	}
	var sum time.Duration
	left := units
	for rest := text; rest != ""; {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil || digits == len(rest) {
			return 0, no
		}
		for len(left) > 0 && left[0].letter != rest[digits] {
			left = left[1:]
		}
		if len(left) == 0 {
			return 0, no
		}
		if size := left[0].size; n > int64((math.MaxInt64-sum)/size) {
			return 0, problem{quote(text) + " is longer than a duration can be", hint}
		} else {
			sum += time.Duration(n) * size
		}
		left, rest = left[1:], rest[digits+1:]
	}
	if text == "" {
		return 0, no
	}
	return sum, nil
}

// formatDuration returns the text that parseDuration reads back into d, which is
// a whole number of seconds, not negative. Weeks are told only when nothing else
// is left, since "28d" and "4w" are easier to read than "1w1d".
func formatDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	for _, u := range units {
		if u.size == week && d%week != 0 {
			continue
		}
		if n := d / u.size; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10))
			b.WriteByte(u.letter)
			d -= n * u.size
		}
	}
	return b.String()
}
