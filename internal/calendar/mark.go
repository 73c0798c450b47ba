package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"oneonone/internal/span"
)

// Mark is the program's note of its own moves of one occurrence. It is stored
// on the event and holds nothing private: guests can see it.
type Mark struct {
	Count int       // how many moves the program made
	From  span.Span // where the occurrence was before the last of them
	To    span.Span // where the last of them put it; equals From after an undo
	At    time.Time // when
}

const markLayout = "20060102T150405Z"

// String returns m as the text that stands on events. It never changes:
// calendars in the field hold it. It is in UTC and whole seconds, and has no
// character that iCalendar would have to escape.
func (m Mark) String() string {
	return fmt.Sprintf("count=%d from=%s to=%s at=%s", m.Count, markSpan(m.From), markSpan(m.To), m.At.UTC().Format(markLayout))
}

func markSpan(s span.Span) string {
	return s.Start.UTC().Format(markLayout) + "/" + s.End.UTC().Format(markLayout)
}

// ParseMark reads what String wrote. Anybody who may write to the calendar may
// have written it, so that whatever String would not write is no mark.
func ParseMark(text string) (Mark, bool) {
	text = strings.TrimSpace(text)
	fields := strings.Split(text, " ")
	keys := []string{"count=", "from=", "to=", "at="}
	if len(fields) != len(keys) {
		return Mark{}, false
	}
	for i, key := range keys {
		v, ok := strings.CutPrefix(fields[i], key)
		if !ok {
			return Mark{}, false
		}
		fields[i] = v
	}
	count, err := strconv.Atoi(fields[0])
	from, ok1 := parseMarkSpan(fields[1])
	to, ok2 := parseMarkSpan(fields[2])
	at, err2 := time.Parse(markLayout, fields[3])
	m := Mark{Count: count, From: from, To: to, At: at}
	if err != nil || err2 != nil || !ok1 || !ok2 || count < 0 || m.String() != text {
		return Mark{}, false
	}
	return m, true
}

func parseMarkSpan(text string) (span.Span, bool) {
	from, to, _ := strings.Cut(text, "/")
	start, err := time.Parse(markLayout, from)
	end, err2 := time.Parse(markLayout, to)
	return span.Span{Start: start, End: end}, err == nil && err2 == nil && !end.Before(start)
}
