package agenda

import (
	"strings"
	"testing"
)

// BenchmarkSplitBlock shows that time grows with the length of a description
// and not faster, whatever stands in it.
func BenchmarkSplitBlock(b *testing.B) {
	const size = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	hello := strings.Repeat("Hello\n", 20)
	for _, bc := range []struct {
		name string
		text string
		html bool
	}{
		{"usual", JoinBlock(hello, []string{"Agenda: " + testLink, testMoved}, false), false},
		{"usual, HTML", JoinBlock(hello, []string{"Agenda: " + testLink, testMoved}, true), true},
		{"no block", hello, false},
		{"begin markers", fill(blockBegin+"\n") + fill(blockEnd+"\n"), false},
		{"blocks", fill("\n" + blockBegin + "\na\n" + blockEnd), false},
		{"angle brackets", "oneonone" + fill("<"), true},
		{"open tags", "oneonone" + fill("<a "), true},
		{"text before blocks", fill("x>") + fill("<br>"+blockBegin+"<br>a<br>"+blockEnd), true},
		{"tags in a block", blockBegin + fill("<b>") + "<br>a" + fill("</i>") + "<br>" + blockEnd, true},
		{"unbalanced, nested", fill(blockBegin+"<b><br>") + fill(blockEnd+"<br>"), true},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.SetBytes(int64(len(bc.text)))
			for b.Loop() {
				SplitBlock(bc.text, bc.html)
			}
		})
	}
}

// BenchmarkTopics shows the same of the lines under "Agenda:".
func BenchmarkTopics(b *testing.B) {
	const size = 1 << 20
	fill := func(s string) string { return "Agenda:\n" + strings.Repeat(s, size/len(s)) }
	for _, bc := range []struct {
		name string
		text string
		html bool
	}{
		{"usual", JoinBlock("Agenda:\n- Release\n- Budget", Lines(testLink, testMoved), false), false},
		{"usual, HTML", JoinBlock("Agenda:<br><ul><li>Release</li><li>Budget</li></ul>", Lines(testLink, testMoved), true), true},
		{"none", strings.Repeat("Hello\n", 20), false},
		{"lines", fill("x\n"), false},
		{"lists", fill("Agenda:\nx\n\n"), false},
		{"bullets", fill("- "), false},
		{"white space", fill(" \n"), true},
		{"white space behind tags", fill("<p> \n"), true},
		{"angle brackets", fill("<"), true},
		{"entities", fill("&#35;&nbsp"), true},
		{"markers", fill(blockBegin + "\n"), false},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.SetBytes(int64(len(bc.text)))
			for b.Loop() {
				Topics(bc.text, bc.html)
			}
		})
	}
}
