package calendartest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// component is a part of an iCalendar object as lines of text. This reader is
// no parser: it finds lines and nesting, all that a server needs, and shares no
// code with the program's own.
type component struct {
	name  string   // upper case
	lines []string // content lines, unfolded, as written
	subs  []*component
}

// readComponents reads one iCalendar object (RFC 5545 §3.4).
func readComponents(data []byte) (*component, error) {
	var root *component
	var open []*component
	for _, line := range contentLines(data) {
		name, value := strings.ToUpper(lineName(line)), lineValue(line)
		switch name {
		case "BEGIN":
			c := &component{name: strings.ToUpper(strings.TrimSpace(value))}
			if len(open) >= maxDepth {
				return nil, errors.New("components are nested too deeply")
			}
			if len(open) > 0 {
				open[len(open)-1].subs = append(open[len(open)-1].subs, c)
			} else if root == nil {
				root = c
			} else {
				return nil, errors.New("there is more than one object")
			}
			open = append(open, c)
		case "END":
			if len(open) == 0 || open[len(open)-1].name != strings.ToUpper(strings.TrimSpace(value)) {
				return nil, fmt.Errorf("END:%s ends nothing", value)
			}
			open = open[:len(open)-1]
		default:
			if len(open) == 0 {
				return nil, errors.New("there is a line outside of the object")
			}
			if !strings.Contains(line, ":") {
				return nil, fmt.Errorf("the line %.40q has no value", line)
			}
			c := open[len(open)-1]
			c.lines = append(c.lines, line)
		}
	}
	if root == nil || len(open) > 0 {
		return nil, errors.New("the object has no end")
	}
	return root, nil
}

// contentLines unfolds data (RFC 5545 §3.1), which may have lines that end in
// LF only. Empty lines are left out.
func contentLines(data []byte) []string {
	var lines []string
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	var folded strings.Builder
	flush := func() {
		if folded.Len() > 0 {
			lines = append(lines, folded.String())
			folded.Reset()
		}
	}
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
			folded.Write(line[1:])
			continue
		}
		flush()
		folded.Write(line)
	}
	flush()
	return lines
}

// lineName returns the name of a content line, without parameters.
func lineName(line string) string {
	if i := strings.IndexAny(line, ";:"); i >= 0 {
		return line[:i]
	}
	return line
}

// lineValue returns what stands behind the first colon outside of quotes.
func lineValue(line string) string {
	quoted := false
	for i := range len(line) {
		switch line[i] {
		case '"':
			quoted = !quoted
		case ':':
			if !quoted {
				return line[i+1:]
			}
		}
	}
	return ""
}

// parameters returns the parameters of a content line, as written.
func parameters(line string) []string {
	head := strings.TrimSuffix(line, ":"+lineValue(line))
	var list []string
	quoted, from := false, len(lineName(line))+1
	for i := from; i < len(head); i++ {
		switch head[i] {
		case '"':
			quoted = !quoted
		case ';':
			if !quoted {
				list = append(list, head[from:i])
				from = i + 1
			}
		}
	}
	if from < len(head) {
		list = append(list, head[from:])
	}
	return list
}

// all returns the lines of c with that name, in upper case.
func (c *component) all(name string) []string {
	var found []string
	for _, line := range c.lines {
		if strings.EqualFold(lineName(line), name) {
			found = append(found, line)
		}
	}
	return found
}

// value returns the value of the first line with that name, "" if there is none.
func (c *component) value(name string) string {
	for _, line := range c.all(name) {
		return lineValue(line)
	}
	return ""
}

// uidOf returns the UID of the first component that has one, "" for garbage.
func uidOf(data []byte) string {
	root, err := readComponents(data)
	if err != nil {
		return ""
	}
	for _, c := range root.subs {
		if uid := c.value("UID"); uid != "" && c.name != "VTIMEZONE" {
			return uid
		}
	}
	return ""
}

// timezoneObject is the value of calendar-timezone (RFC 4791 §5.2.2) for an
// IANA zone. Clients take the zone from its TZID; the offsets are not ours to say.
func timezoneObject(name string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//oneonone//calendartest//EN\r\n" +
		"BEGIN:VTIMEZONE\r\nTZID:" + name + "\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n" +
		"TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n"
}
