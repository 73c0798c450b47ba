package agenda

import (
	"bytes"
	"html"
	"iter"
	"strings"
)

// Descriptions in HTML are read with a tokenizer that takes any text: a tag is
// "<", a letter or "/", then anything but angle brackets, then ">"; all else is
// text. Text that people wrote is copied, never re-written, so that nothing
// outside the block can change.

// tag is what the program has to know about one HTML tag.
type tag struct {
	name   string
	opens  bool
	closes bool
}

// tagOf reads s, which is one whole tag; the zero tag if it is none.
func tagOf(s string) tag {
	if len(s) < 3 || s[0] != '<' || s[len(s)-1] != '>' {
		return tag{}
	}
	body := s[1 : len(s)-1]
	if strings.ContainsAny(body, "<>") {
		return tag{}
	}
	rest, closes := strings.CutPrefix(body, "/")
	n := 0
	for n < len(rest) && (isLetter(rest[n]) || n > 0 && (rest[n] >= '0' && rest[n] <= '9' || rest[n] == '-')) {
		n++
	}
	if n == 0 {
		return tag{}
	}
	t := tag{name: strings.ToLower(rest[:n]), closes: closes}
	switch t.name {
	case "br", "hr", "img", "wbr", "input", "meta", "link":
		t.closes = false
	default:
		t.opens = !closes && !strings.HasSuffix(body, "/")
	}
	return t
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// endsLine reports whether a browser begins a new line at the tag.
func (t tag) endsLine() bool {
	switch t.name {
	case "br", "hr", "p", "div", "ul", "ol", "li", "table", "tr", "blockquote", "pre",
		"h1", "h2", "h3", "h4", "h5", "h6", "html-blob", "body", "html":
		return true
	}
	return false
}

// tokens yields the tags and the texts between them, in order and complete.
func tokens(s string) iter.Seq2[string, tag] {
	return func(yield func(string, tag) bool) {
		text := 0 // where the text that has not been yielded begins
		for at := 0; at < len(s); {
			i := strings.IndexByte(s[at:], '<')
			if i < 0 {
				break
			}
			at += i
			n := strings.IndexAny(s[at+1:], "<>")
			if n < 0 {
				break
			}
			t := tagOf(s[at : at+n+2])
			if t.name == "" {
				at += n + 1
				continue
			}
			if text < at && !yield(s[text:at], tag{}) {
				return
			}
			if !yield(s[at:at+n+2], t) {
				return
			}
			at += n + 2
			text = at
		}
		if text < len(s) {
			yield(s[text:], tag{})
		}
	}
}

// htmlLines yields the lines of an HTML text as a browser, or Google Calendar,
// which also shows a plain line feed as a new line, would.
func htmlLines(s string) iter.Seq[line] {
	return func(yield func(line) bool) {
		start, at := 0, 0
		var text strings.Builder
		breakAt := func(stop, next int) bool {
			l := line{start: start, stop: stop, next: next, text: plain(html.UnescapeString(text.String()))}
			start = next
			text.Reset()
			return yield(l)
		}
		for token, t := range tokens(s) {
			from := at
			at += len(token)
			if t.endsLine() && !breakAt(from, at) {
				return
			}
			if t.name != "" {
				continue
			}
			for l := range plainLines(token) {
				text.WriteString(token[l.start:l.stop])
				if l.next > l.stop && !breakAt(from+l.stop, from+l.next) {
					return
				}
			}
		}
		if start < len(s) {
			breakAt(len(s), len(s))
		}
	}
}

// htmlLine writes a clean line as HTML, with its web addresses as links.
func htmlLine(clean string) string {
	words := strings.Split(clean, " ")
	for i, word := range words {
		address := strings.TrimRight(word, ".,;:!?)")
		words[i] = html.EscapeString(word)
		if strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://") {
			a := html.EscapeString(address)
			words[i] = `<a href="` + a + `">` + a + `</a>` + html.EscapeString(word[len(address):])
		}
	}
	return strings.Join(words, " ")
}

// cutHTMLGap takes the break and the empty line that JoinBlock wrote before the
// block off the end of out, also where a client changed them.
func cutHTMLGap(out []byte) []byte {
	if cut, ok := bytes.CutSuffix(out, []byte("<br><br>")); ok {
		return cut
	}
	for n := range 2 {
		cut := bytes.TrimRight(out, " \t\r\n")
		t, i := lastTag(cut)
		if t.name != "br" {
			if n == 0 {
				return cutGap(out)
			}
			break
		}
		out = cut[:i]
	}
	return out
}

// keepUnbalanced appends those tags of the removed text whose partners stand
// outside it, so that a client's tags around the block stay in pairs.
func keepUnbalanced(out []byte, removed string) []byte {
	type open struct {
		name string
		at   int // in kept
	}
	var kept []string
	var stack []open
	for token, t := range tokens(removed) {
		switch {
		case t.opens:
			stack = append(stack, open{name: t.name, at: len(kept)})
			kept = append(kept, token)
		case t.closes && len(stack) > 0 && stack[len(stack)-1].name == t.name:
			kept[stack[len(stack)-1].at] = ""
			stack = stack[:len(stack)-1]
		case t.closes:
			kept = append(kept, token)
		}
	}
	for _, token := range kept {
		if token != "" {
			out = appendTag(out, token)
		}
	}
	return out
}

// keepTags appends the tags of a blank text, breaks excepted.
func keepTags(out []byte, blank string) []byte {
	for token, t := range tokens(blank) {
		if t.name != "" && t.name != "br" {
			out = appendTag(out, token)
		}
	}
	return out
}

// appendTag appends a tag. A closing tag directly behind its opening one takes
// that away instead: an element that the removal left empty goes with the block.
func appendTag(out []byte, token string) []byte {
	if t := tagOf(token); t.closes {
		if last, i := lastTag(out); last.opens && last.name == t.name {
			return out[:i]
		}
	}
	return append(out, token...)
}

// lastTag returns the tag at the very end of out and where it begins. It looks
// back a bounded way, so that a hostile description cannot make it slow.
func lastTag(out []byte) (tag, int) {
	const farthest = 1 << 10
	from := max(0, len(out)-farthest)
	i := bytes.LastIndexByte(out[from:], '<')
	if i < 0 {
		return tag{}, 0
	}
	return tagOf(string(out[from+i:])), from + i
}

// isGap reports whether s is a break that JoinBlock could have written.
func isGap(s string) bool { return !strings.HasPrefix(s, "<") || tagOf(s).name == "br" }
