package reschedule_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "oneonone/internal/reschedule"
	"oneonone/internal/span"
)

// tinyWish is a wish in a tiny world, in minutes from now.
type tinyWish struct {
	people   []int
	pair     int
	long     int
	shortest int
	near     int
	from, to int
	days     [][2]int
	spacing  int
}

// find tries every start in every length, minute by minute.
func (w *tiny) find(q tinyWish) (best []int) {
	l := w.start()
	inside := func(from, to int) bool {
		for t := from; t < to; t++ {
			if !slices.ContainsFunc(q.days, func(d [2]int) bool { return d[0] <= t && t < d[1] }) {
				return false
			}
		}
		return true
	}
	for long := q.long; long == q.long || q.shortest > 0 && long >= q.shortest; long -= 5 {
		for from := max(q.from, 0); from+long <= q.to; from++ {
			to := from + long
			rung := w.wishRung(l, q, from, to)
			if !w.onClock(q, from) || rung == 5 {
				continue
			}
			elsewhere := 1
			if inside(from, to) {
				elsewhere = 0
			}
			v := []int{elsewhere, rung, q.long - long, max(from-q.near, q.near-from), -from, to}
			if best == nil || slices.Compare(v, best) < 0 {
				best = v
			}
		}
	}
	return best
}

// onClock reports whether the clock of the first person shows a multiple of the
// grid, for grids that an hour is a multiple of, or three quarters of an hour.
func (w *tiny) onClock(q tinyWish, from int) bool {
	t := w.now.Add(time.Duration(from) * time.Minute).In(w.people[q.people[0]].zone)
	return (t.Hour()*60+t.Minute())%minutes(w.policy.Grid) == 0
}

func (w *tiny) wishRung(l layout, q tinyWish, from, to int) int {
	for t := from; t < to; t++ {
		for _, p := range q.people {
			if !w.atWork(p, t) {
				return 5
			}
		}
	}
	if q.spacing > 0 {
		for j, m := range w.meetings {
			if m.pair == q.pair && from < l.to[j]+q.spacing && l.from[j]-q.spacing < to {
				return 5
			}
		}
	}
	const nobody = -2
	p := w.policy
	switch {
	case to-from < q.long && w.free(l, nobody, q.people, from, to, true):
		return 4
	case to-from < q.long:
		return 5
	case w.free(l, nobody, q.people, from-minutes(p.Before), to+minutes(p.After), false):
		return 1
	case w.free(l, nobody, q.people, from, to, false):
		return 2
	case w.free(l, nobody, q.people, from, to, true):
		return 3
	}
	return 5
}

func drawWish(t *rapid.T, w *tiny) tinyWish {
	a := rapid.IntRange(0, len(w.people)-1).Draw(t, "whose")
	q := tinyWish{people: []int{a}}
	if rapid.IntRange(0, 3).Draw(t, "two") > 0 {
		b := (a + rapid.IntRange(1, len(w.people)-1).Draw(t, "and")) % len(w.people)
		q.people = append(q.people, b)
		q.pair = min(a, b)*10 + max(a, b)
	}
	q.long = rapid.SampledFrom([]int{15, 25, 30, 60, 120}).Draw(t, "long")
	q.shortest = rapid.SampledFrom([]int{0, 10, 15}).Draw(t, "wish shortest")
	q.near = rapid.IntRange(-60, 3*24*60).Draw(t, "near")
	q.from = rapid.IntRange(-60, 24*60).Draw(t, "within from")
	q.to = q.from + rapid.IntRange(0, 4*24*60).Draw(t, "within")
	q.spacing = 60 * rapid.SampledFrom([]int{0, 0, 2, 24}).Draw(t, "wish spacing")
	for n := range rapid.IntRange(0, 2).Draw(t, "days") {
		day := 24*60*rapid.IntRange(0, 3).Draw(t, "day") + 100*n
		q.days = append(q.days, [2]int{day, day + rapid.SampledFrom([]int{150, 200, 24 * 60}).Draw(t, "stretch")})
	}
	return q
}

func (w *tiny) wish(q tinyWish) Wish {
	at := func(minute int) time.Time { return w.now.Add(time.Duration(minute) * time.Minute) }
	wish := Wish{
		Zone: w.people[q.people[0]].zone, Length: time.Duration(q.long) * time.Minute, Shortest: time.Duration(q.shortest) * time.Minute,
		From: at(q.near), Within: span.Span{Start: at(q.from), End: at(q.to)}, Spacing: time.Duration(q.spacing) * time.Minute,
	}
	for _, p := range q.people {
		wish.People = append(wish.People, personKey(p))
	}
	if len(q.people) == 2 {
		wish.Pair = pairKey(q.pair)
	}
	for _, d := range q.days {
		wish.Days = append(wish.Days, span.Span{Start: at(d[0]), End: at(d[1])})
	}
	return wish
}

// TestR9R11R26R31WishGetsTheBestSlot compares places with the best of all
// starts and lengths, in weeks in which clocks change too, and in any order of
// the facts.
func TestR9R11R26R31WishGetsTheBestSlot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTiny(t, 5)
		for i := range w.meetings { // a wish is nobody's copy
			w.meetings[i].declined = nil
		}
		q := drawWish(t, w)
		want := w.find(q)
		f := shuffled(t, w.facts())
		got, ok := Find(f, w.policy, w.wish(q))
		if ok != (want != nil) {
			t.Fatalf("Find = %v, %t, want %v\n%s", got, ok, want, w.tell(w.start()))
		}
		if !ok {
			return
		}
		from := minutes(got.Slot.Start.Sub(w.now))
		is := []int{0, got.Rung, q.long - minutes(got.Slot.Duration()), max(from-q.near, q.near-from), -from, from + minutes(got.Slot.Duration())}
		if !got.Preferred {
			is[0] = 1
		}
		if diff := cmp.Diff(want, is); diff != "" {
			t.Fatalf("Find = %v, rung %d, preferred %t (-want +got):\n%s%s", got.Slot, got.Rung, got.Preferred, diff, w.tell(w.start()))
		}
	})
}

// shuffled returns the facts in another order.
func shuffled(t *rapid.T, f Facts) Facts {
	g := Facts{Now: f.Now, People: map[string]Person{}, Meetings: rapid.Permutation(f.Meetings).Draw(t, "order")}
	for _, key := range slices.Sorted(maps.Keys(f.People)) {
		p := f.People[key]
		p.Blocks = rapid.Permutation(p.Blocks).Draw(t, "blocks")
		g.People[key] = p
	}
	return g
}

// asks is one case of what can be asked for: sentences, and the answer.
func asks(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			s := readStory(t, officeHours+r.facts)
			if diff := cmp.Diff(r.want+"\n", s.told()); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

const (
	thisWeek = ", within Mon 23 Nov 10:00 - Sat 28 Nov 00:00"
	roomFor  = "\n    It is the nearest time at which Ann and Bob are free."
)

func TestR26CatchUpAtTheNearestSlot(t *testing.T) {
	wanted := "\nwanted: 30m for Ann & Bob near Tue 24 Nov 10:00" + thisWeek
	asks(t, []rule{
		{"the wished time", wanted, "Tue 24 Nov 10:00-10:30, rung 1" + roomFor},
		{"a wish between the quarters", "wanted: 30m for Ann & Bob near Tue 24 Nov 10:04" + thisWeek, "Tue 24 Nov 10:00-10:30, rung 1" + roomFor},
		{"equally near: the later", "Ann is busy Tue 24 Nov 10:15-10:20" + wanted, "Tue 24 Nov 10:30-11:00, rung 1" + roomFor},
		{"before all there is", "wanted: 30m for Ann & Bob near Mon 2 Nov 10:00" + thisWeek, "Mon 23 Nov 10:00-10:30, rung 1" + roomFor},
		{"after all there is", "wanted: 30m for Ann & Bob near Mon 7 Dec 10:00" + thisWeek, "Fri 27 Nov 16:30-17:00, rung 1" + roomFor},
		{"never in the past", "wanted: 30m for Ann & Bob near Mon 2 Nov 10:00, within Mon 2 Nov 10:00 - Sat 28 Nov 00:00", "Mon 23 Nov 09:00-09:30, rung 1" + roomFor},
		{"another 1:1 takes time", "1:1 Ann & Carl Tue 24 Nov 10:00-10:30" + wanted, "Tue 24 Nov 10:45-11:15, rung 1" + roomFor},
		{"spacing", "1:1 Ann & Bob Tue 24 Nov 14:00-14:30" + wanted + ", spacing 20h", "Mon 23 Nov 16:30-17:00, rung 1" + roomFor},
		{"no time", "Ann is away Mon 23 Nov 00:00 - Sat 28 Nov 00:00" + wanted + ", shortest 10m", "there is no time"},
		{"nothing inside", "wanted: 30m for Ann & Bob near Tue 24 Nov 10:00, within Tue 24 Nov 10:00 - Tue 24 Nov 10:15", "there is no time"},
		{"beyond the horizon", "policy: horizon 24h\nAnn is busy Tue 24 Nov 09:00 - Thu 26 Nov 17:00" + wanted, "Mon 23 Nov 16:30-17:00, rung 1" + roomFor},
		{"busy beyond the horizon", "policy: horizon 24h\nAnn is busy Mon 23 Nov 09:00 - Thu 26 Nov 17:00" + wanted, "Fri 27 Nov 09:00-09:30, rung 1" + roomFor},
		{"without a break", "Ann is busy Mon 23 Nov 00:00 - Tue 24 Nov 11:00\nAnn is busy Tue 24 Nov 11:30 - Sat 28 Nov 00:00" + wanted,
			"Tue 24 Nov 11:00-11:30, rung 2\n    It is the nearest time at which Ann and Bob are free; there is no break around it."},
		{"over focus time", "Ann is busy Mon 23 Nov 00:00 - Tue 24 Nov 11:00\nAnn is busy Tue 24 Nov 11:30 - Sat 28 Nov 00:00\nBob has focus time Tue 24 Nov 11:00-12:00" + wanted,
			"Tue 24 Nov 11:00-11:30, rung 3\n    It is the nearest time at which nothing firm stands in the way for Ann and Bob."},
		{"shorter", "Ann is busy Mon 23 Nov 00:00 - Tue 24 Nov 11:00\nAnn is busy Tue 24 Nov 11:20 - Sat 28 Nov 00:00" + wanted + ", shortest 10m",
			"Tue 24 Nov 11:00-11:20, rung 4\n    There is no time for 30m, so it is 20m at the nearest time."},
		{"not shorter", "Ann is busy Mon 23 Nov 00:00 - Tue 24 Nov 11:00\nAnn is busy Tue 24 Nov 11:20 - Sat 28 Nov 00:00" + wanted, "there is no time"},
		{"an unreadable calendar", "Bob works Mon-Fri 11:00-17:00, and the calendar cannot be read" + wanted,
			"Tue 24 Nov 11:00-11:30, rung 1" + roomFor + "\n    The calendar of Bob cannot be read, so only working hours are known."},
		{"both people's zones", "Bob works Mon-Fri 09:00-17:00 in America/New_York" + wanted, "Tue 24 Nov 15:00-15:30, rung 1" + roomFor},
	})
}

// TestR27FifteenMinutes and a suggestion's own quarter of an hour.
func TestR27FifteenMinutes(t *testing.T) {
	asks(t, []rule{
		{"for one person, next", "Ann is busy Mon 23 Nov 08:00-09:20\nwanted: 15m for Ann near Mon 23 Nov 08:00, within Mon 23 Nov 08:00 - Mon 30 Nov 00:00",
			"Mon 23 Nov 09:30-09:45, rung 1\n    It is the nearest time at which Ann is free."},
		{"without breathing room", "policy: before 0m, after 0m\nAnn is busy Mon 23 Nov 08:00-09:15\nAnn is busy Mon 23 Nov 09:30-17:00\nwanted: 15m for Ann near Mon 23 Nov 08:00, within Mon 23 Nov 08:00 - Mon 30 Nov 00:00",
			"Mon 23 Nov 09:15-09:30, rung 1\n    It is the nearest time at which Ann is free."},
	})
}

func TestR31SameTown(t *testing.T) {
	wanted := "\nwanted: 30m for Ann & Bob near Tue 24 Nov 10:00" + thisWeek
	thursday := ", rather Thu 26 Nov 00:00 - Fri 27 Nov 00:00"
	asks(t, []rule{
		{"that day", wanted + thursday, "Thu 26 Nov 09:00-09:30, rung 1, as preferred\n    It is the nearest time on the preferred days at which Ann and Bob are free."},
		{"that day without a break", "Ann is busy Thu 26 Nov 09:30-18:00" + wanted + thursday,
			"Thu 26 Nov 09:00-09:30, rung 2, as preferred\n    It is the nearest time on the preferred days at which Ann and Bob are free; there is no break around it."},
		{"the nearer of two days", wanted + ", rather Fri 27 Nov 00:00 - Sat 28 Nov 00:00" + thursday, "Thu 26 Nov 09:00-09:30, rung 1, as preferred\n    It is the nearest time on the preferred days at which Ann and Bob are free."},
		{"no time that day", "Bob is away Thu 26 Nov 00:00 - Fri 27 Nov 00:00" + wanted + thursday, "Tue 24 Nov 10:00-10:30, rung 1" + roomFor},
		{"a day outside what is asked for", wanted + ", rather Sun 29 Nov 00:00 - Tue 1 Dec 00:00", "Tue 24 Nov 10:00-10:30, rung 1" + roomFor},
	})
}

// TestFindUnknown: the keys go with the place (R7), one for a wish of one.
func TestFindUnknown(t *testing.T) {
	s := readStory(t, officeHours+"Bob works Mon-Fri 11:00-17:00, and the calendar cannot be read")
	w := Wish{People: []string{"Ann", "Bob"}, Length: time.Hour, From: s.facts.Now, Within: span.Of(s.facts.Now, 48*time.Hour)}
	p, ok := Find(s.facts, s.policy, w)
	if !ok || !slices.Equal(p.Unknown, []string{"Bob"}) || p.Slot.Start.Location() != time.UTC {
		t.Errorf("Find = %+v, %t, want Bob unknown and a slot in UTC", p, ok)
	}
	w.People = w.People[:1]
	if p, ok = Find(s.facts, s.policy, w); !ok || len(p.Unknown) != 0 || p.Note != "" {
		t.Errorf("Find for Ann = %+v, %t, want nobody unknown", p, ok)
	}
}
