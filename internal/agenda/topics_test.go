package agenda

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTopics(t *testing.T) {
	block := Lines(testLink, testMoved)
	for _, tc := range []struct {
		name        string
		description string
		html        bool
		want        []string
	}{
		{"none", "Bring cake\nAgenda", false, nil},
		{"lines", "Agenda:\nRelease\nHoliday in May", false, []string{"Release", "Holiday in May"}},
		{"any letter case, CRLF, white space", "Hello\r\n  aGENDA: \r\n\tRelease \r\n", false, []string{"Release"}},
		{"text on the same line is none", "Agenda: see below\nRelease", false, nil},
		{"another word", "No agenda:\nRelease", false, nil},
		{"an empty line before the first", "Agenda:\n\n\nRelease", false, []string{"Release"}},
		{"to the first empty line", "Agenda:\nRelease\n \nDial 1234", false, []string{"Release"}},
		{"two lists", "Agenda:\na\n\nx\n\nAGENDA:\nb", false, []string{"a", "b"}},
		{"a list begun anew", "Agenda:\na\nAgenda:\nb\n\nc", false, []string{"a", "b"}},
		{"the same line twice", "Agenda:\n- Release\n* release\n", false, []string{"Release"}},
		{"bullets", "Agenda:\n- a\n* b\n• c\n1. d\n2) e\n–f\n-g\n·h\n12. i\n- * j\n-\n+ k", false,
			[]string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"}},
		{"no bullets", "Agenda:\n-5 % budget\n*important* things\n1.5 million\n2027. a plan\n3D", false,
			[]string{"-5 % budget", "*important* things", "1.5 million", "2027. a plan", "3D"}},
		{"a line across", "Agenda:\na\n-----\nJoin the call", false, []string{"a"}},
		{"a conference's line across", "Agenda:\na\n-::~:~::~:~:~:~:~:~::~:~::-\nJoin with Google Meet", false, []string{"a"}},
		{"a drawn line across", "Agenda:\na\n──────────\nZoom", false, []string{"a"}},

		{"our own block", JoinBlock("Agenda:\na", block, false), false, []string{"a"}},
		{"behind our own block", JoinBlock("Agenda:\na", block, false) + "\nb", false, []string{"a"}},
		{"a list behind our own block", JoinBlock("x", block, false) + "\nAgenda:\nb", false, []string{"b"}},
		{"our own block, wrapped by a client", blockBegin + "\nAgenda:\n" + testLink + "\n" + blockEnd, false, nil},
		{"our own block without its end", "Agenda:\na\n" + blockBegin + "\nx\nAgenda:\nb", false, []string{"a", "b"}},
		{"an end without a block", "Agenda:\na\n" + blockEnd + "\nx", false, []string{"a"}},

		{"HTML, breaks", "Hi<br><b>Agenda:</b><br>- Release<br/>Holiday &amp; cake<br><br>Bye", true, []string{"Release", "Holiday & cake"}},
		{"HTML, a list", "Agenda:<ul><li>Release</li><li>Holi<i>day</i></li></ul>Bye", true, []string{"Release", "Holiday", "Bye"}},
		{"HTML, a list and an empty line", "Agenda:<br><ul><li>Release</li><li>Holiday</li></ul><br>Bye", true, []string{"Release", "Holiday"}},
		{"HTML, a legible source", "<p>Agenda:</p>\n<ol>\n  <li>Release</li>\n\n  <li>Holiday</li>\n</ol>\n<p>&nbsp;</p>\n<p>Bye</p>", true, []string{"Release", "Holiday"}},
		{"HTML, paragraphs", "<p>Agenda:</p><p>Release</p><p>Holiday</p><p></p><p>Raise</p>", true, []string{"Release", "Holiday", "Raise"}},
		{"HTML, divisions", "<div>Agenda:</div><div>Release<br></div><div>Holiday</div><div><br></div><div>Bye</div>", true, []string{"Release", "Holiday"}},
		{"HTML, line feeds", "Agenda:\nRelease\nHoliday\n\nBye", true, []string{"Release", "Holiday"}},
		{"HTML, a break and a line feed are one", "Agenda:<br>\nRelease<br>\nHoliday<br>\n<br>\nBye", true, []string{"Release", "Holiday"}},
		{"HTML, no-break spaces", "Agenda:&nbsp;<br>&nbsp;-&nbsp;Release<br>&nbsp;<br>Bye", true, []string{"Release"}},
		{"HTML, a line across", "Agenda:<br>Release<hr>Bye", true, []string{"Release"}},
		{"HTML, the heading in pieces", "<b>Ag</b>en&#100;a&colon;<br>Release", true, []string{"Release"}},
		{"HTML, our own block", JoinBlock("Agenda:<br>a", block, true), true, []string{"a"}},
		{"HTML, behind our own block", JoinBlock("Agenda:<br>a", block, true) + "<br>b", true, []string{"a"}},
		{"HTML sent to a plain server", "Agenda:<br>Release &amp; more<ul><li>Holiday</li></ul>", false, []string{"Release & more", "Holiday"}},
		{"a bracket is no HTML", "Agenda:\na <b and c> &amp; d", false, []string{"a <b and c> &amp; d"}},
		{"hostile", `Agenda:<br><script>alert(1)</script><img src=x onerror=y><a href="javascript:x">&lt;b&gt;</a>`, true, []string{"alert(1)<b>"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, Topics(tc.description, tc.html)); d != "" {
				t.Errorf("Topics(%q) (-want +got):\n%s", tc.description, d)
			}
		})
	}
}

func TestTopicsAreBounded(t *testing.T) {
	many := "Agenda:\n"
	for i := range 100 {
		many += strings.Repeat("x", i+1) + "\n"
	}
	if got := len(Topics(many, false)); got != mostTopics {
		t.Errorf("%d topics were taken", got)
	}
	long := Topics("Agenda:\n"+strings.Repeat("é ", 5000), false)
	if len(long) != 1 || utf8.RuneCountInString(long[0]) > longestTopic || !strings.HasSuffix(long[0], "é…") {
		t.Errorf("a long line became %q", long)
	}
}

// TestTopicsInBothForms writes the same list as text and as HTML.
func TestTopicsInBothForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Za-z][a-z0-9&;]{0,9}( [a-z'"]{1,9}){0,2}`), 1, mostTopics, strings.ToLower).Draw(t, "topics")
		text, breaks, list := "Agenda:", "Agenda:", "<p>Agenda:</p><ul>"
		for _, w := range want {
			text += "\n- " + w
			breaks += "<br>" + htmlLine(w)
			list += "<li>" + htmlLine(w) + "</li>"
		}
		list += "</ul>"
		for _, tc := range []struct {
			description string
			html        bool
		}{{text, false}, {breaks, true}, {list, true}} {
			if d := cmp.Diff(want, Topics(JoinBlock(tc.description, Lines(testLink), tc.html), tc.html)); d != "" {
				t.Fatalf("Topics(%q) (-want +got):\n%s", tc.description, d)
			}
		}
	})
}

func FuzzTopics(f *testing.F) {
	f.Add("Agenda:\n- a\n\nb", false)
	f.Add("Agenda:<br><ul><li>a</li></ul>&nbsp;<p>b", true)
	f.Add("Agenda:\na\n--- oneonone ---\nAgenda:\nx\n--- end of oneonone ---", false)
	f.Fuzz(func(t *testing.T, description string, html bool) {
		topics := Topics(description, html)
		if len(topics) > mostTopics {
			t.Fatalf("%d topics", len(topics))
		}
		for _, topic := range topics {
			if topic == "" || !utf8.ValidString(topic) || utf8.RuneCountInString(topic) > longestTopic ||
				topic != plain(topic) || strings.ContainsFunc(topic, unicode.IsControl) {
				t.Fatalf("topic %q", topic)
			}
		}
		joined := JoinBlock(description, []string{"Agenda: " + testLink, testMoved}, html)
		if d := cmp.Diff(topics, Topics(joined, html)); d != "" {
			t.Fatalf("our block changed the topics of %q:\n%s", description, d)
		}
	})
}
