// Package agenda is the living document of a pair: what its page for the next
// meeting says, the link by which the two get there, and everything the program
// writes into or reads from the description of an event.
//
// It is pure: the same meeting always gives the same page. It knows nothing of
// web pages or files; whoever shows a Page escapes its texts.
package agenda

import (
	"time"

	"oneonone/internal/calendar"
)

// Meeting is what the page of the next meeting of a pair depends on.
type Meeting struct {
	// Person is the name of the one whose account looks after the meeting,
	// Other that of the other one.
	Person, Other string
	// Relation is what Other is to Person.
	Relation calendar.Relation
	// Number counts the meetings of the pair: 1 is the first one.
	Number int
	// Start and End of the next meeting in its own zone; zero when none is planned.
	Start, End time.Time
	// Previous is when the last meeting took place; zero when unknown.
	Previous time.Time
	// PersonsTopics and OthersTopics are what the two wrote into their calendars
	// for this meeting, as Topics returns it.
	PersonsTopics, OthersTopics []string
}

// Page is the agenda of one meeting, read by both people alike, so its texts
// call them by their names.
type Page struct {
	People     [2]string // their names as shown, in the order in which their topics come
	Start, End time.Time // zero when no meeting is planned
	First      bool      // the pair's first meeting
	Sections   []Section
	Ending     Ending
	Advice     []Advice // how to talk, for those who want to read it
}

// Section is one part of the meeting, in the order in which it is held.
type Section struct {
	Heading string
	Lead    string    // one or two sentences, may be empty
	Brought []Brought // what people wrote into their calendars for it; usually empty
	Prompts []string  // questions and starting points
	Hint    string    // a reminder of how to do it well, may be empty
	// Steps are parts of one sentence, to be said in this order; usually empty.
	Steps []Step
	// Boxes says that what people write here are topics or agreements, which are
	// open or done.
	Boxes bool
	// Lines is how many empty lines a printed page leaves for writing.
	Lines int
}

// Brought are the topics that one person brings to the meeting, at least one.
type Brought struct {
	Person string // the name as shown
	Topics []string
}

// Step is one part of a sentence to be said, and an example of it.
type Step struct {
	Name    string
	Example string
}

// Advice is one hint on how to talk with each other.
type Advice struct {
	Heading string
	Text    string
	Quotes  []string // sentences to start from
}

// rare is the distance between two meetings from which on "your week" is no
// longer what has passed since. It lies between one week and two, so that a
// moved weekly meeting stays weekly.
const rare = 11 * 24 * time.Hour

// Next returns the page of the pair's next meeting, in the order of DESIGN §10.
func Next(m Meeting) Page {
	c := castOf(m)
	p := Page{
		People: [2]string{c.first, c.second},
		Start:  m.Start,
		End:    m.End,
		Advice: advice(),
	}
	// Friends who have known each other for years need no talk about formats.
	if m.Number <= 1 && c.bond != friends {
		p.First = true
		p.Sections = firstMeeting(c)
		return p
	}
	p.Sections = usualMeeting(c, m)
	return p
}

// Title names the page.
func (p Page) Title() string { return p.People[0] + " and " + p.People[1] }

// Planned reports whether the time of the next meeting is known.
func (p Page) Planned() bool { return !p.Start.IsZero() }

// The forms of a day and of a time on it.
const whenDay, whenClock = "Monday 2 January 2006", "15:04"

// When tells the time of the meeting in its zone, or that none is planned.
func (p Page) When() string {
	if !p.Planned() {
		return "No next meeting is in the calendar yet."
	}
	const day, clock = whenDay, whenClock
	zone := p.Start.Location().String()
	if zone == "" || zone == "Local" {
		zone = p.Start.Format("UTC-07:00")
	}
	end := p.End.In(p.Start.Location())
	text := p.Start.Format(day + ", " + clock)
	switch {
	case !end.After(p.Start):
	case end.Format(day) == p.Start.Format(day):
		text += "–" + end.Format(clock)
	default:
		text += " – " + end.Format(day+", "+clock)
	}
	return text + " " + zone
}

// Confidential says who can read the page.
func (p Page) Confidential() string {
	return "Only people who have this link can read this page; it is meant for " + p.Title() + "."
}

// bond is what connects the two, whichever of them has the account.
type bond int

const (
	colleagues bond = iota // nobody said what they are to each other
	leading                // a manager and a report
	peers
	mentoring
	friends
)

// cast says whose topics come first, which ones they have brought, and what the
// two are to each other.
type cast struct {
	first, second               string
	firstBrought, secondBrought []string
	bond                        bond
}

// castOf gives the first word to the report and the mentee, whose meeting it
// is, else to the other person.
func castOf(m Meeting) cast {
	c := cast{
		first: displayName(m.Other), firstBrought: m.OthersTopics,
		second: displayName(m.Person), secondBrought: m.PersonsTopics,
	}
	switch m.Relation {
	case calendar.Report:
		c.bond = leading
	case calendar.Manager:
		c = c.turned()
		c.bond = leading
	case calendar.Mentee:
		c.bond = mentoring
	case calendar.Mentor:
		c = c.turned()
		c.bond = mentoring
	case calendar.Peer:
		c.bond = peers
	case calendar.Friend:
		c.bond = friends
	case calendar.RelationNone:
	}
	return c
}

// turned returns c with the other one first.
func (c cast) turned() cast {
	c.first, c.second = c.second, c.first
	c.firstBrought, c.secondBrought = c.secondBrought, c.firstBrought
	return c
}

// brought returns what person brings, nil for nothing.
func brought(person string, topics []string) []Brought {
	if len(topics) == 0 {
		return nil
	}
	return []Brought{{person, topics}}
}

// of returns name in the possessive.
func of(name string) string { return name + "’s" }
