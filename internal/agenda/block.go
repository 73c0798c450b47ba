package agenda

import (
	"bytes"
	"iter"
	"strings"
	"unicode"
)

// The two marker lines between which the program writes into a description.
// They never change: calendars in the field hold them.
const (
	blockBegin = "--- oneonone ---"
	blockEnd   = "--- end of oneonone ---"
)

// SplitBlock takes the program's block out of a description. human is the
// description without it, byte for byte what people wrote, before and behind
// the block; lines is what stands between the markers, without empty lines and
// with single spaces; found reports whether there was a block. A block without
// its end marker is not ours any more and stays with the human text.
//
// Of several blocks (a copied description, a client that merged two versions)
// all are taken out and lines holds the lines of all of them, so that a caller
// who compares them with the wished ones sees that there is something to
// repair. human never holds a block.
//
// Clients that change line ends or white space, put tags around lines or make
// links of addresses do not hide a block. White space alone behind the block is
// not what people wrote and goes with it.
func SplitBlock(description string, html bool) (human string, lines []string, found bool) {
	if !strings.Contains(description, "oneonone") {
		return description, nil, false
	}
	s := splitter{text: description, html: html}
	s.run()
	if !s.found {
		return description, nil, false
	}
	return string(s.out), s.lines, true
}

// JoinBlock puts a block with lines at the end of the human text, in HTML when
// the description is HTML. No lines, no block: JoinBlock(SplitBlock(d)) without
// lines is d as it was before the program touched it.
//
// For every human text without a block and all lines that are as Clean makes
// them, SplitBlock gives back exactly what JoinBlock got. Other lines are
// written as Clean makes them, and empty ones not at all.
func JoinBlock(human string, lines []string, html bool) string {
	newline := "\n"
	if html {
		newline = "<br>"
	}
	var b strings.Builder
	b.WriteString(human)
	begun := false
	for _, line := range lines {
		line = Clean(line)
		if line == "" {
			continue
		}
		if !begun {
			begun = true
			if human != "" {
				b.WriteString(newline + newline)
			}
			b.WriteString(blockBegin + newline)
		}
		if html {
			line = htmlLine(line)
		}
		b.WriteString(line + newline)
	}
	if !begun {
		return human
	}
	b.WriteString(blockEnd)
	return b.String()
}

// Clean returns line as it can stand in a block: one line of valid UTF-8
// without control and invisible characters, with single spaces and none at its ends, or ""
// when nothing is left of it or it reads like one of the markers.
func Clean(line string) string {
	line = plain(line)
	if kindOf(line) != ordinary {
		return ""
	}
	return line
}

// plain folds white space and control characters into single spaces and drops
// what nobody sees: clients put zero-width spaces and marks of direction around
// lines, and overrides of direction in a name would turn about the text behind it.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case r == '\u200b', r == '\u200e', r == '\u200f', r == '\ufeff',
			'\u202a' <= r && r <= '\u202e', '\u2066' <= r && r <= '\u2069':
			return -1
		}
		return r // an invalid byte becomes U+FFFD
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// kind tells what a line of a description is.
type kind int

const (
	ordinary kind = iota
	beginMarker
	endMarker
)

// kindOf recognises the markers. Clients that "improve" typography turn the
// hyphens into dashes, so any dashes will do.
func kindOf(text string) kind {
	const dashes = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
	left := strings.TrimLeft(text, dashes)
	core := strings.TrimRight(left, dashes)
	if left == text || core == left {
		return ordinary
	}
	switch strings.TrimSpace(core) {
	case "oneonone":
		return beginMarker
	case "end of oneonone":
		return endMarker
	}
	return ordinary
}

// line is one line of a description: text[start:stop] is its content,
// text[stop:next] the break behind it.
type line struct {
	start, stop, next int
	text              string // the content as plain makes it, without tags
}

// splitter walks once over the lines of a description and copies to out what
// people wrote. At an end marker it takes back what it copied since the last
// begin marker, so that a begin marker without an end never swallows text.
type splitter struct {
	text  string
	html  bool
	found bool
	out   []byte
	lines []string

	kept  []keptLine
	open  []int // indexes in kept of begin markers
	taken int   // where in text the last HTML block taken out ended
	tail  int   // length of out at the last block while only blanks followed, else -1
}

// keptLine is a line that has been copied to out, at offset at.
type keptLine struct {
	at, start int
	text      string
}

func (s *splitter) run() {
	s.tail = -1
	read := plainLines
	if s.html {
		read = htmlLines
	}
	for l := range read(s.text) {
		k := kindOf(l.text)
		if k == endMarker && len(s.open) > 0 {
			s.take(l)
			continue
		}
		if k == beginMarker {
			s.open = append(s.open, len(s.kept))
		}
		if l.text != "" {
			s.tail = -1
		}
		s.kept = append(s.kept, keptLine{at: len(s.out), start: l.start, text: l.text})
		s.out = append(s.out, s.text[l.start:l.next]...)
	}
	if s.tail < 0 {
		return
	}
	blank := string(s.out[s.tail:])
	s.out = s.out[:s.tail]
	if s.html {
		s.out = keepTags(s.out, blank)
	}
}

// take removes the block that ends with the end marker l.
func (s *splitter) take(l line) {
	i := s.open[len(s.open)-1]
	s.open = s.open[:len(s.open)-1]
	for _, k := range s.kept[i+1:] {
		if k.text != "" {
			s.lines = append(s.lines, k.text)
		}
	}
	s.found = true
	first := s.kept[i]
	s.kept = s.kept[:i]
	s.out = s.out[:first.at]
	gap := s.text[l.stop:l.next]
	if !s.html {
		s.out = cutGap(s.out)
		s.tail = len(s.out)
		if s.tail > 0 {
			s.out = append(s.out, gap...)
		}
		return
	}
	s.out = cutHTMLGap(s.out)
	// A block around a block is damage beyond repair of its tags, and reading
	// the inner ones again and again would take quadratic time.
	if first.start >= s.taken {
		s.out = keepUnbalanced(s.out, s.text[first.start:l.stop])
	}
	s.taken = l.stop
	s.tail = len(s.out)
	switch {
	case tagOf(gap).closes:
		s.out = appendTag(s.out, gap)
		s.tail = min(s.tail, len(s.out))
	case s.tail > 0 || !isGap(gap):
		s.out = append(s.out, gap...)
	}
}

// cutGap takes the break and the empty line that JoinBlock wrote before the
// block off the end of out, also where a client changed them.
func cutGap(out []byte) []byte {
	for _, gap := range []string{"\r\n\r\n", "\n\n"} {
		if cut, ok := bytes.CutSuffix(out, []byte(gap)); ok {
			return cut
		}
	}
	for range 2 {
		cut := bytes.TrimRight(out, " \t")
		for _, gap := range []string{"\r\n", "\n", "\r"} {
			if rest, ok := bytes.CutSuffix(cut, []byte(gap)); ok {
				out = rest
				break
			}
		}
	}
	return out
}

// plainLines yields the lines of a plain text, which end with CRLF, LF or CR.
func plainLines(s string) iter.Seq[line] {
	return func(yield func(line) bool) {
		for at := 0; at < len(s); {
			l := line{start: at, stop: len(s), next: len(s)}
			if i := strings.IndexAny(s[at:], "\r\n"); i >= 0 {
				l.stop, l.next = at+i, at+i+1
				if strings.HasPrefix(s[l.stop:], "\r\n") {
					l.next++
				}
			}
			l.text = plain(s[l.start:l.stop])
			if !yield(l) {
				return
			}
			at = l.next
		}
	}
}
