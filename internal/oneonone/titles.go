package oneonone

import (
	"strings"
	"unicode"
)

// MatchesTitle reports whether any of words stands in title as whole words,
// without regard to case: "out of office" is in "Ann: Out of Office!", but
// "ooo" is not in "Coool". A plural s is no other word: "Interviews" matches
// "interview".
func MatchesTitle(title string, words []string) bool {
	t := split(title)
	for _, w := range words {
		if containsRun(t, split(w)) {
			return true
		}
	}
	return false
}

// split returns the words of s in lower case.
func split(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

func containsRun(text, run []string) bool {
	if len(run) == 0 {
		return false
	}
	for i := 0; i+len(run) <= len(text); i++ {
		if equalRun(text[i:i+len(run)], run) {
			return true
		}
	}
	return false
}

func equalRun(text, run []string) bool {
	for i, w := range run {
		if text[i] != w && text[i] != w+"s" {
			return false
		}
	}
	return true
}
