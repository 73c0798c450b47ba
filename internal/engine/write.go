package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/store"
)

// maxAttempts bounds how often one decision on one state of an event is begun.
const maxAttempts = 5

// outcome is what became of one write.
type outcome int

const (
	written   outcome = iota // it stands in the calendar, re-read and compared
	unchanged                // there was nothing to do, or it had been done before
	contested                // somebody else changed the event: plan anew
	unsure                   // the answer was lost: re-read before anything else
	refused                  // the server will not; do not repeat
)

// write records the action, makes the change and confirms it. Base is taken
// from the mirror as it is now; it must still be the state in which want says
// the decision was made. The write in flight is finished even when ctx ends.
func (e *Engine) write(ctx context.Context, a *Account, act store.Action, c calendar.Change, r *Report) (outcome, error) {
	if err := ctx.Err(); err != nil {
		return unsure, err
	}
	c.Now, c.Self = act.PlannedAt, a.Person.Addresses
	act.Account, act.Calendar, act.Href, act.ETag = a.Name, c.Base.Calendar, c.Base.Href, c.Base.ETag
	act.Key = fmt.Sprintf("%s %s %s %s %s", act.Kind, a.Name, c.Base.Href, stamp(act.Original), act.ETag)
	act, begun, err := e.begin(ctx, act)
	if err != nil || !begun {
		return unchanged, err
	}
	wctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	res, err := a.Provider.Apply(wctx, c)
	e.o.Progress()
	if err == nil {
		err = e.confirm(wctx, a, c, res)
	}
	return e.finish(wctx, a, act, res, err, r)
}

// begin records that act is about to be done. It is not done again when the log
// has it as made or refused on this very state of the event; what was dropped
// without having been made may be tried once more.
func (e *Engine) begin(ctx context.Context, act store.Action) (store.Action, bool, error) {
	stored, first, err := e.o.Store.Begin(ctx, act)
	if err != nil || first || stored.State != store.Dropped || stored.Attempts >= maxAttempts {
		return stored, first, err
	}
	act.ID = stored.ID
	act, err = e.o.Store.Resume(ctx, act, store.Dropped)
	return act, err == nil, err
}

// confirm compares what is stored with what was asked for: a "success" that
// changed nothing is a failure.
func (e *Engine) confirm(ctx context.Context, a *Account, c calendar.Change, res calendar.Resource) error {
	m, err := e.zoneOfAccount(ctx, a)
	if err != nil {
		return err
	}
	events, err := a.Provider.Parse(res, m)
	if err != nil {
		return fmt.Errorf("%w: what it stored cannot be read: %v", calendar.ErrRefused, err)
	}
	for _, p := range c.Parts {
		if p.To == nil {
			continue
		}
		if ev := component(events, p.Original); ev == nil || !ev.Span().Equal(*p.To) {
			return fmt.Errorf("%w: it answered with success, but the event does not stand at the new time", calendar.ErrRefused)
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

// finish closes the action's row with what became of it and keeps the mirror true.
func (e *Engine) finish(ctx context.Context, a *Account, act store.Action, res calendar.Resource, err error, r *Report) (outcome, error) {
	log := e.o.Log.With("account", a.Name, "action", act.Kind, "id", act.ID)
	switch {
	case err == nil:
		r.Writes++
		log.Info("event changed", "from", stamp(act.From.Start), "to", stamp(act.To.Start))
		e.remember(a.Name, res)
		if err := e.o.Store.PutResource(ctx, a.Name, res, act.PlannedAt); err != nil {
			return written, err
		}
		return written, e.o.Store.Finish(ctx, act.ID, store.Done, "", act.PlannedAt)
	case errors.Is(err, calendar.ErrConflict), errors.Is(err, calendar.ErrNotFound):
		r.Conflicts++
		log.Info("somebody else changed the event first; planning anew")
		return contested, e.o.Store.Finish(ctx, act.ID, store.Dropped, "somebody else changed the event first", act.PlannedAt)
	case errors.Is(err, calendar.ErrUnknown):
		log.Warn("the connection broke during a change; reading the event before anything else")
		return unsure, nil
	default:
		words := inWords(err)
		log.Warn("the change was not made", "err", words)
		r.Failed[a.Name] = err
		return refused, e.o.Store.Finish(ctx, act.ID, store.Failed, words, act.PlannedAt)
	}
}

// settleDoing finds out what became of the actions that a crash or a broken
// connection left open, by reading the events, never by writing.
func (e *Engine) settleDoing(ctx context.Context, now time.Time, r *Report) error {
	for i := range e.o.Accounts {
		a := &e.o.Accounts[i]
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

func (e *Engine) settleOne(ctx context.Context, a *Account, act store.Action, now time.Time) error {
	res, err := a.Provider.Get(ctx, act.Calendar, act.Href)
	switch {
	case errors.Is(err, calendar.ErrNotFound):
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
		return ev != nil && ev.Span().Equal(act.To) && ev.Mark != nil && ev.Mark.At.Unix() == act.PlannedAt.Unix()
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
