package oneonone

import (
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

var (
	ann   = calendar.Person{Name: "Ann", Addresses: []string{"ann@example.org", "ann@old.example.org"}}
	bob   = calendar.Person{Name: "Bob", Addresses: []string{"bob@example.org"}}
	start = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
)

func judge() Judge {
	return Judge{People: NewDirectory([]calendar.Person{ann, bob}), IgnoreTitles: []string{"interview"}}
}

// weekly is a weekly 1:1 of Ann and Bob, changed by edit.
func weekly(edit func(*calendar.Event)) calendar.Event {
	e := calendar.Event{
		UID: "u", Title: "Ann / Bob", Start: start, End: start.Add(30 * time.Minute),
		RRules: []string{"FREQ=WEEKLY"}, Organizer: "ann@example.org",
		Attendees: []calendar.Attendee{
			{Address: "ann@example.org", Answer: calendar.Accepted},
			{Address: "bob@example.org", Answer: calendar.Accepted},
		},
	}
	if edit != nil {
		edit(&e)
	}
	return e
}

func guest(address string, kind calendar.Kind) calendar.Attendee {
	return calendar.Attendee{Address: address, Kind: kind, Answer: calendar.Accepted}
}

func TestR1WhatIsAOneOnOne(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*calendar.Event)
		want string // "" for a 1:1, else part of the reason
	}{
		{"two people", nil, ""},
		{"an address in another letter case", func(e *calendar.Event) { e.Attendees[0].Address = "Ann@Example.ORG" }, ""},
		{"the organizer under a second address", func(e *calendar.Event) { e.Organizer = "ann@old.example.org" }, ""},
		{"the organizer is no guest", func(e *calendar.Event) { e.Attendees = e.Attendees[1:] }, ""},
		{"with a room", func(e *calendar.Event) { e.Attendees = append(e.Attendees, guest("room@example.org", calendar.Room)) }, ""},
		{"with equipment", func(e *calendar.Event) {
			e.Attendees = append(e.Attendees, guest("beamer@example.org", calendar.Equipment))
		}, ""},
		{"with a Google room", func(e *calendar.Event) {
			e.Attendees = append(e.Attendees, guest("c_1@resource.calendar.google.com", ""))
		}, ""},
		{"three people", func(e *calendar.Event) { e.Attendees = append(e.Attendees, guest("carl@example.org", "")) }, "3 people"},
		{"a longer address is another person", func(e *calendar.Event) { e.Attendees = append(e.Attendees, guest("xbob@example.org", "")) }, "3 people"},
		{"alone", func(e *calendar.Event) { e.Attendees = e.Attendees[:1] }, "nobody else"},
		{"no guests", func(e *calendar.Event) { e.Attendees, e.Organizer = nil, "" }, "no guests"},
		{"of two others", func(e *calendar.Event) {
			e.Organizer = "carl@example.org"
			e.Attendees = []calendar.Attendee{guest("bob@example.org", ""), guest("carl@example.org", "")}
		}, "not on its guest list"},
		{"a hidden guest list", func(e *calendar.Event) { e.GuestsHidden = true }, "hidden"},
		{"a group", func(e *calendar.Event) { e.Attendees[1] = guest("team@example.org", calendar.Group) }, "group"},
		{"a group calendar", func(e *calendar.Event) { e.Attendees[1] = guest("x@group.calendar.google.com", "") }, "group"},
		{"cancelled", func(e *calendar.Event) { e.Status = calendar.Cancelled }, "cancelled"},
		{"all day", func(e *calendar.Event) { e.AllDay = true }, "all day"},
		{"without a length", func(e *calendar.Event) { e.End = e.Start }, "no length"},
		{"focus time", func(e *calendar.Event) { e.Type = calendar.TypeFocusTime }, "event type"},
		{"an interview", func(e *calendar.Event) { e.Title = "Interview: Bob" }, "ignore_titles"},
		{"not an interview", func(e *calendar.Event) { e.Title = "Reviewinterviewing" }, ""},
		{"#ignore in the title", func(e *calendar.Event) { e.Title = "Ann / Bob #Ignore" }, "#ignore"},
		{"#ignore in the description", func(e *calendar.Event) { e.Description = "notes\n#ignore" }, "#ignore"},
		{"it does not recur", func(e *calendar.Event) { e.RRules = nil }, "does not recur"},
		{"it does not recur but #1on1", func(e *calendar.Event) { e.RRules, e.Title = nil, "Coffee #1on1" }, ""},
		{"#1on1 cures nothing else", func(e *calendar.Event) {
			e.Title = "#1on1"
			e.Attendees = append(e.Attendees, guest("carl@example.org", ""))
		}, "3 people"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := weekly(c.edit)
			v := judge().Of(e, ann, e.Recurs())
			if v.OneOnOne != (c.want == "") || !strings.Contains(v.Why, c.want) {
				t.Errorf("Of = %v, %q; want reason %q", v.OneOnOne, v.Why, c.want)
			}
			if v.OneOnOne && (v.Self != "ann@example.org" || v.Other != "bob@example.org") {
				t.Errorf("people = %s, %s", v.Self, v.Other)
			}
		})
	}
}

func TestR3APairOutlivesItsEvents(t *testing.T) {
	a := NewPair("bob@example.org", "ann@example.org")
	b := NewPair("ann@example.org", "bob@example.org")
	if a != b || a.String() != "ann@example.org bob@example.org" {
		t.Errorf("pairs %v and %v differ", a, b)
	}
	if got := a.Other("ann@example.org"); got != "bob@example.org" {
		t.Errorf("Other = %s", got)
	}
}

func TestMatchesTitle(t *testing.T) {
	words := []string{"vacation", "out of office", "ooo"}
	for title, want := range map[string]bool{
		"Vacation":               true,
		"Summer VACATIONS!":      true,
		"Ann - Out of  Office":   true,
		"OOO":                    true,
		"Coool":                  false,
		"out of the office":      false,
		"":                       false,
		"vacationing is my life": false,
	} {
		if got := MatchesTitle(title, words); got != want {
			t.Errorf("MatchesTitle(%q) = %v, want %v", title, got, want)
		}
	}
	if MatchesTitle("anything", []string{"", "  "}) {
		t.Error("an empty word matches")
	}
}

func TestR13HumansWin(t *testing.T) {
	const half = 30 * time.Minute
	was, is := span.Of(start, half), span.Of(start.Add(4*time.Hour), half)
	mark := &calendar.Mark{Count: 1, From: was, To: is, At: start.Add(-24 * time.Hour)}
	undone := &calendar.Mark{Count: 1, From: was, To: was, At: start}
	at := func(s span.Span, exception bool) calendar.Occurrence {
		return calendar.Occurrence{Event: calendar.Event{Original: start, Start: s.Start, End: s.End}, Exception: exception}
	}
	for _, c := range []struct {
		name string
		o    calendar.Occurrence
		mark *calendar.Mark
		want string
	}{
		{"untouched", at(was, false), nil, ""},
		{"an exception at the same time", at(was, true), nil, ""},
		{"dragged by a person", at(is, true), nil, "a person moved it"},
		{"made longer by a person", at(span.Of(start, time.Hour), true), nil, "length"},
		{"moved by us", at(is, true), mark, ""},
		{"moved by us, then dragged", at(is.Shift(time.Hour), true), mark, "after oneonone did"},
		{"moved by us, then resized", at(span.Of(is.Start, time.Hour), true), mark, "after oneonone did"},
		{"moved by us, then dragged back", at(was, true), mark, "moved it back"},
		{"put back by undo", at(was, true), undone, "stays there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Pinned(c.o, half, c.mark)
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("Pinned = %q, want %q", got, c.want)
			}
		})
	}
}

func TestR2TheOtherCopyFollows(t *testing.T) {
	const half = 30 * time.Minute
	was, is := span.Of(start, half), span.Of(start.Add(4*time.Hour), half)
	mark := &calendar.Mark{Count: 1, From: was, To: is}
	occ := func(s span.Span) *calendar.Occurrence {
		return &calendar.Occurrence{Event: calendar.Event{Original: start, Start: s.Start, End: s.End}, Exception: true}
	}
	untouched := func(s span.Span) *calendar.Occurrence {
		o := occ(s)
		o.Exception = false
		return o
	}
	dragged := is.Shift(time.Hour)
	for _, c := range []struct {
		name      string
		organizer span.Span
		orgMark   *calendar.Mark
		copied    *calendar.Occurrence
		ownMark   *calendar.Mark
		want      CopyState
	}{
		{"both untouched", was, nil, occ(was), nil, CopyAgrees},
		{"a crash between the two writes", is, mark, occ(was), nil, CopyBehind},
		{"both moved", is, mark, occ(is), mark, CopyAgrees},
		{"the organizer dragged after us", dragged, mark, occ(is), mark, CopyBehind},
		{"the organizer dragged back", was, mark, occ(is), mark, CopyBehind},
		{"the guest dragged after us", is, mark, occ(dragged), mark, CopyDragged},
		{"the guest dragged back", is, mark, occ(was), mark, CopyDragged},
		{"the organizer dragged, we never did", is, nil, untouched(was), nil, CopyBehind},
		{"the guest dragged, we never did", was, nil, occ(is), nil, CopyDragged},
		{"both dragged, we never did", dragged, nil, occ(is), nil, CopyDragged},
		{"deleted by the guest", is, mark, nil, nil, CopyGone},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := CompareCopy(c.organizer, c.orgMark, c.copied, c.ownMark); got != c.want {
				t.Errorf("CompareCopy = %v, want %v", got, c.want)
			}
		})
	}
}
