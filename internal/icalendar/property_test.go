package icalendar

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// drawPart draws what is to be done to one component or occurrence.
func drawPart(t *rapid.T, o *randomObject) calendar.Part {
	var p calendar.Part
	n := rapid.IntRange(-1, 8).Draw(t, "occurrence")
	movable := !o.recurs
	if o.recurs && n >= 0 {
		p.Original = o.original(n)
		movable = true
	}
	if movable && rapid.Bool().Draw(t, "move") {
		start := o.start.AddDate(0, 0, rapid.IntRange(-10, 80).Draw(t, "to"))
		p.To = &span.Span{Start: start, End: start.AddDate(0, 0, 1)}
		if !o.allDay {
			start = start.Add(time.Duration(rapid.IntRange(-8, 8).Draw(t, "hours")) * 15 * time.Minute)
			*p.To = span.Of(start, time.Duration(rapid.IntRange(2, 12).Draw(t, "length"))*5*time.Minute)
		}
	}
	if rapid.Bool().Draw(t, "mark") {
		s := span.Of(o.start, time.Hour)
		p.Mark = &calendar.Mark{Count: 1, From: s, To: s.Shift(time.Hour), At: now}
	}
	if rapid.Bool().Draw(t, "lines") {
		p.Lines = rapid.SliceOfN(rapid.SampledFrom([]string{"One, two; three", "Größe 🙂", "https://a/" + strings.Repeat("b", 80), "--- oneonone ---"}), 0, 3).Draw(t, "text")
	}
	if rapid.Bool().Draw(t, "link") {
		p.Link = ptr(rapid.SampledFrom([]string{"", "https://example.org/a,b;c?d=%20#ü", "https://x"}).Draw(t, "url"))
	}
	return p
}

// model applies p to the events as Edit should. c names who asks.
func model(t *rapid.T, events []calendar.Event, p calendar.Part, c calendar.Change) []calendar.Event {
	i := slices.IndexFunc(events, func(e calendar.Event) bool { return e.Original.Equal(p.Original) })
	added := i < 0
	if added {
		m := events[slices.IndexFunc(events, func(e calendar.Event) bool { return !e.IsException() })]
		window := span.Of(p.Original, time.Second)
		found, _, err := recur.Expand(m, nil, window)
		if err != nil || len(found) != 1 && m.End.After(m.Start) {
			t.Fatalf("Expand() = %v, %v", found, err)
		}
		e := m
		e.Original, e.Start = p.Original, p.Original
		e.End = e.Start.Add(m.End.Sub(m.Start))
		for _, o := range found {
			if o.Original.Equal(p.Original) {
				e.Start, e.End = o.Start, o.End
			}
		}
		e.RRules, e.ExDates, e.Mark = nil, nil, nil
		events, i = append(slices.Clone(events), e), len(events)
	}
	was := events[i]
	e := was
	if p.To != nil && !p.To.Equal(e.Span()) {
		e.Start, e.End = p.To.Start, p.To.End
		e.Sequence++
		e.Attendees = slices.Clone(e.Attendees)
		for j, a := range e.Attendees {
			if a.Address != e.Organizer && !(c.Organizer && slices.Contains(c.Self, a.Address)) {
				e.Attendees[j].Answer = calendar.NeedsAction
			}
		}
	}
	if p.Mark != nil {
		e.Mark = p.Mark
	}
	if p.Lines != nil {
		human, _, _ := agenda.SplitBlock(e.Description, false)
		e.Description = agenda.JoinBlock(human, p.Lines, false)
	}
	if p.Link != nil {
		e.AgendaLink = *p.Link
	}
	if cmp.Equal(was, e, instants) {
		if added {
			return events[:i]
		}
		return events
	}
	e.Updated = c.Now
	events = slices.Clone(events)
	events[i] = e
	return events
}

func TestEditProperty(t *testing.T) {
	zone := zoneOf(t, "Europe/Vienna")
	rapid.Check(t, func(t *rapid.T) {
		o := drawObject(t, zone)
		before := []byte(o.String())
		events, err := Parse(before, zone)
		if err != nil {
			t.Fatalf("Parse() = %v of\n%s", err, before)
		}
		c := calendar.Change{Now: now, Self: []string{"ann@example.org"}, Organizer: rapid.Bool().Draw(t, "organizer"),
			Parts: []calendar.Part{drawPart(t, o)}}
		after, err := Edit(before, c, zone)
		if err != nil {
			t.Fatalf("Edit() = %v of\n%s", err, before)
		}
		got, err := Parse(after, zone)
		if err != nil {
			t.Fatalf("Parse() after Edit() = %v of\n%s", err, after)
		}
		want := model(t, events, c.Parts[0], c)
		if bytes.Equal(before, after) != cmp.Equal(want, events, instants) {
			t.Fatalf("the text changed and the events did not, or the reverse:\n%s\n%s", before, after)
		}
		byOriginal := func(a, b calendar.Event) int { return a.Original.Compare(b.Original) }
		slices.SortFunc(want, byOriginal)
		slices.SortFunc(got, byOriginal)
		if diff := cmp.Diff(want, got, instants); diff != "" {
			t.Fatalf("events after Edit() (-want +got):\n%s\n%s\n%s", diff, before, after)
		}
		checkUntouched(t, string(before), string(after), c.Parts[0].Original)
		again, err := Edit(after, c, zone)
		if err != nil || !bytes.Equal(again, after) {
			t.Fatalf("Edit() is not idempotent: %v\n%s", err, cmp.Diff(string(after), string(again)))
		}
	})
}

// checkUntouched checks that nothing changed but lines that a change of the
// occurrence may change.
func checkUntouched(t *rapid.T, before, after string, original time.Time) {
	restBefore, eventsBefore, err := outside(before)
	if err != nil {
		t.Fatal(err)
	}
	restAfter, eventsAfter, err := outside(after)
	if err != nil {
		t.Fatal(err)
	}
	if restBefore != restAfter {
		t.Fatalf("outside the events (-want +got):\n%s", cmp.Diff(restBefore, restAfter))
	}
	changed := 0
	for i, e := range eventsBefore {
		if e != eventsAfter[i] {
			changed++
		}
		if a, b := kept(e), kept(eventsAfter[i]); a != b {
			t.Fatalf("other lines (-want +got):\n%s", cmp.Diff(a, b))
		}
	}
	if changed+len(eventsAfter)-len(eventsBefore) > 1 {
		t.Fatalf("%d events changed and %d were added", changed, len(eventsAfter)-len(eventsBefore))
	}
}

// What upkeep puts on events and takes off again leaves no trace but the time
// of the last change.
func TestEditLeavesNoTrace(t *testing.T) {
	zone := zoneOf(t, "Europe/Vienna")
	rapid.Check(t, func(t *rapid.T) {
		o := drawObject(t, zone)
		before := []byte(o.String())
		after := before
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			p := drawPart(t, o)
			p.To = nil
			var err error
			if after, err = Edit(after, calendar.Change{Now: now, Parts: []calendar.Part{p}}, zone); err != nil {
				t.Fatal(err)
			}
		}
		events, err := Parse(after, zone)
		if err != nil {
			t.Fatal(err)
		}
		c := calendar.Change{Now: now}
		for _, e := range events {
			c.Parts = append(c.Parts, calendar.Part{Original: e.Original, RemoveMark: true, Lines: []string{}, Link: ptr("")})
		}
		if after, err = Edit(after, c, zone); err != nil {
			t.Fatal(err)
		}
		wantRest, want, _ := outside(string(before))
		gotRest, got, err := outside(string(after))
		if err != nil || wantRest != gotRest {
			t.Fatalf("outside the events: %v (-want +got):\n%s", err, cmp.Diff(wantRest, gotRest))
		}
		for i := range want {
			if a, b := withoutStamps(want[i]), withoutStamps(got[i]); a != b {
				t.Fatalf("a trace is left (-want +got):\n%s\n%q\n%q", cmp.Diff(a, b), a, b)
			}
		}
	})
}

func withoutStamps(event string) string {
	d := newDraft(event, "\n")
	d.drop("DTSTAMP", "LAST-MODIFIED")
	return d.text
}

// Whatever is folded unfolds to itself, in lines that are short enough and
// break no character.
func TestFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "ü", "日本", "🙂", " "}), 0, 200).Draw(t, "text"), "")
		l := logicalLine(folded(text, "\r\n")+"X:y", 0)
		if l.text != text {
			t.Fatalf("unfolded %q, want %q", l.text, text)
		}
		for line := range strings.SplitSeq(folded(text, "\r\n"), "\r\n") {
			if len(line) > 75 || strings.ToValidUTF8(line, "") != line {
				t.Fatalf("physical line %q", line)
			}
		}
	})
}

func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune(`ab\,;:n"N`+"\nü🙂"))).Draw(t, "text")
		if got := unescape(escape(text)); got != text {
			t.Fatalf("unescape(escape(%q)) = %q", text, got)
		}
		value := rapid.StringOf(rapid.SampledFrom([]rune(`ab\,;:n"N`+"ü"))).Draw(t, "value")
		for n := range len(unescape(value)) {
			if at := rawLen(value, n); unescape(value[:at]) != unescape(value)[:n] {
				t.Fatalf("rawLen(%q, %d) = %d", value, n, at)
			}
		}
	})
}
