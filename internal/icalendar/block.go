package icalendar

import (
	"slices"
	"strings"

	"oneonone/internal/agenda"
)

// addedParam marks a DESCRIPTION that the program made, so that it can go
// together with the block.
const addedParam = "added"

// setLines replaces the lines of the program's block in the description; none
// remove it. What people wrote stays as it stands in the text, folds and all.
func (d *draft) setLines(lines []string) {
	l, exists := d.description()
	params, value, _ := splitLine(l.text)
	old := unescape(value)
	human, was, found := agenda.SplitBlock(old, false)
	lines = cleanLines(lines)
	if slices.Equal(was, lines) && found == (len(lines) > 0) {
		return
	}
	text := agenda.JoinBlock(human, lines, false)
	mark, _ := paramValue(params, ours)
	madeByUs := strings.EqualFold(mark, addedParam)
	switch {
	case !exists:
		d.splice(d.insert, d.insert, folded("DESCRIPTION;"+ours+"="+addedParam+":"+escape(text), d.eol))
	case text == "" && madeByUs:
		d.splice(l.from, l.to, "")
	case len(lines) == 0 && madeByUs:
		head := l.text[:len(l.text)-len(value)]
		d.replace(l, dropParam(head, ours)+escape(text))
	default:
		d.rewriteText(l, len(l.text)-len(value), old, text)
	}
}

// description returns the DESCRIPTION that Parse reads: the first that can be read.
func (d *draft) description() (line, bool) {
	for _, l := range d.lines {
		if _, _, readable := splitLine(l.text); l.name == "DESCRIPTION" && readable {
			return l, true
		}
	}
	return line{}, false
}

// cleanLines returns lines as agenda.JoinBlock writes them.
func cleanLines(lines []string) []string {
	var out []string
	for _, l := range lines {
		if l = agenda.Clean(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// rewriteText makes the TEXT value that begins at byte head of l, and reads
// old, read text. The part at the front that both share is not touched.
func (d *draft) rewriteText(l line, head int, old, text string) {
	value := l.text[head:]
	same := sharedPrefix(old, text)
	tail := sharedSuffix(old[same:], text[same:])
	from := rawLen(value, same)
	rest := escape(text[same:len(text)-tail]) + value[rawLen(value, len(old)-tail):]

	at := d.fileOffset(l, head+from)
	stop := d.lineStop(l)
	var b strings.Builder
	fold(&b, d.column(at), rest, d.eol)
	d.splice(at, stop, b.String())
}

// lineStop returns where the last physical line of l stops, without its line end.
func (d *draft) lineStop(l line) int {
	stop := l.to
	if stop > l.from && d.text[stop-1] == '\n' {
		stop--
	}
	for stop > l.from && d.text[stop-1] == '\r' {
		stop--
	}
	return stop
}

// sharedPrefix returns how many bytes a and b share at their front.
func sharedPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// sharedSuffix returns how many bytes a and b share at their end.
func sharedSuffix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}
