package engine_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
)

// askedOnce is a suggestion as its addressee sees it.
type askedOnce struct {
	c           *couple
	who         *folk
	uid         string
	title, text string
	kind        string // by its title
	at, gone    time.Time
	answers     []string
	answered    time.Time
	state       string // what the program's books say in the end
	words       string
}

// answer is the last thing that was said.
func (a *askedOnce) answer() string {
	if len(a.answers) == 0 {
		return ""
	}
	return a.answers[len(a.answers)-1]
}

// kindsByTitle read the title as a person does.
var kindsByTitle = []struct {
	kind string
	re   *regexp.Regexp
}{
	{"move", regexp.MustCompile(`^Suggestion: move the 1:1 with \w+ to `)},
	{"make-up", regexp.MustCompile(`^Suggestion: (15 minutes|a quarter of an hour) with \w+, `)},
	{"return", regexp.MustCompile(`^Suggestion: catch up with \w+ after the break`)},
	{"catch-up", regexp.MustCompile(`^Suggestion: catch up with \w+, `)},
	{"retime", regexp.MustCompile(`^Suggestion: 1:1 with \w+ (on \w+days|every other \w+day) at `)},
	{"taper", regexp.MustCompile(`^Suggestion: 1:1 with \w+ twice a week$`)},
	{"weekly", regexp.MustCompile(`^Suggestion: 1:1 with \w+ every week$`)},
	{"two weeks", regexp.MustCompile(`^Suggestion: 1:1 with \w+ every two weeks$`)},
	{"separate", regexp.MustCompile(`^Suggestion: a meeting of its own with \w+ for the biggest topic`)},
	{"reconnect", regexp.MustCompile(`^Suggestion: meet \w+ again`)},
}

// makes reports whether a yes to the kind makes a single meeting, changes
// whether it changes a series.
func makes(kind string) bool {
	return slices.Contains([]string{"make-up", "return", "catch-up", "separate", "reconnect"}, kind)
}

func changes(kind string) bool {
	return slices.Contains([]string{"retime", "taper", "weekly", "two weeks"}, kind)
}

// seeSuggestions looks for new suggestions in all calendars, and for those that
// have gone.
func (y *year) seeSuggestions() {
	y.Helper()
	open := map[*couple][]string{}
	there := map[string]bool{}
	for _, f := range y.folks {
		if f.site == elsewhere {
			continue
		}
		for _, uid := range slices.Sorted(maps.Keys(y.read(f))) {
			t := y.read(f)[uid]
			if t.master.Own != calendar.OwnSuggestion {
				continue
			}
			there[f.name+uid] = true
			a := y.asked[f.name+uid]
			if a == nil {
				a = y.firstSeen(f, t)
				y.asked[f.name+uid] = a
			}
			open[a.c] = append(open[a.c], a.title)
		}
	}
	for c, titles := range open {
		if len(titles) > 1 {
			y.wrong("%s has %d suggestions at the same time: %q", c, len(titles), titles)
		}
	}
	for key, a := range y.asked {
		if !there[key] && a.gone.IsZero() {
			a.gone = y.now
		}
	}
}

// firstSeen notes a suggestion and decides what its addressee will say to it.
func (y *year) firstSeen(f *folk, t *thread) *askedOnce {
	y.Helper()
	a := &askedOnce{who: f, uid: t.master.UID, title: t.title, text: t.master.Description, at: y.now}
	for _, c := range y.couplesOf(f) {
		other := c.guest
		if other == f {
			other = c.organizer
		}
		if regexp.MustCompile(`\b` + other.title() + `\b`).MatchString(t.title) {
			a.c = c
		}
	}
	for _, k := range kindsByTitle {
		if k.re.MatchString(t.title) {
			a.kind = k.kind
		}
	}
	if a.c == nil || a.kind == "" {
		y.Fatalf("%s was asked something that nobody understands: %q", f.name, t.title)
	}
	for _, old := range a.c.askedOf {
		y.repeats(old, a)
	}
	a.c.askedOf = append(a.c.askedOf, a)
	a.c.note(y.now, "%s is asked: %s | %s", f.name, strings.TrimPrefix(a.title, "Suggestion: "), strings.Split(a.text, "\n")[0])
	y.makeUpMind(a)
	return a
}

// repeats checks R28: what was refused does not come back for 8 weeks.
func (y *year) repeats(old, now *askedOnce) {
	y.Helper()
	if old.answered.Before(y.lostAt) {
		return // The program has lost what it knew of that.
	}
	no := old.answer() == "declined" || old.answer() == "deleted"
	if !no || old.kind != now.kind || y.now.Sub(old.answered) >= 56*24*time.Hour {
		return
	}
	if onOne := slices.Contains([]string{"move", "make-up", "return"}, now.kind); onOne && old.text != now.text {
		return // It is about another meeting.
	}
	y.wrong("%s: %q comes back %.0f days after the no to %q", now.c, now.title, y.now.Sub(old.answered).Hours()/24, old.title)
}

// makeUpMind plans the answer to a suggestion, or none.
func (y *year) makeUpMind(a *askedOnce) {
	say := ""
	if a.c.replies != nil {
		say = a.c.replies(a.title, y.now)
	}
	if say == "" {
		say = []string{"accepted", "accepted", "accepted", "accepted", "accepted", "declined", "declined", "deleted", "", "tentative"}[y.dice.IntN(10)]
	}
	if say == "" {
		return
	}
	at := y.now.Add(time.Duration(10+y.dice.IntN(40*60)) * time.Minute)
	y.at(at, func() { y.reply(a, say) })
	switch y.dice.IntN(10) {
	case 0: // the same once more
		y.at(at.Add(quarter/3), func() { y.reply(a, say) })
	case 1: // another mind, before or after anybody has seen the first answer
		y.at(at.Add(time.Duration(y.dice.IntN(40))*time.Minute), func() { y.reply(a, []string{"accepted", "declined"}[y.dice.IntN(2)]) })
	}
}

// reply answers a suggestion that is still there.
func (y *year) reply(a *askedOnce, say string) {
	y.Helper()
	t := y.read(a.who)[a.uid]
	if t == nil {
		return
	}
	a.answers, a.answered = append(a.answers, say), y.now
	a.c.note(y.now, "%s says %s to %s", a.who.name, say, strings.TrimPrefix(a.title, "Suggestion: "))
	s := stand{uid: a.uid}
	switch {
	case say != "deleted":
		y.answer(a.who, s, say)
	case a.who.site == onGoogle:
		y.google.Delete(a.who.address(), t.name)
	default:
		y.dav(a.who.site).Delete(a.who.name, "work", t.name+".ics")
	}
	y.touched()
}

// agreedMove reports whether c has said yes to a move lately.
func (y *year) agreedMove(c *couple) bool {
	return slices.ContainsFunc(c.askedOf, func(a *askedOnce) bool {
		return a.kind == "move" && a.answer() == "accepted" && y.now.Sub(a.answered) < 72*time.Hour
	})
}

// lastAccepted is the title of what c has said yes to last.
func (y *year) lastAccepted(c *couple) string {
	var last *askedOnce
	for _, a := range c.askedOf {
		if a.answer() == "accepted" && changes(a.kind) && (last == nil || a.answered.After(last.answered)) {
			last = a
		}
	}
	if last == nil {
		return ""
	}
	return strings.TrimPrefix(last.title, "Suggestion: ")
}
