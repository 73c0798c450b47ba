package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"oneonone/internal/engine"
	"oneonone/internal/hours"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// pairOf is Ann and Bob with a weekly 1:1 on Wednesdays at 10:00, in both calendars.
func pairOf(t *testing.T, adjust func(*engine.Options)) *desk {
	t.Helper()
	d := newDesk(t, adjust, "ann", "bob")
	d.put("bob", ics(weekly("bob", wednesday, "ann", "bob").String()), "ann", "bob")
	return d
}

// says answers for who, in the copy of owner, to the occurrence planned for original.
func (d *desk) says(owner, who, partstat string, original time.Time) {
	d.Helper()
	e := weekly("bob", wednesday, "ann", "bob")
	x := strings.Replace(e.exception(original, original), "PARTSTAT=ACCEPTED:mailto:"+who, "PARTSTAT="+partstat+":mailto:"+who, 1)
	d.edit(owner, "bob", func(s string) string { return strings.Replace(s, "END:VCALENDAR", x+"END:VCALENDAR", 1) })
}

// item returns what the last look thinks of the occurrence of Bob's 1:1.
func item(t *testing.T, l engine.Look, original time.Time) engine.Item {
	t.Helper()
	for _, it := range l.Items {
		if it.Original.Equal(original) {
			return it
		}
	}
	t.Fatalf("the look does not know the meeting of %s", told(original))
	return engine.Item{}
}

func TestR2OrganizerNotServed(t *testing.T) {
	d := newDesk(t, nil, "bob")
	d.put("bob", ics(weekly("bob", wednesday, "ann", "bob").String()), "bob")
	d.put("busy", block("busy", wednesday, 60), "bob")
	before := d.Objects()
	d.pass()
	if c := changed(before, d.Objects()); len(c) != 0 {
		t.Errorf("changed %v", c)
	}
	l, err := d.e.Look(t.Context(), d.now)
	if err != nil {
		t.Fatal(err)
	}
	it := item(t, l, wednesday)
	if want := "organizes it and has no account here; only the organizer can move it"; !strings.Contains(it.Decision.Because, want) || it.Decision.Outcome != reschedule.Leave {
		t.Errorf("Look: %v %q, want a reason with %q", it.Decision.Outcome, it.Decision.Because, want)
	}
	d.quiet()
}

func TestR2GuestsAnswerIsInTheOwnCopy(t *testing.T) {
	// The organizer's copy says that Bob declined; Bob's own copy says he comes.
	d := pairOf(t, nil)
	d.says("ann", "bob", "DECLINED", wednesday)
	d.pass()
	d.wants("bob", wednesday, wednesday, "ann", "bob")
}

func TestR3BudgetIsThePairs(t *testing.T) {
	// The series was made anew under another UID; the pair's budget goes on.
	d := pairOf(t, nil)
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.put("busy2", block("busy2", wednesday.AddDate(0, 0, 7), 60), "ann")
	if r := d.pass(); r.Moved != 2 {
		t.Fatalf("Moved = %d, want 2", r.Moved)
	}
	d.put("new", ics(weekly("new", at("2026-12-11 14:00"), "ann", "bob").String()), "ann", "bob")
	d.put("busy3", block("busy3", at("2026-12-11 14:00"), 60), "ann")
	d.pass()
	d.settle()
	d.pass()
	d.wants("new", at("2026-12-11 14:00"), at("2026-12-11 14:00"), "ann", "bob")
	if s, err := d.suggestions(); err != nil || len(s) != 1 {
		t.Errorf("Suggestions = %v, %v, want one", s, err)
	}
	d.quiet()
	d.check()
}

func TestR5Decline(t *testing.T) {
	for _, who := range []string{"ann", "bob"} {
		t.Run(who, func(t *testing.T) {
			d := pairOf(t, nil)
			d.says(who, who, "DECLINED", wednesday)
			d.pass()
			got := d.where("ann", "bob", wednesday)
			if got.Equal(wednesday) {
				t.Errorf("declined by %s and not moved\n%s", who, d.text(who, "bob"))
			}
			d.wants("bob", wednesday, got, "bob")
			for _, owner := range d.names {
				for _, c := range components(d.text(owner, "bob"))[1:] {
					for _, l := range c {
						if strings.HasPrefix(l, "ATTENDEE") && strings.HasSuffix(l, "bob@example.org") && !strings.Contains(l, "PARTSTAT=NEEDS-ACTION") {
							t.Errorf("in the copy of %s Bob's answer was not reset: %s", owner, l)
						}
					}
				}
			}
			d.quiet()
			d.settle()
			d.quiet()
			d.check()
		})
	}
}

func TestR5DeclineOfTheSeriesEndsCare(t *testing.T) {
	d := pairOf(t, nil)
	d.edit("bob", "bob", func(s string) string {
		return strings.Replace(s, "PARTSTAT=ACCEPTED:mailto:bob", "PARTSTAT=DECLINED:mailto:bob", 1)
	})
	d.put("busy", block("busy", wednesday, 60), "ann")
	before := d.Objects()
	d.pass()
	if c := changed(before, d.Objects()); len(c) != 0 {
		t.Errorf("changed %v", c)
	}
}

func TestR5Vacation(t *testing.T) {
	for _, tc := range []struct {
		name  string
		block string
		want  time.Time
	}{
		{"vacation", allDay("v", "Vacation", at("2026-11-25 00:00"), 1), at("2026-11-24 16:30")},
		{"vacation, transparent", allDay("v", "vacation!", at("2026-11-25 00:00"), 1, "TRANSP:TRANSPARENT"), at("2026-11-24 16:30")},
		{"back from vacation", allDay("v", "back from vacation", at("2026-11-25 00:00"), 1, "TRANSP:TRANSPARENT"), wednesday},
		{"a birthday party", allDay("v", "party", at("2026-11-25 00:00"), 1, "TRANSP:TRANSPARENT"), wednesday},
		{"the day before", allDay("v", "Vacation", at("2026-11-24 00:00"), 1), wednesday},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := pairOf(t, nil)
			d.put("v", tc.block, "bob")
			d.pass()
			d.wants("bob", wednesday, tc.want, "ann", "bob")
			d.quiet()
			d.check()
		})
	}
}

// TestR5VacationZone: an all-day event lies in the zone of the person who has
// it. At 10:00 on Wednesday in Vienna it is Tuesday, 23:00 in Honolulu.
func TestR5VacationZone(t *testing.T) {
	d := newDesk(t, func(o *engine.Options) {
		o.Accounts[1].Person.Zone = zone("Pacific/Honolulu")
		o.Accounts[1].Hours = hours.MustParse("Mon-Sun 00:00-24:00")
	}, "ann", "bob")
	d.put("bob", ics(weekly("bob", wednesday, "ann", "bob").String()), "ann", "bob")
	d.put("v", allDay("v", "Vacation", at("2026-11-25 00:00"), 1), "bob")
	d.pass()
	d.wants("bob", wednesday, wednesday, "ann", "bob")
	d.put("v", allDay("v", "Vacation", at("2026-11-24 00:00"), 1), "bob")
	d.settle()
	d.settle()
	d.pass()
	d.settle()
	d.pass()
	// Bob's Tuesday ends at Wednesday, 11:00 in Vienna.
	d.wants("bob", wednesday, at("2026-11-25 11:15"), "ann", "bob")
}

func TestR4NoConflict(t *testing.T) {
	for name, more := range map[string][]string{
		"transparent": {"TRANSP:TRANSPARENT"},
		"cancelled":   {"STATUS:CANCELLED"},
		"tentative":   {"STATUS:TENTATIVE"},
		"declined":    {"ORGANIZER:mailto:eve@example.org", "ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.org", "ATTENDEE:mailto:eve@example.org"},
		"unanswered":  {"ORGANIZER:mailto:eve@example.org", "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ann@example.org", "ATTENDEE:mailto:eve@example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			d := pairOf(t, nil)
			d.put("busy", block("busy", wednesday, 60, more...), "ann")
			d.pass()
			d.wants("bob", wednesday, wednesday, "ann", "bob")
			d.quiet()
		})
	}
}

func TestR7UnknownIsNotFree(t *testing.T) {
	d := pairOf(t, nil)
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.pass() // moves; the next conflict comes while Bob cannot be read
	d.put("busy2", block("busy2", wednesday.AddDate(0, 0, 7), 60), "ann")
	d.settle()
	d.failing("bob")
	before := d.Objects()
	r, err := d.e.Pass(t.Context(), d.now, true)
	if err != nil || r.Failed["bob"] == nil || r.Failed["ann"] != nil {
		t.Errorf("Pass = %v, %v, want a failure of bob alone", r.Failed, err)
	}
	d.settle()
	r, err = d.e.Pass(t.Context(), d.now, true)
	if err != nil || r.Failed["bob"] == nil {
		t.Errorf("Pass = %v, %v", r.Failed, err)
	}
	if c := changed(before, d.Objects()); len(c) != 0 {
		t.Errorf("changed %v", c)
	}
	s, err := d.suggestions()
	if err != nil || len(s) != 1 || !strings.Contains(s[0].Because, "Bob cannot be read") {
		t.Errorf("Suggestions = %+v, %v, want one because Bob cannot be read", s, err)
	}
	if !strings.Contains(d.log.String(), "account=bob") {
		t.Errorf("the log says nothing of it:\n%s", d.log.String())
	}
	d.Heal()
	d.settle()
	if r := d.pass(); r.Moved != 1 {
		t.Errorf("after Bob came back: Moved = %d, want 1", r.Moved)
	}
	if s, err := d.suggestions(); err != nil || len(s) != 0 {
		t.Errorf("Suggestions = %+v, %v, want none any more", s, err)
	}
	if n := strings.Count(d.log.String(), "account cannot be read"); n != 1 {
		t.Errorf("the failure was logged %d times, want once", n)
	}
}

func TestR8R1Malformed(t *testing.T) {
	d := pairOf(t, nil)
	d.put("busy", block("busy", wednesday, 60), "ann")
	bad := map[string]string{
		"nothing": "", "noise": "\x00\xff\xfe", "open": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
		"params": ics("BEGIN:VEVENT\r\nUID:x\r\nX-A;B=c\r\nDTSTART:20261125T090000Z\r\nDTEND:20261125T100000Z\r\nEND:VEVENT\r\n"),
		"zone":   ics("BEGIN:VEVENT\r\nUID:z\r\nDTSTART;TZID=Nowhere/Never:20261125T090000\r\nEND:VEVENT\r\n"),
		"count":  ics("BEGIN:VEVENT\r\nUID:c\r\nDTSTART:20200101T090000Z\r\nRRULE:FREQ=DAILY;COUNT=0\r\nEND:VEVENT\r\n"),
		"second": ics("BEGIN:VEVENT\r\nUID:s\r\nDTSTART:20200101T090000Z\r\nDTEND:20200101T090001Z\r\nTRANSP:TRANSPARENT\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n"),
		"big":    ics("BEGIN:VEVENT\r\nUID:b\r\nDTSTART:20200101T090000Z\r\nX-BIG;P=" + strings.Repeat("p", 100_000) + ":v\r\nEND:VEVENT\r\n"),
		"deep":   strings.Repeat("BEGIN:VEVENT\r\n", 3000),
	}
	for name, text := range bad {
		d.put(name, text, "ann", "bob")
	}
	before := d.Objects()
	if r := d.pass(); r.Moved != 1 {
		t.Errorf("Moved = %d, want 1", r.Moved)
	}
	d.wants("bob", wednesday, at("2026-11-25 09:15"), "ann", "bob")
	if c := changed(before, d.Objects()); len(c) != 2 {
		t.Errorf("changed %v, want both copies of the 1:1 only", c)
	}
	d.quiet()
	x, err := d.e.Explain(t.Context(), d.now, "bob@example.org")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, s := range x.Skipped {
		if s.Reason == "" {
			t.Errorf("%s is passed over without a reason", s.Href)
		}
		told[s.Account+" "+s.Href[strings.LastIndex(s.Href, "/")+1:]] = true
	}
	for _, name := range []string{"nothing", "noise", "open", "zone", "count", "deep"} {
		if !told["ann "+name+".ics"] || !told["bob "+name+".ics"] {
			t.Errorf("explain says nothing of %s: %v", name, told)
		}
	}
}

func TestR12Budget(t *testing.T) {
	for _, lost := range []bool{false, true} {
		t.Run(map[bool]string{false: "records kept", true: "records lost"}[lost], func(t *testing.T) {
			d := pairOf(t, nil)
			d.put("busy", block("busy", wednesday, 60), "ann")
			d.pass()
			moved := d.where("ann", "bob", wednesday)
			if lost {
				d.loseDatabase()
			}
			d.settle()
			// Per occurrence: another conflict at the new place is only a suggestion.
			d.put("again", block("again", moved, 60), "bob")
			d.pass()
			d.settle()
			d.pass()
			d.wants("bob", wednesday, moved, "ann", "bob")
			d.wantSuggestion("been moved once")
			// Per pair: one more, then no more.
			for week := 1; week <= 2; week++ {
				d.put("busy"+string(rune('0'+week)), block("busy"+string(rune('0'+week)), wednesday.AddDate(0, 0, 7*week), 60), "ann")
				d.pass()
				d.settle()
				d.pass()
				if lost {
					d.loseDatabase()
				}
			}
			if d.where("ann", "bob", wednesday.AddDate(0, 0, 7)).Equal(wednesday.AddDate(0, 0, 7)) {
				t.Error("the second move within 28 days was not made")
			}
			third := wednesday.AddDate(0, 0, 14)
			d.wants("bob", third, third, "ann", "bob")
			if lost {
				d.pass()
			}
			d.wantSuggestion("moved twice within 28 days")
			d.quiet()
			d.check()
		})
	}
}

// wantSuggestion looks for a suggestion that says why it is none more than that.
func (d *desk) wantSuggestion(because string) {
	d.Helper()
	all, err := d.suggestions()
	if err != nil {
		d.Fatalf("the suggestions: %v", err)
	}
	var said []string
	for _, s := range all {
		if strings.Contains(s.Because, because) {
			return
		}
		said = append(said, s.Because)
	}
	d.Errorf("no suggestion because %q among %q", because, said)
}

func TestR12TooManyChanges(t *testing.T) {
	d := newDesk(t, func(o *engine.Options) {
		o.MaxChanges = 2
		o.Policy.PerSeries = 9
	}, "ann", "bob")
	d.put("bob", ics(weekly("bob", wednesday, "ann", "bob").String()), "ann", "bob")
	for week := range 3 {
		name := "busy" + string(rune('0'+week))
		d.put(name, block(name, wednesday.AddDate(0, 0, 7*week), 60), "ann")
	}
	before := d.Objects()
	for range 2 {
		r, err := d.e.Pass(t.Context(), d.now, true)
		if err != nil || r.Failed["ann"] == nil || r.Failed["bob"] == nil {
			t.Fatalf("Pass = %v, %v, want both accounts stopped", r.Failed, err)
		}
		if !strings.Contains(r.Failed["ann"].Error(), "3 changes were planned at once") {
			t.Errorf("Failed = %v", r.Failed)
		}
	}
	if c := changed(before, d.Objects()); len(c) != 0 {
		t.Errorf("changed %v", c)
	}
	if n := strings.Count(d.log.String(), "3 changes were planned"); n != 2 {
		t.Errorf("logged %d times, want once for each account", n)
	}
	status, err := d.db.AccountStatuses(t.Context())
	if err != nil || len(status) != 2 || !strings.Contains(status[0].Failing, "3 changes") || status[0].FailingSince.IsZero() {
		t.Errorf("AccountStatuses = %+v, %v", status, err)
	}
	d.Delete("ann", "work", "busy2.ics")
	d.settle()
	if r := d.pass(); r.Moved != 2 {
		t.Errorf("with two left: Moved = %d", r.Moved)
	}
	if status, _ := d.db.AccountStatuses(t.Context()); status[0].Failing != "" {
		t.Errorf("the status still says %q", status[0].Failing)
	}
}

func TestModes(t *testing.T) {
	for _, mode := range []reschedule.Mode{reschedule.Ask, reschedule.Observe} {
		t.Run(string(mode), func(t *testing.T) {
			d := pairOf(t, func(o *engine.Options) { o.Policy.Mode = mode })
			d.put("busy", block("busy", wednesday, 60), "ann")
			before := d.Objects()
			d.pass()
			d.wants("bob", wednesday, wednesday, "ann", "bob")
			if c := changed(before, d.Objects()); mode == reschedule.Observe && len(c) != 0 {
				t.Errorf("observing changed %v", c)
			}
			d.wantSuggestion("mode is " + string(mode))
			d.quiet()
			d.check()
		})
	}
}

func TestR14ShortNotice(t *testing.T) {
	d := pairOf(t, nil)
	d.now = at("2026-11-24 15:00")
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.pass()
	d.wants("bob", wednesday, wednesday, "ann", "bob")
	d.wantSuggestion("it starts within 24h")
	d.says("bob", "bob", "DECLINED", wednesday)
	d.pass()
	d.settle()
	d.pass()
	if d.where("ann", "bob", wednesday).Equal(wednesday) {
		t.Error("a declined meeting within 24h was not moved")
	}
	if s, _ := d.suggestions(); len(s) != 0 {
		t.Errorf("a suggestion is still open: %+v", s)
	}
}

func TestR1ThirdGuest(t *testing.T) {
	d := pairOf(t, nil)
	next := wednesday.AddDate(0, 0, 7)
	x := weekly("bob", wednesday, "ann", "bob").exception(wednesday, wednesday, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:eve@example.org")
	for _, who := range d.names {
		d.edit(who, "bob", func(s string) string { return strings.Replace(s, "END:VCALENDAR", x+"END:VCALENDAR", 1) })
	}
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.put("busy2", block("busy2", next, 60), "ann")
	d.pass()
	d.wants("bob", wednesday, wednesday, "ann", "bob")
	if d.where("ann", "bob", next).Equal(next) {
		t.Error("the sibling was not moved")
	}
	d.quiet()
	d.check()
}

func TestR1Tag1on1(t *testing.T) {
	d := newDesk(t, nil, "ann", "bob")
	single := weekly("once", wednesday, "ann", "bob")
	single.rule, single.start, single.title = "", wednesday, "Catch up #1on1"
	d.put("once", ics(single.String()), "ann", "bob")
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.pass()
	for _, who := range d.names {
		if got, _ := components(d.text(who, "once"))[0].instant("DTSTART"); !got.Equal(at("2026-11-25 09:15")) {
			t.Errorf("%s: stands at %s", who, told(got))
		}
	}
	d.quiet()
	d.check()
}

func TestR16NothingPrivate(t *testing.T) {
	d := pairOf(t, nil)
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.pass()
	for _, who := range d.names {
		if strings.Contains(d.text(who, "bob"), "secret") {
			t.Errorf("the event tells the title of another one:\n%s", d.text(who, "bob"))
		}
	}
	for _, word := range []string{"secret", "example.org", "1:1 bob"} { // A time of day may hold 1:1.
		if strings.Contains(d.log.String(), word) {
			t.Errorf("the log says %q:\n%s", word, d.log.String())
		}
	}
	done, err := d.db.Actions(t.Context(), store.Filter{Kind: store.Move})
	if err != nil || len(done) != 1 || done[0].Reason != "Ann is not available then." || done[0].With != "Bob" || done[0].State != store.Done {
		t.Errorf("Actions = %+v, %v", done, err)
	}
}

// suggestions returns the moves that wait for a person's yes.
func (d *desk) suggestions() ([]reschedule.Decision, error) {
	look, err := d.e.Look(context.Background(), d.now)
	var out []reschedule.Decision
	for _, it := range look.Items {
		if it.Decision.Outcome == reschedule.Suggest {
			out = append(out, it.Decision)
		}
	}
	return out, err
}
