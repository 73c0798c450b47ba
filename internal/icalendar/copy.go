package icalendar

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"sync"

	"github.com/emersion/go-ical"
)

// wanted names the properties that are read, each with the parameters of it
// that are. A property that is needed makes its event unreadable when it is
// itself unreadable; the others are passed over.
var wanted = map[string]struct {
	params []string
	needed bool
}{
	"UID":           {needed: true},
	"DTSTART":       {params: []string{"TZID"}, needed: true},
	"DTEND":         {params: []string{"TZID"}, needed: true},
	"DURATION":      {needed: true},
	"RECURRENCE-ID": {params: []string{"TZID", "RANGE"}, needed: true},
	"RRULE":         {needed: true},
	"EXRULE":        {needed: true},
	"RDATE":         {params: []string{"TZID"}, needed: true},
	"EXDATE":        {params: []string{"TZID"}, needed: true},
	"SUMMARY":       {},
	"DESCRIPTION":   {},
	"STATUS":        {},
	"TRANSP":        {},
	"SEQUENCE":      {},
	"LAST-MODIFIED": {},
	"ORGANIZER":     {params: []string{"EMAIL"}},
	"ATTENDEE":      {params: []string{"EMAIL", "CN", "CUTYPE", "PARTSTAT"}},
	"ATTACH":        {params: []string{ours}},
	"LOCATION":      {},
	busyStatus:      {},
	markName:        {},
	kindName:        {},
	afterName:       {},
}

const busyStatus = "X-MICROSOFT-CDO-BUSYSTATUS"

// maxParam is the most of a parameter's value that is read. go-ical's time
// grows with the square of it, and no zone, name or address is longer.
const maxParam = 256

// copied is an event of an object as it was handed to go-ical.
type copied struct {
	*ical.Component
	// guestsHidden says that a line which names a guest or the organizer could
	// not be read, so that the length of the guest list proves nothing.
	guestsHidden bool
	problem      string // why the event cannot be read; "" when it can
}

// decode reads the events of o with go-ical, in order. It is given a copy that
// holds only what is read, unfolded and with bad lines left out, because it
// fails, panics or takes forever over much of what is found in calendars.
func (o *object) decode() (events []copied, err error) {
	var b bytes.Buffer
	b.Grow(min(len(o.text), 4096))
	b.WriteString("BEGIN:VCALENDAR\n")
	events = make([]copied, len(o.events))
	for i := range o.events {
		c := &o.events[i]
		if c.broken != "" {
			events[i].problem = c.broken
			continue
		}
		before := b.Len()
		events[i].guestsHidden, err = c.copyTo(&b)
		if err != nil {
			b.Truncate(before)
			events[i].problem = err.Error()
		}
	}
	b.WriteString("END:VCALENDAR\n")
	decoded, err := decodeSafely(&b)
	if err != nil {
		return nil, err
	}
	for i := range events {
		if events[i].problem == "" {
			events[i].Component, decoded = decoded[0], decoded[1:]
		}
	}
	return events, nil
}

// buffers holds the *bufio.Readers that go-ical would make anew, with 4 kB
// each, for every object.
var buffers = sync.Pool{New: func() any { return bufio.NewReader(nil) }}

// decodeSafely runs go-ical, which panics on lines that the copy should not
// hold any more.
func decodeSafely(text *bytes.Buffer) (events []*ical.Component, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the calendar object cannot be read: %v", p)
		}
	}()
	buffer := buffers.Get().(*bufio.Reader)
	defer buffers.Put(buffer)
	buffer.Reset(text)
	cal, err := ical.NewDecoder(buffer).Decode()
	if err != nil {
		return nil, fmt.Errorf("the calendar object cannot be read: %w", err)
	}
	return cal.Children, nil
}

// copyTo writes the copy of c for go-ical.
func (c *component) copyTo(b *bytes.Buffer) (guestsHidden bool, err error) {
	b.WriteString("BEGIN:VEVENT\n")
	for _, l := range c.lines {
		want, ok := wanted[l.name]
		if !ok || l.name == "ATTACH" && !isLink(l) {
			continue
		}
		params, value, ok := splitLine(l.text)
		switch {
		case ok:
			writeLine(b, l.name, params, want.params, value)
		case want.needed:
			return false, fmt.Errorf("the line %q cannot be read", shorten(l.text))
		case l.name == "ATTENDEE" || l.name == "ORGANIZER":
			guestsHidden = true
		}
	}
	b.WriteString("END:VEVENT\n")
	return guestsHidden, nil
}

func writeLine(b *bytes.Buffer, name string, params []param, keep []string, value string) {
	b.WriteString(name)
	for _, p := range params {
		if slices.Contains(keep, p.name) {
			b.WriteByte(';')
			b.WriteString(p.name)
			b.WriteString(`="`)
			b.WriteString(p.value[:min(len(p.value), maxParam)])
			b.WriteByte('"')
		}
	}
	b.WriteByte(':')
	b.WriteString(value)
	b.WriteByte('\n')
}
