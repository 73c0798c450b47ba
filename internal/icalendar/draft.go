package icalendar

import (
	"slices"
	"strings"
)

// draft is the text of one event while it is being changed. Its component
// points into its own text, not into that of the object.
type draft struct {
	component
	text        string
	eol         string
	rescheduled bool // its time or recurrence has changed
}

func newDraft(text, eol string) *draft {
	d := &draft{eol: eol}
	d.reset(text)
	return d
}

// reset takes text, which is one whole VEVENT, as the new state of d.
func (d *draft) reset(text string) {
	s := scanner{open: []string{"VCALENDAR"}}
	for at := 0; at < len(text); {
		l := logicalLine(text, at)
		at = l.to
		// The nesting was checked when the object was scanned.
		_ = s.take(l)
	}
	d.text = text
	d.component = s.events[0]
}

// splice replaces text[from:to].
func (d *draft) splice(from, to int, text string) {
	d.reset(d.text[:from] + text + d.text[to:])
}

// put gives the first line named name the text, and makes the line when there
// is none.
func (d *draft) put(name, text string) {
	if old, ok := d.find(name); ok {
		d.replace(old, text)
		return
	}
	d.splice(d.insert, d.insert, folded(text, d.eol))
}

// replace gives a line of d another text. A line that reads so already keeps
// its folding.
func (d *draft) replace(old line, text string) {
	if old.text != text {
		d.splice(old.from, old.to, folded(text, d.eol))
	}
}

// rewrite gives every line of d the text that f returns for it; "" removes it.
func (d *draft) rewrite(f func(line) string) {
	var b strings.Builder
	at := 0
	for _, l := range d.lines {
		text := f(l)
		if text == l.text {
			continue
		}
		b.WriteString(d.text[at:l.from])
		if text != "" {
			b.WriteString(folded(text, d.eol))
		}
		at = l.to
	}
	if at > 0 {
		b.WriteString(d.text[at:])
		d.reset(b.String())
	}
}

// drop removes all lines with one of the names.
func (d *draft) drop(names ...string) {
	d.rewrite(func(l line) string {
		if slices.Contains(names, l.name) {
			return ""
		}
		return l.text
	})
}

// fileOffset returns where in d.text the first n bytes of the unfolded text of
// l end.
func (d *draft) fileOffset(l line, n int) int {
	at := l.from
	for {
		stop, next := physicalLine(d.text, at)
		if n <= stop-at {
			return at + n
		}
		n -= stop - at
		at = next + 1
	}
}

// column returns how many octets stand before offset at in its physical line.
func (d *draft) column(at int) int {
	return at - (strings.LastIndexByte(d.text[:at], '\n') + 1)
}
