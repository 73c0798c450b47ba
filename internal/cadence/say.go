package cadence

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// date tells a day as the addressee's calendar has it.
func (v *view) date(t time.Time) string { return t.In(v.zone).Format("Mon 2 Jan") }

// took tells measured lengths with where they are known from (R20).
func took(ls []Length) string {
	var each []string
	var from []Source
	for i, l := range ls {
		n := fmt.Sprint(rounded(l.Length))
		if i == len(ls)-1 {
			n = minutes(l.Length)
		}
		each = append(each, n)
		if !slices.Contains(from, l.Source) {
			from = append(from, l.Source)
		}
	}
	slices.SortFunc(from, func(a, b Source) int { return a.rank() - b.rank() })
	var sources []string
	for _, s := range from {
		sources = append(sources, s.Words())
	}
	what := "the last measured meeting"
	if len(ls) > 1 {
		what = "the last " + fmt.Sprint(len(ls)) + " measured meetings"
	}
	return what + " took " + list(each) + " (" + list(sources) + ")"
}

// Words says where a length is known from.
func (s Source) Words() string {
	switch s {
	case FromMeet:
		return "from Meet"
	case FromDone:
		return "from “we are done” on the agenda page"
	case FromEnd:
		return "from the end that one of you set in the calendar"
	}
	return "from elsewhere"
}

// list joins words as people do.
func list(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// rounded returns d in whole minutes.
func rounded(d time.Duration) int { return int((d + 30*time.Second) / time.Minute) }

func minutes(d time.Duration) string { return plural(rounded(d), "minute") }

// lasting tells a planned length: "45 minutes", "1 hour", "1 hour and 30 minutes".
func lasting(d time.Duration) string {
	m := rounded(d)
	switch {
	case m < 60:
		return plural(m, "minute")
	case m%60 == 0:
		return plural(m/60, "hour")
	}
	return plural(m/60, "hour") + " and " + plural(m%60, "minute")
}

// every tells a period: "6 weeks", "10 days", "week".
func every(d time.Duration) string {
	n := inDays(d)
	unit := "day"
	if n%7 == 0 {
		n, unit = n/7, "week"
	}
	if n == 1 {
		return unit
	}
	return plural(n, unit)
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// count writes small numbers as words.
func count(n int) string {
	words := []string{"none", "one", "two", "three", "four"}
	if n >= 0 && n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n)
}

// times tells how often something happens.
func times(n int) string {
	switch {
	case n <= 0:
		return "never"
	case n == 1:
		return "once"
	case n == 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// longestText is how much of a text from outside is shown, in characters.
const longestText = 500

// line makes one line of a text that comes from outside, without what could turn
// the words around it about, and not endless.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > longestText {
		s = string(r[:longestText-1]) + "…"
	}
	return s
}

// called is what somebody is called: one short line, never empty.
func called(name string) string {
	name = line(name)
	if r := []rune(name); len(r) > 60 {
		name = string(r[:59]) + "…"
	}
	if name == "" {
		return "the other person"
	}
	return name
}
