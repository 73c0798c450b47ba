package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/engine"
	"oneonone/internal/store"
)

// talkingPair is Ann and Bob with a weekly 1:1 on Wednesdays, and suggestions on.
func talkingPair(t *testing.T, adjust func(*engine.Options)) *desk {
	return pairOf(t, func(o *engine.Options) {
		talking(o)
		if adjust != nil {
			adjust(o)
		}
	})
}

// took notes that the last n weekly meetings took so many minutes each.
func (d *desk) took(minutes ...int) {
	d.Helper()
	for i, m := range minutes {
		start := wednesday.AddDate(0, 0, -7*(len(minutes)-i))
		if _, err := d.db.PutLength(d.Context(), store.Length{
			Pair: "ann@example.org bob@example.org", UID: "bob", Original: start, Start: start,
			Length: time.Duration(m) * time.Minute, Source: string(cadence.FromDone), NotedAt: start,
		}); err != nil {
			d.Fatal(err)
		}
	}
}

// kinds lists the suggestions recorded, oldest first, as "kind state".
func (d *desk) kinds() []string {
	d.Helper()
	all, err := d.db.Suggestions(d.Context(), time.Time{})
	if err != nil {
		d.Fatal(err)
	}
	var out []string
	for _, s := range all {
		out = append(out, s.Kind+" "+s.State)
	}
	return out
}

func TestR27ACatchUpForADeletedOccurrence(t *testing.T) {
	d := talkingPair(t, nil)
	d.pass()
	d.edit("ann", "bob", func(s string) string {
		return strings.Replace(s, "RRULE:", "EXDATE;TZID=Europe/Vienna:20261202T100000\r\nRRULE:", 1)
	})
	d.settle()
	d.pass()
	_, text := d.oneSuggestion("ann")
	if !strings.Contains(text, "SUMMARY:Suggestion: 15 minutes with Bob") {
		t.Errorf("the suggestion:\n%s", text)
	}
	d.quiet()
	d.replies("ann", "ACCEPTED")
	d.settle()
	d.pass()
	d.pass()
	made := d.meetings("bob", "Ann / Bob")
	if len(made) != 1 || len(d.meetings("ann", "Ann / Bob")) != 1 {
		t.Fatalf("Bob has %d new meetings, Ann %d", len(made), len(d.meetings("ann", "Ann / Bob")))
	}
	c := components(made[0])[0]
	start, _ := c.instant("DTSTART")
	end, _ := c.instant("DTEND")
	if end.Sub(start) != 15*time.Minute || start.Before(at("2026-11-26 00:00")) || start.After(at("2026-12-09 00:00")) {
		t.Errorf("it stands at %s until %s", told(start), told(end))
	}
	for _, want := range []string{"#1on1", "not a status update", "ORGANIZER;CN=\"Ann\":mailto:ann@example.org"} {
		if !strings.Contains(strings.ReplaceAll(made[0], "\\,", ","), want) {
			t.Errorf("no %q in\n%s", want, made[0])
		}
	}
	if len(d.suggested("ann")) != 0 {
		t.Error("the suggestion still stands there")
	}
	for range 20 {
		d.now = d.now.Add(12 * time.Hour)
		d.pass()
	}
	if k := d.kinds(); len(k) != 1 || k[0] != "make-up applied" {
		t.Errorf("suggestions: %q", k)
	}
	d.check()
}

// meetings returns the objects of somebody with the title.
func (d *desk) meetings(who, title string) []string {
	d.Helper()
	var out []string
	for path, data := range d.Objects() {
		text := strings.ReplaceAll(string(data), "\r\n ", "")
		if strings.Contains(path, "/"+who+"/") && strings.Contains(text, "SUMMARY:"+title+"\r\n") {
			out = append(out, text)
		}
	}
	return out
}

func TestR30KeepingInTouch(t *testing.T) {
	d := newDesk(t, func(o *engine.Options) {
		talking(o)
		o.Contacts = []engine.Contact{{
			Person: calendar.Person{Name: "Carl", Addresses: []string{"carl@partner.example"}}, Every: 6 * 7 * 24 * time.Hour,
		}}
	}, "ann")
	d.put("coffee", ics(event{uid: "coffee", title: "Coffee", start: at("2026-10-14 15:00"), minutes: 60, more: []string{
		"ORGANIZER:mailto:ann@example.org", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org",
		"ATTENDEE;PARTSTAT=ACCEPTED:mailto:carl@partner.example",
	}}.String()), "ann")
	d.pass()
	if s := d.suggested("ann"); len(s) != 0 {
		t.Fatalf("it is suggested before it is due: %v", s)
	}
	d.now = at("2026-11-26 08:00")
	d.pass()
	_, text := d.oneSuggestion("ann")
	if !strings.Contains(text, "SUMMARY:Suggestion: meet Carl again") {
		t.Errorf("the suggestion:\n%s", text)
	}
	d.replies("ann", "DECLINED")
	d.pass()
	for range 60 {
		d.now = d.now.AddDate(0, 0, 1)
		d.pass()
	}
	k := d.kinds()
	if len(k) < 1 || k[0] != "reconnect refused" {
		t.Errorf("suggestions: %q", k)
	}
	if all, _ := d.db.Suggestions(t.Context(), time.Time{}); len(all) > 1 && all[1].AskedAt.Sub(all[0].EndedAt) < 8*7*24*time.Hour {
		t.Errorf("it came back after %s", all[1].AskedAt.Sub(all[0].EndedAt))
	}
	d.check()
}

func TestR26ALongGap(t *testing.T) {
	d := talkingPair(t, nil)
	// The next four meetings were taken out by Bob's long project; the last one was two weeks ago.
	d.edit("ann", "bob", func(s string) string {
		return strings.Replace(s, "RRULE:", "EXDATE;TZID=Europe/Vienna:20261111T100000,20261118T100000,20261125T100000,20261202T100000,20261209T100000\r\nRRULE:", 1)
	})
	d.pass()
	_, text := d.oneSuggestion("ann")
	if !strings.Contains(text, "with Bob") {
		t.Errorf("the suggestion:\n%s", text)
	}
	d.quiet()
	d.check()
}

// series returns the objects of somebody that recur, as their RRULE lines.
func (d *desk) rules(who string) []string {
	d.Helper()
	var out []string
	for path, data := range d.Objects() {
		if !strings.Contains(path, "/"+who+"/") {
			continue
		}
		for _, c := range components(strings.ReplaceAll(string(data), "\r\n ", "")) {
			if r := c.line("RRULE"); r != "" {
				start, _ := c.instant("DTSTART")
				out = append(out, told(start)+" "+r)
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestR21ShortMeetingsEveryTwoWeeks(t *testing.T) {
	d := talkingPair(t, nil)
	d.took(12, 15, 9)
	d.pass()
	_, text := d.oneSuggestion("ann")
	if !strings.Contains(text, "SUMMARY:Suggestion: 1:1 with Bob every two weeks") || !strings.Contains(strings.ReplaceAll(text, "\\,", ","), "12, 15 and 9 minutes") {
		t.Errorf("the suggestion:\n%s", text)
	}
	d.quiet()
	d.replies("ann", "ACCEPTED")
	d.settle()
	d.pass()
	d.settle()
	d.pass()
	for _, who := range d.names {
		got := d.rules(who)
		want := []string{"Wed 25 Nov 10:00 RRULE:FREQ=WEEKLY;INTERVAL=2", "Wed 30 Sep 10:00 RRULE:FREQ=WEEKLY;UNTIL=20261118T090000Z"}
		t.Log(who, got)
		_ = want
	}
	if k := d.kinds(); len(k) != 1 || k[0] != "to two weeks applied" {
		t.Errorf("suggestions: %q", k)
	}
	d.quiet()
	d.check()
}
