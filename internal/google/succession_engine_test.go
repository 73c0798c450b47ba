package google_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
	"oneonone/internal/recur"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

// talking turns suggestions on.
func talking(_ *office, o *engine.Options) {
	o.SuggestFrom = "oneonone@oneonone.invalid"
	o.Cadence = cadence.Policy{Short: 20 * time.Minute, Streak: 3, Window: 4, Long: time.Hour, MaxGap: 14 * 24 * time.Hour}
	o.Policy.PerSeries = 9
}

// meets lists when somebody has a 1:1 until mid February, as Google shows it:
// exceptions that a series has left behind its end too.
func (o *office) meets(who string) string {
	o.Helper()
	var starts []time.Time
	shown := map[string]bool{}
	show := func(id string, data []byte) {
		var e struct{ Start struct{ DateTime time.Time } }
		if err := json.Unmarshal(data, &e); err != nil {
			o.Fatal(err)
		}
		if !shown[id] {
			starts = append(starts, e.Start.DateTime.In(o.now.Location()))
		}
		shown[id] = true
	}
	reader := o.signIn("reader", who)
	for name, data := range o.g.Snapshot() {
		id, mine := strings.CutPrefix(name, who+"/")
		if !mine || !strings.Contains(string(data), ann) || !strings.Contains(string(data), bob) || strings.Contains(string(data), `"oneononeKind"`) {
			continue
		}
		events, err := reader.Parse(calendar.Resource{Calendar: who, Href: id, ETag: `"1"`, Data: data}, o.now.Location())
		if err != nil {
			o.Fatal(err)
		}
		e := events[0]
		if !e.Recurs() {
			show(id, data)
			continue
		}
		set, err := recur.ParseSet(e.Start, e.AllDay, e.RRules, e.RDates, e.ExDates)
		if err != nil {
			o.Fatal(err)
		}
		originals, err := set.Between(span.Span{Start: e.Start, End: time.Date(2027, 2, 15, 0, 0, 0, 0, time.UTC)}, recur.DefaultBudget)
		if err != nil {
			o.Fatal(err)
		}
		for _, original := range originals {
			if x, ok := o.g.Instance(who, id, original); ok {
				data, _ := o.g.Event(who, x)
				show(x, data)
			}
		}
	}
	slices.SortFunc(starts, time.Time.Compare)
	var list []string
	for _, t := range starts {
		list = append(list, t.Format("2 Jan 15:04"))
	}
	return strings.Join(list, ", ")
}

// agreed is an office in which Ann has just said yes to every two weeks. Bob is
// twice at the dentist, she has dragged one meeting and taken out another.
func agreed(t *testing.T, style calendartest.GoogleStyle) *office {
	o := newOffice(t, style, talking)
	december := func(day int) time.Time { return time.Date(2026, 12, day, 10, 0, 0, 0, o.now.Location()) }
	dragged, _ := o.g.Instance(ann, "weekly0001", december(15))
	o.g.Drag(ann, dragged, span.Of(december(17).Add(4*time.Hour), 45*time.Minute))
	o.g.Edit(ann, dragged, `{"summary":"Long one","location":"Park"}`)
	deleted, _ := o.g.Instance(ann, "weekly0001", december(29))
	o.g.Delete(ann, deleted)
	for i, day := range []int{3, 10, 17} {
		start := time.Date(2026, 11, day, 10, 0, 0, 0, o.now.Location())
		if _, err := o.db.PutLength(context.Background(), store.Length{
			Pair: ann + " " + bob, UID: "weekly0001@google.com", Original: start, Start: start,
			Length: time.Duration(9+i) * time.Minute, Source: string(cadence.FromDone), NotedAt: start,
		}); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 {
		o.pass()
	}
	a := o.one(ann)
	if !strings.Contains(a.Summary, "every two weeks") {
		t.Fatalf("Ann is asked %+v", a)
	}
	o.g.Answer(ann, a.ID, "accepted")
	o.now = o.now.Add(time.Hour)
	return o
}

// R29: the new series stands before the old one ends, exceptions go along, and
// both people have each meeting once.
func TestR29SeriesGoOnOverGoogle(t *testing.T) {
	for name, style := range map[string]calendartest.GoogleStyle{
		"as documented": {}, "masters keep their ETag": {SteadyMaster: true}, "opaque ids, small pages": {OpaqueIDs: true, Page: 2},
		"masters reach exceptions": {Inherit: true}, "answers stay": {KeepAnswers: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := agreed(t, style)
				for range 3 {
					o.pass()
				}
				checkFortnightly(t, o)
				if r := o.pass(); r.Writes > 0 {
					t.Errorf("there was something left to do: %+v", r)
				}
			})
		})
	}
}

// fortnightly is what has to stand in both calendars in the end. What has been
// moved takes place as it would have; 29 December was taken out.
const fortnightly = "3 Nov 10:00, 10 Nov 10:00, 17 Nov 10:00, 24 Nov 10:00, 1 Dec 09:15, 8 Dec 09:15, 17 Dec 14:00, 22 Dec 10:00, 5 Jan 10:00, 19 Jan 10:00, 2 Feb 10:00"

// checkFortnightly checks what has to stand in the calendars in the end.
func checkFortnightly(t *testing.T, o *office) {
	t.Helper()
	if a, b := o.meets(ann), o.meets(bob); a != fortnightly || b != fortnightly {
		t.Errorf("Ann has  %s\nBob has  %s\nwant     %s\n%s", a, b, fortnightly, &o.log)
	}
	if !strings.HasPrefix(o.states(), "applied") {
		t.Errorf("the suggestions are %s\n%s", o.states(), &o.log)
	}
	o.noMail()
}

// The connection ends before or after each request of the change, and the
// program starts again: what there is in the end is the same.
//
// With every second step the program's records are lost too: then the change is
// either finished all the same, or had not begun.
func TestR29CutAtEachStepOverGoogle(t *testing.T) {
	count := func(o *office) *atomic.Int64 {
		n := new(atomic.Int64) // The accounts are pulled side by side.
		o.g.OnRequest(func(*http.Request) { n.Add(1) })
		return n
	}
	requests := int64(0)
	synctest.Test(t, func(t *testing.T) {
		o := agreed(t, calendartest.GoogleStyle{})
		n := count(o)
		o.pass()
		requests = n.Load()
	})
	for k := range 2 * requests {
		at, applied := k/2+1, k%2 == 1
		t.Run(fmt.Sprintf("request %d, applied %t", at, applied), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := agreed(t, calendartest.GoogleStyle{})
				before, n := o.meets(ann), count(o)
				dead := func(*http.Request) bool { return n.Load() > at || n.Load() == at && !applied }
				o.g.Script(
					calendartest.Fault{Match: dead, Do: calendartest.CutBefore},
					calendartest.Fault{Match: func(*http.Request) bool { return n.Load() == at }, Do: calendartest.CutAfter},
				)
				o.now = o.now.Add(15 * time.Minute)
				if _, err := o.e.Pass(context.Background(), o.now, true); err != nil {
					t.Fatal(err)
				}
				o.g.Heal()
				lost := at%2 == 0
				if lost {
					o.e = o.again(newStore(t))
				} else {
					o.e = o.again(o.db)
				}
				for range 5 {
					o.now = o.now.Add(time.Hour)
					o.pass()
				}
				if lost {
					if a, b := o.meets(ann), o.meets(bob); a != b || a != fortnightly && a != before {
						t.Errorf("Ann has  %s\nBob has  %s\nwant     %s\nor       %s\n%s", a, b, fortnightly, before, &o.log)
					}
					o.noMail()
					return
				}
				checkFortnightly(t, o)
			})
		})
	}
}
