package calendartest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// inVienna is an instant of 2026 in the zone of the series in the samples.
func inVienna(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 0, 0, zoneOf("Europe/Vienna"))
}

// The second occurrence of series is an ordinary one, the third one has been
// moved by somebody.
func second() time.Time { return inVienna(11, 10, 10, 0) }
func third() time.Time  { return inVienna(11, 17, 10, 0) }

// eleven is where the second occurrence is moved to.
func eleven() span.Span { return span.Of(inVienna(11, 10, 11, 30), 30*time.Minute) }

// moveOf is the change that moves one occurrence, or a single event when
// original is zero.
func (f Fixture) moveOf(base calendar.Resource, original time.Time, to span.Span, organizer bool) calendar.Change {
	mark := &calendar.Mark{Count: 1, From: span.Of(original, 30*time.Minute), To: to, At: now}
	if original.IsZero() {
		mark.From = to
	}
	return calendar.Change{
		Base:  base,
		Parts: []calendar.Part{{Original: original, To: &to, Mark: mark, Lines: []string{"Moved from Tue 10 Nov 10:00: Bob is not available then."}}},
		Now:   now, Self: f.Self, Organizer: organizer, Notify: true,
	}
}

// upkeep is the change that puts a line and a link on the master.
func (f Fixture) upkeep(base calendar.Resource, line, link string) calendar.Change {
	p := calendar.Part{Lines: []string{line}, Link: &link}
	if line == "" {
		p.Lines = []string{}
	}
	return calendar.Change{Base: base, Parts: []calendar.Part{p}, Now: now, Self: f.Self, Organizer: true}
}

// apply makes a change that must succeed, and checks that what comes back is
// what the server has, that nothing was damaged, and that a pull knows of it.
func (f Fixture) apply(t TB, c calendar.Change) calendar.Resource {
	t.Helper()
	name := f.nameOf(c.Base.Href)
	before := f.get(t, name)
	r, err := f.Provider.Apply(context.Background(), c)
	if err != nil {
		t.Fatalf("Apply: %v", err)
	}
	if !f.Account.Whole() {
		name = f.nameOf(r.Href) // The change may have made an exception.
	}
	after := f.get(t, name)
	if !bytes.Equal(r.Data, after) || f.Account.Whole() && r.Href != c.Base.Href || r.Calendar != c.Base.Calendar {
		t.Errorf("Apply = %s %q, want what the server has now:\n%q", r.Href, r.Data, after)
	}
	if got, err := f.Provider.Get(context.Background(), r.Calendar, r.Href); err != nil || got.ETag != r.ETag {
		t.Errorf("Apply gave the ETag %s, Get gives %s, %v", r.ETag, got.ETag, err)
	}
	for _, reason := range f.Account.Damage(before, after) {
		t.Errorf("the change of %s did damage: %s\nbefore\n%s\nafter\n%s", name, reason, before, after)
	}
	return r
}

// parse reads one resource.
func (f Fixture) parse(t TB, r calendar.Resource) []calendar.Event {
	t.Helper()
	list, err := f.Provider.Parse(r, f.Zone)
	if err != nil {
		t.Fatalf("Parse(%s): %v\n%s", r.Href, err, r.Data)
	}
	return list
}

// all reads a resource, and with it all others of its series where the server
// keeps those apart.
func (f Fixture) all(t TB, r calendar.Resource) []calendar.Event {
	t.Helper()
	list := f.parse(t, r)
	if f.Account.Whole() || len(list) == 0 {
		return list
	}
	ch, err := f.Provider.Pull(context.Background(), r.Calendar, calendar.Since{})
	if err != nil {
		t.Fatalf("Pull: %v", err)
	}
	for _, other := range ch.Changed {
		if other.Href != r.Href {
			for _, e := range f.parse(t, other) {
				if e.SeriesID == list[0].SeriesID {
					list = append(list, e)
				}
			}
		}
	}
	return list
}

// base is the resource that a change of one occurrence is made to: the
// exception where it is kept by itself, else the series.
func (m *mirror) base(t TB, name string, original time.Time) calendar.Resource {
	t.Helper()
	series := m.find(t, name)
	if m.f.Account.Whole() || original.IsZero() {
		return series
	}
	id := m.f.parse(t, series)[0].SeriesID
	for _, r := range m.objects {
		for _, e := range m.f.parse(t, r) {
			if e.SeriesID == id && e.Original.Equal(original) {
				return r
			}
		}
	}
	return series
}

// events parses a resource into its events by their original start; the master
// has the zero time.
func (f Fixture) events(t TB, r calendar.Resource) map[int64]calendar.Event {
	t.Helper()
	list := f.all(t, r)
	byOriginal := map[int64]calendar.Event{}
	for _, e := range list {
		key := int64(0)
		if e.IsException() {
			key = e.Original.Unix()
		}
		if _, twice := byOriginal[key]; twice {
			t.Errorf("%s has two events for %v", r.Href, e.Original)
		}
		byOriginal[key] = e
	}
	return byOriginal
}

// move moves one occurrence and checks that it, and only it, has moved.
func (f Fixture) move(t TB, m *mirror, name string, original time.Time, to span.Span, organizer bool) calendar.Event {
	t.Helper()
	base := m.base(t, name, original)
	before := f.events(t, base)
	change := f.moveOf(base, original, to, organizer)
	r := f.apply(t, change)
	after := f.events(t, r)
	key := int64(0)
	if !original.IsZero() {
		key = original.Unix()
	}
	moved, ok := after[key]
	if !ok {
		t.Fatalf("there is no event for %v:\n%s", original, r.Data)
	}
	if !moved.Span().Equal(to) || moved.AllDay || moved.Floating {
		t.Errorf("the occurrence is at %v to %v, want %v to %v", moved.Start, moved.End, to.Start, to.End)
	}
	if want := change.Parts[0].Mark; moved.Mark == nil || moved.Mark.Count != want.Count || !moved.Mark.From.Equal(want.From) ||
		!moved.Mark.To.Equal(want.To) || !moved.Mark.At.Equal(want.At) {
		t.Errorf("the mark is %+v, want %+v", moved.Mark, want)
	}
	for other, e := range before {
		now, ok := after[other]
		if other != key && (!ok || !now.Span().Equal(e.Span()) || !slices.Equal(now.RRules, e.RRules) || len(now.ExDates) != len(e.ExDates) ||
			now.Sequence != e.Sequence || now.Title != e.Title || now.Description != e.Description || !slices.Equal(now.Attendees, e.Attendees)) {
			t.Errorf("another event of the series changed from\n%+v\nto\n%+v", e, now)
		}
	}
	if was, ok := before[key]; ok && moved.Sequence <= was.Sequence || !ok && moved.Sequence <= before[0].Sequence {
		t.Errorf("SEQUENCE is %d and was not raised", moved.Sequence)
	}
	m.pull(t)
	if got := m.objects[r.Href]; got.ETag != r.ETag || !bytes.Equal(got.Data, r.Data) {
		t.Errorf("the pull after the change has %s, want %s", got.ETag, r.ETag)
	}
	return moved
}

func caseMove(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	m := newMirror(t, f)
	e := f.move(t, m, "series.ics", second(), eleven(), true)
	if e.Title != "Alice / Bob" || !strings.Contains(e.Description, "Bring the plan.\nSecond line; with a semicolon.") ||
		!strings.Contains(e.Description, "Moved from") || len(e.RRules)+len(e.ExDates) > 0 {
		t.Errorf("the exception is %+v", e)
	}
	// RECURRENCE-ID has the value type and the zone of DTSTART (RFC 5545 §3.8.4.4).
	if want := []byte("RECURRENCE-ID;TZID=Europe/Vienna:20261110T100000"); f.Account.Whole() && !bytes.Contains(f.get(t, "series.ics"), want) {
		t.Errorf("the object lacks %s:\n%s", want, f.get(t, "series.ics"))
	}
}

func caseMoveAgain(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	m := newMirror(t, f)
	to := span.Of(inVienna(11, 19, 9, 0), 25*time.Minute)
	if e := f.move(t, m, "series.ics", third(), to, true); e.Title != "Alice / Bob (long)" {
		t.Errorf("the exception lost its own title: %+v", e)
	}
	f.move(t, m, "series.ics", third(), to.Shift(time.Hour), true)
}

func caseMoveBack(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	m := newMirror(t, f)
	f.move(t, m, "series.ics", second(), eleven(), true)
	f.move(t, m, "series.ics", second(), span.Of(second(), 30*time.Minute), true)
}

func caseMoveSingle(t TB, f Fixture) {
	f.put(t, "single.ics", single("single", "Single"))
	m := newMirror(t, f)
	f.move(t, m, "single.ics", time.Time{}, span.Of(inVienna(11, 5, 13, 15), 20*time.Minute), true)
}

func caseAnswers(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	m := newMirror(t, f)
	e := f.move(t, m, "series.ics", second(), eleven(), true)
	if a, _ := e.AnswerOf(f.Self); a != calendar.Accepted {
		t.Errorf("the organizer's own answer is %s, want it kept", a)
	}
	if a, _ := e.AnswerOf([]string{"bob@example.org"}); a != calendar.NeedsAction {
		t.Errorf("the guest's answer is %s, want it reset", a)
	}
}

func caseMoveCopy(t TB, f Fixture) {
	swap := strings.NewReplacer("alice@", "bob@", "bob@", "alice@")
	f.put(t, "copy.ics", []byte(swap.Replace(string(series("copy")))))
	m := newMirror(t, f)
	e := f.move(t, m, "copy.ics", second(), eleven(), false)
	if a, _ := e.AnswerOf(f.Self); a != calendar.NeedsAction {
		t.Errorf("the attendee's answer is %s, want it reset", a)
	}
}

func caseStale(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	m := newMirror(t, f)
	base := m.find(t, "series.ics")
	theirs := bytes.Replace(series("series"), []byte("Room 5"), []byte("Room 6"), 1)
	f.put(t, "series.ics", theirs)
	before := f.get(t, "series.ics")
	for _, c := range []calendar.Change{f.moveOf(base, second(), eleven(), true), f.upkeep(base, "line", "https://agenda.example.org/x")} {
		if _, err := f.Provider.Apply(context.Background(), c); !errors.Is(err, calendar.ErrConflict) {
			t.Errorf("Apply with a stale base: %v, want ErrConflict", err)
		}
		if got := f.get(t, "series.ics"); !bytes.Equal(got, before) {
			t.Errorf("Apply with a stale base wrote\n%s", got)
		}
	}
	m.pull(t)
	f.move(t, m, "series.ics", second(), eleven(), true)
}
