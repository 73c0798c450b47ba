package google

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// The program's shared extended properties. They are on every guest's copy, and
// their names never change: calendars in the field hold them.
const (
	markKey = "oneononeMoved"
	// linkKey holds the address of the agenda. It, and not the attachment, says
	// that the link is there: a guest who takes the attachment off is not fought
	// with, and Google may leave out an attachment that it does not like.
	linkKey = "oneononeAgenda"
)

func shared(g *gcal.Event) map[string]string {
	if g.ExtendedProperties == nil {
		return nil
	}
	return g.ExtendedProperties.Shared
}

func markOf(g *gcal.Event) *calendar.Mark {
	if m, ok := readMark(shared(g)[markKey]); ok {
		return &m
	}
	return nil
}

const utcLayout = "20060102T150405Z"

// writeMark returns m as text. Guests can see it: it holds nothing but times,
// in UTC and whole seconds.
func writeMark(m calendar.Mark) string {
	return fmt.Sprintf("count=%d from=%s to=%s at=%s", m.Count, writeSpan(m.From), writeSpan(m.To), m.At.UTC().Format(utcLayout))
}

func writeSpan(s span.Span) string {
	return s.Start.UTC().Format(utcLayout) + "/" + s.End.UTC().Format(utcLayout)
}

// readMark reads what writeMark wrote. Any guest may have written it, so that
// whatever writeMark would not write is no mark.
func readMark(text string) (calendar.Mark, bool) {
	fields := strings.Split(text, " ")
	keys := []string{"count=", "from=", "to=", "at="}
	if len(fields) != len(keys) {
		return calendar.Mark{}, false
	}
	for i, key := range keys {
		v, ok := strings.CutPrefix(fields[i], key)
		if !ok {
			return calendar.Mark{}, false
		}
		fields[i] = v
	}
	count, err := strconv.Atoi(fields[0])
	from, ok1 := readSpan(fields[1])
	to, ok2 := readSpan(fields[2])
	at, err2 := time.Parse(utcLayout, fields[3])
	m := calendar.Mark{Count: count, From: from, To: to, At: at}
	ok := err == nil && err2 == nil && ok1 && ok2 && count >= 0 && !from.End.Before(from.Start) && !to.End.Before(to.Start)
	if !ok || writeMark(m) != text {
		return calendar.Mark{}, false
	}
	return m, true
}

func readSpan(text string) (span.Span, bool) {
	from, to, _ := strings.Cut(text, "/")
	start, err := time.Parse(utcLayout, from)
	end, err2 := time.Parse(utcLayout, to)
	return span.Span{Start: start, End: end}, err == nil && err2 == nil
}
