package google

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"

	docs "google.golang.org/api/docs/v1"

	"oneonone/internal/agenda"
)

// The named ranges of the program. They cover the sections, so that each is
// known again whatever people make of its text. Everybody who may write the
// document can see their names, which never change.
const (
	rangePrefix = "o3:"
	aboutRange  = rangePrefix + "about"
)

// docSection is the section of a meeting as people left it.
type docSection struct {
	name  string // agenda.SectionKey
	start int64
	lines []docLine
}

// docLine is a line with the place of the paragraph that it is part of.
type docLine struct {
	agenda.Line
	start, end int64
}

func (s docSection) text() []agenda.Line {
	lines := make([]agenda.Line, len(s.lines))
	for i, l := range s.lines {
		lines[i] = l.Line
	}
	return lines
}

// sectionsOf takes a document apart, the topmost section first. What follows a
// section until the next one, or the last part of the document, belongs to it.
func sectionsOf(doc *docs.Document) []docSection {
	var marks []docSection
	for name, all := range doc.NamedRanges {
		key, ours := strings.CutPrefix(name, rangePrefix)
		if !ours {
			continue
		}
		mark := docSection{name: key, start: -1}
		for _, named := range all.NamedRanges {
			for _, r := range named.Ranges {
				if mark.start < 0 || r.StartIndex < mark.start {
					mark.start = r.StartIndex
				}
			}
		}
		if mark.start >= 0 {
			marks = append(marks, mark)
		}
	}
	slices.SortFunc(marks, func(a, b docSection) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.name, b.name)) })
	if doc.Body != nil {
		fill(marks, doc.Body.Content)
	}
	return slices.DeleteFunc(marks, func(m docSection) bool { return rangePrefix+m.name == aboutRange })
}

// isBlank reports whether nothing stands in a document, as when it was just made.
func isBlank(doc *docs.Document) bool {
	if doc.Body == nil {
		return true
	}
	for _, e := range doc.Body.Content {
		if e.Paragraph == nil && e.EndIndex > bodyStart {
			return false // A table, or something else that is not looked into.
		}
		if e.Paragraph == nil {
			continue
		}
		for _, l := range linesOf(e.Paragraph) {
			if strings.TrimSpace(l.Text) != "" {
				return false
			}
		}
	}
	return true
}

// fill gives each section the lines from the paragraph in which it begins.
func fill(marks []docSection, content []*docs.StructuralElement) {
	at := -1
	for _, e := range content {
		if e.Paragraph == nil {
			continue
		}
		for at+1 < len(marks) && marks[at+1].start < e.EndIndex {
			at++
		}
		if at >= 0 {
			for _, l := range linesOf(e.Paragraph) {
				marks[at].lines = append(marks[at].lines, docLine{l, e.StartIndex, e.EndIndex})
			}
		}
	}
}

// linesOf reads a paragraph, which has several lines where somebody broke them
// without ending it.
func linesOf(p *docs.Paragraph) []agenda.Line {
	var b strings.Builder
	for _, e := range p.Elements {
		switch {
		case e.TextRun != nil:
			b.WriteString(e.TextRun.Content)
		case e.Person != nil && e.Person.PersonProperties != nil:
			b.WriteString(e.Person.PersonProperties.Name)
		case e.RichLink != nil && e.RichLink.RichLinkProperties != nil:
			b.WriteString(e.RichLink.RichLinkProperties.Title)
		}
	}
	style := agenda.Plain
	switch {
	case p.ParagraphStyle != nil && p.ParagraphStyle.NamedStyleType == styleNames[agenda.Title]:
		style = agenda.Title
	case p.ParagraphStyle != nil && strings.HasPrefix(p.ParagraphStyle.NamedStyleType, "HEADING_"):
		style = agenda.Heading
	case p.Bullet != nil:
		style = agenda.Bullet
	}
	var lines []agenda.Line
	for text := range strings.SplitSeq(strings.TrimRight(b.String(), "\n"), "\v") {
		lines = append(lines, agenda.Line{Style: style, Text: text})
	}
	return lines
}

var styleNames = map[agenda.Style]string{
	agenda.Title: "HEADING_1", agenda.Heading: "HEADING_2",
	agenda.Plain: "NORMAL_TEXT", agenda.Bullet: "NORMAL_TEXT", agenda.Box: "NORMAL_TEXT",
}

// insertion is text to be put into a document in one piece, at the beginning of
// a paragraph. Everything is counted in UTF-16 units from the beginning of the body.
type insertion struct {
	text   strings.Builder
	at     int64
	end    int64
	styles []stretch // of paragraphs of one named style
	lists  []stretch // of bullets
	ranges []stretch
}

// stretch is a part of the inserted text, and what it is.
type stretch struct {
	what       string
	start, end int64
}

const bodyStart = 1 // a section break stands before it

func newInsertion(at int64) *insertion { return &insertion{at: at, end: at} }

// addSection appends lines and covers them with a named range. The range leaves
// out their first and last character, so that what is written before or behind
// them cannot become part of it.
func (n *insertion) addSection(name string, lines []agenda.Line) {
	from := n.end
	n.add(lines...)
	n.ranges = append(n.ranges, stretch{name, from + 1, n.end - 1})
}

// add appends lines.
func (n *insertion) add(lines ...agenda.Line) {
	for _, l := range lines {
		text := strings.Map(takenByDocs, l.Text) + "\n"
		start := n.end
		n.text.WriteString(text)
		n.end += int64(len(utf16.Encode([]rune(text))))
		n.styles = extend(n.styles, stretch{styleNames[l.Style], start, n.end})
		if l.Style == agenda.Bullet {
			n.lists = extend(n.lists, stretch{"", start, n.end})
		}
	}
}

// extend appends a stretch, or makes the last one longer when both are one.
func extend(list []stretch, s stretch) []stretch {
	if i := len(list) - 1; i >= 0 && list[i].end == s.start && list[i].what == s.what {
		list[i].end = s.end
		return list
	}
	return append(list, s)
}

// takenByDocs drops what Docs would strip out of an inserted text, which would
// shift everything behind it.
func takenByDocs(r rune) rune {
	if r < ' ' || 0xe000 <= r && r <= 0xf8ff {
		return -1
	}
	return r
}

// requests are carried out in their order. New paragraphs look like the one at
// whose beginning they are inserted, whatever people made of it, so the looks
// are taken off first.
func (n *insertion) requests() []*docs.Request {
	all := func(s stretch) *docs.Range { return &docs.Range{StartIndex: s.start, EndIndex: s.end} }
	whole := stretch{"", n.at, n.end}
	list := []*docs.Request{
		{InsertText: &docs.InsertTextRequest{Location: &docs.Location{Index: n.at}, Text: n.text.String()}},
		{UpdateTextStyle: &docs.UpdateTextStyleRequest{Range: all(whole), TextStyle: &docs.TextStyle{},
			Fields: "bold,italic,underline,strikethrough,smallCaps,baselineOffset,backgroundColor,foregroundColor,fontSize,weightedFontFamily,link"}},
		{DeleteParagraphBullets: &docs.DeleteParagraphBulletsRequest{Range: all(whole)}},
	}
	for _, s := range n.styles {
		list = append(list, &docs.Request{UpdateParagraphStyle: &docs.UpdateParagraphStyleRequest{Range: all(s),
			ParagraphStyle: &docs.ParagraphStyle{NamedStyleType: s.what}, Fields: "namedStyleType,indentStart,indentFirstLine"}})
	}
	for _, s := range n.lists {
		list = append(list, &docs.Request{CreateParagraphBullets: &docs.CreateParagraphBulletsRequest{Range: all(s), BulletPreset: "BULLET_DISC_CIRCLE_SQUARE"}})
	}
	for _, s := range n.ranges {
		list = append(list, &docs.Request{CreateNamedRange: &docs.CreateNamedRangeRequest{Name: s.what, Range: all(s)}})
	}
	return list
}

// additions puts topics into a section, each below the heading it belongs under,
// or below the section's first line where that is gone, and moved below the first
// line unless it is empty. The last place comes first, so that none moves before
// its turn.
func additions(s docSection, items []agenda.Item, moved agenda.Line) []*docs.Request {
	at := map[int64]*insertion{}
	below := func(place docLine, l agenda.Line) {
		index := place.end
		if last := s.lines[len(s.lines)-1]; place.end >= last.end {
			index = place.start // Nothing can be put behind the last paragraph of a document.
		}
		if at[index] == nil {
			at[index] = newInsertion(index)
		}
		at[index].add(l)
	}
	if moved.Text != "" {
		below(s.lines[0], moved)
	}
	for _, it := range items {
		place := s.lines[0]
		for _, l := range s.lines {
			if l.Style == agenda.Heading && agenda.Clean(l.Text) == agenda.Clean(it.Heading) {
				place = l
				break
			}
		}
		below(place, it.Line())
	}
	var list []*docs.Request
	for _, index := range slices.Backward(slices.Sorted(maps.Keys(at))) {
		list = append(list, at[index].requests()...)
	}
	return list
}
