package engine

import (
	"context"
	"errors"
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/store"
)

// Removed is what Remove did.
type Removed struct {
	Events int // events that were cleaned
	Own    int // suggestions and weekly events of the program's own that were taken out
	Failed map[string]error
}

// Remove takes every mark, line and link of the program off every event of all
// accounts, past ones too, and its own events, the suggestions and the weekly ones, out
// of the calendars. Moved meetings stay where they are, and what somebody has
// said yes to stays: it is theirs.
func (e *Engine) Remove(ctx context.Context, now time.Time) (Removed, error) {
	e.turn.Lock()
	defer e.turn.Unlock()
	now = now.Truncate(time.Second)
	r := Report{Failed: map[string]error{}}
	if err := e.pullAll(ctx, now, true, &r); err != nil {
		return Removed{}, err
	}
	if err := e.endSuggestions(ctx, now); err != nil {
		return Removed{}, err
	}
	p := e.writer(ctx, now, &r)
	own := 0
	err := e.inRounds(ctx, p, func(p *passWriter) { own += p.cleanAll() })
	if err == nil {
		for _, name := range p.again {
			r.Failed[name] = errors.New("its events were changed by somebody else all the time; run it once more")
		}
	}
	return Removed{r.Writes - own, own, r.Failed}, err
}

// endSuggestions closes all suggestions that wait for something, so that no
// answer to one that has been taken out is waited for.
func (e *Engine) endSuggestions(ctx context.Context, now time.Time) error {
	open, err := e.o.Store.Suggestions(ctx, time.Time{}, string(cadence.Wanted), string(cadence.Open), string(cadence.Accepted))
	for _, x := range open {
		from := x.State
		x.State, x.Words, x.EndedAt = string(cadence.Withdrawn), "removed on request", now
		if err := e.o.Store.UpdateSuggestion(ctx, x, from); err != nil {
			return err
		}
	}
	return err
}

// cleanAll takes the program's marks off everything that can be read now, and its
// own events out. It returns how many of those it took out.
func (p *passWriter) cleanAll() (own int) {
	for i := range p.e.o.Accounts {
		m, err := p.e.loadMirror(p.ctx, &p.e.o.Accounts[i], p.e.window(p.now))
		if err != nil {
			p.err = err
			return own
		}
		if !m.fresh {
			continue
		}
		for _, s := range m.series {
			if s.master != nil && s.master.Own != calendar.OwnNone {
				own += p.takeOut(m, s)
			} else {
				p.clean(&side{m, s})
			}
			if p.err != nil {
				return own
			}
		}
	}
	return own
}

// takeOut takes an event of the program's own out of the calendar. It returns how
// many went, which is 0 or 1: the person's copy of one goes with it.
func (p *passWriter) takeOut(m *mirror, s *series) int {
	if home, ok := p.suggestionCalendar(m); !ok || home != s.calendar || s.master.Status == calendar.Cancelled {
		return 0
	}
	act := store.Action{Kind: store.Retract, UID: s.uid, Because: "suggestion", Reason: "Every event of the program's own is taken out on request."}
	if p.retract(m, s.calendar, s.master.Href, act, false) != written {
		return 0
	}
	return 1
}

// clean takes the program's marks off one series, resource by resource.
func (p *passWriter) clean(sd *side) {
	type dirty struct {
		etag  calendar.ETag
		parts []calendar.Part
	}
	found := map[string]*dirty{}
	var hrefs []string
	components := sd.s.exceptions
	if sd.s.master != nil {
		components = append([]calendar.Event{*sd.s.master}, components...)
	}
	none := ""
	for _, ev := range components {
		_, _, block := agenda.SplitBlock(ev.Description, ev.HTML)
		if !block && ev.Mark == nil && ev.AgendaLink == "" && ev.After == "" {
			continue
		}
		d := found[ev.Href]
		if d == nil {
			d = &dirty{etag: ev.ETag}
			found[ev.Href] = d
			hrefs = append(hrefs, ev.Href)
		}
		d.parts = append(d.parts, calendar.Part{Original: ev.Original, RemoveMark: true, Lines: []string{}, Link: &none})
	}
	for _, href := range hrefs {
		act := store.Action{Kind: store.Remove, UID: sd.s.uid, PlannedAt: p.now, Reason: "Every mark of the program is taken off on request."}
		p.send(sd, href, found[href].etag, act, calendar.Change{Parts: found[href].parts})
		if p.err != nil {
			return
		}
	}
}
