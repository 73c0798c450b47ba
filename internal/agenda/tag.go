package agenda

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Tags reads the tags that people write into the title or the description of an
// event (DESIGN §3): #pin, #ignore and #1on1, as whole words, in any letter case;
// in HTML as a browser shows them, so tags around or inside a word and entities
// make no difference. The program's own block is not read, and neither is its advice to write #pin
// where a damaged or quoted block left it behind.
func Tags(title, description string, html bool) (pin, ignore, oneOnOne bool) {
	if !strings.Contains(title, "#") && !strings.Contains(description, "#") && !strings.Contains(description, "&num;") {
		return false, false, false
	}
	look := func(text string) {
		text = strings.ReplaceAll(strings.ToLower(plain(text)), pinAdvice, "")
		pin = pin || hasWord(text, "#pin")
		ignore = ignore || hasWord(text, "#ignore")
		oneOnOne = oneOnOne || hasWord(text, "#1on1")
	}
	look(title)
	people, _, _ := SplitBlock(description, html)
	if !html {
		look(people)
		return pin, ignore, oneOnOne
	}
	var text strings.Builder
	for l := range htmlLines(people) {
		text.WriteString(l.text + " ")
	}
	look(text.String())
	return pin, ignore, oneOnOne
}

// hasWord reports whether word stands in text by itself: behind the beginning,
// white space or an opening character, so that the end of a web address is
// none, and not as the beginning of a longer word.
func hasWord(text, word string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at+i])
		at += i + len(word)
		after, _ := utf8.DecodeRuneInString(text[at:])
		begins := before == utf8.RuneError || unicode.IsSpace(before) || strings.ContainsRune("([{<>\"'“„‘«,;", before)
		goesOn := after == '-' || after == '_' || unicode.IsLetter(after) || unicode.IsNumber(after)
		if begins && !goesOn {
			return true
		}
	}
}
