package engine_test

import (
	"encoding/hex"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
	"oneonone/internal/span"
)

// bench is the calendars of a desk's people on one sort of server, in the words
// of the random weeks: what people write into them, and what stands there. It
// shares nothing with the program.
type bench interface {
	// invite puts a series into the calendar of one of its two people, unless
	// the server has done so, with that person's no to some occurrences. The
	// organizer is first.
	invite(who string, p *pairing, no ...time.Time)
	// put makes an event of one person.
	put(who string, x entry)
	// drag gives an occurrence another time, as the organizer.
	drag(p *pairing, original time.Time, to span.Span)
	// decline says no to an occurrence.
	decline(who string, p *pairing, original time.Time)
	// rename gives a series another title, as the organizer.
	rename(p *pairing, title string)
	// title is that of a series in the calendar of who.
	title(who string, p *pairing) string
	// spot is where an occurrence stands in the calendar of who. An occurrence
	// that is not there is a failure of the test.
	spot(who, name string, original time.Time) (start, end time.Time)
}

// entry is an event of one person: all day when it has days.
type entry struct {
	name, title            string
	start                  time.Time
	minutes, days          int
	transparent, tentative bool
}

// bench returns that on which who has a calendar.
func (d *desk) bench(who string) bench {
	if slices.Contains(d.onGoogle, who) {
		return googleBench{d}
	}
	return davBench{d}
}

// stays reports whether a 1:1 can be moved for neither: its organizer's server
// sends nothing, and its guest's takes changes from that one alone.
func (d *desk) stays(organizer, guest string) bool {
	return !slices.Contains(d.onGoogle, organizer) && slices.Contains(d.onGoogle, guest)
}

// davBench is the calendars on the CalDAV server.
type davBench struct{ *desk }

func (b davBench) invite(who string, p *pairing, no ...time.Time) {
	b.Helper()
	text := p.e.String()
	for _, original := range no {
		text += declines(who, p.e.exception(original, original))
	}
	b.desk.put(p.name, ics(text), who)
}

// declines makes the answer of who in a component a no.
func declines(who, component string) string {
	return regexp.MustCompile(`PARTSTAT=[A-Z-]+:mailto:`+who).ReplaceAllString(component, "PARTSTAT=DECLINED:mailto:"+who)
}

func (b davBench) put(who string, x entry) {
	b.Helper()
	if x.days > 0 {
		b.desk.put(x.name, allDay(x.name, x.title, x.start, x.days), who)
		return
	}
	var more []string
	if x.transparent {
		more = append(more, "TRANSP:TRANSPARENT")
	}
	if x.tentative {
		more = append(more, "STATUS:TENTATIVE")
	}
	b.desk.put(x.name, block(x.name, x.start.In(vienna), x.minutes, more...), who)
}

func (b davBench) drag(p *pairing, original time.Time, to span.Span) {
	b.Helper()
	b.retime(p.e.organizer, p, original, to)
}

// retime gives an occurrence in the calendar of who another time.
func (b davBench) retime(who string, p *pairing, original time.Time, to span.Span) {
	b.Helper()
	z := p.e.start.Location()
	b.exception(who, p, original, func(s string) string {
		for name, t := range map[string]time.Time{"DTSTART": to.Start, "DTEND": to.End} {
			s = regexp.MustCompile(name+`[^\r]*`).ReplaceAllString(s, name+";TZID="+z.String()+":"+t.In(z).Format("20060102T150405"))
		}
		return s
	})
}

func (b davBench) decline(who string, p *pairing, original time.Time) {
	b.Helper()
	b.exception(who, p, original, func(s string) string { return declines(who, s) })
}

// exception changes the exception for original, and makes one if there is none.
func (b davBench) exception(who string, p *pairing, original time.Time, f func(string) string) {
	b.Helper()
	b.edit(who, p.name, func(s string) string {
		parts := strings.SplitAfter(s, "END:VEVENT\r\n")
		for i, part := range parts {
			for _, c := range components(part) {
				if id, ok := c.instant("RECURRENCE-ID"); ok && id.Equal(original) {
					parts[i] = f(part)
					return strings.Join(parts, "")
				}
			}
		}
		return strings.Replace(s, "END:VCALENDAR", f(p.e.exception(original, original))+"END:VCALENDAR", 1)
	})
}

func (b davBench) rename(p *pairing, title string) {
	b.Helper()
	b.edit(p.e.organizer, p.name, func(s string) string { return strings.Replace(s, "SUMMARY:", "SUMMARY:"+title+" ", 1) })
}

func (b davBench) title(who string, p *pairing) string {
	b.Helper()
	return components(b.text(who, p.name))[0].line("SUMMARY")
}

func (b davBench) spot(who, name string, original time.Time) (start, end time.Time) {
	b.Helper()
	return b.desk.spot(who, name, original)
}

// place says on which servers the people of a random week are.
type place struct {
	name   string
	weeks  uint64
	google func(seed uint64, i int) bool // whether the i-th is on Google
}

var places = []place{
	{"caldav", 35, func(uint64, int) bool { return false }},
	{"google", 16, func(uint64, int) bool { return true }},
	{"both", 16, func(seed uint64, i int) bool { return (seed/2+uint64(i))%2 == 0 }},
}

// desk returns a week and a desk on which it has been filled in, in one of the
// ways in which Google may behave.
func (p place) desk(t testing.TB, seed uint64, names ...string) (*week, *desk) {
	t.Helper()
	w := randomWeek(seed, names...)
	d := newDesk(t, w.adjust, names...)
	var there []string
	for i, name := range names {
		if p.google(seed, i) {
			there = append(there, name)
		}
	}
	if len(there) > 0 {
		dice := rand.New(rand.NewPCG(seed, 3))
		odds := func() bool { return dice.IntN(2) == 0 }
		d.move(calendartest.GoogleStyle{
			KeepAnswers: odds(), SteadyMaster: odds(), OpaqueIDs: odds(), TouchAlways: odds(), Inherit: odds(),
			RefuseAttachments: odds(), Guest: calendartest.GuestWrite(dice.IntN(3)), Page: []int{0, 1, 3}[dice.IntN(3)],
		}, there...)
	}
	w.fill(d, seed)
	return w, d
}

// move gives the people named their calendars on Google instead, which delivers
// to its own people and writes mails to the others.
func (d *desk) move(style calendartest.GoogleStyle, names ...string) {
	d.Helper()
	style.Clock = func() time.Time { return d.now.Add(7 * time.Second) } // when a request of a pass arrives
	d.google, d.onGoogle = calendartest.NewGoogle(style), names
	for _, a := range d.o.Accounts {
		if slices.Contains(names, a.Name) {
			d.google.AddUser(calendartest.GoogleUser{Email: address(a.Name), Zone: a.Person.Zone.String()})
		}
	}
	d.o.AgendaBase = "https://agenda.example.org"
	d.net = d.servers()
	d.restart()
}

func address(who string) string { return who + "@example.org" }

// everything is every event there is, by WHO/NAME; occurrences of a series on
// Google by their ids.
func (d *desk) everything() map[string][]byte {
	d.Helper()
	all := maps.Clone(d.snapshot())
	if d.google == nil {
		return all
	}
	for key, data := range d.google.Snapshot() {
		who, id, _ := strings.Cut(key, "@example.org/")
		if name, err := hex.DecodeString(strings.TrimPrefix(id, "e0")); err == nil {
			id = string(name)
		}
		all[who+"/"+id] = data
	}
	return all
}

// counted makes a pass and counts its requests.
func (d *desk) counted() (engine.Report, calendartest.Counters) {
	d.Helper()
	d.ResetCounters()
	if d.google != nil {
		d.google.ResetCounters()
	}
	r := d.pass()
	c := d.Counters()
	if d.google != nil {
		if c.Requests == nil {
			c.Requests = map[string]int{}
		}
		for method, n := range d.google.Counters().Requests {
			c.Requests[method] += n
		}
	}
	return r, c
}
