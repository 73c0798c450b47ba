package calendartest

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// fortnightly is the draft of the series that goes on from series every two
// weeks from its second occurrence on. The third one, which has been moved, goes
// along in place of the second one of the new.
func (f Fixture) fortnightly(m *mirror, t TB) calendar.Draft {
	t.Helper()
	old := m.find(t, "series.ics")
	d := calendar.Draft{
		Calendar: m.id, ID: "goeson00", Like: []calendar.Resource{old}, After: "series",
		Start: second(), End: second().Add(45 * time.Minute), RRule: "FREQ=WEEKLY;INTERVAL=2",
		ExDates: []time.Time{inVienna(12, 22, 10, 0)},
		Carry:   []calendar.Carried{{From: third(), To: inVienna(11, 24, 10, 0), Span: span.Of(inVienna(11, 18, 14, 0), time.Hour)}},
		Now:     now, Self: f.Self, Notify: true,
	}
	if !f.Account.Whole() {
		d.Like = append(d.Like, m.base(t, "series.ics", third()))
	}
	return d
}

// meetings returns the starts of all meetings of 1:1s in the mirror to the end
// of the year, sorted.
func (m *mirror) meetings(t TB) []time.Time {
	t.Helper()
	masters, exceptions := map[string]calendar.Event{}, map[string][]calendar.Event{}
	for _, r := range m.objects {
		for _, e := range m.f.parse(t, r) {
			if e.IsException() {
				exceptions[e.SeriesID] = append(exceptions[e.SeriesID], e)
			} else {
				masters[e.SeriesID] = e
			}
		}
	}
	var starts []time.Time
	for id, e := range masters {
		found, skipped, err := recur.Expand(e, exceptions[id], span.Span{Start: inVienna(11, 1, 0, 0), End: inVienna(12, 31, 0, 0)})
		if err != nil || len(skipped) > 0 {
			t.Errorf("expanding %s: %v, %+v", e.UID, err, skipped)
		}
		for _, o := range found {
			starts = append(starts, o.Start)
		}
	}
	slices.SortFunc(starts, time.Time.Compare)
	return starts
}

func (m *mirror) checkMeetings(t TB, when string, want ...time.Time) {
	t.Helper()
	if got := m.meetings(t); !slices.EqualFunc(got, want, time.Time.Equal) {
		t.Errorf("%s the meetings are\n%v\nwant\n%v", when, got, want)
	}
}

// end ends the series before the instant, and removes the exceptions that a
// server keeps by themselves.
func (m *mirror) end(t TB, before time.Time) calendar.Resource {
	t.Helper()
	series := m.find(t, "series.ics")
	orphan := m.base(t, "series.ics", third())
	r := m.f.apply(t, calendar.Change{
		Base: series, Parts: []calendar.Part{{Until: &before}}, Now: now, Self: m.f.Self, Organizer: true, Notify: true,
	})
	m.pull(t)
	if orphan.Href != series.Href {
		if now, still := m.objects[orphan.Href]; still {
			if err := m.f.Provider.Delete(context.Background(), now, false); err != nil {
				t.Errorf("the exception of a series that has ended cannot be removed: %v", err)
			}
		}
		m.pull(t)
	}
	return r
}

func caseGoesOn(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	m := newMirror(t, f)
	d := f.fortnightly(m, t)
	r := f.create(t, d)
	events := f.events(t, r)
	e, x := events[0], events[inVienna(11, 24, 10, 0).Unix()]
	if e.After != "series" || e.Own != calendar.OwnNone || e.UID == "series" || e.Title != "Alice / Bob" || e.Location != "Room 5, upstairs" ||
		!strings.Contains(e.Description, "Bring the plan.\nSecond line; with a semicolon.") || !e.Start.Equal(d.Start) || !e.End.Equal(d.End) ||
		len(e.RRules) != 1 || !calendar.SameAddress(e.Organizer, f.Self[0]) || len(e.Attendees) != 2 {
		t.Errorf("the new series is %+v", e)
	}
	if a, _ := e.AnswerOf(f.Self); a != calendar.Accepted {
		t.Errorf("the organizer's answer is %s", a)
	}
	if a, _ := e.AnswerOf([]string{"bob@example.org"}); a != calendar.NeedsAction {
		t.Errorf("the guest's answer is %s", a)
	}
	if x.Title != "Alice / Bob (long)" || !x.Span().Equal(d.Carry[0].Span) || x.UID != e.UID {
		t.Errorf("the exception that went along is %+v", x)
	}
	if f.Account.Whole() {
		for _, kept := range []string{"X-KEEP", "https://meet.example.org/alice", "https://example.org/plan.pdf", "BEGIN:VALARM", "also here", "turquoise"} {
			if !bytes.Contains(r.Data, []byte(kept)) {
				t.Errorf("%s did not go along:\n%s", kept, r.Data)
			}
		}
	}
	before := f.get(t, "series.ics")
	if again := f.create(t, d); again.Href != r.Href || again.ETag != r.ETag {
		t.Errorf("a second call gave %s %s, the first one %s %s", again.Href, again.ETag, r.Href, r.ETag)
	}
	m.pull(t)
	if !bytes.Equal(before, f.get(t, "series.ics")) {
		t.Error("the old series was changed before it was to end")
	}
	m.end(t, second())
	m.checkMeetings(t, "afterwards", inVienna(11, 3, 10, 0), second(), inVienna(11, 18, 14, 0), inVienna(12, 8, 10, 0))
	again := f.create(t, d)
	if again.Href != r.Href {
		t.Errorf("a call after the end of the old series gave %s", again.Href)
	}
	c := calendar.Change{Base: again, Now: now, Self: f.Self, Organizer: true, Parts: []calendar.Part{{RemoveMark: true}}}
	if e := f.events(t, f.apply(t, c))[0]; e.After != "" || !e.Start.Equal(d.Start) || len(e.RRules) != 1 {
		t.Errorf("without marks the new series is %+v", e)
	}
}

func caseHalf(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	m := newMirror(t, f)
	before := m.meetings(t)
	r := f.create(t, f.fortnightly(m, t))
	m.pull(t)
	f.remove(t, r)
	m.pull(t)
	m.checkMeetings(t, "after the undoing", before...)
	m.check(t, "series.ics")
}

func caseEnd(t TB, f Fixture) {
	f.put(t, "series.ics", series("series"))
	m := newMirror(t, f)
	f.create(t, f.fortnightly(m, t)) // Without it nothing may end.
	m.pull(t)
	was := f.events(t, m.find(t, "series.ics"))[0]
	r := m.end(t, second())
	events := f.events(t, r)
	maps.DeleteFunc(events, func(_ int64, x calendar.Event) bool { return x.IsException() && x.Status == calendar.Cancelled })
	e := events[0]
	if len(events) != 1 || len(e.ExDates) != 0 || e.Title != was.Title || e.Description != was.Description || !e.Span().Equal(was.Span()) || e.After != "" {
		t.Errorf("the series that was ended is %+v", events)
	}
	// Other servers ask the guests anew and count as they please.
	if f.Account.Whole() && (!slices.Equal(e.Attendees, was.Attendees) || e.Sequence <= was.Sequence) {
		t.Errorf("the answers were %+v, sequence %d, and are %+v, %d", was.Attendees, was.Sequence, e.Attendees, e.Sequence)
	}
	set, err := recur.ParseSet(e.Start, e.AllDay, e.RRules, e.RDates, e.ExDates)
	if err != nil {
		t.Fatalf("the rules %q: %v", e.RRules, err)
	}
	if starts, err := set.Between(span.Span{Start: e.Start, End: e.Start.AddDate(5, 0, 0)}, recur.DefaultBudget); err != nil || len(starts) != 1 {
		t.Errorf("it still has %v, %v", starts, err)
	}
	until := second()
	f.unsent(t, calendar.Change{Base: m.find(t, "series.ics"), Parts: []calendar.Part{{Until: &until}}, Now: now.Add(time.Hour), Self: f.Self, Organizer: true})
}
