package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// pageWidth is how wide a table may become; a terminal of the usual 80 columns
// would leave no room for reasons, and mail and tickets show this much.
const pageWidth = 110

// hard is a space at which no line is broken, as in "Tue 24 Nov 10:00". It is
// shown as a usual space.
const hard = "\u00a0"

func soft(s string) string { return strings.ReplaceAll(s, hard, " ") }

// page collects what a command has to show. No character of what is put on it
// does anything to a terminal.
type page struct{ b strings.Builder }

func (p *page) String() string { return p.b.String() }

// line adds one line.
func (p *page) line(format string, args ...any) {
	p.b.WriteString(strings.TrimRight(soft(plain(fmt.Sprintf(format, args...))), " "))
	p.b.WriteByte('\n')
}

// gap adds an empty line between two parts.
func (p *page) gap() {
	if p.b.Len() > 0 {
		p.b.WriteByte('\n')
	}
}

// table adds rows under a header. Cells that are too wide go on below
// themselves; then an empty line stands between the rows.
func (p *page) table(header []string, rows [][]string) {
	widths, least := make([]int, len(header)), make([]int, len(header))
	all := append([][]string{header}, rows...)
	for _, row := range all {
		for n := range row {
			row[n] = plain(row[n])
			widths[n] = max(widths[n], utf8.RuneCountInString(row[n]))
			for _, word := range words(row[n]) {
				least[n] = max(least[n], utf8.RuneCountInString(word))
			}
		}
	}
	squeeze(widths, least)
	wrapped := false
	for n, row := range all {
		if wrapped {
			p.b.WriteByte('\n')
		}
		tall := p.row(row, widths)
		wrapped = wrapped || n > 0 && tall
	}
}

// squeeze makes the widest columns narrower until the table fits, or no column
// can give way without breaking a word.
func squeeze(widths, least []int) {
	for {
		sum, widest := -2, -1
		for n, w := range widths {
			sum += w + 2
			if w > least[n] && (widest < 0 || w > widths[widest]) {
				widest = n
			}
		}
		if sum <= pageWidth || widest < 0 {
			return
		}
		widths[widest]--
	}
}

// row adds one row and reports whether it needed more than one line.
func (p *page) row(cells []string, widths []int) (tall bool) {
	columns := make([][]string, len(cells))
	lines := 0
	for n, c := range cells {
		columns[n] = wrap(c, widths[n])
		lines = max(lines, len(columns[n]))
	}
	for l := range lines {
		var b strings.Builder
		for n, col := range columns {
			text := ""
			if l < len(col) {
				text = col[l]
			}
			fmt.Fprintf(&b, "%-*s  ", widths[n], text)
		}
		p.b.WriteString(strings.TrimRight(soft(b.String()), " "))
		p.b.WriteByte('\n')
	}
	return lines > 1
}

// wrap breaks text between words into lines of at most width characters; a
// word that is longer stands alone on its line.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range words(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

// words are the parts of a text between which a line may be broken.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ' ' })
}
