package calendartest

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"oneonone/internal/icalendar"
)

func TestOffice(t *testing.T) {
	const n = 2000
	objects := Office(7, n, "ann@example.org")
	recurring, excepted, meetings, size := 0, 0, 0, 0
	seen := map[string]bool{}
	again := Office(7, n, "ann@example.org")
	for i, o := range objects {
		if !bytes.Equal(again[i].Data, o.Data) {
			t.Fatalf("object %d differs between two runs", i)
		}
		uid, kind, err := inspect(o.Data)
		if err != nil || uid != o.UID || kind != "VEVENT" || seen[o.Name] {
			t.Fatalf("%s: UID %q, %s, %v\n%s", o.Name, uid, kind, err, o.Data)
		}
		seen[o.Name] = true
		for line := range bytes.SplitSeq(o.Data, []byte("\r\n")) {
			if len(line) > 75 {
				t.Fatalf("%s has a line of %d octets", o.Name, len(line))
			}
		}
		events, err := icalendar.Parse(o.Data, time.UTC)
		if err != nil {
			t.Fatalf("%s: %v\n%s", o.Name, err, o.Data)
		}
		size += len(o.Data)
		for _, e := range events {
			if e.Recurs() {
				recurring++
			}
			if e.IsException() {
				excepted++
			}
		}
		if len(events[0].Attendees) == 2 && events[0].Recurs() {
			meetings++
		}
	}
	t.Logf("%d recur, %d exceptions, %d series of two people, %d bytes each", recurring, excepted, meetings, size/n)
	if recurring < n*45/100 || recurring > n*55/100 || excepted < n/20 || meetings < n/400 || meetings > n/20 {
		t.Error("the office is not as its description says")
	}
	if bytes.Equal(Office(8, 1, "x@example.org")[0].Data, Office(7, 1, "x@example.org")[0].Data) {
		t.Error("two seeds give the same object")
	}
}

// TestOfficeExceptionsFit checks that exceptions and EXDATEs name occurrences
// that the rule has.
func TestOfficeExceptionsFit(t *testing.T) {
	for _, o := range Office(3, 1000, "ann@example.org") {
		events, err := icalendar.Parse(o.Data, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		master := events[0]
		named := master.ExDates
		for _, e := range events[1:] {
			named = append(named, e.Original)
		}
		for _, at := range named {
			clock := func(t time.Time) string { return t.In(master.Start.Location()).Format("15:04") }
			if !at.After(master.Start) || clock(at) != clock(master.Start) {
				t.Errorf("%s names %v, its series starts at %v with %s", o.Name, at, master.Start, strings.Join(master.RRules, " "))
			}
		}
	}
}
