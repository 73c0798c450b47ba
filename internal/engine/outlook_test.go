package engine_test

import (
	"strings"
	"testing"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/engine"
	"oneonone/internal/store"
)

// look says what would be done, and that saying so changes nothing.
func (d *desk) look() engine.Look {
	d.Helper()
	before, kinds := d.Objects(), d.kinds()
	l, err := d.e.Look(d.Context(), d.now)
	if err != nil {
		d.Fatal(err)
	}
	if c := changed(before, d.Objects()); len(c) != 0 || strings.Join(kinds, ",") != strings.Join(d.kinds(), ",") {
		d.Errorf("Look changed %v, suggestions %q to %q", c, kinds, d.kinds())
	}
	return l
}

func TestLookTellsWhatWouldBeAsked(t *testing.T) {
	d := talkingPair(t, nil)
	d.took(12, 14, 11)
	l := d.look()
	if len(l.Suggest) != 1 || l.Suggest[0].Kind != string(cadence.ToBiweekly) || l.Suggest[0].ID != 0 || l.Suggest[0].With != "Bob" || len(l.Agreed) != 0 {
		t.Fatalf("before the first pass: %+v, %+v", l.Suggest, l.Agreed)
	}
	d.pass()
	if l = d.look(); len(l.Suggest) != 0 || len(l.Agreed) != 0 {
		t.Errorf("while it is open: %+v, %+v", l.Suggest, l.Agreed)
	}
	d.replies("ann", "ACCEPTED")
	if l = d.look(); len(l.Suggest) != 0 || len(l.Agreed) != 1 || l.Agreed[0].ID != 1 {
		t.Errorf("after a yes: %+v, %+v", l.Suggest, l.Agreed)
	}
	d.check()
}

func TestLookTellsWhetherAMoveIsAskedFor(t *testing.T) {
	d := askingPair(t)
	d.put("later", block("later", wednesday.AddDate(0, 0, 7), 60), "ann")
	d.settle()
	asked := map[int64]bool{}
	l := d.look()
	for _, it := range l.Items {
		if len(it.Decision.Conflicts) > 0 {
			asked[it.Original.Unix()] = it.Asked != nil && it.Asked.State == string(cadence.Open)
		}
	}
	if len(asked) != 2 || !asked[wednesday.Unix()] || len(l.Suggest) != 0 {
		t.Errorf("asked: %v, would be asked: %+v", asked, l.Suggest)
	}
	d.check()
}

func TestExplainTellsRhythmAndSuggestions(t *testing.T) {
	d := talkingPair(t, nil)
	d.took(12, 14, 11)
	d.pass()
	x, err := d.e.Explain(d.Context(), d.now, "Bob@example.org")
	if err != nil || len(x.Outlook) != 1 {
		t.Fatalf("Explain = %+v, %v", x.Outlook, err)
	}
	o := x.Outlook[0]
	if o.Account != "ann" || o.With != "Bob" || len(o.Rules.Measured) != 3 || len(o.Past) != 1 || o.Past[0].State != string(cadence.Open) {
		t.Errorf("the outlook: %+v", o)
	}
	if text := strings.Join(o.Rules.Lines, "\n"); !strings.Contains(text, "(R21): suggested already") || !strings.Contains(text, "(R26)") {
		t.Errorf("the rules:\n%s", text)
	}
	if x, err = d.e.Explain(d.Context(), d.now, "carl@example.org"); err != nil || len(x.Outlook) != 0 {
		t.Errorf("for somebody else: %+v, %v", x.Outlook, err)
	}
}

func TestLookTellsWhoIsInTouch(t *testing.T) {
	d := talkingPair(t, func(o *engine.Options) {
		o.Contacts = append(o.Contacts, engine.Contact{
			Person: calendar.Person{Name: "Carl", Addresses: []string{"carl@partner.example"}}, Every: 42 * 24 * time.Hour,
		})
	})
	l := d.look()
	if len(l.Touch) != 1 || l.Touch[0].With != "Carl" || l.Touch[0].Every != 42*24*time.Hour || !l.Touch[0].Long || !l.Touch[0].Next.IsZero() {
		t.Errorf("in touch: %+v", l.Touch)
	}
}

// withoutTraces fails when anything of the program's is in a calendar.
func (d *desk) withoutTraces() {
	d.Helper()
	for path, data := range d.Objects() {
		if text := strings.ReplaceAll(string(data), "\r\n ", ""); strings.Contains(text, "X-ONEONONE") || strings.Contains(text, "--- oneonone") {
			d.Errorf("%s has a mark:\n%s", path, text)
		}
	}
}

func TestRemoveTakesSuggestionsOut(t *testing.T) {
	d := pairOf(t, func(o *engine.Options) {
		talking(o)
		o.Policy.Mode, o.WeeklyStatus = "ask", true
	})
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.settle()
	d.pass()
	d.oneSuggestion("ann")
	r, err := d.e.Remove(d.Context(), d.now.Add(time.Minute))
	if err != nil || r.Own != 3 || len(r.Failed) != 0 {
		t.Fatalf("Remove = %+v, %v, want the suggestion and two weekly events taken out", r, err)
	}
	d.withoutTraces()
	all, err := d.db.Suggestions(d.Context(), time.Time{})
	if err != nil || len(all) != 1 || all[0].State != string(cadence.Withdrawn) || all[0].Words != "removed on request" {
		t.Errorf("suggestions: %v, %+v", err, all)
	}
	if r, err = d.e.Remove(d.Context(), d.now.Add(2*time.Minute)); err != nil || r.Own != 0 || r.Events != 0 {
		t.Errorf("Remove again = %+v, %v", r, err)
	}
	d.wants("bob", wednesday, wednesday, "ann", "bob")
	d.check()
}

// TestRemoveLeavesWhatWasAgreed: a series that somebody said yes to is theirs.
func TestRemoveLeavesWhatWasAgreed(t *testing.T) {
	d := talkingPair(t, nil)
	d.took(12, 14, 11)
	d.pass()
	d.replies("ann", "ACCEPTED")
	d.settle()
	d.pass()
	d.pass()
	before := len(d.Objects())
	if k := d.kinds(); len(k) != 1 || k[0] != "to two weeks applied" {
		t.Fatalf("suggestions: %q", k)
	}
	if l := d.look(); len(l.Series) != 1 || l.Series[0].Period != 14*24*time.Hour {
		t.Errorf("the series that is over is told beside the new one: %+v", l.Series)
	}
	r, err := d.e.Remove(d.Context(), d.now.Add(time.Minute))
	if err != nil || r.Own != 0 || len(d.Objects()) != before {
		t.Fatalf("Remove = %+v, %v, and %d of %d events are left", r, err, len(d.Objects()), before)
	}
	d.withoutTraces()
	d.check()
}

// TestCopiesNameTheOtherPerson: what is done in Bob's calendar is with Ann.
func TestCopiesNameTheOtherPerson(t *testing.T) {
	d := talkingPair(t, nil)
	d.took(12, 14, 11)
	d.pass()
	d.replies("ann", "ACCEPTED")
	d.settle()
	d.pass()
	done, err := d.db.Actions(d.Context(), store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	with := map[string]string{}
	for _, a := range done {
		if a.With != "" {
			with[a.Account+" with "+a.With] = string(a.Kind)
		}
	}
	if len(with) != 2 || with["ann with Bob"] == "" || with["bob with Ann"] == "" {
		t.Errorf("the log: %v", with)
	}
}
