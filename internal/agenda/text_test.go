package agenda

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneonone/internal/calendar"
)

func usualPage() Page {
	start := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	return Next(Meeting{
		Person: "Ann", Other: "Bob", Relation: calendar.Report, Number: 30, Start: start, End: start.Add(30 * time.Minute),
		OthersTopics: []string{"Holidays in December"},
	})
}

func TestPageLines(t *testing.T) {
	lines := usualPage().Lines([]Item{
		{"Bob’s topics", "The new laptop", false},
		{"Bob’s topics", "holidays in december", false}, // brought again
		{"Ann’s topics", "Done with", true},
		{"Before we part", "Bob writes the plan by Friday", false},
		{"A heading that somebody wrote", "Parking", false},
		{"What we agreed before", "bob writes  the plan by friday", false}, // the same once more
	})
	var got []string
	for _, l := range lines {
		if l.Style == Heading || l.Style == Box || l.Style == Title {
			got = append(got, l.Text)
		}
	}
	want := []string{
		"Tuesday 24 November 2026, 10:00–10:30 UTC",
		"How is your week going?",
		"Bob’s topics", "[ ] The new laptop", "[ ] Holidays in December", "[ ] ",
		"What we agreed before", "[ ] Bob writes the plan by Friday", "[ ] Parking",
		"Ann’s topics", "[ ] ",
		"What still needs a decision?", "Is anything still in the way?", "Feedback, both ways",
		"News that stays between us",
		"Before we part", "[ ] ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Lines (-want +got):\n%s", diff)
	}
}

func TestItems(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		want []Item
	}{
		"open":                  {"[ ] Plan", []Item{{"H", "Plan", false}}},
		"without a space":       {"[]Plan", []Item{{"H", "Plan", false}}},
		"done":                  {"[x] Plan", []Item{{"H", "Plan", true}}},
		"done in capitals":      {"[ X ] Plan", []Item{{"H", "Plan", true}}},
		"ticked":                {"[✓] Plan", []Item{{"H", "Plan", true}}},
		"behind a dash":         {" - [ ] Plan", []Item{{"H", "Plan", false}}},
		"a hard space":          {"[\u00a0] Plan", []Item{{"H", "Plan", false}}},
		"nothing behind it":     {"[ ] ", nil},
		"a link, no state":      {"[1] Plan", nil},
		"text":                  {"Plan [ ] later", nil},
		"a bracket that is not": {"[", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := Items([]Line{{Title, "T"}, {Heading, "H"}, {Plain, c.line}})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("Items(%q) (-want +got):\n%s", c.line, diff)
			}
		})
	}
}

// TestR22Unfinished: topics count, agreements do not.
func TestR22Unfinished(t *testing.T) {
	for name, c := range map[string]struct {
		items []Item
		want  bool
	}{
		"nothing":         {nil, false},
		"an open topic":   {[]Item{{"Bob’s topics", "x", false}}, true},
		"a done topic":    {[]Item{{"Bob’s topics", "x", true}}, false},
		"an agreement":    {[]Item{{headingOutcome, "x", false}, {headingAgreed, "y", false}}, false},
		"without heading": {[]Item{{"", "x", false}}, true},
	} {
		if got := Unfinished(c.items); got != c.want {
			t.Errorf("%s: Unfinished = %v", name, got)
		}
	}
}

// TestNothingOpenIsLost: whatever is open is in the next section, once, and
// stays there over any number of meetings.
func TestNothingOpenIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		open := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Item {
			return Item{
				Heading: rapid.SampledFrom([]string{"", "Bob’s topics", headingAgreed, headingOutcome, "Other"}).Draw(t, "heading"),
				Text:    rapid.StringMatching(`[a-z\]\[ ]{0,8}[a-z]`).Draw(t, "text"),
				Done:    rapid.Bool().Draw(t, "done"),
			}
		}), 0, 8).Draw(t, "open")
		want := map[string]bool{"Holidays in December": true}
		for _, it := range open {
			if !it.Done {
				want[plain(it.Text)] = true
			}
		}
		items := open
		for range 3 {
			lines := usualPage().Lines(items)
			items = Items(lines)
			got := map[string]bool{}
			for _, it := range items {
				if got[it.Text] {
					t.Fatalf("%q stands twice", it.Text)
				}
				got[it.Text] = true
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("open items (-want +got):\n%s", diff)
			}
			for _, l := range lines {
				if strings.ContainsAny(l.Text, "\n\r\t") {
					t.Fatalf("a line of more than one: %q", l.Text)
				}
			}
		}
	})
}

func TestKeys(t *testing.T) {
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.FixedZone("", 3600))
	if got := SectionKey("uid", at); got != "20261124T090000Z" {
		t.Errorf("SectionKey = %q", got)
	}
	if a, b := SectionKey("a", time.Time{}), SectionKey("b", time.Time{}); a == b || len(a) != 32 {
		t.Errorf("SectionKey of single events: %q, %q", a, b)
	}
	if k := DocumentKey("ann@example.org bob@example.org"); len(k) != 32 || strings.Contains(k, "ann") {
		t.Errorf("DocumentKey = %q", k)
	}
}

func TestMissing(t *testing.T) {
	p := usualPage()
	section := append(p.Lines(nil), Line{Plain, "[x] The laptop"})
	m := Meeting{
		Person: "Ann", Other: "Bob", Relation: calendar.Report, Number: 30, Start: p.Start, End: p.End,
		OthersTopics: []string{"Holidays in December", "the laptop", "Parking"}, PersonsTopics: []string{"Budget", "Told before"},
	}
	got := Next(m).Missing([]string{"Holidays in December", "the laptop", "Parking", "Budget"}, section)
	want := []Item{{"Bob’s topics", "Parking", false}, {"Ann’s topics", "Budget", false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Missing (-want +got):\n%s", diff)
	}
}

func TestMovedLine(t *testing.T) {
	p := usualPage()
	const was, is, other = "Monday 23 November 2026, 09:00–09:30 UTC", "Tuesday 24 November 2026, 10:00–10:30 UTC", "Friday 27 November 2026, 09:00–09:30 UTC"
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"as it was made":       {[]string{is, "Text"}, ""},
		"moved":                {[]string{was, "Text"}, "Now on " + is},
		"told already":         {[]string{was, "Now on " + is}, ""},
		"moved again":          {[]string{was, "Now on " + other}, "Now on " + is},
		"moved back":           {[]string{is, "Now on " + other}, "Now on " + is},
		"another title":        {[]string{"Quarterly talk", "Text"}, ""},
		"somebody wrote there": {[]string{was + " in the park"}, "Now on " + is},
		"nothing left":         {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var section []Line
			for _, text := range c.lines {
				section = append(section, Line{Plain, text})
			}
			line, needed := p.Moved(section)
			if line.Text != c.want || needed != (c.want != "") {
				t.Errorf("Moved(%q) = %q, %v, want %q", c.lines, line.Text, needed, c.want)
			}
		})
	}
}
