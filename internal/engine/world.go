package engine

import (
	"context"
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/oneonone"
	"oneonone/internal/reschedule"
	"oneonone/internal/span"
)

// margin is how far before now and beyond the horizon the world reaches, so
// that each meeting has its neighbours (R10) and the last four weeks their
// history (R12). Two months cover a series held monthly.
const margin = 62 * 24 * time.Hour

// budgetSpan is the stretch in which R12 counts a pair's moves.
const budgetSpan = 28 * 24 * time.Hour

// world is everything a pass knows.
type world struct {
	now     time.Time
	window  span.Span
	mirrors []*mirror // in the order of the configuration
	byKey   map[string]*mirror
	names   map[string]string // by key of the person
	cares   []*care
	history history
	facts   reschedule.Facts
	// sources says where each of facts.Meetings comes from.
	sources []source
	// every and everySource are the same for all meetings in the window, those
	// too that no decision can depend on.
	every       []reschedule.Meeting
	everySource []source
	verdicts    []judged
	// singles are the events of just two people that do not recur.
	singles map[oneonone.Pair][]cadence.Meeting
	// asked are the occurrences about whose move somebody was asked, by what is to
	// be said about that.
	asked map[meetingKey]string
	// absent are the absences of people, by key, as far as they were asked for.
	absent map[string]span.Set
}

// care is one 1:1 series in our care, or one we would care for if its organizer
// were served here.
type care struct {
	pair             oneonone.Pair
	organizer, guest string // keys of the two
	// own is the copy that decides: the organizer's, or, when the organizer is
	// not served here, the one we have.
	own *side
	// copied is the other person's copy that has to be written to match (R2);
	// nil when there is none or the server delivers changes itself.
	copied *side
	// answers is the guest's own copy, the truth about the guest's answer; nil
	// when we have none.
	answers *side
	served  bool   // the organizer has an account here
	blocked string // why nothing of it may be moved; "" when it may
}

// side is one person's copy of a series.
type side struct {
	m *mirror
	s *series
}

func (s *side) tags() (pin, ignore bool) {
	ev := s.s.any()
	pin, ignore, _ = agenda.Tags(ev.Title, ev.Description, ev.HTML)
	return pin, ignore
}

// source says which occurrence a reschedule.Meeting is.
type source struct {
	care *care
	occ  calendar.Occurrence
}

// judged is the verdict on one series, kept for explain.
type judged struct {
	m       *mirror
	s       *series
	verdict oneonone.Verdict
	note    string // why it is a 1:1 but not in our care
}

// buildWorld reads the mirrors of all accounts and finds the 1:1s in them.
func (e *Engine) buildWorld(ctx context.Context, now time.Time) (*world, error) {
	w := &world{
		now:    now,
		window: e.window(now),
		byKey:  map[string]*mirror{},
		names:  map[string]string{},
		absent: map[string]span.Set{},
	}
	for i := range e.o.Accounts {
		m, err := e.loadMirror(ctx, &e.o.Accounts[i], w.window)
		if err != nil {
			return nil, err
		}
		w.mirrors = append(w.mirrors, m)
		w.byKey[e.people.Key(m.account.Person.Addresses[0])] = m
	}
	var err error
	if w.history, err = e.loadHistory(ctx, now); err != nil {
		return nil, err
	}
	if w.asked, err = e.askedToMove(ctx); err != nil {
		return nil, err
	}
	e.judgeAll(w)
	markSuccessions(w)
	e.collectSingles(w)
	e.collectMeetings(w)
	e.collectPeople(w)
	return w, nil
}

// window is the stretch of time that a world reaches over. It begins and ends
// at midnight UTC, so that it stays the same for a day.
func (e *Engine) window(now time.Time) span.Span {
	const day = 24 * time.Hour
	return span.Span{
		Start: now.Add(-margin).Truncate(day),
		End:   now.Add(e.o.Policy.Horizon + margin).Truncate(day).Add(day),
	}
}

// judgeAll applies R1 and R2 to every series of every account.
func (e *Engine) judgeAll(w *world) {
	byUID := map[string]bool{}
	for _, m := range w.mirrors {
		for _, s := range m.series {
			if s.master == nil || !s.home || s.master.Own != calendar.OwnNone {
				continue
			}
			v := e.judge.Of(*s.master, m.account.Person, s.master.Recurs())
			j := judged{m: m, s: s, verdict: v}
			if v.OneOnOne && m.byUID[s.uid] == s {
				e.rememberNames(w, *s.master)
				if c, note := e.careFor(w, m, s, v); c != nil && !byUID[s.uid] {
					byUID[s.uid] = true
					w.cares = append(w.cares, c)
				} else {
					j.note = note
				}
			}
			w.verdicts = append(w.verdicts, j)
		}
	}
}

// careFor builds the care for a series that passed R1 in m's account. It
// returns nil and a note when another copy decides or a person ended our care.
func (e *Engine) careFor(w *world, m *mirror, s *series, v oneonone.Verdict) (*care, string) {
	organizer := v.Self
	if s.master.Organizer != "" {
		organizer = e.people.Key(s.master.Organizer)
	}
	c := &care{pair: oneonone.NewPair(v.Self, v.Other), organizer: organizer, own: &side{m, s}}
	c.guest = c.pair.Other(organizer)
	if organizer != v.Self {
		if om := w.byKey[organizer]; om != nil {
			if os := om.byUID[s.uid]; os != nil && os.master != nil {
				return nil, "the organizer's copy decides"
			}
			c.blocked = e.name(w, organizer) + " organizes it, but it is not among the organizer's calendars that are looked after"
		} else {
			c.blocked = e.name(w, organizer) + " organizes it and has no account here; only the organizer can move it"
		}
		c.answers = c.own
	} else {
		c.served = true
		if gm := w.byKey[c.guest]; gm != nil {
			if gs := gm.byUID[s.uid]; gs != nil && gs.master != nil {
				c.answers = &side{gm, gs}
			}
		}
		cal, _ := m.calendar(s.calendar)
		if !cal.Delivers {
			c.copied = c.answers
		}
		c.blocked = e.unwritable(c)
	}
	if why := e.endedByPeople(w, c); why != "" {
		return nil, why
	}
	return c, ""
}

// unwritable says why one of the copies that have to be written cannot be, ""
// when all can.
func (e *Engine) unwritable(c *care) string {
	for _, sd := range []*side{c.own, c.copied} {
		if sd == nil {
			continue
		}
		whose := sd.m.account.Person.Name
		cal, _ := sd.m.calendar(sd.s.calendar)
		_, lost := sd.m.lost[sd.s.calendar]
		switch {
		case lost:
			return "the calendar of " + whose + " that it is in cannot be read just now"
		case !cal.Writable:
			return "the calendar of " + whose + " that it is in cannot be written to"
		case sd == c.copied && cal.Delivers:
			// A guest may not move it there (RFC 6638 §3.2.2.1; Google likewise).
			return "the server of " + whose + " takes changes from the organizer's server only, and that one sends none"
		}
		if sd.s.broken != "" {
			return "a part of it in the calendar of " + whose + " cannot be read: " + sd.s.broken
		}
	}
	return ""
}

// endedByPeople says why a person ended our care for the whole series: either
// declined it, or wrote #ignore into the own copy (R1, R5).
func (e *Engine) endedByPeople(w *world, c *care) string {
	for _, sd := range []*side{c.own, c.answers} {
		if sd == nil {
			continue
		}
		if _, ignore := sd.tags(); ignore {
			return sd.m.account.Person.Name + " wrote #ignore into it"
		}
	}
	for _, key := range c.pair {
		if c.answer(key, w, *c.own.s.master, masterOf(c.answers)) == calendar.Declined {
			return e.name(w, key) + " declined the whole series"
		}
	}
	return ""
}

func masterOf(s *side) *calendar.Event {
	if s == nil {
		return nil
	}
	return s.s.master
}

// answer returns what the person with key says to one component: own is it in
// the deciding copy, copied in the guest's own copy, nil when there is none.
// Each person's own copy is the truth about that person's answer (R2).
func (c *care) answer(key string, w *world, own calendar.Event, copied *calendar.Event) calendar.Answer {
	m := w.byKey[key]
	ev := own
	if key == c.guest && copied != nil {
		ev = *copied
	}
	addresses := []string{key}
	if m != nil {
		addresses = m.account.Person.Addresses
	}
	a, invited := ev.AnswerOf(addresses)
	if !invited {
		return calendar.Accepted // an organizer who is not on the guest list comes
	}
	return a
}
