package engine

import (
	"context"
	"errors"
	"fmt"

	"oneonone/internal/calendar"
	"oneonone/internal/store"
)

// make records the action, makes the event d describes and confirms that it
// stands there. Making is idempotent, so that what a crash or a lost answer left
// open is simply made again. It returns the event as it is read back.
func (p *passWriter) make(m *mirror, act store.Action, d calendar.Draft) (calendar.Event, outcome) {
	a := m.account
	if p.stopped[a.Name] || !m.fresh {
		return calendar.Event{}, refused
	}
	d.Now, d.Self = p.now, a.Person.Addresses
	act.Account, act.Calendar, act.PlannedAt = a.Name, d.Calendar, p.now
	act.Key = fmt.Sprintf("%s %s %s %s", act.Kind, a.Name, d.Calendar, d.ID)
	act, begun, err := p.e.begin(p.ctx, act, p.r)
	if err != nil || !begun {
		p.err = err
		return calendar.Event{}, unchanged
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), writeTimeout)
	defer cancel()
	res, err := a.Provider.Create(ctx, d)
	p.e.o.Progress()
	var ev calendar.Event
	if err == nil {
		ev, err = made(m, res)
	}
	out, err := p.e.finish(context.WithoutCancel(p.ctx), a, act, res, err, p.r)
	p.account(a.Name, out, err)
	return ev, out
}

// made reads what was made.
func made(m *mirror, res calendar.Resource) (calendar.Event, error) {
	events, err := m.account.Provider.Parse(res, m.zone)
	for _, ev := range events {
		if !ev.IsException() {
			return ev, nil
		}
	}
	if err == nil {
		err = errors.New("nothing can be read from it")
	}
	return calendar.Event{}, fmt.Errorf("%w: what was made cannot be read: %v", calendar.ErrRefused, err)
}

// retract removes an event of the program's own making in the state that is
// known of it. What is gone already counts as removed.
func (p *passWriter) retract(m *mirror, calendarID, href string, act store.Action, notify bool) outcome {
	a := m.account
	if p.stopped[a.Name] || !m.fresh {
		return refused
	}
	stored, found, err := p.e.o.Store.Resource(p.ctx, a.Name, calendarID, href)
	if err != nil || !found {
		p.err = err
		return written
	}
	act.Account, act.Calendar, act.Href, act.ETag, act.PlannedAt = a.Name, calendarID, href, stored.ETag, p.now
	act.Key = fmt.Sprintf("%s %s %s %s %s", act.Kind, a.Name, calendarID, href, stored.ETag)
	act, begun, err := p.e.begin(p.ctx, act, p.r)
	if err != nil || !begun {
		p.err = err
		return unchanged
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), writeTimeout)
	defer cancel()
	err = a.Provider.Delete(ctx, stored.Resource, notify)
	p.e.o.Progress()
	out, err := p.e.finish(context.WithoutCancel(p.ctx), a, act, calendar.Resource{}, err, p.r)
	p.account(a.Name, out, err)
	return out
}

// account keeps the pass's books about one write.
func (p *passWriter) account(name string, out outcome, err error) {
	switch {
	case err != nil:
		p.err = err
	case out == contested, out == unsure:
		p.pullAgain(name)
	case out == later:
		p.stopped[name] = true
	case out == written:
		p.writes[name]++
	}
}
