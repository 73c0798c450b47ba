package engine_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"oneonone/internal/engine"
	"oneonone/internal/hours"
)

// week is a random week of trouble, as the generator made it: what the tests
// know of it is not read from any calendar.
type week struct {
	now    time.Time
	people []someone
	series []pairing
	plain  map[string]bool // the objects that are no 1:1s, by WHO/NAME
}

type someone struct {
	name     string
	zone     *time.Location
	from, to int // minutes of the day, Monday to Friday
	blocks   []blocked
}

type blocked struct {
	from, to time.Time
	soft     bool // a hold; the others are busy or away
}

// pairing is a weekly 1:1, whose occurrences the tests look at for four weeks.
type pairing struct {
	name             string
	organizer, guest int
	minutes          int
	stays            bool        // whatever happens: the program cannot move it for both (R2)
	starts           []time.Time // original starts, from two weeks before now
	declined         map[int]bool
	e                event
}

// mornings are Mondays before office hours: in a plain week, before the clocks
// go back in Europe and then in America, and before they go forward.
var mornings = []time.Time{
	time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC),
	time.Date(2026, 10, 19, 5, 0, 0, 0, time.UTC),
	time.Date(2026, 10, 26, 5, 0, 0, 0, time.UTC),
	time.Date(2027, 3, 8, 5, 0, 0, 0, time.UTC),
	time.Date(2027, 3, 22, 5, 0, 0, 0, time.UTC),
}

var zones = []*time.Location{vienna, vienna, zone("Europe/London"), zone("Asia/Kolkata"), zone("America/New_York")}

// randomWeek makes a week out of seed for the people named.
func randomWeek(seed uint64, names ...string) *week {
	dice := rand.New(rand.NewPCG(seed, 1))
	w := &week{now: mornings[dice.IntN(len(mornings))], plain: map[string]bool{}}
	for i, name := range names {
		s := someone{name: name, zone: vienna, from: 8*60 + 30*dice.IntN(4), to: 16*60 + 30*dice.IntN(5)}
		if i > 0 {
			s.zone = zones[dice.IntN(len(zones))]
		}
		if s.zone.String() == "America/New_York" {
			s.from, s.to = 7*60, 18*60
		}
		w.people = append(w.people, s)
	}
	for a := range names {
		for b := range a {
			if len(w.series) < 5 && dice.IntN(4) > 0 || len(w.series) == 0 {
				w.addSeries(dice, a, b)
			}
		}
	}
	return w
}

// both reports whether the time lies in the working hours of both.
func (w *week) both(a, b int, from, to time.Time) bool {
	for m := from; m.Before(to); m = m.Add(time.Minute) {
		if !w.people[a].works(m) || !w.people[b].works(m) {
			return false
		}
	}
	return true
}

func (s someone) works(t time.Time) bool {
	t = t.In(s.zone)
	minute := t.Hour()*60 + t.Minute()
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && minute >= s.from && minute < s.to
}

func (w *week) addSeries(dice *rand.Rand, a, b int) {
	if dice.IntN(2) == 0 {
		a, b = b, a
	}
	p := pairing{
		name: w.people[a].name + "-" + w.people[b].name, organizer: a, guest: b,
		minutes: []int{30, 30, 45, 60, 25}[dice.IntN(5)], declined: map[int]bool{},
	}
	z := w.people[a].zone
	for range 200 {
		day := w.now.In(z).AddDate(0, 0, 2+dice.IntN(3))
		first := time.Date(day.Year(), day.Month(), day.Day(), 7+dice.IntN(12), 15*dice.IntN(4), 0, 0, z)
		if !w.both(a, b, first, first.Add(time.Duration(p.minutes)*time.Minute)) {
			continue
		}
		for n := -2; n <= 6; n++ {
			p.starts = append(p.starts, first.AddDate(0, 0, 7*n))
		}
		p.e = weekly(p.name, first, w.people[a].name, w.people[b].name)
		p.e.minutes = p.minutes
		w.series = append(w.series, p)
		return
	}
}

// fill puts the week into the calendars: the 1:1s with their declines, and what
// is in their way.
func (w *week) fill(d *desk, seed uint64) {
	dice := rand.New(rand.NewPCG(seed, 2))
	d.now = w.now.AddDate(0, -1, 0)
	for i := range w.series {
		w.fillSeries(d, dice, &w.series[i])
	}
	for n := range 3 + dice.IntN(10) {
		w.fillBlock(d, dice, fmt.Sprintf("b%d", n))
	}
	if seed%2 == 1 {
		w.siege(d, dice, map[bool]int{false: 13, true: 40}[seed%4 == 3])
	}
	for n := range dice.IntN(3) {
		i := dice.IntN(len(w.people))
		s := &w.people[i]
		day := w.now.In(s.zone).AddDate(0, 0, 2+dice.IntN(5))
		from := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, s.zone)
		days := 1 + dice.IntN(4)
		name := fmt.Sprintf("v%d", n)
		d.bench(s.name).put(s.name, entry{name: name, title: "Vacation", start: from, days: days})
		w.plain[s.name+"/"+name] = true
		s.blocks = append(s.blocks, blocked{from: from, to: from.AddDate(0, 0, days)})
	}
}

// siege leaves one person no more than a gap a day for so many days.
func (w *week) siege(d *desk, dice *rand.Rand, days int) {
	s := &w.people[dice.IntN(len(w.people))]
	for day := range days {
		from := w.now.AddDate(0, 0, day).Add(-4 * time.Hour)
		gap := from.Add(time.Duration(4*60+15*dice.IntN(4*11)) * time.Minute)
		length := time.Duration([]int{0, 10, 15, 20, 30, 35, 45, 60, 90}[dice.IntN(9)]) * time.Minute
		w.besiege(d, s, fmt.Sprintf("s%da", day), from, gap, dice.IntN(12) == 0)
		w.besiege(d, s, fmt.Sprintf("s%db", day), gap.Add(length), from.Add(24*time.Hour), dice.IntN(12) == 0)
	}
}

func (w *week) besiege(d *desk, s *someone, name string, from, to time.Time, soft bool) {
	d.bench(s.name).put(s.name, entry{name: name, start: from, minutes: int(to.Sub(from).Minutes()), tentative: soft})
	w.plain[s.name+"/"+name] = true
	s.blocks = append(s.blocks, blocked{from, to, soft})
}

func (w *week) fillSeries(d *desk, dice *rand.Rand, p *pairing) {
	own, other := w.people[p.organizer].name, w.people[p.guest].name
	no := map[string][]time.Time{}
	if dice.IntN(3) == 0 {
		n := 2 + dice.IntN(2) // this week's or the next one's
		p.declined[n] = true
		who := own
		if dice.IntN(2) == 0 {
			who = other
		}
		no[who] = []time.Time{p.starts[n]}
	}
	p.stays = d.stays(own, other)
	d.bench(own).invite(own, p, no[own]...)
	d.bench(other).invite(other, p, no[other]...)
}

// fillBlock puts something on top of or near a 1:1, or anywhere.
func (w *week) fillBlock(d *desk, dice *rand.Rand, name string) {
	i := dice.IntN(len(w.people))
	s := &w.people[i]
	from := w.now.Add(48*time.Hour + time.Duration(dice.IntN(8*24*4))*15*time.Minute)
	if len(w.series) > 0 && dice.IntN(3) > 0 {
		p := w.series[dice.IntN(len(w.series))]
		if p.organizer != i && p.guest != i {
			s = &w.people[p.guest]
		}
		from = p.starts[2+dice.IntN(2)].Add(time.Duration(dice.IntN(9)-4) * 15 * time.Minute)
	}
	minutes := 30 * (1 + dice.IntN(8))
	kind := dice.IntN(8)
	x := entry{name: name, start: from, minutes: minutes, transparent: kind == 0, tentative: kind == 1}
	d.bench(s.name).put(s.name, x)
	w.plain[s.name+"/"+name] = true
	if !x.transparent {
		s.blocks = append(s.blocks, blocked{from, from.Add(time.Duration(minutes) * time.Minute), x.tentative})
	}
}

// adjust gives the people of the week their zones and hours.
func (w *week) adjust(o *engine.Options) {
	for i, s := range w.people {
		o.Accounts[i].Person.Zone = s.zone
		o.Accounts[i].Hours = hours.MustParse(fmt.Sprintf("Mon-Fri %02d:%02d-%02d:%02d", s.from/60, s.from%60, s.to/60, s.to%60))
	}
	o.MaxChanges, o.Policy.PerSeries = 200, 99
}
