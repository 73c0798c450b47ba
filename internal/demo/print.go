package demo

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"oneonone/internal/calendar"
)

// printer writes the story: aligned, and readable without colours.
type printer struct {
	w       io.Writer
	colours bool
}

// newPrinter returns a printer that uses colours when w is a terminal.
func newPrinter(w io.Writer) *printer {
	p := &printer{w: w}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.colours = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

// The colours, as ECMA-48 sequences.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	normal = ""
)

func (p *printer) paint(colour, s string) string {
	if !p.colours || colour == normal || strings.TrimSpace(s) == "" {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

// line prints one line. A story that nobody can read any more is no failure of
// what it tells, so what the writer says is not looked at.
func (p *printer) line(s string) { fmt.Fprintln(p.w, strings.TrimRight(s, " ")) }

func (p *printer) title(s string) {
	p.line("")
	p.line(p.paint(bold, s))
}

// pad fills s up to n columns, or cuts it to them.
func pad(s string, n int) string {
	if have := utf8.RuneCountInString(s); have <= n {
		return s + strings.Repeat(" ", n-have)
	}
	return string([]rune(s)[:n-1]) + "…"
}

// wrap breaks s between words into lines of at most n columns.
func wrap(s string, n int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= n:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

// columns are the widths of the table, two spaces apart: 100 together.
var columns = []int{4, 17, 30, 41}

// table prints what was wrong and what was done.
func (p *printer) table(rows []row) {
	p.title("What was wrong, and what was done")
	p.cells(bold, []string{"With", "Planned", "What was wrong", "What was done, and why"})
	for _, r := range rows {
		colour := normal
		if r.fine {
			colour = dim
		}
		p.cells(colour, []string{r.with, r.planned, r.wrong, r.done})
	}
}

// cells prints one row of the table on as many lines as it needs.
func (p *printer) cells(colour string, texts []string) {
	wrapped := make([][]string, len(texts))
	lines := 0
	for i, t := range texts {
		wrapped[i] = wrap(t, columns[i])
		lines = max(lines, len(wrapped[i]))
	}
	for n := range lines {
		var b strings.Builder
		for i := range texts {
			cell := ""
			if n < len(wrapped[i]) {
				cell = wrapped[i][n]
			}
			b.WriteString("  " + p.paint(colour, pad(cell, columns[i])))
		}
		p.line(b.String())
	}
}

// list prints rows of words, aligned.
func (p *printer) list(title string, rows [][]string) {
	p.title(title)
	for _, r := range rows {
		var b strings.Builder
		for i, s := range r {
			n := 0
			for _, x := range rows {
				n = max(n, utf8.RuneCountInString(x[i]))
			}
			b.WriteString("  " + pad(s, n))
		}
		p.line(b.String())
	}
}

// day is the width of a day of the grid, the space before it included.
const day = 20

// grid prints the week, one column a day. Those that are marked get the sign
// before them.
func (p *printer) grid(title, legend string, w *week, what map[key]calendar.Occurrence, marked map[key]bool, sign rune) {
	p.title(title)
	days := make([][]string, 5)
	colours := make([][]string, 5)
	lines := 0
	for i := range days {
		from := w.monday.AddDate(0, 0, i)
		days[i], colours[i] = []string{from.Format("Mon 2 Jan")}, []string{bold}
		for _, k := range onDay(w, what, i) {
			o := what[k]
			mark, colour := " ", dim
			if len(o.Attendees) == 2 {
				colour = normal
			}
			if marked[k] {
				mark, colour = string(sign), green
				if sign == '!' {
					colour = red
				}
			}
			days[i] = append(days[i], mark+o.Start.In(w.zones[vienna]).Format("15:04")+" "+o.Title)
			colours[i] = append(colours[i], colour)
		}
		lines = max(lines, len(days[i]))
	}
	for n := range lines {
		var b strings.Builder
		for i := range days {
			cell, colour := "", normal
			if n < len(days[i]) {
				cell, colour = days[i][n], colours[i][n]
			}
			if n == 0 {
				cell = " " + cell
			}
			b.WriteString(" " + p.paint(colour, pad(cell, day-1)))
		}
		p.line(b.String())
	}
	p.line("  " + legend)
}

// onDay returns the timed events of a day in the order in which they begin.
func onDay(w *week, what map[key]calendar.Occurrence, i int) []key {
	var keys []key
	for k, o := range what {
		from := w.monday.AddDate(0, 0, i)
		if !o.AllDay && !o.Start.Before(from) && o.Start.Before(from.AddDate(0, 0, 1)) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b key) int {
		if c := what[a].Start.Compare(what[b].Start); c != 0 {
			return c
		}
		return strings.Compare(what[a].Title, what[b].Title)
	})
	return keys
}
