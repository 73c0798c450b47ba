package calendartest

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"oneonone/internal/calendar"
)

// hostile are objects that no program should have written. Servers differ in
// which of them they take.
func hostile() map[string][]byte {
	event := func(lines string) []byte {
		return icsObject("BEGIN:VEVENT\nUID:hostile\nDTSTAMP:20261001T120000Z\nDTSTART:20261104T090000Z\n" + lines + "END:VEVENT\n")
	}
	return map[string][]byte{
		"no calendar":       []byte("this is no calendar\r\n"),
		"empty":             {},
		"no colon":          event("X-A;B=c\n"),
		"quote in between":  event("X-A;B=\"c\"d:e\n"),
		"long parameter":    event("X-A;B=\"" + strings.Repeat("x", 100_000) + "\":c\n"),
		"nested":            []byte(strings.Repeat("BEGIN:VEVENT\r\n", 5000)),
		"no end":            []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:x\r\n"),
		"no start":          icsObject("BEGIN:VEVENT\nUID:hostile\nDTSTAMP:20261001T120000Z\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n"),
		"unknown zone":      icsObject("BEGIN:VEVENT\nUID:hostile\nDTSTAMP:20261001T120000Z\nDTSTART;TZID=Nowhere/Land:20261104T090000\nEND:VEVENT\n"),
		"count of nothing":  event("RRULE:FREQ=DAILY;COUNT=0\n"),
		"every second":      event("RRULE:FREQ=SECONDLY\n"),
		"endless length":    event("DURATION:P1000000000W\n"),
		"not UTF-8":         event("SUMMARY:\xff\xfe\n"),
		"control character": event("SUMMARY:a\x00b\x07\n"),
		"markup":            event("SUMMARY:]]><script>&amp;<!-- %s \n"),
		"many properties":   event(strings.Repeat("X-A:b\n", 20_000)),
		"a task":            icsObject("BEGIN:VTODO\nUID:hostile\nDTSTAMP:20261001T120000Z\nSUMMARY:Task\nEND:VTODO\n"),
	}
}

func caseHostile(t TB, f Fixture) {
	f.put(t, "good.ics", series("good"))
	taken := 0
	for what, data := range hostile() {
		name := strings.ReplaceAll(what, " ", "-") + ".ics"
		data = bytes.ReplaceAll(data, []byte("UID:hostile"), []byte("UID:hostile-"+name))
		if f.Account.Put(t, name, data) {
			taken++
		}
	}
	f.put(t, "too-good.ics", single("too-good", "Good"))
	t.Logf("the server took %d of %d hostile objects", taken, len(hostile()))
	m := newMirror(t, f)
	for _, name := range []string{"good.ics", "too-good.ics"} {
		r := m.find(t, name)
		if !bytes.Equal(r.Data, f.get(t, name)) {
			t.Errorf("%s is not what the server has", name)
		}
		if events, err := f.Provider.Parse(r, f.Zone); err != nil || len(events) == 0 {
			t.Errorf("Parse(%s) = %d events, %v", name, len(events), err)
		}
	}
	for _, r := range m.objects {
		// Whatever comes of it, it comes at once and without a panic, and a
		// change of what cannot be read is refused.
		if _, err := f.Provider.Parse(r, f.Zone); err == nil {
			continue
		}
		before := f.get(t, f.nameOf(r.Href))
		_, err := f.Provider.Apply(context.Background(), f.upkeep(r, "line", "https://agenda.example.org/"))
		if err == nil {
			t.Errorf("%s cannot be read but can be changed", r.Href)
		}
		if !bytes.Equal(before, f.get(t, f.nameOf(r.Href))) {
			t.Errorf("%s was changed though it cannot be read", r.Href)
		}
	}
	f.put(t, "good.ics", single("good", "Changed"))
	m.pull(t)
	if r := m.find(t, "good.ics"); !bytes.Contains(r.Data, []byte("Changed")) {
		t.Errorf("a change beside hostile objects is not seen: %q", r.Data)
	}
}

func caseOddNames(t TB, f Fixture) {
	var names []string
	for i, name := range []string{
		"with space.ics", "a@b+c.ics", "percent%25.ics", "50%.ics", "\u00e9t\u00e9 \U0001F600.ics", "e\u0301.ics", "semi;colon,comma.ics",
		"quote'\".ics", "hash#.ics", "question?.ics", "amp&lt;.ics", "no-extension", strings.Repeat("long", 50) + ".ics",
	} {
		if f.Account.Put(t, name, single(strings.Repeat("u", i+1), "Odd")) {
			names = append(names, name)
		} else {
			t.Logf("the server does not take the name %q", name)
		}
	}
	m := newMirror(t, f)
	m.check(t, names...)
	for _, name := range names {
		r := m.find(t, name)
		if got, err := f.Provider.Get(context.Background(), m.id, r.Href); err != nil || !bytes.Equal(got.Data, r.Data) {
			t.Errorf("Get(%s): %v", r.Href, err)
		}
		if _, err := f.Provider.Apply(context.Background(), f.upkeep(r, "line", "")); err != nil {
			t.Errorf("Apply to %s: %v", r.Href, err)
		}
	}
	m.pull(t)
	m.check(t, names...)
	f.put(t, names[0], single("u", "Even"))
	m.pull(t)
	m.check(t, names...)
	f.Account.Delete(t, names[1])
	m.pull(t)
	m.check(t, append(names[:1:1], names[2:]...)...)
}

func caseOddTexts(t TB, f Fixture) {
	odd := strings.NewReplacer(
		"Alice / Bob", "\u00c4lice & <B\u00f6b> \U0001F468\u200D\U0001F469\u200D\U0001F467 e\u0301 \u202eRTL ]]> "+strings.Repeat("\u00fc", 100),
		"Bring the plan.", `\\ \, \; \N `+strings.Repeat("\U0001F600", 60),
	).Replace(string(series("odd")))
	var folded []string
	for line := range strings.SplitSeq(odd, "\r\n") {
		folded = append(folded, fold(line))
	}
	f.put(t, "odd.ics", []byte(strings.Join(folded, "\r\n")))
	m := newMirror(t, f)
	m.check(t, "odd.ics")
	f.move(t, m, "odd.ics", second(), eleven(), true)
}

// fold breaks a content line so that no piece is longer than 75 octets and no
// character is split (RFC 5545 §3.1).
func fold(line string) string {
	var b strings.Builder
	width := 0
	for _, r := range line {
		size := len(string(r))
		if width+size > 75 {
			b.WriteString("\r\n ")
			width = 1
		}
		b.WriteRune(r)
		width += size
	}
	return b.String()
}

func caseDeleted(t TB, f Fixture) {
	f.put(t, "goes.ics", series("goes"))
	m := newMirror(t, f)
	base := m.find(t, "goes.ics")
	f.Account.Delete(t, "goes.ics")
	_, err := f.Provider.Apply(context.Background(), f.moveOf(base, second(), eleven(), true))
	if !errors.Is(err, calendar.ErrConflict) && !errors.Is(err, calendar.ErrNotFound) {
		t.Errorf("Apply to what is gone: %v, want ErrConflict or ErrNotFound", err)
	}
	if _, ok := f.Account.Get(t, "goes.ics"); ok {
		t.Error("Apply made the object anew that somebody had deleted")
	}
}
