package agenda

import (
	"html"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on what is taken from one description: anybody can write anything into
// one, and a page has to stay a page.
const (
	mostTopics   = 20
	longestTopic = 200 // characters
)

// Topics returns the lines that a person wrote under "Agenda:" in a description
// (DESIGN §3), in their order, each once, as text without tags, bullets and
// invisible characters; nil when there are none. At most 20 are taken, and
// longer ones than 200 characters are cut.
//
// The lines begin behind one that says nothing but "Agenda:", in any letter
// case. They end at the first empty line behind one of them, at a line of dashes
// or the like, at the program's own block, which is not read, or with the
// description. There may be several such lists.
//
// A description in HTML is read as a browser shows it. So is one that should be
// plain but holds line breaks in HTML: Google sends such ones to other servers.
func Topics(description string, html bool) []string {
	if !strings.ContainsAny(description, ":&") { // a colon as it is, or as an entity
		return nil
	}
	lines := plainTexts
	if html || breaksInHTML(description) {
		lines = shownTexts
	}
	r := topicReader{before: noBlock}
	for text := range lines(description) {
		r.line(text)
	}
	if len(r.topics) == 0 {
		return nil
	}
	return r.topics
}

// noBlock says that no block of the program's has begun.
const noBlock = -1

// topicReader collects topics line by line.
type topicReader struct {
	topics []string
	inList bool
	begun  bool // the list has a topic, so that an empty line ends it
	before int  // how many topics there were when the program's block began
}

func (r *topicReader) line(text string) {
	switch k := kindOf(text); {
	case k == beginMarker:
		r.inList, r.before = false, len(r.topics)
	case k == endMarker:
		// As in SplitBlock, a block without an end is what people wrote.
		if r.inList = false; r.before != noBlock {
			r.topics, r.before = r.topics[:r.before], noBlock
		}
	case strings.EqualFold(text, "agenda:"):
		r.inList, r.begun = true, false
	case !r.inList:
	case text == "":
		r.inList = !r.begun
	case isRule(text):
		r.inList = false
	default:
		r.begun = true
		r.add(withoutBullet(text))
	}
}

func (r *topicReader) add(topic string) {
	if utf8.RuneCountInString(topic) > longestTopic {
		topic = strings.TrimSpace(string([]rune(topic)[:longestTopic-1])) + "…"
	}
	if topic == "" || len(r.topics) == mostTopics {
		return
	}
	for _, t := range r.topics {
		if strings.EqualFold(t, topic) {
			return
		}
	}
	r.topics = append(r.topics, topic)
}

// isRule reports whether a line only separates: people draw lines of dashes,
// and conference services put "-::~:~::~:~" or "________" before what they add.
func isRule(text string) bool {
	const shortest = 3
	return utf8.RuneCountInString(text) >= shortest && !strings.ContainsFunc(text, func(r rune) bool {
		drawn := unicode.IsPunct(r) || unicode.Is(unicode.Sm, r) || unicode.IsSpace(r) || '\u2500' <= r && r <= '\u257f'
		return !drawn
	})
}

// withoutBullet takes what marks an entry of a list off a line: "-", "*", "•"
// and their likes, "1." or "2)". A minus before a number, a star that begins an
// emphasis and a decimal point are none.
func withoutBullet(text string) string {
	for {
		rest, ok := cutBullet(text)
		if !ok {
			return text
		}
		text = strings.TrimSpace(rest)
	}
}

func cutBullet(text string) (rest string, ok bool) {
	first, size := utf8.DecodeRuneInString(text)
	rest = text[size:]
	next, _ := utf8.DecodeRuneInString(rest)
	alone := rest == "" || unicode.IsSpace(next)
	switch {
	case strings.ContainsRune("•◦‣▪●○■□·⁃", first):
		return rest, true
	case strings.ContainsRune("-–—", first):
		return rest, alone || unicode.IsLetter(next)
	case strings.ContainsRune("*+", first):
		return rest, alone
	}
	const digits = 2 // more make a year
	n := 0
	for n < len(text) && n < digits && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	if n == 0 || n == len(text) || text[n] != '.' && text[n] != ')' {
		return text, false
	}
	rest = text[n+1:]
	return rest, rest == "" || rest[0] == ' '
}

// plainTexts yields the lines of a plain text.
func plainTexts(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for l := range plainLines(s) {
			if !yield(l.text) {
				return
			}
		}
	}
}

// shownTexts yields the lines of an HTML text that a reader sees, empty ones
// too. The edge of a paragraph or of an entry of a list ends a line and makes no
// empty one, a <br> and a line across do. A line feed ends a line of text, as in Google Calendar;
// beside a tag it only makes the source legible.
func shownTexts(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		var text strings.Builder
		fed := false // a line feed ended the line before
		end := func() bool {
			seen := plain(html.UnescapeString(text.String()))
			text.Reset()
			return yield(seen)
		}
		for token, t := range tokens(s) {
			switch {
			case t.name == "":
				for l := range plainLines(token) {
					text.WriteString(token[l.start:l.stop])
					switch {
					case l.next == l.stop:
					case !fed && isSpace(text.String()):
						text.Reset()
					default:
						if fed = true; !end() {
							return
						}
					}
				}
			case t.endsLine():
				fed = false
				if (t.name == "br" || !isSpace(text.String())) && !end() || t.name == "hr" && !yield("") {
					return
				}
				text.Reset()
			}
		}
		end()
	}
}

// isSpace reports whether HTML shows nothing for text. A no-break space is shown.
func isSpace(text string) bool { return strings.Trim(text, " \t\r\n\f") == "" }

// breaksInHTML reports whether s holds a tag at which a new line begins.
func breaksInHTML(s string) bool {
	for _, t := range tokens(s) {
		if t.endsLine() {
			return true
		}
	}
	return false
}
