package engine_test

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// movedPair is a pair whose 1:1 of Wednesday was moved to 09:15.
func movedPair(t *testing.T) *desk {
	t.Helper()
	d := pairOf(t, nil)
	d.put("busy", block("busy", wednesday, 60), "ann")
	if r := d.pass(); r.Moved != 1 {
		t.Fatalf("Moved = %d, want 1", r.Moved)
	}
	return d
}

var quarterPast = at("2026-11-25 09:15")

// drag gives the occurrence that stands at from another time in one copy, as a
// person's client does: everything else on the event stays.
func (d *desk) drag(who, name string, from, to time.Time) {
	d.Helper()
	const layout = "20060102T150405"
	length := 30 * time.Minute
	found := false
	d.edit(who, name, func(s string) string {
		parts := strings.SplitAfter(s, "END:VEVENT\r\n")
		for i, p := range parts {
			if strings.Contains(p, "RECURRENCE-ID") && strings.Contains(p, "DTSTART;TZID=Europe/Vienna:"+from.Format(layout)) {
				p = strings.Replace(p, "DTSTART;TZID=Europe/Vienna:"+from.Format(layout), "DTSTART;TZID=Europe/Vienna:"+to.Format(layout), 1)
				p = strings.Replace(p, "DTEND;TZID=Europe/Vienna:"+from.Add(length).Format(layout), "DTEND;TZID=Europe/Vienna:"+to.Add(length).Format(layout), 1)
				parts[i], found = p, true
			}
		}
		return strings.Join(parts, "")
	})
	if !found {
		d.Fatalf("%s has no occurrence at %s", who, told(from))
	}
}

// calm makes passes over the next day that must not move anything.
func (d *desk) calm() {
	d.Helper()
	for range 3 {
		d.settle()
		if r := d.pass(); r.Moved != 0 {
			d.Errorf("moved once more")
		}
	}
	d.quiet()
	d.check()
}

func TestR13OrganizersDragStays(t *testing.T) {
	d := movedPair(t)
	to := at("2026-11-26 15:00")
	d.put("there", block("there", to, 60), "bob") // even onto something else
	d.drag("ann", "bob", quarterPast, to)
	d.pass()
	d.calm()
	d.wants("bob", wednesday, to, "ann", "bob") // the guest's copy follows
}

func TestR13GuestsDragStays(t *testing.T) {
	d := movedPair(t)
	to := at("2026-11-26 15:00")
	d.drag("bob", "bob", quarterPast, to)
	before := d.Objects()
	d.pass()
	d.calm()
	d.wants("bob", wednesday, quarterPast, "ann")
	d.wants("bob", wednesday, to, "bob")
	if c := changed(before, d.Objects()); len(c) != 0 {
		t.Errorf("changed %v", c)
	}
}

func TestR13DragBackStays(t *testing.T) {
	for _, lost := range []bool{false, true} {
		d := movedPair(t)
		d.drag("ann", "bob", quarterPast, wednesday)
		if lost {
			d.loseDatabase()
		}
		d.pass()
		d.calm()
		d.wants("bob", wednesday, wednesday, "ann", "bob")
		l, err := d.e.LookStored(t.Context(), d.now)
		if err != nil {
			t.Fatal(err)
		}
		if it := item(t, l, wednesday); !strings.Contains(it.Decision.Because, "moved it back") {
			t.Errorf("Because = %q", it.Decision.Because)
		}
	}
}

// TestR13ClientDropsTheMark: a client that throws away what it does not know.
func TestR13ClientDropsTheMark(t *testing.T) {
	d := movedPair(t)
	mark := regexp.MustCompile(`X-ONEONONE-MOVED:[^\r]*\r\n( [^\r]*\r\n)*`)
	for _, who := range d.names {
		d.edit(who, "bob", func(s string) string { return mark.ReplaceAllString(s, "") })
	}
	d.drag("ann", "bob", quarterPast, wednesday)
	d.pass()
	d.calm()
	d.wants("bob", wednesday, wednesday, "ann", "bob")
}

func TestR13DraggedBeforeUs(t *testing.T) {
	d := pairOf(t, nil)
	to := at("2026-11-26 15:00")
	x := weekly("bob", wednesday, "ann", "bob").exception(wednesday, to)
	for _, who := range d.names {
		d.edit(who, "bob", func(s string) string { return strings.Replace(s, "END:VCALENDAR", x+"END:VCALENDAR", 1) })
	}
	d.put("busy", block("busy", to, 60), "ann")
	d.pass()
	d.calm()
	d.wants("bob", wednesday, to, "ann", "bob")
}

func TestR13Tags(t *testing.T) {
	for _, owner := range []string{"ann", "bob"} {
		for _, tag := range []string{"#pin", "#ignore"} {
			t.Run(owner+" "+tag, func(t *testing.T) {
				d := pairOf(t, nil)
				d.put("busy", block("busy", wednesday, 60), "ann")
				d.edit(owner, "bob", func(s string) string {
					return strings.Replace(s, "SUMMARY:1:1 bob", "SUMMARY:1:1 bob "+tag, 1)
				})
				d.pass()
				d.calm()
				d.wants("bob", wednesday, wednesday, "ann", "bob")
				d.edit(owner, "bob", func(s string) string { return strings.ReplaceAll(s, " "+tag, "") })
				d.settle()
				d.pass()
				d.settle()
				d.pass()
				d.wants("bob", wednesday, quarterPast, "ann", "bob")
			})
		}
	}
}

func TestR13Settle(t *testing.T) {
	d := pairOf(t, nil)
	d.pass()
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.now = d.now.Add(time.Minute)
	r := d.pass()
	it := item(t, r.Plan, wednesday)
	if it.Decision.Outcome != reschedule.Wait || !it.Decision.Again.Equal(d.now.Add(10*time.Minute)) {
		t.Errorf("Decision = %v until %s, want Wait for ten minutes", it.Decision.Outcome, it.Decision.Again)
	}
	d.wants("bob", wednesday, wednesday, "ann", "bob")
	d.now = d.now.Add(9 * time.Minute)
	d.quiet()
	d.now = d.now.Add(time.Minute)
	if r := d.pass(); r.Moved != 1 {
		t.Errorf("Moved = %d after the settle time", r.Moved)
	}
}

// A person drags the meeting onto something old. What the program writes beside
// that, as the link, does not pass for the last change to it.
func TestR13SettleOutlastsUpkeep(t *testing.T) {
	d := newDesk(t, nil, "ann", "bob")
	fresh := strings.Replace(ics(weekly("bob", wednesday, "ann", "bob").String()),
		"LAST-MODIFIED:20260901T080000Z", "LAST-MODIFIED:"+d.now.UTC().Format("20060102T150405Z"), 1)
	d.put("bob", fresh, "ann", "bob")
	d.put("busy", block("busy", wednesday, 60), "ann")
	for range 9 {
		d.pass()
		d.wants("bob", wednesday, wednesday, "ann", "bob")
		d.now = d.now.Add(time.Minute)
	}
	d.now = d.now.Add(time.Minute)
	d.pass()
	d.wants("bob", wednesday, quarterPast, "ann", "bob")
	if !strings.Contains(d.text("bob", "bob"), agendaBase) {
		t.Error("no link after the settle time")
	}
	d.quiet()
}

// A pair whose series have all ended has no agenda, and that stops nothing.
func TestEndedSeriesStopsNothing(t *testing.T) {
	d := newDesk(t, nil, "ann", "bob", "carl")
	ended := weekly("ended", wednesday.AddDate(0, 0, -14), "ann", "carl")
	ended.rule += ";COUNT=8"
	d.put("ended", ics(ended.String()), "ann", "carl")
	d.put("bob", ics(weekly("bob", wednesday, "ann", "bob").String()), "ann", "bob")
	d.put("busy", block("busy", wednesday, 60), "ann")
	if r := d.pass(); r.Moved != 1 {
		t.Errorf("Moved = %d, want 1", r.Moved)
	}
	d.quiet()
}

// A misspelt name under calendars: must not end in silence.
func TestUnknownCalendarNameIsTold(t *testing.T) {
	d := newDesk(t, func(o *engine.Options) { o.Accounts[0].Calendars = []string{"work", "wrok"} }, "ann", "bob")
	d.pass()
	if got := strings.Count(d.log.String(), "no calendar of this name"); got != 1 || !strings.Contains(d.log.String(), "calendar=wrok") {
		t.Errorf("log:\n%s", d.log.String())
	}
}

func TestR8GuestDeletedTheOccurrence(t *testing.T) {
	d := pairOf(t, nil)
	d.edit("bob", "bob", func(s string) string {
		return strings.Replace(s, "SUMMARY", "EXDATE;TZID=Europe/Vienna:20261125T100000\r\nSUMMARY", 1)
	})
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.pass()
	d.calm()
	d.wants("bob", wednesday, wednesday, "ann")
	if n := len(components(d.text("bob", "bob"))); n != 1 {
		t.Errorf("Bob's copy has %d components", n)
	}
}

func TestUndo(t *testing.T) {
	d := movedPair(t)
	moves, err := d.db.Actions(t.Context(), store.Filter{Kind: store.Move, State: store.Done})
	if err != nil || len(moves) != 1 {
		t.Fatalf("Actions = %v, %v", moves, err)
	}
	if _, err := d.e.Undo(t.Context(), d.now, 4711); !errors.Is(err, engine.ErrNothingToUndo) {
		t.Errorf("Undo of what never was: %v", err)
	}
	res, err := d.e.Undo(t.Context(), d.now.Add(time.Minute), moves[0].ID)
	if err != nil || len(res) != 1 || res[0].Err != nil || res[0].With != "Bob" || !res[0].To.Start.Equal(wednesday) {
		t.Fatalf("Undo = %+v, %v", res, err)
	}
	d.wants("bob", wednesday, wednesday, "ann", "bob")
	d.now = d.now.Add(2 * time.Minute)
	d.quiet()
	d.calm()
	d.loseDatabase()
	d.pass()
	d.calm()
	d.wants("bob", wednesday, wednesday, "ann", "bob")
	if _, err := d.e.Undo(t.Context(), d.now, 0); !errors.Is(err, engine.ErrNothingToUndo) {
		t.Errorf("Undo of what was undone: %v", err)
	}
	if strings.Contains(d.text("ann", "bob"), "Moved from") {
		t.Errorf("the line still stands there:\n%s", d.text("ann", "bob"))
	}
}

func TestUndoAll(t *testing.T) {
	d := pairOf(t, nil)
	next := wednesday.AddDate(0, 0, 7)
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.put("busy2", block("busy2", next, 60), "ann")
	d.pass()
	d.drag("ann", "bob", quarterPast, at("2026-11-25 15:00"))
	d.loseDatabase() // what was moved is known from the events
	d.settle()
	res, err := d.e.Undo(t.Context(), d.now, 0)
	if err != nil || len(res) != 2 {
		t.Fatalf("Undo = %+v, %v", res, err)
	}
	if res[0].Err == nil || !strings.Contains(res[0].Err.Error(), "a person has moved it since") || res[1].Err != nil {
		t.Errorf("Undo = %v, %v, want the dragged one refused", res[0].Err, res[1].Err)
	}
	d.pass()
	d.calm()
	d.wants("bob", wednesday, at("2026-11-25 15:00"), "ann", "bob")
	d.wants("bob", next, next, "ann", "bob")
}

// stamps are the properties that every change of an event sets.
var stamps = regexp.MustCompile(`(DTSTAMP|LAST-MODIFIED|SEQUENCE):[^\r]*\r\n`)

func TestRemove(t *testing.T) {
	d := newDesk(t, nil, "ann", "bob")
	e := weekly("bob", wednesday, "ann", "bob")
	e.more = []string{`DESCRIPTION:Bring the numbers\, please`, "X-SOMETHING;A=b:c"}
	d.put("bob", ics(e.String()), "ann", "bob")
	other := weekly("plain", at("2026-11-27 14:00"), "ann", "bob")
	d.put("plain", ics(other.String()), "ann", "bob")
	before := d.Objects()
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.pass()
	d.Script(calendartest.Fault{Method: "PUT", Nth: 2, Do: calendartest.Answer, Status: 412})
	r, err := d.e.Remove(t.Context(), d.now.Add(time.Minute))
	if err != nil || r.Events != 4 || len(r.Failed) != 0 {
		t.Fatalf("Remove = %+v, %v, want 4 events cleaned", r, err)
	}
	for path, data := range d.Objects() {
		if strings.Contains(strings.ToLower(string(data)), "oneonone") {
			t.Errorf("%s still has a mark:\n%s", path, data)
		}
		if strings.HasSuffix(path, "plain.ics") && !bytes.Equal(stamps.ReplaceAll(data, nil), stamps.ReplaceAll(before[path], nil)) {
			t.Errorf("%s is\n%s\nand was\n%s", path, data, before[path])
		}
	}
	d.wants("bob", wednesday, quarterPast, "ann", "bob") // moved meetings stay
	d.check()
}

func TestAgendaTokenSurvivesTheDatabase(t *testing.T) {
	d := pairOf(t, nil)
	d.pass()
	link := agendaLink(t, d.text("ann", "bob"))
	d.loseDatabase()
	before := d.Objects()
	d.pass()
	if c := changed(before, d.Objects()); len(c) != 0 {
		t.Errorf("changed %v", c)
	}
	token := link[strings.LastIndex(link, "/")+1:]
	if a, found, err := d.db.AgendaByToken(t.Context(), token); err != nil || !found || a.Organizer != "ann@example.org" || a.NextStart.IsZero() {
		t.Errorf("AgendaByToken = %+v, %v, %v", a, found, err)
	}
	d.quiet()
}

// agendaLink returns the link in the ATTACH of the first component.
func agendaLink(t *testing.T, text string) string {
	t.Helper()
	l := components(text)[0].line("ATTACH")
	i := strings.Index(l, agendaBase)
	if i < 0 {
		t.Fatalf("no link:\n%s", text)
	}
	return l[i:]
}

// TestR3OneLinkForThePair: a second series of the pair gets the same link, also
// when the records were lost and the new series has none yet.
func TestR3OneLinkForThePair(t *testing.T) {
	d := pairOf(t, nil)
	d.pass()
	d.loseDatabase()
	d.put("a", ics(weekly("a", at("2026-11-27 14:00"), "ann", "bob").String()), "ann", "bob")
	d.pass()
	if a, b := agendaLink(t, d.text("ann", "a")), agendaLink(t, d.text("ann", "bob")); a != b {
		t.Errorf("links %s and %s", a, b)
	}
	d.quiet()
}

func TestR15UpkeepKeepsAnswers(t *testing.T) {
	d := pairOf(t, nil)
	d.pass()
	for _, who := range d.names {
		if text := d.text(who, "bob"); strings.Contains(text, "NEEDS-ACTION") || strings.Contains(text, "SEQUENCE") {
			t.Errorf("upkeep told the guests:\n%s", text)
		}
	}
	d.quiet()
	d.check()
}

func TestOneAccountFailsTheOthersGoOn(t *testing.T) {
	d := newDesk(t, nil, "ann", "bob", "carl")
	d.put("bob", ics(weekly("bob", wednesday, "ann", "bob").String()), "ann", "bob")
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.failing("carl")
	r, err := d.e.Pass(t.Context(), d.now, true)
	if err != nil || r.Moved != 1 || len(r.Failed) != 1 || r.Failed["carl"] == nil {
		t.Errorf("Pass = %+v, %v", r.Failed, err)
	}
	status, err := d.db.AccountStatuses(t.Context())
	if err != nil || len(status) != 3 || status[2].Failing == "" || status[2].Failures != 1 || !status[2].NextTry.After(d.now) || status[0].LastPass.IsZero() {
		t.Errorf("AccountStatuses = %+v, %v", status, err)
	}
	// It backs off: nothing is asked of it before its time.
	d.ResetCounters()
	d.now = d.now.Add(30 * time.Second)
	if r, err := d.e.Pass(t.Context(), d.now, false); err != nil || r.Failed["carl"] == nil {
		t.Errorf("Pass = %+v, %v", r.Failed, err)
	}
	if n := d.Counters().Total(); n != 2 {
		t.Errorf("%d requests, want one for each of the two others", n)
	}
	d.Heal()
	d.now = d.now.Add(2 * time.Minute)
	if r, err := d.e.Pass(t.Context(), d.now, false); err != nil || len(r.Failed) != 0 {
		t.Errorf("Pass = %+v, %v", r.Failed, err)
	}
}

// TestRefusedChangeStaysInTheStatus: the server forbids the write; it is not
// tried again and again, and the status says so until it is over.
func TestRefusedChangeStaysInTheStatus(t *testing.T) {
	d := pairOf(t, nil)
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.Script(calendartest.Fault{Method: "PUT", Do: calendartest.Answer, Status: 403})
	for i := range 3 {
		d.ResetCounters()
		r, err := d.e.Pass(t.Context(), d.now, true)
		if err != nil || r.Failed["ann"] == nil {
			t.Fatalf("Pass = %v, %v", r.Failed, err)
		}
		if n := d.Counters().Writes(); i > 0 && n != 0 {
			t.Errorf("pass %d tried %d writes again", i, n)
		}
		status, _ := d.db.AccountStatuses(t.Context())
		if status[0].Failing == "" || !status[0].FailingSince.Equal(monday) {
			t.Errorf("AccountStatuses = %+v", status[0])
		}
		d.settle()
	}
	d.Heal()
	d.edit("ann", "bob", func(s string) string { return strings.Replace(s, "SUMMARY:", "SUMMARY:Our ", 1) })
	d.edit("bob", "bob", func(s string) string { return strings.Replace(s, "SUMMARY:", "SUMMARY:Our ", 1) })
	d.pass()
	d.settle()
	d.pass()
	d.wants("bob", wednesday, quarterPast, "ann", "bob")
	if status, _ := d.db.AccountStatuses(t.Context()); status[0].Failing != "" {
		t.Errorf("the status still says %q", status[0].Failing)
	}
}

// TestServerCannotJustNow: a 503 is no refusal.
func TestServerCannotJustNow(t *testing.T) {
	d := pairOf(t, nil)
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.Script(calendartest.Fault{Method: "PUT", Do: calendartest.Answer, Status: 503})
	tried := 0
	for range 30 {
		d.ResetCounters()
		if r, err := d.e.Pass(t.Context(), d.now, true); err != nil || r.Failed["ann"] == nil {
			t.Fatalf("Pass = %v, %v", r.Failed, err)
		}
		tried += d.Counters().Writes()
		d.now = d.now.Add(time.Minute)
	}
	if tried < 4 || tried > 24 {
		t.Errorf("%d attempts in half an hour", tried)
	}
	d.Heal()
	d.now = d.now.Add(time.Hour)
	d.pass()
	d.wants("bob", wednesday, quarterPast, "ann", "bob")
	d.quiet()
}

// TestServerTakesTheLinkOff: a server that keeps no ATTACH is not fought with.
func TestServerTakesTheLinkOff(t *testing.T) {
	d := pairOf(t, nil)
	attach := regexp.MustCompile(`ATTACH[^\r]*\r\n( [^\r]*\r\n)*`)
	d.SetStyle(calendartest.Style{Rewrite: func(b []byte) []byte { return attach.ReplaceAll(b, nil) }})
	for range 20 {
		d.pass()
		d.now = d.now.Add(time.Minute)
	}
	d.quiet()
}

// TestServerThatDoesNothing: a success that changed nothing is a failure.
func TestServerThatDoesNothing(t *testing.T) {
	d := pairOf(t, nil)
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.Script(calendartest.Fault{Method: "PUT", Do: calendartest.Answer, Status: 204})
	r, err := d.e.Pass(t.Context(), d.now, true)
	if err != nil || r.Moved != 0 || r.Failed["ann"] == nil || !strings.Contains(r.Failed["ann"].Error(), "left the event as it was") {
		t.Errorf("Pass = %+v, %v", r, err)
	}
}
