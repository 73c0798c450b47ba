package calendartest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// docBody is the text of a document's only tab. Indexes count UTF-16 units from
// 1, because a section break takes the index 0. The text ends with a line feed,
// which nobody can take away.
type docBody struct {
	text   []uint16
	paras  []docPara // one for each line feed
	ranges []docRange
	// grow: text at the very edge of a named range becomes part of it.
	grow bool
}

// docPara is what a paragraph is like.
type docPara struct {
	style  string
	bullet bool
}

type docRange struct {
	id, name   string
	start, end int
}

const normalText = "NORMAL_TEXT"

func newDocBody() *docBody {
	return &docBody{text: []uint16{'\n'}, paras: []docPara{{style: normalText}}}
}

func (b *docBody) clone() *docBody {
	c := *b
	c.text, c.paras, c.ranges = slices.Clone(b.text), slices.Clone(b.paras), slices.Clone(b.ranges)
	return &c
}

// end is the index behind the text.
func (b *docBody) end() int { return len(b.text) + 1 }

// paraAt returns which paragraph holds an index.
func (b *docBody) paraAt(index int) int {
	n := 0
	for _, u := range b.text[:index-1] {
		if u == '\n' {
			n++
		}
	}
	return n
}

// strip drops what Google strips out of inserted text.
func strip(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= 0x08 || 0x0c <= r && r <= 0x1f || 0xe000 <= r && r <= 0xf8ff {
			return -1
		}
		return r
	}, s)
}

// insert puts text at an index and returns how long it is. New paragraphs are
// like the one they are made in.
func (b *docBody) insert(at int, s string) (int, error) {
	units := utf16.Encode([]rune(strip(s)))
	switch {
	case len(units) == 0:
		return 0, errors.New("the text to insert is empty")
	case at < 1 || at >= b.end():
		return 0, fmt.Errorf("index %d must be less than the end index of the referenced segment, %d", at, b.end())
	case at > 1 && utf16.IsSurrogate(rune(b.text[at-1])) && b.text[at-1] >= 0xdc00:
		return 0, errors.New("the insertion index cannot be within a grapheme cluster")
	}
	p := b.paraAt(at)
	for _, u := range units {
		if u == '\n' {
			b.paras = slices.Insert(b.paras, p, b.paras[p])
		}
	}
	b.text = slices.Insert(b.text, at-1, units...)
	for i := range b.ranges {
		r := &b.ranges[i]
		if at < r.start || at == r.start && !b.grow {
			r.start += len(units)
		}
		if at < r.end || at == r.end && b.grow {
			r.end += len(units)
		}
	}
	return len(units), nil
}

// remove takes away the text between two indexes. Paragraphs that become one are
// like the first of them.
func (b *docBody) remove(start, end int) error {
	if start < 1 || end <= start || end >= b.end() {
		return fmt.Errorf("the range %d to %d cannot be deleted", start, end)
	}
	p := b.paraAt(start)
	feeds := 0
	for _, u := range b.text[start-1 : end-1] {
		if u == '\n' {
			feeds++
		}
	}
	b.paras = slices.Delete(b.paras, p+1, p+1+feeds)
	b.text = slices.Delete(b.text, start-1, end-1)
	shift := func(at int) int { return min(at, max(start, at-(end-start))) }
	for i := range b.ranges {
		b.ranges[i].start, b.ranges[i].end = shift(b.ranges[i].start), shift(b.ranges[i].end)
	}
	b.ranges = slices.DeleteFunc(b.ranges, func(r docRange) bool { return r.start >= r.end })
	return nil
}

// within does f to all paragraphs that a range touches.
func (b *docBody) within(start, end int, f func(*docPara)) error {
	if start < 1 || end <= start || end > b.end() {
		return fmt.Errorf("invalid range %d to %d", start, end)
	}
	for p := b.paraAt(start); p <= b.paraAt(end-1); p++ {
		f(&b.paras[p])
	}
	return nil
}

// docLine is a paragraph with its place.
type docLine struct {
	docPara
	start, end int // end is behind the line feed
	text       string
}

func (b *docBody) lines() []docLine {
	var all []docLine
	start := 1
	for i, u := range b.text {
		if u == '\n' {
			all = append(all, docLine{b.paras[len(all)], start, i + 2, string(utf16.Decode(b.text[start-1 : i+1]))})
			start = i + 2
		}
	}
	return all
}

// docEdit is something that a person, or the interface, did to the text.
type docEdit struct {
	at     int
	text   string // inserted; "" for a deletion
	length int    // in UTF-16 units
}

func (b *docBody) do(e docEdit) error {
	if e.text == "" {
		return b.remove(e.at, e.at+e.length)
	}
	_, err := b.insert(e.at, e.text)
	return err
}

// past is e as it is after other, which was done at the same moment. Where both
// insert at one place, other comes first if it says so.
func (e docEdit) past(other docEdit, otherFirst bool) docEdit {
	switch {
	case other.text != "":
		if other.at < e.at || other.at == e.at && otherFirst {
			e.at += other.length
		} else if e.text == "" && other.at < e.at+e.length {
			e.length = other.at - e.at // What the other wrote stays, and what is behind it.
		}
	case other.at < e.at:
		e.at -= min(other.length, e.at-other.at)
	}
	return e
}
