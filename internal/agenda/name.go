package agenda

import (
	"strings"
	"unicode"
)

// longestName is how much of a name a page shows, in characters.
const longestName = 60

// displayName returns a name as a page shows it: one line, not endless, unable to turn
// the text around it about, and never empty. Names come from calendars, where
// anybody can write anything.
func displayName(s string) string {
	s = plain(s)
	if r := []rune(s); len(r) > longestName {
		s = string(r[:longestName-1]) + "…"
	}
	if s == "" {
		return "Somebody"
	}
	if strings.ContainsFunc(s, rightToLeft) {
		const isolate, end = "\u2068", "\u2069"
		return isolate + s + end
	}
	return s
}

func rightToLeft(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko)
}
