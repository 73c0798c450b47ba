package engine

import (
	"cmp"
	"slices"
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// tellWeek keeps one event up to date in each account's calendar that tells its
// person about the 1:1s of the week. Last week's goes; one that the person has
// deleted is not made again.
func (s *suggester) tellWeek() {
	if !s.e.o.WeeklyStatus {
		return
	}
	for _, m := range s.w.mirrors {
		if s.tellWeekOf(m); s.halted() {
			return
		}
	}
}

func (s *suggester) tellWeekOf(m *mirror) {
	if !m.fresh || s.stopped[m.account.Name] || s.full(&side{m: m}) {
		return
	}
	monday := weekOf(s.now, m.zone)
	id := ident("week", m.account.Name, monday.Format(time.DateOnly))
	for _, sr := range m.series {
		if ev := sr.master; ev != nil && ev.Own == calendar.OwnStatus && m.made(id) != ev && ev.Start.Before(monday) {
			act := store.Action{Kind: store.Retract, UID: ev.UID, Reason: "The week is over."}
			if s.retract(m, ev.Calendar, ev.Href, act, false); s.halted() {
				return
			}
		}
	}
	lines := s.week(m, monday).Lines()
	act := store.Action{Kind: store.Make, Reason: "What the week has in 1:1s.", PlannedAt: s.now}
	ev := m.made(id)
	if ev == nil {
		if home, ok := s.suggestionCalendar(m); ok {
			s.make(m, act, calendar.Draft{
				Calendar: home, ID: id, Start: monday, End: monday.AddDate(0, 0, 1), AllDay: true, Transparent: true,
				Title: agenda.WeekTitle, Description: agenda.JoinBlock("", lines, false), Own: calendar.OwnStatus,
			})
		}
		return
	}
	_, have, _ := agenda.SplitBlock(ev.Description, ev.HTML)
	if slices.Equal(have, lines) || s.w.history.upkept[resourceKey{m.account.Name, ev.Href}] >= maxUpkeep {
		return
	}
	act.Kind, act.UID = store.Link, ev.UID
	sd := &side{m, &series{calendar: ev.Calendar, id: ev.SeriesID, uid: ev.UID, master: ev}}
	s.send(sd, ev.Href, ev.ETag, act, calendar.Change{Parts: []calendar.Part{{Lines: lines}}, Organizer: true})
}

// weekOf is the first midnight of the week that t lies in.
func weekOf(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	y, mo, d := t.Date()
	return time.Date(y, mo, d-(int(t.Weekday())+6)%7, 0, 0, 0, 0, zone)
}

// week collects what the person of m is told.
func (s *suggester) week(m *mirror, monday time.Time) agenda.Week {
	self := s.e.people.Key(m.account.Person.Addresses[0])
	week := agenda.Week{Zone: m.zone}
	stuck := map[meetingKey]bool{}
	for _, d := range s.plan.Decisions {
		mt := s.w.facts.Meetings[d.Meeting]
		stuck[keyOf(mt.UID, mt.Original)] = d.Outcome == reschedule.Stuck
	}
	end := monday.AddDate(0, 0, 7)
	for i, mt := range s.w.every {
		if !slices.Contains(mt.People[:], self) || mt.Span.Start.Before(monday) || !mt.Span.Start.Before(end) || len(mt.Declined) > 0 {
			continue
		}
		src := s.w.everySource[i]
		wm := agenda.WeekMeeting{With: s.e.name(s.w, src.care.pair.Other(self)), At: mt.Span, Stuck: stuck[keyOf(mt.UID, mt.Original)]}
		if mark := s.w.history.mark(src.occ); mark != nil && mark.To.Equal(mt.Span) && !mark.From.Equal(mt.Span) {
			wm.From = mark.From.Start
		}
		week.Meetings = append(week.Meetings, wm)
	}
	slices.SortFunc(week.Meetings, func(a, b agenda.WeekMeeting) int {
		return cmp.Or(a.At.Start.Compare(b.At.Start), cmp.Compare(a.With, b.With))
	})
	for i, p := range s.r.facts.Pairs {
		if b := s.r.bonds[i]; b.host != m {
			continue
		}
		if slices.ContainsFunc(s.r.past[p.Key], func(x store.Suggestion) bool { return x.State == string(cadence.Open) }) {
			week.Waiting = append(week.Waiting, p.Name)
		}
		if last, long := s.missed(p); long {
			week.Missed = append(week.Missed, agenda.Missed{Name: p.Name, Last: last})
		}
	}
	return week
}

// missed reports whether the two have not met for longer than they want to, and when
// they last did.
func (s *suggester) missed(p cadence.Pair) (last time.Time, long bool) {
	gap := s.e.o.Cadence.MaxGap
	if p.Every > 0 && len(p.Series) == 0 {
		gap = p.Every
	} else if len(p.Series) == 0 {
		return last, false
	}
	for _, x := range p.Series {
		gap = max(gap, x.Period)
	}
	if n := len(p.Held); n > 0 {
		last = p.Held[n-1].Span.Start
	} else if len(p.Series) > 0 {
		return last, false // A new series has nothing behind it yet.
	}
	return last, s.now.Sub(last) > gap
}
