package engine_test

import (
	"strings"
	"testing"
	"time"

	"oneonone/internal/engine"
)

// ends writes into who's copy that the meeting of original lasted so many
// minutes, as a client does at the instant.
func (d *desk) ends(who string, original, changed time.Time, minutes int) {
	d.Helper()
	e := weekly("bob", wednesday, "ann", "bob")
	e.minutes = minutes
	x := strings.Replace(e.exception(original, original), "LAST-MODIFIED:20260901T080000Z", "LAST-MODIFIED:"+changed.UTC().Format("20060102T150405Z"), 1)
	d.edit(who, "bob", func(s string) string { return strings.Replace(s, "END:VCALENDAR", x+"END:VCALENDAR", 1) })
}

func TestR20AChangedEndIsEvidence(t *testing.T) {
	for _, c := range []struct {
		name    string
		who     string
		changed time.Duration // after the start of the meeting
		minutes int
		want    time.Duration
	}{
		{"the organizer says afterwards that it was short", "ann", 2 * time.Hour, 12, 12 * time.Minute},
		{"the guest says during it that it takes longer", "bob", 20 * time.Minute, 50, 50 * time.Minute},
		{"planned to be short beforehand", "ann", -24 * time.Hour, 12, 0},
		{"the planned length", "ann", 2 * time.Hour, 30, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := talkingPair(t, nil)
			d.pass()
			d.ends(c.who, wednesday, wednesday.Add(c.changed), c.minutes)
			d.now = wednesday.Add(3 * time.Hour)
			d.pass()
			d.pass()
			got, err := d.db.Lengths(t.Context(), "", time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			if c.want == 0 && len(got) != 0 || c.want > 0 && (len(got) != 1 || got[0].Length != c.want || got[0].Source != "end" || !got[0].Original.Equal(wednesday)) {
				t.Errorf("lengths: %+v, want %s", got, c.want)
			}
			d.check()
		})
	}
}

// A meeting that the program itself made shorter is no evidence.
func TestR20OurOwnShorterMeetingIsNoEvidence(t *testing.T) {
	d := talkingPair(t, nil)
	day := at("2026-11-25 09:00")
	d.put("a", block("a", day, 60), "ann")
	d.put("b", block("b", day.Add(75*time.Minute), 60), "ann")
	d.put("c", ics(event{uid: "c", title: "secret c", start: at("2026-11-25 11:30"), minutes: 330}.String()), "ann")
	for _, off := range []string{"2026-11-23", "2026-11-24", "2026-11-26", "2026-11-27", "2026-11-30", "2026-12-01"} {
		d.put("full"+off, block("full"+off, at(off+" 09:00"), 480), "ann")
	}
	d.put("clash", block("clash", wednesday, 15), "bob")
	d.pass()
	d.settle()
	d.pass()
	d.now = at("2026-11-25 18:00")
	d.pass()
	if got, err := d.db.Lengths(t.Context(), "", time.Time{}); err != nil || len(got) != 0 {
		t.Errorf("lengths: %+v, %v", got, err)
	}
	d.check()
}

// TestVacation: what falls into an absence goes before or after it or stays, and
// a catch-up after the return is suggested when the gap gets too long.
func TestR5R26Vacation(t *testing.T) {
	d := talkingPair(t, func(o *engine.Options) { o.Policy.PerSeries = 9 })
	// Bob is away for four weeks from the Thursday after the next meeting on.
	d.put("away", allDay("away", "Vacation", at("2026-11-26 00:00"), 28), "bob")
	d.pass()
	d.settle()
	d.pass()
	d.pass()
	if n := len(d.meets("ann", "1:1 bob")); n != 13 {
		t.Errorf("%d meetings stand there", n)
	}
	if k := d.kinds(); len(k) != 0 {
		t.Errorf("suggested long before the return: %q", k)
	}
	d.now = at("2026-12-19 09:00")
	d.pass()
	// The last one of the absence goes to the first day after it; a catch-up is not needed then.
	back := d.where("ann", "bob", at("2026-12-23 10:00"))
	if back.Before(at("2026-12-24 00:00")) || !back.Before(at("2026-12-25 00:00")) {
		t.Errorf("the meeting of 23 December stands at %s", told(back))
	}
	d.wants("bob", at("2026-12-23 10:00"), back, "bob")
	if k := d.kinds(); len(k) != 0 {
		t.Errorf("suggested: %q", k)
	}
	d.pass()
	d.quiet()
	d.check()
}

// TestReturnAfterAnAbsence: the meeting inside the absence is pinned, so that a
// catch-up after the return is what is left (R26).
func TestR26ReturnAfterAnAbsence(t *testing.T) {
	d := newDesk(t, talking, "ann", "bob")
	e := weekly("bob", wednesday, "ann", "bob")
	e.rule = "FREQ=WEEKLY;INTERVAL=2" // On 9 December Bob is away.
	e.start = wednesday.AddDate(0, 0, -8*7)
	d.put("bob", ics(e.String()), "ann", "bob")
	for _, who := range d.names {
		x := e.exception(at("2026-12-09 10:00"), at("2026-12-09 10:00"), "DESCRIPTION:#pin")
		d.edit(who, "bob", func(s string) string { return strings.Replace(s, "END:VCALENDAR", x+"END:VCALENDAR", 1) })
	}
	d.put("away", allDay("away", "Vacation", at("2026-12-01 00:00"), 14), "bob")
	d.pass()
	d.now = at("2026-12-10 09:00")
	d.pass()
	_, text := d.oneSuggestion("ann")
	if c := components(text)[0]; !strings.Contains(c.line("SUMMARY"), "Suggestion: catch up with Bob after the break\\, ") {
		t.Errorf("the suggestion:\n%s", text)
	}
	d.replies("ann", "ACCEPTED")
	d.pass()
	d.pass()
	made := d.meetings("bob", "Ann / Bob")
	if len(made) != 1 {
		t.Fatalf("%d catch-ups", len(made))
	}
	if start, _ := components(made[0])[0].instant("DTSTART"); start.Before(at("2026-12-15 00:00")) || !start.Before(at("2026-12-23 10:00")) {
		t.Errorf("the catch-up stands at %s", told(start))
	}
	d.quiet()
	d.check()
}
