package agenda

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	testLink  = "http://127.0.0.1:8411/a/abcdefghijklmnopqrstuvwx"
	testMoved = "Moved from Tue 24 Nov 10:00: Ann is not available then."
)

func TestBlock(t *testing.T) {
	lines := []string{"Agenda: " + testLink, testMoved}
	for _, tc := range []struct {
		name        string
		description string
		html        bool
		human       string
		lines       []string
	}{
		{"alone", "--- oneonone ---\na\n--- end of oneonone ---", false, "", []string{"a"}},
		{"behind text", "Hello\n\n--- oneonone ---\na\nb\n--- end of oneonone ---", false, "Hello", []string{"a", "b"}},
		{"text keeps its own line end", "Hello\n\n\n--- oneonone ---\na\n--- end of oneonone ---", false, "Hello\n", []string{"a"}},
		{"CRLF", "Hello\r\n\r\n--- oneonone ---\r\na\r\n--- end of oneonone ---\r\n", false, "Hello", []string{"a"}},
		{"white space around lines", "Hello\n \n  --- oneonone --- \n\ta  b \n--- end of oneonone ---  \n\n", false, "Hello", []string{"a b"}},
		{"dashes made pretty", "Hello\n\n\u2014 oneonone \u2014\na\n\u2014 end of oneonone \u2014", false, "Hello", []string{"a"}},
		{"invisible marks", "Hello\n\n\u200b--- oneonone ---\ufeff\n\u200ea\u202e\n--- end of oneonone ---\u200b", false, "Hello", []string{"a"}},
		{"blank line eaten by a client", "Hello\n--- oneonone ---\na\n--- end of oneonone ---", false, "Hello", []string{"a"}},
		{"text typed behind", "Hello\n\n--- oneonone ---\na\n--- end of oneonone ---\nBring cake", false, "Hello\nBring cake", []string{"a"}},
		{"only text behind", "--- oneonone ---\na\n--- end of oneonone ---\nBring cake", false, "Bring cake", []string{"a"}},
		{"two blocks", "Hello\n\n--- oneonone ---\na\n--- end of oneonone ---\n\n--- oneonone ---\nb\n--- end of oneonone ---", false, "Hello", []string{"a", "b"}},
		{"two blocks, text between", "H\n\n--- oneonone ---\na\n--- end of oneonone ---\nM\n\n--- oneonone ---\nb\n--- end of oneonone ---\nT", false, "H\nM\nT", []string{"a", "b"}},
		{"a lost end marker loses no text", "H\n--- oneonone ---\na\nmine\n\n--- oneonone ---\nb\n--- end of oneonone ---", false, "H\n--- oneonone ---\na\nmine", []string{"b"}},
		{"a block in a block", "--- oneonone ---\na\n--- oneonone ---\nb\n--- end of oneonone ---\nc\n--- end of oneonone ---", false, "", []string{"b", "a", "c"}},

		{"HTML", `Hi<br><br>--- oneonone ---<br>Agenda: <a href="http://x/?a&amp;b">http://x/?a&amp;b</a><br>--- end of oneonone ---`, true, "Hi", []string{"Agenda: http://x/?a&b"}},
		{"HTML, client's own breaks", "Hi<br/>\n<BR />--- oneonone ---<br >a&nbsp;b<br>--- end of oneonone ---<br>\n", true, "Hi", []string{"a b"}},
		{"HTML, plain line feeds", "Hi\n\n--- oneonone ---\na\n--- end of oneonone ---", true, "Hi", []string{"a"}},
		{"HTML, own paragraph", "<p>Hi</p><p>--- oneonone ---<br>a<br>--- end of oneonone ---</p>", true, "<p>Hi</p>", []string{"a"}},
		{"HTML, paragraphs", "<p>Hi</p><p>--- oneonone ---</p><p>a</p><p>--- end of oneonone ---</p>", true, "<p>Hi</p>", []string{"a"}},
		{"HTML, inside a paragraph", "<p>Hi<br><br>--- oneonone ---<br>a<br>--- end of oneonone ---</p>", true, "<p>Hi</p>", []string{"a"}},
		{"HTML, inside bold", "<b>Hi<br><br>--- oneonone ---<br>a<br>--- end of oneonone ---</b><br>Bye", true, "<b>Hi</b><br>Bye", []string{"a"}},
		{"HTML, spans", "<span>Hi</span><br><br><span>--- oneonone ---</span><br><i>a</i><br><span>--- end of oneonone ---</span>", true, "<span>Hi</span>", []string{"a"}},
		{"HTML, text behind", "Hi<br><br>--- oneonone ---<br>a<br>--- end of oneonone ---<br>Bye<p>x</p>", true, "Hi<br>Bye<p>x</p>", []string{"a"}},
		{"HTML, a paragraph behind", "--- oneonone ---<br>a<br>--- end of oneonone ---<p>x</p>", true, "<p>x</p>", []string{"a"}},
		{"HTML, a rule behind", "--- oneonone ---<br>a<br>--- end of oneonone ---<hr>x", true, "<hr>x", []string{"a"}},
		{"HTML, joined", JoinBlock("a <b", lines, true), true, "a <b", lines},
		{"plain, joined", JoinBlock("a\r", lines, false), false, "a\r", lines},
	} {
		t.Run(tc.name, func(t *testing.T) {
			human, lines, found := SplitBlock(tc.description, tc.html)
			if !found || human != tc.human {
				t.Errorf("SplitBlock = %q, found %t, want %q", human, found, tc.human)
			}
			if d := cmp.Diff(tc.lines, lines); d != "" {
				t.Errorf("lines (-want +got):\n%s", d)
			}
		})
	}
}

func TestNoBlock(t *testing.T) {
	for _, d := range []string{
		"", "Hello", "--- oneonone ---", "--- oneonone ---\nmine", "--- end of oneonone ---",
		"--- end of oneonone ---\n--- oneonone ---", "oneonone\nend of oneonone",
		"see --- oneonone ---\n--- end of oneonone ---", "> --- oneonone ---\n> --- end of oneonone ---",
	} {
		for _, html := range []bool{false, true} {
			human, lines, found := SplitBlock(d, html)
			if found || human != d || lines != nil {
				t.Errorf("SplitBlock(%q, %t) = %q, %q, %t, want it untouched", d, html, human, lines, found)
			}
			if got := JoinBlock(d, nil, html); got != d {
				t.Errorf("JoinBlock(%q) without lines = %q", d, got)
			}
		}
	}
}

func TestJoinBlock(t *testing.T) {
	got := JoinBlock("Hi", []string{"Agenda: http://x/?a&b.", " a\n<b> ", "", "--- oneonone ---"}, true)
	want := `Hi<br><br>--- oneonone ---<br>Agenda: <a href="http://x/?a&amp;b">http://x/?a&amp;b</a>.<br>a &lt;b&gt;<br>--- end of oneonone ---`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := JoinBlock("Hi", []string{"", "--- end of oneonone ---"}, false); got != "Hi" {
		t.Errorf("a block without lines was written: %q", got)
	}
}

// text draws descriptions that are full of the things that matter here.
func text() *rapid.Generator[string] {
	part := rapid.OneOf(
		rapid.SampledFrom([]string{
			"\n", "\r\n", "\r", " ", "<br>", "<br/>", "<p>", "</p>", "<b>", "</b>", "<", ">", "<a href=\"", "&lt;", "&nbsp;", "\x00", "\xff",
			blockBegin, blockEnd, "\n" + blockBegin + "\n", "\n" + blockEnd + "\n", "<br>" + blockBegin + "<br>", "<br>" + blockEnd + "<br>",
			"\u2014 oneonone \u2014", "oneonone", "end of", "--- ", " ---", "#pin", "Agenda: http://x/",
		}),
		rapid.String(),
	)
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "parts"), "")
	})
}

func cleanLines(raw []string) []string {
	var lines []string
	for _, l := range raw {
		if l = Clean(l); l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

func checkBlock(t interface{ Fatalf(string, ...any) }, description string, raw []string, html bool) {
	human, _, _ := SplitBlock(description, html)
	if again, _, found := SplitBlock(human, html); found {
		t.Fatalf("SplitBlock(%q) left a block in %q, %q without it", description, human, again)
	}
	lines := cleanLines(raw)
	joined := JoinBlock(human, raw, html)
	got, gotLines, found := SplitBlock(joined, html)
	if got != human || found != (len(lines) > 0) || !cmp.Equal(lines, gotLines) {
		t.Fatalf("SplitBlock(JoinBlock(%q, %q, %t)) = %q, %q, %t", human, lines, html, got, gotLines, found)
	}
	if len(lines) == 0 || html {
		return
	}
	crlf := strings.ReplaceAll(joined, "\n", " \r\n")
	if _, gotLines, _ := SplitBlock(crlf, html); !cmp.Equal(lines, gotLines) {
		t.Fatalf("with CRLF and trailing spaces %q gave %q, want %q", crlf, gotLines, lines)
	}
}

func TestBlockRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkBlock(t, text().Draw(t, "description"), rapid.SliceOfN(text(), 0, 3).Draw(t, "lines"), rapid.Bool().Draw(t, "html"))
	})
}

func FuzzBlock(f *testing.F) {
	f.Add("Hello", "Agenda: http://x/\nb", false)
	f.Add("<p>Hello<br><br>--- oneonone ---<br>a<br>--- end of oneonone ---</p>", "a", true)
	f.Add("a\r\n\r\n--- oneonone ---\r\na\r\n--- end of oneonone ---\r\n", "", false)
	f.Fuzz(func(t *testing.T, description, lines string, html bool) {
		checkBlock(t, description, strings.Split(lines, "\n"), html)
	})
}
