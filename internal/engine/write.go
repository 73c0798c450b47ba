package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/store"
)

// freeAttempts is how often one decision on one state of an event is begun
// without waiting; after that each attempt waits longer than the one before.
const freeAttempts = 3

// outcome is what became of one write.
type outcome int

const (
	written   outcome = iota // it stands in the calendar, re-read and compared
	unchanged                // it had been done, or refused, before
	contested                // somebody else changed the event: plan anew
	unsure                   // the answer was lost: re-read before anything else
	refused                  // the server will not; do not repeat
	later                    // the server cannot just now
)

// write records the action, makes the change to c.Base, confirms it, and returns
// the ETag it led to. The write in flight is finished even when ctx ends. An
// error means that the store failed or that the program is to stop.
func (e *Engine) write(ctx context.Context, m *mirror, act store.Action, c calendar.Change, r *Report) (outcome, calendar.ETag, error) {
	if err := ctx.Err(); err != nil {
		return unsure, "", err
	}
	a := m.account
	c.Now, c.Self = act.PlannedAt, a.Person.Addresses
	act.Account, act.Calendar, act.Href, act.ETag = a.Name, c.Base.Calendar, c.Base.Href, c.Base.ETag
	act.Key = fmt.Sprintf("%s %s %s %s %s %s", act.Kind, a.Name, act.Calendar, act.Href, stamp(act.Original), act.ETag)
	act, begun, err := e.begin(ctx, act, r)
	if err != nil || !begun {
		return unchanged, "", err
	}
	wctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	res, err := a.Provider.Apply(wctx, c)
	e.o.Progress()
	if err == nil {
		err = confirm(m, c, res)
	}
	out, err := e.finish(context.WithoutCancel(ctx), a, act, res, err, r)
	return out, res.ETag, err
}

// begin records that act is about to be done. It is not done again when the log
// has it as made or refused on this very state of the event; what was dropped
// without having been made is tried again, each time after a longer wait.
func (e *Engine) begin(ctx context.Context, act store.Action, r *Report) (store.Action, bool, error) {
	stored, first, err := e.o.Store.Begin(ctx, act)
	if err != nil || first {
		return stored, first, err
	}
	if stored.State == store.Failed {
		r.Failed[act.Account] = errors.New(stored.Error)
	}
	if stored.State != store.Dropped {
		return stored, false, nil
	}
	if n := stored.Attempts - freeAttempts; n >= 0 && act.PlannedAt.Before(stored.DoneAt.Add(backoff(n+1))) {
		r.Failed[act.Account] = errors.New(stored.Error)
		return stored, false, nil
	}
	act.ID = stored.ID
	act, err = e.o.Store.Resume(ctx, act, store.Dropped)
	return act, err == nil, err
}

// confirm compares what is stored with what was asked for: a "success" that
// changed nothing is a failure, and where several writers can win at once the
// event may show somebody else's change by now.
func confirm(m *mirror, c calendar.Change, res calendar.Resource) error {
	before, err := m.account.Provider.Parse(c.Base, m.zone)
	if err != nil {
		return fmt.Errorf("%w: a part of the event cannot be read: %v", calendar.ErrRefused, err)
	}
	events, err := m.account.Provider.Parse(res, m.zone)
	if err != nil {
		return fmt.Errorf("%w: what the server has stored cannot be read: %v", calendar.ErrRefused, err)
	}
	for _, p := range c.Parts {
		ev, old := component(events, p.Original), component(before, p.Original)
		if p.Until != nil && (ev == nil || !ended(*ev, exceptionsOf(events), *p.Until)) {
			return fmt.Errorf("%w: the server answered with success and did not end the series", calendar.ErrRefused)
		}
		switch {
		case p.To == nil || ev != nil && ev.Span().Equal(*p.To):
		case ev == nil && old == nil, ev != nil && old != nil && ev.Span().Equal(old.Span()):
			return fmt.Errorf("%w: the server answered with success and left the event as it was", calendar.ErrRefused)
		default:
			return fmt.Errorf("%w: it stands at neither the old nor the new time", calendar.ErrConflict)
		}
	}
	return nil
}

// component returns the exception with the original start, or the master for
// the zero time.
func component(events []calendar.Event, original time.Time) *calendar.Event {
	for i := range events {
		if events[i].Original.Equal(original) {
			return &events[i]
		}
	}
	return nil
}

func exceptionsOf(events []calendar.Event) []calendar.Event {
	return slices.DeleteFunc(slices.Clone(events), func(ev calendar.Event) bool { return !ev.IsException() })
}

// finish closes the action's row with what became of it and keeps the mirror true.
func (e *Engine) finish(ctx context.Context, a *Account, act store.Action, res calendar.Resource, err error, r *Report) (outcome, error) {
	log := e.o.Log.With("account", a.Name, "action", act.Kind, "id", act.ID)
	end := func(o outcome, s store.State, words string) (outcome, error) {
		return o, e.o.Store.Finish(ctx, act.ID, s, words, act.PlannedAt)
	}
	switch {
	case err == nil:
		r.Writes++
		r.Done = append(r.Done, Done{a.Name, act.Kind == store.Move})
		if !act.To.Start.IsZero() {
			log = log.With("from", stamp(act.From.Start), "to", stamp(act.To.Start))
		}
		log.Info("event changed")
		if act.Kind == store.Retract {
			err = e.o.Store.RemoveResource(ctx, a.Name, act.Calendar, act.Href)
		} else {
			err = e.o.Store.PutResource(ctx, a.Name, res, act.PlannedAt)
		}
		if err != nil {
			return written, err
		}
		return end(written, store.Done, "")
	case errors.Is(err, calendar.ErrConflict), errors.Is(err, calendar.ErrNotFound):
		r.Conflicts++
		log.Info("somebody else changed the event first; planning anew")
		return end(contested, store.Dropped, "somebody else changed the event first")
	case errors.Is(err, calendar.ErrUnknown):
		log.Warn("the connection broke during a change; the event is read before anything else")
		return unsure, nil
	case errors.Is(err, calendar.ErrSpent):
		e.park(a.Name, act.PlannedAt, err)
		r.Failed[a.Name] = errors.New(inWords(err))
		return end(later, store.Dropped, inWords(err))
	case errors.Is(err, calendar.ErrRefused), errors.Is(err, calendar.ErrReadOnly):
		r.Failed[a.Name] = err
		log.Warn("the change was not made and is not tried again before the event changes", "err", inWords(err))
		return end(refused, store.Failed, inWords(err))
	default:
		e.fail(a.Name, act.PlannedAt, err, r)
		return end(later, store.Dropped, inWords(err))
	}
}

// settleDoing finds out what became of the actions that a crash or a broken
// connection left open, by reading the events, never by writing.
func (e *Engine) settleDoing(ctx context.Context, now time.Time, r *Report) error {
	for i := range e.o.Accounts {
		a := &e.o.Accounts[i]
		if !e.health[a.Name].fresh {
			continue // Nothing is written to it, so that this can wait.
		}
		open, err := e.o.Store.Doing(ctx, a.Name)
		if err != nil {
			return err
		}
		for _, act := range open {
			if err := e.settleOne(ctx, a, act, now); err != nil {
				if isStoreFailure(err) || ctx.Err() != nil {
					return err
				}
				e.fail(a.Name, now, err, r)
				break
			}
		}
	}
	return nil
}

// holderOf returns the href of what act was to change: where exceptions are
// resources of their own, a change of the series' resource about one of its
// occurrences has made such a one, if it was made. The mirror has to be fresh.
func (e *Engine) holderOf(ctx context.Context, a *Account, act store.Action, now time.Time) (string, error) {
	if act.Original.IsZero() {
		return act.Href, nil
	}
	m, err := e.loadMirror(ctx, a, e.window(now))
	if err != nil {
		return "", err
	}
	for _, s := range m.series {
		if s.calendar != act.Calendar || s.uid != act.UID {
			continue
		}
		if x := component(s.exceptions, act.Original); x != nil {
			return x.Href, nil
		}
	}
	return act.Href, nil
}

func (e *Engine) settleOne(ctx context.Context, a *Account, act store.Action, now time.Time) error {
	if act.Kind == store.Make {
		// Making the same event twice makes it once.
		return inStore(e.o.Store.Finish(ctx, act.ID, store.Dropped, "it is not known whether it was made; it is made again if it is not there", now))
	}
	href, err := e.holderOf(ctx, a, act, now)
	if err != nil {
		return inStore(err)
	}
	res, err := a.Provider.Get(ctx, act.Calendar, href)
	switch {
	case errors.Is(err, calendar.ErrNotFound):
		if err := e.o.Store.RemoveResource(ctx, a.Name, act.Calendar, href); err != nil {
			return inStore(err)
		}
		return inStore(e.o.Store.Finish(ctx, act.ID, store.Dropped, "the event is gone", now))
	case err != nil:
		return err
	case res.ETag == act.ETag:
		return inStore(e.o.Store.Finish(ctx, act.ID, store.Dropped, "the change was not made", now))
	}
	zone, err := e.zoneOfAccount(ctx, a)
	if err != nil {
		return err
	}
	state, words := store.Dropped, "somebody else changed the event first"
	if events, err := a.Provider.Parse(res, zone); err == nil && applied(events, act) {
		state, words = store.Done, ""
	}
	if err := e.o.Store.PutResource(ctx, a.Name, res, now); err != nil {
		return inStore(err)
	}
	return inStore(e.o.Store.Finish(ctx, act.ID, state, words, now))
}

// applied reports whether the events show what act was to bring about.
func applied(events []calendar.Event, act store.Action) bool {
	ev := component(events, act.Original)
	switch act.Kind {
	case store.Move, store.Heal, store.Undo:
		// A copy that follows a person's drag has no mark.
		return ev != nil && ev.Span().Equal(act.To) && (ev.Mark == nil || ev.Mark.At.Unix() == act.PlannedAt.Unix())
	case store.Retract:
		return false
	case store.End:
		return ev != nil && ended(*ev, exceptionsOf(events), act.To.Start)
	default: // upkeep is compared with what is wanted in every pass anyway
		return ev != nil
	}
}

func (e *Engine) zoneOfAccount(ctx context.Context, a *Account) (*time.Location, error) {
	cals, err := e.o.Store.Calendars(ctx, a.Name)
	if err != nil {
		return nil, inStore(err)
	}
	return homeZone(a, cals), nil
}

// storeFailure is a failure of the program's own store, which ends a pass; a
// failure of a server ends it for that account only.
type storeFailure struct{ error }

func (f storeFailure) Unwrap() error { return f.error }

func inStore(err error) error {
	if err == nil {
		return nil
	}
	return storeFailure{err}
}

func isStoreFailure(err error) bool {
	var f storeFailure
	return errors.As(err, &f)
}

// stamp writes an instant for keys and logs; "-" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}
