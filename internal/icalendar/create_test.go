package icalendar

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneonone/internal/calendar"
)

// suggestion is a draft as the engine makes them.
func suggestion(t testing.TB) calendar.Draft {
	start := time.Date(2026, 11, 23, 9, 15, 0, 0, zoneOf(t, "Europe/Vienna"))
	return calendar.Draft{
		ID: "s0123456789abcdef", Start: start, End: start.Add(15 * time.Minute),
		Title:       "Suggestion: 1:1 with Bob every two weeks",
		Description: "The last 3 took 12, 15 and 9 minutes.\n\nYes: it is every two weeks from 1 December on; no: nothing changes.",
		Attendees:   []calendar.Attendee{{Address: "ann@example.org", Name: `Ann "A." ^ Example`}},
		Organizer:   calendar.Attendee{Address: "assistant@oneonone.invalid", Name: "1:1 assistant"},
		Transparent: true, Own: calendar.OwnSuggestion, Now: now, Self: []string{"ann@example.org"},
	}
}

// event returns the event part of the object that d becomes, with LF and
// unfolded.
func written(t testing.TB, d calendar.Draft, zone *time.Location) (text string, events []calendar.Event) {
	t.Helper()
	data, err := Create(d, zone)
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	for l := range strings.SplitSeq(strings.TrimSuffix(string(data), "\r\n"), "\r\n") {
		if len(l) > maxOctets || strings.ContainsAny(l, "\r\n\x00") {
			t.Errorf("the line %q is no line of a calendar", l)
		}
	}
	events, err = Parse(data, zone)
	if err != nil {
		t.Fatalf("Parse: %v\n%s", err, data)
	}
	text = strings.NewReplacer("\r\n ", "", "\r\n", "\n").Replace(string(data))
	return text[strings.Index(text, "BEGIN:VEVENT"):], events
}

func TestCreateASuggestion(t *testing.T) {
	text, events := written(t, suggestion(t), time.UTC)
	want := `BEGIN:VEVENT
UID:s0123456789abcdef
DTSTAMP:20261121T010000Z
CREATED:20261121T010000Z
LAST-MODIFIED:20261121T010000Z
SEQUENCE:0
DTSTART;TZID=Europe/Vienna:20261123T091500
DTEND;TZID=Europe/Vienna:20261123T093000
SUMMARY:Suggestion: 1:1 with Bob every two weeks
DESCRIPTION:The last 3 took 12\, 15 and 9 minutes.\n\nYes: it is every two weeks from 1 December on\; no: nothing changes.
STATUS:CONFIRMED
TRANSP:TRANSPARENT
CLASS:PRIVATE
X-ONEONONE-KIND:suggestion
ORGANIZER;CN="1:1 assistant";SCHEDULE-AGENT=NONE:mailto:assistant@oneonone.invalid
ATTENDEE;CN="Ann ^'A.^' ^^ Example";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;SCHEDULE-AGENT=NONE:mailto:ann@example.org
END:VEVENT
END:VCALENDAR
`
	if diff := cmp.Diff(want, text); diff != "" {
		t.Error(diff)
	}
	d := suggestion(t)
	e := events[0]
	if len(events) != 1 || e.Own != calendar.OwnSuggestion || e.Title != d.Title || e.Description != d.Description || !e.Transparent ||
		e.Organizer != d.Organizer.Address || e.Attendees[0].Name != d.Attendees[0].Name || !e.Start.Equal(d.Start) || e.Start.Location().String() != "Europe/Vienna" {
		t.Errorf("the suggestion is read as %+v", e)
	}
}

func TestCreateOtherEvents(t *testing.T) {
	vienna := zoneOf(t, "Europe/Vienna")
	start := time.Date(2026, 12, 1, 10, 0, 0, 0, vienna)
	meeting := calendar.Draft{
		ID: "meeting", Start: start, End: start.Add(30 * time.Minute), Title: "Ann / Bob", Location: "Room 5; upstairs", Now: now,
		Attendees: []calendar.Attendee{{Address: "ANN@example.org", Name: "Ann"}, {Address: "bob@example.org"}, {Address: "room@example.org", Kind: calendar.Room}},
		Self:      []string{"ann@example.org", "ann@old.example.org"},
	}
	with := func(f func(*calendar.Draft)) calendar.Draft {
		d := meeting
		d.Attendees = append([]calendar.Attendee(nil), d.Attendees...)
		f(&d)
		return d
	}
	tests := map[string]struct {
		draft calendar.Draft
		has   []string
		not   []string
	}{
		"a meeting": {meeting, []string{
			"\nORGANIZER;CN=\"Ann\":mailto:ann@example.org\n", ";PARTSTAT=ACCEPTED:mailto:ANN@example.org\n",
			";PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob@example.org\n", ";CUTYPE=ROOM;ROLE=NON-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:room@example.org\n",
			"\nTRANSP:OPAQUE\n", "\nLOCATION:Room 5\\; upstairs\n",
		}, []string{"SCHEDULE-AGENT", "X-ONEONONE", "CLASS"}},
		"a meeting whose organizer is not listed": {with(func(d *calendar.Draft) { d.Attendees = d.Attendees[1:] }),
			[]string{"\nORGANIZER:mailto:ann@example.org\nATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:ann@example.org\n"}, nil},
		"a guest's copy": {with(func(d *calendar.Draft) {
			d.Copy, d.Organizer, d.Self = true, calendar.Attendee{Address: "bob@example.org"}, []string{"ann@example.org"}
		}), []string{"\nORGANIZER:mailto:bob@example.org\n", ";PARTSTAT=ACCEPTED:mailto:bob@example.org\n", ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:ANN@example.org\n"}, nil},
		"a series": {with(func(d *calendar.Draft) {
			d.RRule, d.After = "freq=weekly;interval=2;", "old,series@example.org"
			d.RDates, d.ExDates = []time.Time{start.AddDate(0, 0, 2)}, []time.Time{start.AddDate(0, 0, 14), start.AddDate(0, 6, 28)}
		}), []string{
			"\nRRULE:FREQ=WEEKLY;INTERVAL=2\n", "\nRDATE;TZID=Europe/Vienna:20261203T100000\n",
			"\nEXDATE;TZID=Europe/Vienna:20261215T100000,20270629T100000\n", "\nX-ONEONONE-AFTER:old\\,series@example.org\n",
		}, nil},
		"whole days": {with(func(d *calendar.Draft) {
			d.AllDay, d.Start, d.End, d.Attendees = true, start.Add(-10*time.Hour), start.Add(14*time.Hour), nil
			d.Own = calendar.OwnStatus
		}), []string{"\nDTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261202\n", "\nX-ONEONONE-KIND:status\n"}, []string{"ORGANIZER", "TZID"}},
		"UTC":                 {with(func(d *calendar.Draft) { d.Start = start.UTC() }), []string{"\nDTSTART:20261201T090000Z\nDTEND:20261201T093000Z\n"}, nil},
		"a zone without name": {with(func(d *calendar.Draft) { d.Start = start.In(time.FixedZone("X", 3600)) }), []string{"\nDTSTART:20261201T090000Z\n"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, events := written(t, test.draft, vienna)
			for _, s := range test.has {
				if !strings.Contains(text, s) {
					t.Errorf("%q is missing in\n%s", s, text)
				}
			}
			for _, s := range test.not {
				if strings.Contains(text, s) {
					t.Errorf("%q is in\n%s", s, text)
				}
			}
			if e := events[0]; !e.Start.Equal(test.draft.Start) || !e.End.Equal(test.draft.End) || e.After != test.draft.After || e.Location != "Room 5; upstairs" || e.Own != test.draft.Own {
				t.Errorf("it is read as %+v", e)
			}
		})
	}
	for name, d := range map[string]calendar.Draft{
		"a series in a zone without name": with(func(d *calendar.Draft) { d.Start, d.RRule = start.In(time.FixedZone("X", 3600)), "FREQ=DAILY" }),
		"no organizer":                    with(func(d *calendar.Draft) { d.Self = nil }),
		"all day from noon on":            with(func(d *calendar.Draft) { d.AllDay = true }),
		"no length":                       with(func(d *calendar.Draft) { d.End = d.Start }),
	} {
		if data, err := Create(d, vienna); err == nil {
			t.Errorf("%s became\n%s", name, data)
		}
	}
}

// hostile draws text that tries to be more than text.
func hostile() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom([]string{
			"\r\n", "\n", "\r", "\u2028", "\u0085", "\x00", "\x1b[31m", "END:VEVENT", "BEGIN:VALARM", "X-ONEONONE-KIND:status", ";", ",", ":", `\`, `\n`, `"`, "^n", "^'", "\xff",
			"\ufeff", "mailto:", "ATTENDEE:mailto:eve@example.org", strings.Repeat("ü", 80), "🙂", " ", "\t",
		}), rapid.String()), 0, 8).Draw(t, "text"), "")
	})
}

func TestTextsOfDraftsStayTexts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := suggestion(t)
		d.Title, d.Description, d.Location = hostile().Draw(rt, "title"), hostile().Draw(rt, "description"), hostile().Draw(rt, "place")
		d.Attendees[0].Name, d.Organizer.Name, d.After = hostile().Draw(rt, "name"), hostile().Draw(rt, "organizer"), hostile().Draw(rt, "after")
		checkTexts(t, d)
	})
}

// checkTexts writes d, which has one guest, and compares what is read.
func checkTexts(t testing.TB, d calendar.Draft) {
	t.Helper()
	text, events := written(t, d, time.UTC)
	if len(events) != 1 || strings.Count(text, "\nBEGIN:") > 0 {
		t.Fatalf("a text became a component:\n%s", text)
	}
	e := events[0]
	if e.Title != oneLine(d.Title) || e.Description != printable(d.Description) || e.Location != oneLine(d.Location) ||
		e.Own != d.Own || len(e.Attendees) != 1 || e.Organizer != d.Organizer.Address || e.After != oneLine(d.After) {
		t.Fatalf("%+v\nbecame\n%s\nand is read as\n%+v", d, text, e)
	}
	if name := oneLine(d.Attendees[0].Name); len(name) <= maxName && e.Attendees[0].Name != name {
		t.Fatalf("the name %q is read as %q", name, e.Attendees[0].Name)
	}
}

func FuzzCreate(f *testing.F) {
	f.Add("Suggestion", "Why\nWhat", "Room", "Ann", "uid@example.org")
	f.Add("\r\nEND:VEVENT\r\n", "\\n\\,\u2028", ";:\"", `^n"^'`, "a,b;c\\")
	f.Fuzz(func(t *testing.T, title, description, place, name, after string) {
		d := suggestion(t)
		d.Title, d.Description, d.Location, d.Attendees[0].Name, d.After = title, description, place, name, after
		checkTexts(t, d)
	})
}
