package agenda

import (
	"strings"
	"testing"

	"oneonone/internal/calendar"
)

func TestTags(t *testing.T) {
	moved := Lines(testLink, Moved(calendar.Mark{}, nil, "Ann is not available then.", ""))
	type tags struct{ pin, ignore, oneOnOne bool }
	for _, tc := range []struct {
		name        string
		title       string
		description string
		html        bool
		want        tags
	}{
		{"none", "Ann / Bob", "hello", false, tags{}},
		{"title", "Ann / Bob #pin", "", false, tags{pin: true}},
		{"any case", "#PIN", "#Ignore #1On1", false, tags{true, true, true}},
		{"punctuation", "(#pin)", "x,#ignore.", false, tags{pin: true, ignore: true}},
		{"part of a word", "#pinned #pin-board #pin_it #1on1s a#pin", "", false, tags{}},
		{"end of an address", "", "http://x/#pin", false, tags{}},
		{"a second one counts", "#pinned #pin", "", false, tags{pin: true}},
		{"lines", "", "a\n#pin\nb", false, tags{pin: true}},
		{"HTML", "", "a<br><b>#pin</b>&nbsp;b", true, tags{pin: true}},
		{"HTML entity", "", "&#35;ignore", true, tags{ignore: true}},
		{"HTML entities by name and in hexadecimal", "", "&num;pin &#x23;ignore", true, tags{pin: true, ignore: true}},
		{"an entity in a plain description is five characters", "", "&#35;pin &num;pin", false, tags{}},
		{"HTML, tags inside the word", "", "<p>a</p><p><b>#</b>p<i>i</i>n</p>", true, tags{pin: true}},
		{"HTML, letters set apart", "", "<b>#pin</b>board, x<b>#ignore</b>", true, tags{}},
		{"HTML, a list", "", "<ul><li>#1on1</li><li>#ignore</li></ul>", true, tags{ignore: true, oneOnOne: true}},
		{"invisible characters around it", "\u200b#pin\u200b", "a\u00a0#ignore\ufeff", false, tags{pin: true, ignore: true}},
		{"HTML attribute", "", `<a href="/ #pin">x</a>`, true, tags{}},
		{"HTML in a plain description", "", "a<br>#pin<br>", false, tags{pin: true}},
		{"our own block", "", JoinBlock("a", moved, false), false, tags{}},
		{"our own block, HTML", "", JoinBlock("a", moved, true), true, tags{}},
		{"our own block, cut short", "", strings.TrimSuffix(JoinBlock("a", moved, false), blockEnd), false, tags{}},
		{"our own block, cut short and wrapped", "", blockBegin + "\nMoved. To keep a time, drag it there; to stop\n moves, write #pin.", false, tags{}},
		{"beside our own block", "", JoinBlock("#pin", moved, false), false, tags{pin: true}},
		{"behind our own block", "", JoinBlock("a", moved, false) + "\n#pin", false, tags{pin: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got tags
			got.pin, got.ignore, got.oneOnOne = Tags(tc.title, tc.description, tc.html)
			if got != tc.want {
				t.Errorf("Tags(%q, %q) = %+v, want %+v", tc.title, tc.description, got, tc.want)
			}
		})
	}
}

func FuzzTags(f *testing.F) {
	f.Add("#pin", "a<br>#1on1", true)
	f.Fuzz(func(t *testing.T, title, description string, html bool) {
		joined := JoinBlock(description, []string{"Agenda: " + testLink, Moved(calendar.Mark{}, nil, "Ann is away.", "")}, html)
		p, i, o := Tags(title, description, html)
		if p2, i2, o2 := Tags(title, joined, html); p != p2 || i != i2 || o != o2 {
			t.Fatalf("our block changed the tags of %q", description)
		}
	})
}
