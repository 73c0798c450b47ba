package calendartest

import (
	"bytes"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

const agendaLink = "https://agenda.example.org/p/0123456789abcdef0123456789abcdef"

func caseUpkeep(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	m := newMirror(t, f)
	r := m.find(t, "series.ics")
	original := r.Data
	link, none := agendaLink, ""
	put := func(lines []string, link *string) {
		t.Helper()
		c := calendar.Change{
			Base: r, Now: now, Self: f.Self, Organizer: true,
			Parts: []calendar.Part{{Lines: lines, Link: link}, {Original: third(), Lines: lines, Link: link}},
		}
		if !f.Account.Whole() {
			m.pull(t)
			x := c
			x.Base, x.Parts, c.Parts = m.base(t, "series.ics", third()), c.Parts[1:], c.Parts[:1]
			f.apply(t, x)
			m.pull(t)
			c.Base = m.find(t, "series.ics")
		}
		r = f.apply(t, c)
	}
	put([]string{"Agenda: " + link, "Second line, with: punctuation; and \\"}, &link)
	for key, e := range f.events(t, r) {
		if e.AgendaLink != link || !strings.Contains(e.Description, "punctuation; and \\") {
			t.Errorf("the event of %d has the link %q and the description %q", key, e.AgendaLink, e.Description)
		}
		if key == 0 && !strings.HasPrefix(e.Description, "Bring the plan.\nSecond line; with a semicolon.") {
			t.Errorf("the text of a person is %q", e.Description)
		}
		if a, _ := e.AnswerOf(f.Self); a != calendar.Accepted {
			t.Errorf("upkeep reset the answer to %s", a)
		}
	}
	put([]string{"Other line"}, nil)
	if e := f.events(t, r)[0]; e.AgendaLink != link || strings.Contains(e.Description, "punctuation") {
		t.Errorf("after a change of the lines alone the event is %+v", e)
	}
	put([]string{}, &none)
	if f.Account.Whole() {
		same(t, original, r.Data)
	} else if e := f.parse(t, r)[0]; e.AgendaLink != "" || e.Description != "Bring the plan.\nSecond line; with a semicolon." {
		t.Errorf("after all was taken off the event is %+v", e)
	}
	m.pull(t)
	m.check(t, "series.ics")
}

// same fails unless two objects have the same lines in the same components,
// but for the stamps of the last change. Order is the server's business.
func same(t TB, want, got []byte) {
	t.Helper()
	a, err := readComponents(want)
	if err != nil {
		t.Fatalf("reading the object: %v", err)
	}
	b, err := readComponents(got)
	if err != nil {
		t.Fatalf("reading the object: %v", err)
	}
	for _, c := range a.subs {
		found := false
		for _, d := range b.subs {
			found = found || c.key() == d.key() && sameLines(c.unstamped(), d.unstamped())
		}
		if !found {
			t.Errorf("%s is not what it was:\n%s\nwas\n%s", c.key(), got, want)
		}
	}
	if len(a.subs) != len(b.subs) {
		t.Errorf("the object has %d components, want %d:\n%s", len(b.subs), len(a.subs), got)
	}
}

// unstamped returns c without the properties that every change writes.
func (c *component) unstamped() *component {
	u := &component{name: c.name, subs: c.subs}
	for _, line := range c.lines {
		if name := lineName(line); name != "DTSTAMP" && name != "LAST-MODIFIED" {
			u.lines = append(u.lines, line)
		}
	}
	return u
}

func caseNothing(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	m := newMirror(t, f)
	base := m.find(t, "series.ics")
	none := ""
	stays := span.Of(inVienna(11, 18, 14, 0), time.Hour)
	nothing := []calendar.Change{
		{Base: base, Now: now, Self: f.Self},
		{Base: base, Now: now, Self: f.Self, Parts: []calendar.Part{{}}},
		{Base: base, Now: now, Self: f.Self, Parts: []calendar.Part{{Lines: []string{}, Link: &none, RemoveMark: true}}},
		{Base: m.base(t, "series.ics", third()), Now: now, Self: f.Self, Parts: []calendar.Part{{Original: third(), To: &stays}}, Organizer: true},
	}
	f.unsent(t, nothing...)
	r := f.apply(t, f.upkeep(base, "A line", agendaLink))
	again := f.upkeep(r, "A line", agendaLink)
	again.Now = now.Add(time.Hour)
	f.unsent(t, again)
}

// unsent applies changes of which none may reach the server.
func (f Fixture) unsent(t TB, changes ...calendar.Change) {
	t.Helper()
	before := 0
	if f.Writes != nil {
		before = f.Writes()
	}
	for i, c := range changes {
		if r := f.apply(t, c); r.ETag != c.Base.ETag || !bytes.Equal(r.Data, c.Base.Data) {
			t.Errorf("change %d alters nothing, but the object became %s\n%s", i, r.ETag, r.Data)
		}
	}
	if f.Writes != nil && f.Writes() != before {
		t.Errorf("%d writes were sent for nothing", f.Writes()-before)
	}
}

func caseOwnWrite(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	f.put(t, "other.ics", single("other", "Other"))
	m := newMirror(t, f)
	r := f.apply(t, f.upkeep(m.find(t, "series.ics"), "A line", agendaLink))
	m.objects[r.Href] = r // As the caller keeps what Apply returns.
	for _, c := range m.pull(t).Changed {
		if _, whole := f.Account.Name(c.Href); !whole {
			continue // A server may give the exceptions of a series what the series got.
		}
		if c.Href != r.Href || c.ETag != r.ETag {
			t.Errorf("the pull after an own write brings %s %s", c.Href, c.ETag)
		}
	}
	if ch := m.pull(t); len(ch.Changed) > 0 {
		t.Errorf("the second pull after an own write brings %q", f.changedNames(ch))
	}
	m.check(t, "series.ics", "other.ics")
}

func caseNeighbours(t TB, f Fixture) {
	f.put(t, "a.ics", series("a"))
	f.put(t, "b.ics", series("b"))
	f.put(t, "c.ics", single("c", "C"))
	m := newMirror(t, f)
	before := map[string][]byte{"b.ics": f.get(t, "b.ics"), "c.ics": f.get(t, "c.ics")}
	f.move(t, m, "a.ics", second(), eleven(), true)
	f.apply(t, f.upkeep(m.find(t, "a.ics"), "A line", agendaLink))
	for name, data := range before {
		if got := f.get(t, name); !bytes.Equal(got, data) {
			t.Errorf("%s changed, but only a.ics was written", name)
		}
	}
}

func caseTwoParts(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	m := newMirror(t, f)
	c := f.moveOf(m.find(t, "series.ics"), second(), eleven(), true)
	link := agendaLink
	c.Parts[0].Link = &link
	c.Parts = append(c.Parts, calendar.Part{Lines: []string{"Agenda: " + link}, Link: &link})
	events := f.events(t, f.apply(t, c))
	if e := events[second().Unix()]; !e.Span().Equal(eleven()) || e.AgendaLink != link {
		t.Errorf("the moved occurrence is %+v", e)
	}
	if e := events[0]; e.AgendaLink != link || !e.Start.Equal(inVienna(11, 3, 10, 0)) {
		t.Errorf("the series is %+v", e)
	}
}

func caseRemoveMark(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	m := newMirror(t, f)
	f.move(t, m, "series.ics", second(), eleven(), true)
	c := calendar.Change{
		Base: m.base(t, "series.ics", second()), Now: now, Self: f.Self, Organizer: true,
		Parts: []calendar.Part{{Original: second(), RemoveMark: true, Lines: []string{}}},
	}
	r := f.apply(t, c)
	if e := f.events(t, r)[second().Unix()]; e.Mark != nil || !e.Span().Equal(eleven()) || strings.Contains(e.Description, "Moved") {
		t.Errorf("after the removal of the mark the occurrence is %+v", e)
	}
	if bytes.Contains(r.Data, []byte("ONEONONE")) || bytes.Contains(r.Data, []byte("oneonone ---")) {
		t.Errorf("something of the program is left:\n%s", r.Data)
	}
}

func caseParse(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	m := newMirror(t, f)
	events := f.events(t, m.find(t, "series.ics"))
	if len(events) != 2 {
		t.Fatalf("Parse found %d events, want the series and one exception", len(events))
	}
	master, exception := events[0], events[third().Unix()]
	if master.UID != "series" || master.Title != "Alice / Bob" || len(master.RRules) != 1 || len(master.ExDates) != 1 ||
		!master.Start.Equal(inVienna(11, 3, 10, 0)) || master.End.Sub(master.Start) != 30*time.Minute ||
		master.Organizer != "alice@example.org" || len(master.Attendees) != 2 || master.Sequence != 3 ||
		master.Start.Location().String() != "Europe/Vienna" || master.Calendar != m.id {
		t.Errorf("the series is %+v", master)
	}
	if exception.UID != "series" || !exception.Start.Equal(inVienna(11, 18, 14, 0)) ||
		exception.SeriesID != master.SeriesID || exception.Title != "Alice / Bob (long)" {
		t.Errorf("the exception is %+v", exception)
	}
	if a, ok := exception.AnswerOf([]string{"BOB@example.org"}); !ok || a != calendar.Maybe {
		t.Errorf("bob's answer is %q, %v", a, ok)
	}
}

func caseFloating(t TB, f Fixture) {
	for name, start := range map[string]string{"floating.ics": ":20261103T100000", "allday.ics": ";VALUE=DATE:20261103"} {
		end := strings.NewReplacer("T100000", "T103000", "20261103", "20261104").Replace(start)
		if name == "floating.ics" {
			end = strings.Replace(end, "20261104", "20261103", 1)
		}
		f.put(t, name, icsObject("BEGIN:VEVENT\nUID:"+name+"\nDTSTAMP:20261001T120000Z\nDTSTART"+start+"\nDTEND"+end+"\nRRULE:FREQ=WEEKLY\nSUMMARY:X\nEND:VEVENT\n"))
	}
	m := newMirror(t, f)
	floating := f.events(t, m.find(t, "floating.ics"))[0]
	if want := time.Date(2026, 11, 3, 10, 0, 0, 0, f.Zone); !floating.Floating || !floating.Start.Equal(want) {
		t.Errorf("the floating event is %+v, want it at %v", floating, want)
	}
	allDay := f.events(t, m.find(t, "allday.ics"))[0]
	if want := time.Date(2026, 11, 3, 0, 0, 0, 0, f.Zone); !allDay.AllDay || !allDay.Start.Equal(want) || !allDay.End.Equal(want.AddDate(0, 0, 1)) {
		t.Errorf("the all-day event is %+v, want it on %v", allDay, want)
	}
	for _, name := range []string{"floating.ics", "allday.ics"} {
		r := f.apply(t, f.upkeep(m.find(t, name), "A line", agendaLink))
		if e := f.events(t, r)[0]; e.AgendaLink != agendaLink {
			t.Errorf("%s has no link: %+v", name, e)
		}
	}
}
