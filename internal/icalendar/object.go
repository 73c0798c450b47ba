package icalendar

import (
	"errors"
	"fmt"
	"strings"
)

// The limits of what is read at all. They are far above what people write and
// keep time and memory in bounds for everything else.
const (
	maxSize  = 4 << 20 // octets of an object
	maxLines = 50_000  // logical lines of an object
	maxDepth = 16      // components inside each other
)

// usualLines is more than most events have, so that the list of them seldom grows.
const usualLines = 24

const byteOrderMark = "\ufeff"

// object is the text of one calendar object, taken apart into the lines of its
// events and time zones. It points into the text and changes nothing.
type object struct {
	text   string
	eol    string // the line end of the object's first line
	events []component
	zones  []component
}

// component is one VEVENT or VTIMEZONE directly inside a VCALENDAR.
type component struct {
	name     string
	from, to int    // where it stands in the text, from BEGIN to behind END's line end
	lines    []line // its own lines, in order, those of components inside it left out
	insert   int    // where a new line of its own goes: before the first component inside it
	parts    []part // of a VTIMEZONE: its STANDARD and DAYLIGHT
	broken   string // why its structure makes no sense; "" when it does
}

// part is a STANDARD or DAYLIGHT of a VTIMEZONE.
type part struct {
	name  string
	lines []line
}

// line is one logical line (RFC 5545 §3.1).
type line struct {
	from, to int    // where it stands in the text, folds and line end included
	name     string // of the property, in upper case
	text     string // unfolded, without line end
}

// find returns the first line of c with the name and whether there is one.
func (c *component) find(name string) (line, bool) {
	for _, l := range c.lines {
		if l.name == name {
			return l, true
		}
	}
	return line{}, false
}

// value returns the trimmed value of the first line of c with the name, "" when there is none.
func (c *component) value(name string) string {
	l, _ := c.find(name)
	_, value, _ := splitLine(l.text)
	return strings.TrimSpace(value)
}

// scan takes the text of an object apart. It accepts every line end, a byte
// order mark, blank lines and white space behind BEGIN and END. What is wrong
// with one component is noted there; an error means that the whole text cannot
// be relied on.
func scan(text string) (*object, error) {
	if len(text) > maxSize {
		return nil, fmt.Errorf("the calendar object has %d bytes, more than the %d that are read", len(text), maxSize)
	}
	s := scanner{object: object{text: text, eol: "\r\n"}}
	if i := strings.IndexByte(text, '\n'); i >= 0 && !strings.HasSuffix(text[:i], "\r") {
		s.eol = "\n"
	}
	lines := 0
	for at := len(text) - len(strings.TrimPrefix(text, byteOrderMark)); at < len(text); {
		if lines++; lines > maxLines {
			return nil, fmt.Errorf("the calendar object has more than %d lines", maxLines)
		}
		l := logicalLine(text, at)
		at = l.to
		if err := s.take(l); err != nil {
			return nil, err
		}
	}
	switch {
	case !s.seen:
		return nil, errors.New("it is not a calendar object: it has no BEGIN:VCALENDAR")
	case len(s.open) > 0:
		return nil, errors.New("the calendar object is cut off: it has no END:VCALENDAR")
	}
	return &s.object, nil
}

// logicalLine returns the logical line that begins at offset at.
func logicalLine(text string, at int) line {
	l := line{from: at}
	stop, next := physicalLine(text, at)
	if next == len(text) || !isFold(text[next]) {
		l.to, l.text = next, text[at:stop]
		l.name = nameOf(l.text)
		return l
	}
	var b strings.Builder
	b.WriteString(text[at:stop])
	for next < len(text) && isFold(text[next]) {
		at = next + 1
		stop, next = physicalLine(text, at)
		b.WriteString(text[at:stop])
	}
	l.to, l.text = next, b.String()
	l.name = nameOf(l.text)
	return l
}

// physicalLine returns where the line at offset at stops and where the next begins.
func physicalLine(text string, at int) (stop, next int) {
	i := strings.IndexByte(text[at:], '\n')
	if i < 0 {
		stop, next = len(text), len(text)
	} else {
		stop, next = at+i, at+i+1
	}
	for stop > at && text[stop-1] == '\r' {
		stop--
	}
	return stop, next
}

func isFold(c byte) bool { return c == ' ' || c == '\t' }

func nameOf(text string) string {
	if i := strings.IndexAny(text, ";:"); i >= 0 {
		text = text[:i]
	}
	return strings.ToUpper(strings.TrimSpace(text))
}

// scanner follows BEGIN and END. It does not recurse, so that no nesting can
// exhaust the stack.
type scanner struct {
	object
	open    []string // names of the open components, outermost first
	current *component
	seen    bool
}

func (s *scanner) take(l line) error {
	switch l.name {
	case "BEGIN":
		return s.begin(l)
	case "END":
		s.close(l)
	default:
		s.property(l)
	}
	return nil
}

func (s *scanner) begin(l line) error {
	if len(s.open) == maxDepth {
		return fmt.Errorf("the calendar object has components nested more than %d deep", maxDepth)
	}
	name := componentName(l)
	s.open = append(s.open, name)
	switch len(s.open) {
	case 1:
		s.seen = s.seen || name == "VCALENDAR"
	case 2:
		if s.open[0] == "VCALENDAR" && (name == "VEVENT" || name == "VTIMEZONE") {
			s.current = &component{name: name, from: l.from}
		}
	case 3:
		if s.current != nil {
			if s.current.insert == 0 {
				s.current.insert = l.from
			}
			if s.current.name == "VTIMEZONE" {
				s.current.parts = append(s.current.parts, part{name: name})
			}
		}
	}
	return nil
}

// close ends the component that l names. When another one is open inside it,
// that one has lost its END, and the event or time zone it belongs to is
// broken; the others are not.
func (s *scanner) close(l line) {
	name := componentName(l)
	i := len(s.open) - 1
	for i >= 0 && s.open[i] != name {
		i--
	}
	if i != len(s.open)-1 && s.current != nil {
		s.current.broken = fmt.Sprintf("END:%s stands where END:%s should", shorten(name), shorten(s.open[len(s.open)-1]))
	}
	if i < 0 {
		return
	}
	s.open = s.open[:i]
	if i > 1 || s.current == nil {
		return
	}
	if s.current.insert == 0 {
		s.current.insert = l.from
	}
	s.current.to = l.to
	if s.current.name == "VEVENT" {
		s.events = append(s.events, *s.current)
	} else {
		s.zones = append(s.zones, *s.current)
	}
	s.current = nil
}

func (s *scanner) property(l line) {
	if s.current == nil || l.text == "" {
		return
	}
	switch len(s.open) {
	case 2:
		if s.current.lines == nil {
			s.current.lines = make([]line, 0, usualLines)
		}
		s.current.lines = append(s.current.lines, l)
	case 3:
		if n := len(s.current.parts); n > 0 {
			s.current.parts[n-1].lines = append(s.current.parts[n-1].lines, l)
		}
	}
}

func componentName(l line) string {
	_, name, _ := strings.Cut(l.text, ":")
	return strings.ToUpper(strings.TrimSpace(name))
}

// shorten cuts foreign text to a length that fits into a message.
func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
