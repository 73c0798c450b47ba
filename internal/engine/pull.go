package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/store"
)

const (
	// compareEvery is how often all ETags are compared, because a lost sync
	// token is not always reported (reference: Nextcloud prunes silently).
	compareEvery = 24 * time.Hour
	// listEvery is how often the list of calendars is asked for.
	listEvery = time.Hour
	// pullTimeout bounds one account's pull, so that a server that hangs does
	// not hold up the others for longer.
	pullTimeout = 2 * time.Minute
	// firstPullTimeout bounds the first load of an account; some servers need
	// minutes for thousands of events.
	firstPullTimeout = 20 * time.Minute
	// writeTimeout bounds one write, also while the program is being stopped.
	writeTimeout = 30 * time.Second
)

// pullAll pulls all accounts side by side. Failures are noted by account and
// keep nobody else back.
func (e *Engine) pullAll(ctx context.Context, now time.Time, all bool, r *Report) error {
	var names []string
	for _, a := range e.o.Accounts {
		if h := e.health[a.Name]; all || !now.Before(h.nextTry) {
			names = append(names, a.Name)
		} else {
			r.Failed[a.Name] = errors.New(h.failing)
		}
	}
	if err := e.pullAgain(ctx, now, names, r); err != nil {
		return err
	}
	return e.renewBusy(ctx, now, r.Pulled > 0)
}

// pullAgain pulls the accounts with the given names.
func (e *Engine) pullAgain(ctx context.Context, now time.Time, names []string, r *Report) error {
	type result struct {
		changed int
		err     error
	}
	results := make([]result, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() {
			changed, err := e.pull(ctx, e.account(name), now)
			results[i] = result{changed, err}
		})
	}
	wg.Wait()
	for i, name := range names {
		r.Pulled += results[i].changed
		if err := results[i].err; err != nil {
			if isStoreFailure(err) || ctx.Err() != nil {
				return err
			}
			e.fail(name, now, err, r)
			continue
		}
		e.recover(name, now)
	}
	return nil
}

func (e *Engine) account(name string) *Account {
	for i := range e.o.Accounts {
		if e.o.Accounts[i].Name == name {
			return &e.o.Accounts[i]
		}
	}
	return nil
}

// pull brings one account's mirror up to date.
func (e *Engine) pull(ctx context.Context, a *Account, now time.Time) (changed int, err error) {
	known, err := e.o.Store.Calendars(ctx, a.Name)
	if err != nil {
		return 0, inStore(err)
	}
	limit := pullTimeout
	for _, c := range known {
		if c.LoadedAt.IsZero() {
			limit = firstPullTimeout
		}
	}
	if len(known) == 0 {
		limit = firstPullTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if h := e.health[a.Name]; len(known) == 0 || now.Sub(h.listed) >= listEvery || h.listed.After(now) {
		if known, err = e.list(ctx, a, now); err != nil {
			return 0, err
		}
	}
	return e.pullEach(ctx, a, known, now)
}

// pullEach brings the mirror of each calendar up to date. One that is gone or
// forbidden keeps the others back only when there are no others.
func (e *Engine) pullEach(ctx context.Context, a *Account, known []store.CalendarState, now time.Time) (changed int, err error) {
	h := e.health[a.Name]
	var last error
	for _, c := range known {
		if l, lost := h.lost[c.ID]; lost && now.Before(l.next) && !now.Before(l.since) {
			continue
		}
		n, err := e.pullCalendar(ctx, a, c, now)
		changed += n
		switch {
		case err == nil:
			e.find(a.Name, c.ID)
		case isLost(err):
			last = fmt.Errorf("calendar %q: %w", c.Name, err)
			e.lose(a.Name, c.ID, c.Name, now, err)
		default:
			return changed, fmt.Errorf("calendar %q: %w", c.Name, err)
		}
		e.o.Progress()
	}
	if last == nil {
		return changed, nil
	}
	// It may have been taken off the list, and then it is forgotten.
	if known, err = e.list(ctx, a, now); err != nil {
		return changed, err
	}
	for id := range h.lost {
		if !slices.ContainsFunc(known, func(c store.CalendarState) bool { return c.ID == id }) {
			e.find(a.Name, id)
		}
	}
	if len(h.lost) == len(known) {
		return changed, last
	}
	return changed, nil
}

// list asks the server which calendars there are.
func (e *Engine) list(ctx context.Context, a *Account, now time.Time) ([]store.CalendarState, error) {
	cals, err := a.Provider.Calendars(ctx)
	if err != nil {
		return nil, err
	}
	if len(cals) == 0 {
		return nil, errors.New("the server shows no calendar of this account")
	}
	for _, name := range a.Calendars {
		if !slices.ContainsFunc(cals, func(c calendar.Calendar) bool { return name == c.Name || name == c.ID }) {
			e.o.Log.Warn("the server shows no calendar of this name; no 1:1 is looked for in it", "account", a.Name, "calendar", name)
		}
	}
	if err := e.o.Store.PutCalendars(ctx, a.Name, cals); err != nil {
		return nil, inStore(err)
	}
	e.health[a.Name].listed = now
	known, err := e.o.Store.Calendars(ctx, a.Name)
	return known, inStore(err)
}

// pullCalendar fetches what changed in one calendar: a delta, or, when the
// cursor is dead or a day has passed, a comparison of everything.
func (e *Engine) pullCalendar(ctx context.Context, a *Account, c store.CalendarState, now time.Time) (int, error) {
	known, err := e.o.Store.Known(ctx, a.Name, c.ID)
	if err != nil {
		return 0, inStore(err)
	}
	since := calendar.Since{Cursor: c.Cursor, Known: known}
	if age := now.Sub(c.ComparedAt); age >= compareEvery || age < 0 {
		since.Cursor = ""
	}
	ch, err := a.Provider.Pull(ctx, c.ID, since)
	if errors.Is(err, calendar.ErrGone) && since.Cursor != "" {
		since.Cursor = ""
		ch, err = a.Provider.Pull(ctx, c.ID, since)
	}
	if err != nil {
		return 0, err
	}
	ours, err := e.ours(ctx, a, c, ch.Changed)
	if err != nil {
		return 0, inStore(err)
	}
	changed, err := e.o.Store.ApplyChanges(ctx, a.Name, c.ID, ch, now, ours...)
	return changed, inStore(err)
}
