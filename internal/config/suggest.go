package config

import "strings"

// Suggest returns the one of words that somebody who wrote word most likely
// meant, "" if there is none: the nearest one, at most two letters off, else the
// only one that has word in it or is in it. Case does not count.
func Suggest(word string, words []string) string {
	if w := nearest(word, words, 2); w != "" || len(word) < 3 {
		return w
	}
	found := ""
	for _, w := range words {
		low, lowWord := strings.ToLower(w), strings.ToLower(word)
		if !strings.Contains(low, lowWord) && !strings.Contains(lowWord, low) {
			continue
		}
		if found != "" {
			return ""
		}
		found = w
	}
	return found
}

// nearest returns the nearest one of words, "" if none has at most so many
// letters wrong, missing, too many or swapped, and at most half of its own.
func nearest(word string, words []string, most int) string {
	best, least := "", most+1
	for _, w := range words {
		if len(word) > len(w)+most || len(w) > len(word)+most {
			continue
		}
		d := distance(strings.ToLower(word), strings.ToLower(w))
		if d < least && 2*d <= len(w) {
			best, least = w, d
		}
	}
	return best
}

// distance returns the number of letters to change, add, leave out or swap with
// their neighbour to make b of a (optimal string alignment).
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// didYouMean returns a hint that names the word that was meant, or all words.
func didYouMean(word string, words []string, all string) string {
	if w := Suggest(word, words); w != "" {
		return "did you mean " + quote(w) + "?"
	}
	return all + ": " + strings.Join(words, ", ")
}
