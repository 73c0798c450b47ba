package engine

import (
	"context"
	"slices"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/reschedule"
)

// Explanation is everything the program knows and thinks about the events with
// one person.
type Explanation struct {
	Name    string // what the person is called
	Key     string // the address that names the person
	Served  bool   // has an account here
	Behind  bool   // has one, but it could not be read just now
	Events  []ExplainedEvent
	Outlook []Outlook // of each pair that the person is one of, and that is looked after
	Skipped []Skipped // resources of the accounts that nothing could be read from
}

// ExplainedEvent is one event or series with the person.
type ExplainedEvent struct {
	Account, Calendar string
	Title             string // for the operator's eyes; it never goes to a log
	Recurs            bool
	Start             time.Time // of the next occurrence, else of the event
	OneOnOne          bool
	Over              bool     // nothing of it is to come, as far as the program looks
	Why               string   // why it is none, or why it is one but nothing of it is moved
	Problems          []string // what of it was passed over
	Items             []Item   // its occurrences in the horizon
}

// Explain says why each event with the person who has address is or is not a
// 1:1, its conflicts, the slots considered, and what is next. It changes
// nothing outside.
func (e *Engine) Explain(ctx context.Context, now time.Time, address string) (Explanation, error) {
	look, err := e.Look(ctx, now)
	if err != nil {
		return Explanation{}, err
	}
	e.turn.Lock()
	defer e.turn.Unlock()
	w, err := e.buildWorld(ctx, look.Now)
	if err != nil {
		return Explanation{}, err
	}
	s, err := e.observer(ctx, w, reschedule.Decide(w.facts, e.o.Policy))
	if err != nil {
		return Explanation{}, err
	}
	key := e.people.Key(address)
	x := Explanation{Name: e.name(w, key), Key: key, Skipped: look.Skipped, Outlook: s.outlooks(key)}
	if m := w.byKey[key]; m != nil {
		x.Served, x.Behind = true, !m.fresh
	}
	items := map[string][]Item{}
	for _, it := range look.Items {
		items[it.UID] = append(items[it.UID], it)
	}
	for _, m := range w.mirrors {
		for _, s := range m.series {
			if ev := s.any(); slices.Contains(contactsOf(ev, e.people), key) {
				x.Events = append(x.Events, e.explainSeries(w, m, s, items))
			}
		}
	}
	slices.SortStableFunc(x.Events, func(a, b ExplainedEvent) int { return a.Start.Compare(b.Start) })
	return x, nil
}

func (e *Engine) explainSeries(w *world, m *mirror, s *series, items map[string][]Item) ExplainedEvent {
	ev := s.any()
	cal, _ := m.calendar(s.calendar)
	x := ExplainedEvent{
		Account: m.account.Name, Calendar: cal.Name, Title: cleanTitle(ev),
		Recurs: s.master != nil && s.master.Recurs(), Start: ev.Start, Problems: s.problems,
	}
	for _, o := range s.occurrences {
		if o.Start.After(w.now) {
			x.Start = o.Start
			break
		}
	}
	switch {
	case s.master == nil:
		x.Why = "only single occurrences of it are in this calendar"
	case !s.home:
		x.Why = "its calendar is not one in which 1:1s are looked for"
	}
	for _, j := range w.verdicts {
		if j.s == s {
			x.OneOnOne, x.Why = j.verdict.OneOnOne, j.verdict.Why+j.note
		}
	}
	for _, c := range w.cares {
		if c.own.s == s {
			x.Why, x.Items, x.Over = c.blocked, items[s.uid], !c.alive(w.now)
		}
	}
	return x
}

func cleanTitle(ev calendar.Event) string {
	if t := cleanName(ev.Title); t != "" {
		return t
	}
	return "(no title)"
}
