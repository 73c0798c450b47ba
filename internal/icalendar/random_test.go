package icalendar

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// form is one way to write the times of a series.
type form struct {
	params string
	loc    *time.Location // of the clock that is written
	layout string
}

func (f form) line(name string, t time.Time) string {
	return name + f.params + ":" + t.In(f.loc).Format(f.layout)
}

// randomObject is the text of an object with one series, or one single event.
type randomObject struct {
	t       *rapid.T
	eol     string
	form    form
	allDay  bool
	start   time.Time
	recurs  bool
	b       strings.Builder
	indexes []int // occurrences with an exception of their own
}

// drawObject draws an object as servers and clients write them: odd folding,
// unknown properties, alarms, exceptions, other components, either line end.
// zone is that of the calendar's person.
func drawObject(t *rapid.T, zone *time.Location) *randomObject {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	o := &randomObject{t: t, eol: rapid.SampledFrom([]string{"\r\n", "\n"}).Draw(t, "eol")}
	o.form = rapid.SampledFrom([]form{
		{"", time.UTC, "20060102T150405Z"},
		{"", zone, "20060102T150405"},
		{";TZID=Europe/Berlin", berlin, "20060102T150405"},
		{`;X-A="b:c;d";TZID="W. Europe Standard Time"`, berlin, "20060102T150405"},
		{";VALUE=DATE", zone, "20060102"},
	}).Draw(t, "form")
	o.allDay = o.form.params == ";VALUE=DATE"
	o.start = time.Date(2026, 9, rapid.IntRange(1, 28).Draw(t, "day"), 10, 0, 0, 0, o.form.loc)
	if o.allDay {
		o.start = time.Date(2026, 9, o.start.Day(), 0, 0, 0, 0, zone)
	}
	o.recurs = rapid.Bool().Draw(t, "recurs")
	o.raw("BEGIN:VCALENDAR")
	o.line("PRODID:" + o.text("prodid"))
	if rapid.Bool().Draw(t, "zone") {
		o.raw(strings.Split(strings.TrimSpace(customZoneText), "\n")...)
	}
	exceptions := o.exceptions()
	masterAt := rapid.IntRange(0, len(exceptions)).Draw(t, "master")
	for i := range len(exceptions) + 1 {
		switch {
		case i == masterAt:
			o.event(-1)
		case i < masterAt:
			o.event(exceptions[i])
		default:
			o.event(exceptions[i-1])
		}
	}
	if rapid.Bool().Draw(t, "task") {
		o.raw("BEGIN:VTODO", "UID:task", "DTSTART;TZID=Nowhere", "END:VTODO")
	}
	o.raw("END:VCALENDAR")
	return o
}

// original returns the original start of occurrence n.
func (o *randomObject) original(n int) time.Time { return o.start.AddDate(0, 0, 7*n) }

func (o *randomObject) exceptions() []int {
	if o.recurs {
		o.indexes = rapid.SliceOfNDistinct(rapid.IntRange(0, 8), 0, 3, rapid.ID[int]).Draw(o.t, "exceptions")
	}
	return o.indexes
}

// event writes the master (n < 0) or the exception for occurrence n.
func (o *randomObject) event(n int) {
	start := o.start
	var id []string
	if n >= 0 {
		start = o.original(n).AddDate(0, 0, rapid.IntRange(-2, 2).Draw(o.t, "shift"))
		id = []string{o.form.line("RECURRENCE-ID", o.original(n))}
	} else if o.recurs {
		id = []string{"RRULE:FREQ=WEEKLY"}
	}
	lines := append(id, "UID:u", o.form.line("DTSTART", start), "SUMMARY:"+o.text("title"))
	switch rapid.IntRange(0, 2).Draw(o.t, "end") {
	case 0:
		lines = append(lines, o.form.line("DTEND", start.AddDate(0, 0, 1)))
	case 1:
		lines = append(lines, "DURATION:P1D")
	}
	for _, optional := range []string{
		"DTSTAMP:20260101T000000Z", "LAST-MODIFIED:20260102T000000Z", "SEQUENCE:4", "STATUS:TENTATIVE",
		"DESCRIPTION;LANGUAGE=en:" + o.text("description"), "DESCRIPTION:", "ORGANIZER;CN=Ann:mailto:ann@example.org",
		"ATTENDEE;PARTSTAT=ACCEPTED;CN=" + strings.Repeat("Ann ", 20) + ":mailto:ann@example.org",
		`ATTENDEE;X-A="é;:";PARTSTAT=DECLINED:mailto:bob@example.org`,
		"X-UNKNOWN;A=b:" + o.text("x"), "X-A;B=c", "COMMENT;X=" + strings.Repeat("y", 100) + ":z",
		"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + strings.Repeat("QUJD", 50), "CATEGORIES:A,B",
	} {
		if rapid.Bool().Draw(o.t, "has "+optional[:min(len(optional), 12)]) {
			lines = append(lines, optional)
		}
	}
	o.raw("BEGIN:VEVENT")
	for _, l := range rapid.Permutation(lines).Draw(o.t, "lines") {
		o.line(l)
	}
	if rapid.Bool().Draw(o.t, "alarm") {
		o.raw("BEGIN:VALARM", "TRIGGER:-PT5M", "ACTION:DISPLAY", "DESCRIPTION:"+o.text("alarm"), "END:VALARM")
	}
	o.raw("END:VEVENT")
}

// text draws the value of a TEXT property, not always a correct one.
func (o *randomObject) text(label string) string {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{
		"1:1", " ", "Ann", "Bob", "Größe", "日本語のタイトル", "🙂", `\n`, `\N`, `\,`, ",", ";", `\;`, `\\`, `\:`, `\q`, `"`,
		"END:VEVENT", "BEGIN:VEVENT", "=", "--- oneonone ---", strings.Repeat("long ", 30), "\xff", "\u202e", "<b>",
	}), 0, 12).Draw(o.t, label)
	return strings.Join(words, "")
}

// raw writes lines as they are.
func (o *randomObject) raw(lines ...string) {
	for _, l := range lines {
		o.b.WriteString(l + o.eol)
	}
}

// line writes a line with folds anywhere, also inside a character.
func (o *randomObject) line(l string) {
	width := rapid.SampledFrom([]int{3, 20, 74, 75, 76, 1000}).Draw(o.t, "width")
	for len(l) > width {
		o.b.WriteString(l[:width] + o.eol + rapid.SampledFrom([]string{" ", "\t"}).Draw(o.t, "fold"))
		l = l[width:]
	}
	o.b.WriteString(l + o.eol)
}

func (o *randomObject) String() string { return o.b.String() }

// outside returns what of an object stands outside its events, and the events.
func outside(text string) (rest string, events []string, err error) {
	s, err := scan(text)
	if err != nil {
		return "", nil, err
	}
	at := 0
	for _, c := range s.events {
		rest += text[at:c.from]
		events = append(events, text[c.from:c.to])
		at = c.to
	}
	return rest + text[at:], events, nil
}

// kept returns the lines of an event that no change touches, as they stand in the text.
func kept(event string) string {
	d := newDraft(event, "\n")
	out := ""
	for _, l := range d.lines {
		switch l.name {
		case "DTSTART", "DTEND", "DURATION", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DESCRIPTION", "ATTENDEE", markName:
		default:
			if !isLink(l) {
				out += event[l.from:l.to]
			}
		}
	}
	return fmt.Sprint(out, event[d.insert:])
}
