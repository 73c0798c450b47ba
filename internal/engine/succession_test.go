package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"oneonone/internal/caldav"
	"oneonone/internal/calendar"
	"oneonone/internal/engine"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// meets lists when somebody's calendar has a 1:1 with the title, until ten weeks
// after monday: what a client shows, whatever series it is of.
func (d *desk) meets(who, title string) []string {
	d.Helper()
	p, err := caldav.New(caldav.Options{URL: "http://127.0.0.1/", Username: who, Password: "secret", Zone: vienna, Transport: d.Transport()})
	if err != nil {
		d.Fatal(err)
	}
	var out []string
	for path, data := range d.Objects() {
		if !strings.Contains(path, "/"+who+"/") || !strings.Contains(string(data), "SUMMARY:"+title) {
			continue
		}
		events, err := p.Parse(calendar.Resource{Calendar: "c", Href: path, ETag: `"x"`, Data: data}, vienna)
		if err != nil {
			d.Fatalf("%s: %v\n%s", path, err, data)
		}
		exceptions := slices.DeleteFunc(slices.Clone(events), func(e calendar.Event) bool { return !e.IsException() })
		for _, master := range events {
			if master.IsException() {
				continue
			}
			occ, _, err := recur.Expand(master, exceptions, span.Span{Start: monday.AddDate(0, 0, -21), End: monday.AddDate(0, 0, 70)})
			if err != nil {
				d.Fatal(err)
			}
			for _, o := range occ {
				if o.Status != calendar.Cancelled {
					out = append(out, o.Start.Format("Mon 02 Jan 15:04")+fmt.Sprintf(" %d min", int(o.End.Sub(o.Start).Minutes())))
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return when(a).Compare(when(b)) })
	return out
}

func when(s string) time.Time {
	t, err := time.ParseInLocation("Mon 02 Jan 15:04", s[:16], vienna)
	if err != nil {
		panic(err)
	}
	if t.Month() < 7 {
		return t.AddDate(1, 0, 0)
	}
	return t
}

// agreed is a desk on which Ann has just said yes to every two weeks, with an
// occurrence that she dragged and one that she took out, both in the future.
func agreed(t *testing.T) *desk {
	d := talkingPair(t, func(o *engine.Options) { o.Policy.PerSeries = 9 })
	d.put("busy", block("busy", wednesday.AddDate(0, 0, 14), 60), "ann") // We move the one of 9 December.
	d.took(12, 15, 9)
	e := weekly("bob", wednesday, "ann", "bob")
	for _, who := range d.names {
		d.edit(who, "bob", func(s string) string {
			s = strings.Replace(s, "RRULE:", "EXDATE;TZID=Europe/Vienna:20261223T100000\r\nRRULE:", 1)
			x := e.exception(wednesday.AddDate(0, 0, 7), wednesday.AddDate(0, 0, 9).Add(4*time.Hour))
			return strings.Replace(s, "END:VCALENDAR", x+"END:VCALENDAR", 1)
		})
	}
	d.pass()
	d.settle()
	d.pass()
	d.oneSuggestion("ann")
	d.replies("ann", "ACCEPTED")
	d.settle()
	return d
}

// biweekly is what both calendars have to show in the end.
func biweekly(d *desk) string {
	return strings.Join(d.meets("ann", "1:1 bob"), "\n") + "\n\n" + strings.Join(d.meets("bob", "1:1 bob"), "\n")
}

func TestR29ASeriesGoesOnInAnotherRhythm(t *testing.T) {
	d := agreed(t)
	before := d.meets("ann", "1:1 bob")
	d.pass()
	d.settle()
	d.pass()
	ann, bob := d.meets("ann", "1:1 bob"), d.meets("bob", "1:1 bob")
	if !slices.Equal(ann, bob) {
		t.Errorf("Ann's calendar has\n%s\nBob's\n%s", strings.Join(ann, "\n"), strings.Join(bob, "\n"))
	}
	t.Logf("before:\n%s\nafter:\n%s", strings.Join(before, "\n"), strings.Join(ann, "\n"))
	d.quiet()
	d.check()
}

// TestR29KilledAtEachStep: the program ends before or after each request of a
// change of a series, and starts again on the database as it was then or without one.
func TestR29KilledAtEachStep(t *testing.T) {
	var want string
	requests := 0
	t.Run("undisturbed", func(t *testing.T) {
		d := agreed(t)
		s := &steps{d: d}
		d.net = s
		d.pass()
		requests = s.n
		d.net = d.Transport()
		d.settle()
		d.pass()
		want = biweekly(d)
	})
	for k := range 4 * requests {
		n, applied, lost := k/4+1, k%2 == 1, k%4 > 1
		bubble(t, fmt.Sprintf("request %d, applied %t, database lost %t", n, applied, lost), func(t *testing.T) {
			{
				d := agreed(t)
				s := &steps{d: d, at: n, applied: applied}
				d.net = s
				_, _ = d.e.Pass(t.Context(), d.now, true)
				if !s.dead {
					t.Fatal("it was not killed")
				}
				d.net = d.Transport()
				d.dsn = s.copied
				if d.restart(); lost {
					d.loseDatabase()
				}
				for range 4 {
					d.now = d.now.Add(11 * time.Minute)
					d.pass()
				}
				if lost && len(d.rules("ann")) == 1 {
					// Nothing had been done: it is simply asked again, once it is measured again.
					if a, b := d.meets("ann", "1:1 bob"), d.meets("bob", "1:1 bob"); !slices.Equal(a, b) || len(a) != 12 || len(d.suggested("ann")) != 0 {
						t.Errorf("nothing was to be changed, but Ann has %q, Bob %q", a, b)
					}
					return
				}
				if got := biweekly(d); got != want {
					t.Errorf("in the end:\n%s\nwant\n%s", got, want)
				}
				d.quiet()
				d.check()
			}
		})
	}
}
