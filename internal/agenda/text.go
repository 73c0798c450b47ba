package agenda

import (
	"strings"
	"time"
)

// Style is what a line of a document is.
type Style int

// The styles of lines.
const (
	Plain   Style = iota
	Title         // names the meeting and begins its section
	Heading       // begins a part of the meeting
	Bullet        // a question or a starting point
	Box           // a topic or an agreement; its text begins with its state, "[ ]" or "[x]"
)

// Line is one line of a document that people edit. Its text is clean: valid
// UTF-8, one line, no control characters.
type Line struct {
	Style Style
	Text  string
}

// The states of a Box as they are written.
const (
	openBox = "[ ] "
	doneBox = "[x] "
)

// The headings under which agreements stand, whoever meets.
const (
	headingAgreed  = "What we agreed before"
	headingOutcome = "Before we part"
)

// Item is a topic or an agreement in a document.
type Item struct {
	Heading string // of the part that it stands in
	Text    string // without its state, never empty
	Done    bool
}

// Lines renders the page as the section of a document in which people write. It
// begins with the page's only Title. What is open of earlier meetings stands
// where it belongs: a topic again under its heading, and an agreement, or what
// the page has no heading for, under what was agreed before.
func (p Page) Lines(open []Item) []Line {
	carried := p.carry(open)
	lines := []Line{{Title, p.When()}}
	add := func(style Style, text string) {
		if text = plain(text); text != "" {
			lines = append(lines, Line{style, text})
		}
	}
	for i, s := range p.Sections {
		add(Heading, s.Heading)
		add(Plain, s.Lead)
		for _, text := range carried[i] {
			add(Box, openBox+text)
		}
		for _, b := range s.Brought {
			for _, topic := range b.Topics {
				add(Box, openBox+plain(topic))
			}
		}
		for _, prompt := range s.Prompts {
			add(Bullet, prompt)
		}
		for _, step := range s.Steps {
			add(Bullet, step.Name+": "+step.Example)
		}
		if p.First {
			add(Plain, s.Hint)
		}
		if s.Boxes {
			lines = append(lines, Line{Box, openBox})
		}
	}
	return lines
}

// carry puts the open items into the sections they belong to, each text once.
func (p Page) carry(open []Item) [][]string {
	into := make([][]string, len(p.Sections))
	if len(p.Sections) == 0 {
		return into
	}
	at := map[string]int{}
	for i, s := range p.Sections {
		at[plain(s.Heading)] = i
	}
	rest, ok := at[headingAgreed]
	if !ok {
		rest = 0
	}
	seen := map[string]bool{}
	for _, s := range p.Sections {
		for _, b := range s.Brought {
			for _, topic := range b.Topics {
				seen[fold(topic)] = true
			}
		}
	}
	for _, it := range open {
		text := plain(it.Text)
		if it.Done || text == "" || seen[fold(text)] {
			continue
		}
		seen[fold(text)] = true
		i, ok := at[plain(it.Heading)]
		if !ok || plain(it.Heading) == headingOutcome {
			i = rest
		}
		into[i] = append(into[i], text)
	}
	return into
}

// fold makes texts equal that people take for the same.
func fold(s string) string { return strings.ToLower(plain(s)) }

// Missing returns those of the late topics that do not stand in a section of the
// page, open or done, each with the heading it belongs under.
func (p Page) Missing(late []string, section []Line) []Item {
	seen := map[string]bool{}
	for _, it := range Items(section) {
		seen[fold(it.Text)] = true
	}
	wanted := map[string]bool{}
	for _, topic := range late {
		wanted[fold(topic)] = true
	}
	var items []Item
	for _, s := range p.Sections {
		for _, b := range s.Brought {
			for _, topic := range b.Topics {
				if key := fold(topic); key != "" && wanted[key] && !seen[key] {
					seen[key] = true
					items = append(items, Item{Heading: plain(s.Heading), Text: plain(topic)})
				}
			}
		}
	}
	return items
}

// nowOn begins the line below the first one of a section whose meeting has been
// moved since. The first line itself may have been changed by people.
const nowOn = "Now on "

// Moved returns the line that a section of the page needs below its first one,
// because what it says of the time is no longer so. There is none where people
// have put something else in the place of the time.
func (p Page) Moved(section []Line) (Line, bool) {
	if len(section) == 0 || !p.Planned() {
		return Line{}, false
	}
	stated := plain(section[0].Text)
	if len(section) > 1 {
		if now, moved := strings.CutPrefix(plain(section[1].Text), nowOn); moved {
			stated = now
		}
	}
	start, _, _ := strings.Cut(stated, "–")
	if _, err := time.Parse(whenDay+", "+whenClock, strings.TrimSpace(start)); err != nil || stated == plain(p.When()) {
		return Line{}, false
	}
	return Line{Plain, nowOn + plain(p.When())}, true
}

// Line renders an item that is open.
func (it Item) Line() Line { return Line{Box, openBox + it.Text} }

// Items returns the topics and agreements in the lines of a section as people
// left it, in their order. Whatever its style, a line is one when it begins with
// a state: "[ ]" or "[]" is open, "[x]" and the like done. Lines that are empty
// but for the state are none.
func Items(section []Line) []Item {
	var items []Item
	heading := ""
	for _, l := range section {
		text, done, ok := readBox(l.Text)
		switch {
		case ok && text != "":
			items = append(items, Item{Heading: heading, Text: text, Done: done})
		case !ok && l.Style == Heading:
			heading = plain(l.Text)
		}
	}
	return items
}

// readBox reads the state that a line begins with. A dash or a bullet that
// somebody put before it does not count.
func readBox(line string) (text string, done, ok bool) {
	line = strings.TrimLeft(plain(line), "-–*•· ")
	inner, found := strings.CutPrefix(line, "[")
	if !found {
		return "", false, false
	}
	state, text, found := strings.Cut(inner, "]")
	if !found {
		return "", false, false
	}
	text = strings.TrimSpace(text)
	switch strings.TrimSpace(state) {
	case "":
		return text, false, true
	case "x", "X", "✓", "✔", "✗", "✘":
		return text, true, true
	}
	return "", false, false
}

// Unfinished reports whether a topic of a section is still open (R22).
// Agreements are meant to be open when a meeting ends.
func Unfinished(items []Item) bool {
	for _, it := range items {
		if !it.Done && it.Heading != headingAgreed && it.Heading != headingOutcome {
			return true
		}
	}
	return false
}

// About is what stands once at the end of a document that the two edit.
func About() []Line {
	return []Line{
		{Heading, "About this document"},
		{Plain, "Each meeting has its section, the newest at the top. The next one is added some time after a meeting; nothing that you write is ever changed."},
		{Plain, "Lines that begin with [ ] are topics and agreements. Put an x between the brackets when one is done: [x]. What is still open goes on to the next meeting."},
		{Plain, "Only the two of you can open this document, unless one of you shares it."},
	}
}
