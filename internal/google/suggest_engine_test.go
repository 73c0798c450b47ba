package google_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// asking makes the program ask before it moves anything.
func asking(_ *office, o *engine.Options) {
	o.Policy.Mode = reschedule.Ask
	o.SuggestFrom = "oneonone@oneonone.invalid" // Google takes its own calendar instead.
}

// asked is a suggestion as it stands in a calendar.
type asked struct {
	ID, Summary, Description, Transparency string
	Start                                  struct{ DateTime time.Time }
	Organizer                              struct{ Email string }
	Attendees                              []struct{ Email, ResponseStatus string }
}

// asked returns the suggestions in a calendar.
func (o *office) asked(calendarID string) []asked {
	o.Helper()
	var list []asked
	for name, data := range o.g.Snapshot() {
		if !strings.HasPrefix(name, calendarID+"/") || !strings.Contains(string(data), `"oneononeKind":"suggestion"`) {
			continue
		}
		var a asked
		if err := json.Unmarshal(data, &a); err != nil {
			o.Fatal(err)
		}
		list = append(list, a)
	}
	return list
}

// aside is the program's own calendar of a person, "" while there is none.
func (o *office) aside(who string) string {
	o.Helper()
	ids := slices.DeleteFunc(o.g.Calendars(who), func(id string) bool { return id == who })
	if len(ids) > 1 {
		o.Fatalf("%s has the calendars %q", who, ids)
	}
	return strings.Join(ids, "")
}

// one returns the only suggestion that a person has.
func (o *office) one(who string) asked {
	o.Helper()
	copies, originals := o.asked(who), o.asked(o.aside(who))
	if len(copies) != 1 || len(originals) != 1 || copies[0].ID != originals[0].ID {
		o.Fatalf("%s has the invitations %+v to %+v\n%s", who, copies, originals, &o.log)
	}
	return copies[0]
}

// states returns how the suggestions stand, by when they were made.
func (o *office) states() string {
	o.Helper()
	all, err := o.db.Suggestions(context.Background(), time.Time{})
	if err != nil {
		o.Fatal(err)
	}
	var list []string
	for _, s := range all {
		list = append(list, s.State)
	}
	return strings.Join(list, ", ")
}

// noMail checks that nobody got a mail about a suggestion, and that nothing was
// done that must not be.
func (o *office) noMail() {
	o.Helper()
	for _, m := range o.g.Mails() {
		if strings.HasPrefix(m.Event, "oneonone") && m.To == ann {
			o.Errorf("a mail about %+v", m)
		}
	}
	for _, v := range o.g.Violations() {
		o.Error(v)
	}
}

// A move that needs a yes reaches the person as an invitation from a calendar of
// the program's own, without a mail; what is answered is done.
func TestSuggestionsOverGoogle(t *testing.T) {
	const before, after = "1 10:00, 8 10:00, 1 10:00, 8 10:00", "1 09:15, 8 10:00, 1 09:15, 8 10:00"
	answered := func(answer string) func(o *office, id string) {
		return func(o *office, id string) {
			if !o.g.Answer(ann, id, answer) {
				o.Error("she is not asked")
			}
		}
	}
	for name, c := range map[string]struct {
		reply  func(o *office, id string)
		starts string
		state  cadence.State
	}{
		"yes":     {answered("accepted"), after, cadence.Applied},
		"no":      {answered("declined"), before, cadence.Refused},
		"maybe":   {answered("tentative"), before, cadence.Later},
		"deleted": {func(o *office, id string) { o.g.Delete(ann, id) }, before, cadence.Refused},
		"the calendar was deleted": {func(o *office, _ string) {
			o.g.RemoveCalendar(o.aside(ann))
			o.now = o.now.Add(time.Hour) // The list is read again.
		}, before, cadence.Refused},
	} {
		for style, how := range map[string]calendartest.GoogleStyle{"": {}, ", otherwise": {SteadyMaster: true, OpaqueIDs: true, Page: 2, TouchAlways: true}} {
			t.Run(name+style, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					o := newOffice(t, how, asking)
					for range 3 {
						o.pass()
					}
					a := o.one(ann)
					if !strings.HasPrefix(a.Summary, "Suggestion: move the 1:1") || a.Organizer.Email != o.aside(ann) || a.Attendees[0].ResponseStatus != "needsAction" ||
						!strings.Contains(a.Description, "Yes: ") || !strings.Contains(a.Description, "No: ") {
						t.Errorf("Ann is asked %+v", a)
					}
					if len(o.asked(bob)) > 0 || o.aside(bob) != "" {
						t.Error("Bob sees it too")
					}
					c.reply(o, a.ID)
					for range 2 {
						o.pass()
					}
					if got := o.starts(); got != c.starts {
						t.Errorf("the 1:1s begin at %s, want %s\n%s", got, c.starts, &o.log)
					}
					if first, _, _ := strings.Cut(o.states(), ", "); first != string(c.state) {
						t.Errorf("the suggestions are %s, want first %s\n%s", o.states(), c.state, &o.log)
					}
					for _, left := range append(o.asked(ann), o.asked(o.aside(ann))...) {
						if left.ID == a.ID {
							t.Errorf("it still stands there: %+v", left)
						}
					}
					o.noMail()
				})
			})
		}
	}
}

// Whatever breaks on the way, she is asked once and what she agreed to is done once.
func TestSuggestionsOverATroubledGoogle(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t, calendartest.GoogleStyle{SteadyMaster: seed%2 == 0}, asking)
				// A calendar that is made twice by one request is a second one, which is left alone.
				o.g.Exempt(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/calendars") })
				trouble := func() {
					o.g.Chaos(seed, 0.4,
						calendartest.Fault{Do: calendartest.CutBefore}, calendartest.Fault{Do: calendartest.CutAfter},
						calendartest.Fault{Do: calendartest.Answer, Status: http.StatusServiceUnavailable, Reason: "backendError"},
					)
					for range 6 {
						o.now = o.now.Add(15 * time.Minute)
						if _, err := o.e.Pass(context.Background(), o.now, true); err != nil {
							t.Fatalf("Pass: %v", err)
						}
					}
					o.g.Heal()
					for range 4 {
						o.now = o.now.Add(time.Hour)
						o.pass()
					}
				}
				trouble()
				first := o.one(ann)
				o.g.Answer(ann, first.ID, "accepted")
				trouble()
				if got := o.starts(); !strings.HasPrefix(got, "1 09:15, ") {
					t.Errorf("the 1:1s begin at %s\n%s", got, &o.log)
				}
				if !strings.HasPrefix(o.states(), "applied") {
					t.Errorf("the suggestions are %s\n%s", o.states(), &o.log)
				}
				o.noMail()
			})
		})
	}
}

// The program has lost its records: what it had asked goes, and is asked anew.
func TestSuggestionsOfALostDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, calendartest.GoogleStyle{}, asking)
		for range 3 {
			o.pass()
		}
		first := o.one(ann)
		db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "new.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		o.e = o.again(db)
		for range 4 {
			o.pass()
		}
		if again := o.one(ann); again.ID == first.ID {
			t.Errorf("%+v still stands there", again)
		}
		o.noMail()
	})
}

// What is asked goes with everything else when the program is taken off.
func TestSuggestionsAreRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, calendartest.GoogleStyle{}, asking)
		for range 3 {
			o.pass()
		}
		o.one(ann)
		o.now = o.now.Add(time.Minute)
		if removed, err := o.e.Remove(context.Background(), o.now); err != nil || len(removed.Failed) > 0 {
			t.Errorf("Remove = %+v, %v\n%s", removed, err, &o.log)
		}
		for name, data := range o.g.Snapshot() {
			if strings.Contains(string(data), "oneonone") || strings.Contains(string(data), "agenda.example.org") {
				t.Errorf("something of the program is left on %s: %s", name, data)
			}
		}
		o.noMail()
	})
}

// A quiet pass costs one more request for each person who is asked something:
// answers are read from the program's own calendar.
func TestQuietPassWithASuggestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, calendartest.GoogleStyle{}, asking)
		for range 5 {
			o.pass()
		}
		o.one(ann)
		o.g.ResetCounters()
		o.pass()
		if calls := o.g.Calls(); len(calls) != 1 || calls["calendar.events.list"] != 3 {
			t.Errorf("a quiet pass made %v", calls)
		}
	})
}
