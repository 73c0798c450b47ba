package agenda

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneonone/internal/calendar"
)

func headings(p Page) []string {
	var h []string
	for _, s := range p.Sections {
		h = append(h, s.Heading)
	}
	return h
}

// TestPageOrder proves the order of DESIGN §10 and who comes first.
func TestPageOrder(t *testing.T) {
	start := at(t, "Europe/Vienna", "2026-11-24 10:00")
	usual := func(opening, first, second string) []string {
		return []string{
			opening, first + "’s topics", "What we agreed before", second + "’s topics", "What still needs a decision?",
			"Is anything still in the way?", "Feedback, both ways", "News that stays between us", "Before we part",
		}
	}
	const week, new = "How is your week going?", "What’s new since our last meeting?"
	for _, tc := range []struct {
		name     string
		relation calendar.Relation
		number   int
		days     int // since the last meeting, 0: unknown
		want     []string
	}{
		{"the report comes first", calendar.Report, 20, 7, usual(week, "Bob", "Ann")},
		{"the manager comes second", calendar.Manager, 20, 7, usual(week, "Ann", "Bob")},
		{"the mentee comes first", calendar.Mentee, 20, 7, usual(week, "Bob", "Ann")},
		{"the mentor comes second", calendar.Mentor, 20, 7, usual(week, "Ann", "Bob")},
		{"a peer comes first", calendar.Peer, 20, 7, usual(week, "Bob", "Ann")},
		{"nobody said what they are", calendar.RelationNone, 20, 0, usual(week, "Bob", "Ann")},
		{"every two weeks", calendar.Report, 20, 14, usual(new, "Bob", "Ann")},
		{"weekly, moved by three days", calendar.Report, 20, 10, usual(week, "Bob", "Ann")},
		{"every two weeks, moved by three days", calendar.Report, 20, 11, usual(new, "Bob", "Ann")},
		{"friends", calendar.Friend, 1, 0, []string{
			new, "Bob’s topics", "What we agreed before", "Ann’s topics", "Anything to decide together?",
			"Can one of us help?", "Between the two of us", "News that stays between us", "Before we part",
		}},
		{"the second meeting has an ice-breaker", calendar.Peer, 2, 7, append(
			[]string{week, "A question to warm up"}, usual(week, "Bob", "Ann")[1:]...)},
		{"the first meeting", calendar.Report, 1, 0, []string{
			"What is said here stays here", "What is this meeting for?", "What do we expect of each other?",
			"How often, how long, where?", "Getting to know each other",
			"If there is time: Bob’s first topics, then Ann’s", "Before we part",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := Meeting{Person: "Ann", Other: "Bob", Relation: tc.relation, Number: tc.number, Start: start, End: start.Add(time.Hour)}
			if tc.days > 0 {
				m.Previous = start.AddDate(0, 0, -tc.days)
			}
			if d := cmp.Diff(tc.want, headings(Next(m))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestBroughtTopics proves that each one's topics stand in the own section,
// those of the one who comes first before those of the other.
func TestBroughtTopics(t *testing.T) {
	anns, bobs := []string{"Budget"}, []string{"Release", "Holiday"}
	for _, tc := range []struct {
		name string
		m    Meeting
		want map[string][]Brought
	}{
		{"a report", Meeting{Relation: calendar.Report, Number: 9, PersonsTopics: anns, OthersTopics: bobs}, map[string][]Brought{
			"Bob’s topics": {{"Bob", bobs}}, "Ann’s topics": {{"Ann", anns}},
		}},
		{"a manager", Meeting{Relation: calendar.Manager, Number: 9, PersonsTopics: anns, OthersTopics: bobs}, map[string][]Brought{
			"Bob’s topics": {{"Bob", bobs}}, "Ann’s topics": {{"Ann", anns}},
		}},
		{"one brings nothing", Meeting{Relation: calendar.Mentor, Number: 9, OthersTopics: bobs}, map[string][]Brought{
			"Bob’s topics": {{"Bob", bobs}},
		}},
		{"the first meeting", Meeting{Relation: calendar.Mentor, Number: 1, PersonsTopics: anns, OthersTopics: bobs}, map[string][]Brought{
			"If there is time: Ann’s first topics, then Bob’s": {{"Ann", anns}, {"Bob", bobs}},
		}},
		{"nobody brings anything", Meeting{Number: 9}, map[string][]Brought{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.m.Person, tc.m.Other = "Ann", "Bob"
			got := map[string][]Brought{}
			for _, s := range Next(tc.m).Sections {
				if len(s.Brought) > 0 {
					got[s.Heading] = s.Brought
				}
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestIceBreakers(t *testing.T) {
	seen := map[string]int{}
	for number := -1; number < 100; number++ {
		q := iceBreaker(number)
		if has := q != ""; has != (number >= 2 && number <= 7) {
			t.Errorf("meeting %d: ice-breaker %q", number, q)
		}
		if q != "" && seen[q] > 0 {
			t.Errorf("meeting %d asks again what meeting %d asked", number, seen[q])
		}
		seen[q] = number
	}
}

func TestWhen(t *testing.T) {
	start := at(t, "Europe/Vienna", "2026-11-24 10:00")
	late := at(t, "America/New_York", "2026-12-31 23:45")
	fixed := start.In(time.FixedZone("", 5*3600+1800))
	for _, tc := range []struct {
		name string
		page Page
		want string
	}{
		{"none", Page{}, "No next meeting is in the calendar yet."},
		{"a day", Page{Start: start, End: start.Add(30 * time.Minute).UTC()}, "Tuesday 24 November 2026, 10:00–10:30 Europe/Vienna"},
		{"over midnight", Page{Start: late, End: late.Add(30 * time.Minute)},
			"Thursday 31 December 2026, 23:45 – Friday 1 January 2027, 00:15 America/New_York"},
		{"without an end", Page{Start: start}, "Tuesday 24 November 2026, 10:00 Europe/Vienna"},
		{"a zone without a name", Page{Start: fixed, End: fixed.Add(time.Hour)}, "Tuesday 24 November 2026, 14:30–15:30 UTC+05:30"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.page.When(); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestDisplayName(t *testing.T) {
	for in, want := range map[string]string{
		"Ann":                    "Ann",
		" Ann \n B. ":            "Ann B.",
		"":                       "Somebody",
		"\u202e\x00":             "Somebody",
		"Ann\u202e":              "Ann",
		"\u05d0\u05d1":           "\u2068\u05d0\u05d1\u2069",
		strings.Repeat("é", 100): strings.Repeat("é", 59) + "…",
	} {
		if got := displayName(in); got != want {
			t.Errorf("displayName(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestPageIsComplete holds whatever is known of a meeting: every section says
// something, no text is used twice in a page, and both names are there.
func TestPageIsComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "start"), 0).UTC()
		m := Meeting{
			Person: "Ann", Other: "Bob",
			Relation: rapid.SampledFrom([]calendar.Relation{
				calendar.RelationNone, calendar.Report, calendar.Manager, calendar.Peer, calendar.Mentor, calendar.Mentee, calendar.Friend, "unheard of",
			}).Draw(t, "relation"),
			Number:   rapid.IntRange(-1, 30).Draw(t, "number"),
			Start:    start,
			Previous: start.AddDate(0, 0, -rapid.IntRange(0, 60).Draw(t, "days")),
		}
		p := Next(m)
		if d := cmp.Diff(p, Next(m)); d != "" {
			t.Fatalf("the same meeting has two pages:\n%s", d)
		}
		seen := map[string]bool{}
		for _, s := range p.Sections {
			if s.Heading == "" || s.Lead == "" && len(s.Prompts) == 0 {
				t.Fatalf("empty section %+v", s)
			}
			if seen[s.Heading] {
				t.Fatalf("two sections %q", s.Heading)
			}
			seen[s.Heading] = true
		}
		text := fmt.Sprint(p)
		if !strings.Contains(text, "Ann") || !strings.Contains(text, "Bob") || len(p.Advice) == 0 {
			t.Fatalf("incomplete page %+v", p)
		}
		if last := p.Sections[len(p.Sections)-1].Heading; last != "Before we part" {
			t.Fatalf("the page ends with %q", last)
		}
	})
}
