package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"oneonone/internal/span"
	"oneonone/internal/store"
)

// deed is something that somebody does at an instant.
type deed struct {
	at time.Time
	do func()
}

// at plans a deed.
func (y *year) at(t time.Time, do func()) {
	i, _ := slices.BinarySearchFunc(y.deeds, t, func(d deed, t time.Time) int {
		if d.at.After(t) {
			return 1
		}
		return -1
	})
	y.deeds = slices.Insert(y.deeds, i, deed{t, do})
}

// act does what is to be done by now, and reports whether there was anything.
func (y *year) act() bool {
	n := 0
	for len(y.deeds) > 0 && !y.deeds[0].at.After(y.now) {
		d := y.deeds[0]
		y.deeds = y.deeds[1:]
		d.do()
		n++
	}
	return n > 0
}

func (y *year) next() int { y.counter++; return y.counter }

func (y *year) odds(percent int) bool { return y.dice.IntN(100) < percent }

// begin fills the calendars for the first day, and plans the great events of the year.
func (y *year) begin() {
	for _, c := range y.couples {
		if c.rule == "" {
			continue
		}
		y.at(c.first.AddDate(0, 0, -10), func() {
			y.create(c.organizer, happening{
				uid: c.String(), title: "1:1 " + c.String(), start: c.first, end: c.first.Add(time.Duration(c.minutes) * time.Minute), rule: c.rule, with: c.guest,
			})
		})
	}
	for _, f := range y.folks {
		if f.site != elsewhere {
			y.holidays(f)
		}
	}
	y.stories()
}

// holidays plans three vacations a year: known for weeks before they begin.
func (y *year) holidays(f *folk) {
	for _, month := range []int{2 + y.dice.IntN(3), 6 + y.dice.IntN(3), 10 + y.dice.IntN(2)} {
		first := time.Date(2027, time.Month(month), 1+y.dice.IntN(28), 0, 0, 0, 0, f.zone)
		first = first.AddDate(0, 0, -int(first.Weekday()+6)%7)
		days := []int{5, 5, 7, 12, 14, 19}[y.dice.IntN(6)]
		y.at(first.AddDate(0, 0, -10-y.dice.IntN(30)), func() {
			y.create(f, happening{uid: fmt.Sprintf("v%d", y.next()), title: "Vacation " + marked, start: first, end: first.AddDate(0, 0, days), allDay: true})
			for _, c := range y.couplesOf(f) {
				c.note(first, "%s away until %s", f.name, told(first.AddDate(0, 0, days)))
			}
		})
	}
}

func (y *year) couplesOf(f *folk) []*couple {
	return slices.DeleteFunc(slices.Clone(y.couples), func(c *couple) bool { return c.organizer != f && c.guest != f })
}

// couple is the one with the name, nil when it is in another house.
func (y *year) couple(name string) *couple {
	for _, c := range y.couples {
		if c.String() == name {
			return c
		}
	}
	return nil
}

// stories plans what happens to single relationships.
func (y *year) stories() {
	date := func(month time.Month, day int) time.Time { return time.Date(2027, month, day, 9, 20, 0, 0, time.UTC) }
	for i, name := range []string{"bob-carl", "hana-jo", "jo-pia", "erik-fay"} {
		if c := y.couple(name); c != nil {
			y.at(date(time.May, 3+7*i), func() {
				if s, ok := y.ahead(c, 10*24*time.Hour); ok {
					y.split(c, s, 30*time.Minute)
				}
			})
			y.at(date(time.September, 6+7*i), func() { y.again(c) })
		}
	}
	y.tagged("hana-ivan", "#pin", date(time.February, 8), date(time.March, 22))
	y.tagged("bob-carl", "#ignore", date(time.June, 14), date(time.July, 5))
	y.tagged("pia-ivan", "#Ignore", date(time.May, 10), date(time.June, 7))
	if erik := y.folk["erik"]; erik != nil {
		// His other meeting stands over his 1:1 with Fay from April on.
		y.at(date(time.March, 29), func() {
			start := time.Date(2027, 4, 7, 9, 45, 0, 0, sydney)
			y.create(erik, happening{uid: "staff", title: "Staff " + marked, start: start, end: start.Add(time.Hour), rule: "FREQ=WEEKLY;UNTIL=20271001T000000Z"})
		})
	}
	for i, down := range []time.Time{date(time.February, 16), date(time.April, 5), date(time.June, 9), date(time.August, 24), date(time.November, 8)} {
		y.at(down, func() {
			y.down = y.now.Add(time.Duration(20+i*13) * time.Hour)
			y.lost = i == 2
		})
	}
}

// again deletes the series of c and makes it anew, as people do.
func (y *year) again(c *couple) {
	s, ok := y.ahead(c, time.Hour)
	if !ok || s.single {
		return
	}
	m := y.read(c.organizer)[s.uid].master
	at := s.original.In(m.Start.Location())
	y.drop(c, s.uid)
	y.create(c.organizer, happening{
		uid: fmt.Sprintf("%s-%d", c, y.next()), title: m.Title, start: at, end: at.Add(m.End.Sub(m.Start)), rule: m.RRules[0], with: c.guest,
	})
	c.note(y.now, "deleted and made anew")
}

// tagged plans a tag on a series of two people, for a while.
func (y *year) tagged(name, tag string, from, to time.Time) {
	c := y.couple(name)
	if c == nil {
		return
	}
	find := func() string {
		for _, t := range y.threads(c, c.organizer) {
			if len(t.master.RRules) > 0 && len(y.expand(c.organizer, t, span.Span{Start: y.now, End: y.now.AddDate(0, 0, 60)})) > 0 {
				return t.master.UID
			}
		}
		return ""
	}
	y.at(from, func() {
		if uid := find(); uid != "" {
			c.note(y.now, "%s until %s", tag, told(to))
			y.describe(c.organizer, uid, func(s string) string { return tag + "\n" + s })
		}
	})
	y.at(to, func() {
		if uid := find(); uid != "" {
			y.describe(c.organizer, uid, func(s string) string { return strings.Replace(s, tag+"\n", "", 1) })
		}
	})
}

// ahead is the first recurring meeting of c after a while.
func (y *year) ahead(c *couple, after time.Duration) (stand, bool) {
	for _, s := range y.stands(c, c.organizer, span.Span{Start: y.now.Add(after), End: y.now.Add(after).AddDate(0, 0, 40)}) {
		if !s.single && s.start.After(y.now.Add(after)) {
			return s, true
		}
	}
	return stand{}, false
}

// week plans what people do in the week that begins now: with their own time, and
// with the meetings of the next two weeks.
func (y *year) week() {
	for _, f := range y.folks {
		if f.site == elsewhere {
			continue
		}
		for range y.dice.IntN(3) {
			y.somethingOf(f)
		}
	}
	for _, c := range y.couples {
		if c.calm {
			continue
		}
		w := span.Span{Start: y.now.AddDate(0, 0, 2), End: y.now.AddDate(0, 0, 9)}
		for _, s := range y.stands(c, c.organizer, w) {
			y.whim(c, s)
		}
	}
}

// somethingOf plans an event of f, often on top of a 1:1.
func (y *year) somethingOf(f *folk) {
	made := y.now.Add(time.Duration(8*60+y.dice.IntN(4*24*60)) * time.Minute)
	day := made.In(f.zone).AddDate(0, 0, 1+y.dice.IntN(12))
	start := time.Date(day.Year(), day.Month(), day.Day(), 0, f.from+15*y.dice.IntN((f.to-f.from)/15-4), 0, 0, f.zone)
	kind := y.dice.IntN(100)
	length := time.Duration(30*(1+y.dice.IntN(4))) * time.Minute
	onTop := y.odds(20)
	y.at(made, func() {
		if onTop {
			all := y.couplesOf(f)
			c := all[y.dice.IntN(len(all))]
			if s, ok := y.ahead(c, time.Duration(3+y.dice.IntN(150))*time.Hour); ok {
				start = s.start.In(f.zone).Add(time.Duration(y.dice.IntN(3)-1) * 15 * time.Minute)
			}
		}
		h := happening{uid: fmt.Sprintf("b%d", y.next()), title: "Secret " + marked, start: start, end: start.Add(length), text: marked + " text"}
		switch {
		case kind < 12:
			h.tentative = true
		case kind < 20:
			h.transparent = true
		case kind < 26:
			y, m, d := start.Date()
			h.start = time.Date(y, m, d, 0, 0, 0, 0, f.zone)
			h.end, h.allDay = h.start.AddDate(0, 0, 1), true
		}
		y.create(f, h)
	})
}

// whim may plan something that one of the two does with a meeting.
func (y *year) whim(c *couple, s stand) {
	early := s.start.Add(-time.Duration(4+y.dice.IntN(60)) * time.Hour)
	who := c.both()[y.dice.IntN(2)]
	roll := y.dice.IntN(100)
	if s.single && roll >= 4 || who.site == elsewhere && roll < 6 {
		return
	}
	now := func(do func(stand)) {
		y.at(early, func() {
			if still, ok := y.find(c, s.key()); ok && still.start.After(y.now) && !still.no {
				do(still)
			}
		})
	}
	switch {
	case roll < 6:
		now(func(s stand) {
			if there, ok := y.findOf(c, who, s.key()); ok {
				c.note(y.now, "%s declined %s", who.name, told(there.start))
				y.answer(who, there, "declined")
			}
		})
	case roll < 11:
		by := time.Duration([]int{-8, -4, -2, 2, 3, 6, 96, 98}[y.dice.IntN(8)]) * 15 * time.Minute
		now(func(s stand) {
			to := span.Span{Start: s.start.Add(by), End: s.end.Add(by)}
			if to.Start.Before(y.now) {
				return
			}
			c.note(y.now, "%s dragged %s to %s", c.organizer.name, told(s.start), told(to.Start))
			y.retime(c.organizer, s, to)
			c.dragged[s.key()] = to.Start
		})
	case roll < 14 && !s.single:
		now(func(s stand) {
			c.note(y.now, "%s deleted %s", c.organizer.name, told(s.start))
			c.deleted[s.key()] = true
			y.takeOut(c, s)
		})
	}
}

// find looks a meeting up in the organizer's calendar.
func (y *year) find(c *couple, key string) (stand, bool) { return y.findOf(c, c.organizer, key) }

func (y *year) findOf(c *couple, f *folk, key string) (stand, bool) {
	y.Helper()
	for _, s := range y.stands(c, f, span.Span{Start: y.now.AddDate(0, 0, -7), End: y.now.AddDate(0, 0, 60)}) {
		if s.key() == key {
			return s, true
		}
	}
	return stand{}, false
}

// hold notes the meetings that are over since the last look, and lets people say how
// long they took.
func (y *year) hold() {
	for _, c := range y.couples {
		for _, s := range y.stands(c, c.organizer, span.Span{Start: y.looked.AddDate(0, 0, -1), End: y.now.Add(time.Minute)}) {
			if !s.end.After(y.looked) || s.end.After(y.now) || s.no || y.away(c.organizer, s.start) || y.away(c.guest, s.start) {
				continue
			}
			if g, ok := y.findOf(c, c.guest, s.key()); c.guest.site != elsewhere && (!ok || g.no) {
				continue
			}
			c.held = append(c.held, s.start)
			if c.took != nil && !s.single {
				if minutes := c.took(s.start); minutes > 0 && y.odds(85) {
					y.measure(c, s, time.Duration(minutes)*time.Minute)
				}
			}
		}
	}
	y.looked = y.now
}

// measure lets somebody say how long a meeting took: by its end in the calendar,
// or by the button on the agenda page.
func (y *year) measure(c *couple, s stand, took time.Duration) {
	if y.odds(50) && took != s.end.Sub(s.start) {
		y.at(y.now.Add(10*time.Minute), func() {
			if _, ok := y.find(c, s.key()); ok {
				y.retime(c.organizer, s, span.Span{Start: s.start, End: s.start.Add(took)})
			}
		})
		return
	}
	a, b := c.organizer.address(), c.guest.address()
	y.at(y.now.Add(5*time.Minute), func() {
		if _, err := y.db.PutLength(y.Context(), store.Length{
			Pair: pairKey(a, b), UID: s.uid, Original: s.original, Start: s.start, Length: took, Source: "done", NotedAt: y.now,
		}); err != nil {
			y.Fatal(err)
		}
	})
}
