package icalendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// markName is the property that holds a calendar.Mark. It never changes:
// calendars in the field hold it.
const markName = "X-ONEONONE-MOVED"

const utcLayout = "20060102T150405Z"

// writeMark returns m as the value of the property. Guests can see it: it holds
// nothing but times, in UTC and whole seconds, and no character that would have
// to be escaped.
func writeMark(m calendar.Mark) string {
	return fmt.Sprintf("count=%d from=%s to=%s at=%s",
		m.Count, writePeriod(m.From), writePeriod(m.To), m.At.UTC().Format(utcLayout))
}

func writePeriod(s span.Span) string {
	return s.Start.UTC().Format(utcLayout) + "/" + s.End.UTC().Format(utcLayout)
}

// readMark reads the value of the property. Anybody who may write to the
// calendar may have written it, so that whatever writeMark would not write is
// no mark.
func readMark(value string) (calendar.Mark, bool) {
	value = strings.TrimSpace(value)
	fields := strings.Split(value, " ")
	if len(fields) != 4 {
		return calendar.Mark{}, false
	}
	for i, key := range []string{"count=", "from=", "to=", "at="} {
		v, ok := strings.CutPrefix(fields[i], key)
		if !ok {
			return calendar.Mark{}, false
		}
		fields[i] = v
	}
	count, err := strconv.Atoi(fields[0])
	from, ok1 := readPeriod(fields[1])
	to, ok2 := readPeriod(fields[2])
	at, ok3 := readUTC(fields[3])
	m := calendar.Mark{Count: count, From: from, To: to, At: at}
	if err != nil || !ok1 || !ok2 || !ok3 || !plausible(m) || writeMark(m) != value {
		return calendar.Mark{}, false
	}
	return m, true
}

// plausible reports whether the program could have made such a mark.
func plausible(m calendar.Mark) bool {
	return m.Count >= 0 && !m.From.End.Before(m.From.Start) && !m.To.End.Before(m.To.Start)
}

func readPeriod(s string) (span.Span, bool) {
	start, end, _ := strings.Cut(s, "/")
	a, ok1 := readUTC(start)
	b, ok2 := readUTC(end)
	return span.Span{Start: a, End: b}, ok1 && ok2
}

func readUTC(s string) (time.Time, bool) {
	m, err := readWall(s)
	return m.wall, err == nil && m.style == inUTC
}
