package engine

import (
	"context"
	"errors"
	"hash/fnv"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/store"
)

const (
	firstBackoff = time.Minute
	maxBackoff   = time.Hour
)

// health is how an account is doing.
type health struct {
	fresh        bool      // the last pull succeeded
	listed       time.Time // when the calendars were last listed
	failures     int       // in a row
	failing      string    // why it cannot be read or written, in words
	failingSince time.Time
	nextTry      time.Time
	lastPull     time.Time
	lastPass     time.Time

	// trouble is what is wrong although the account can be read: a change that
	// the server refused, or more changes than a pass may make.
	trouble      string
	troubleSince time.Time

	parked parking         // nothing is written
	lost   map[string]lost // by id: the calendars that cannot be read
}

// backoff is how long to wait after so many failures in a row: one minute,
// doubled each time, at most an hour.
func backoff(failures int) time.Duration {
	return min(firstBackoff<<min(max(failures, 1)-1, 6), maxBackoff)
}

// fail notes that an account could not be worked and when it is tried again:
// after the backoff, or what the server asked for. A part derived from the
// account's name keeps accounts apart.
func (e *Engine) fail(name string, now time.Time, err error, r *Report) {
	h := e.health[name]
	h.fresh = false
	h.failures++
	if h.failures == 1 {
		h.failingSince = now
	}
	wait := backoff(h.failures)
	var asked *calendar.RetryError
	if errors.As(err, &asked) && asked.After > wait {
		wait = min(asked.After, maxBackoff)
	}
	h.nextTry = now.Add(wait + jitter(name, wait/8))
	words := inWords(err)
	if words != h.failing {
		e.o.Log.Warn("account cannot be read or written; the others go on", "account", name, "err", words, "retry", h.nextTry.UTC().Format(time.RFC3339))
	}
	h.failing = words
	r.Failed[name] = errors.New(words)
}

// recover notes that an account works.
func (e *Engine) recover(name string, now time.Time) {
	h := e.health[name]
	if h.failing != "" {
		e.o.Log.Info("account works again", "account", name)
	}
	*h = health{
		fresh: true, listed: h.listed, lastPull: now, lastPass: h.lastPass,
		trouble: h.trouble, troubleSince: h.troubleSince, parked: h.parked, lost: h.lost,
	}
}

// loadHealth takes over what an earlier run of the program wrote down.
func (e *Engine) loadHealth(ctx context.Context) error {
	if e.loaded {
		return nil
	}
	known, err := e.o.Store.AccountStatuses(ctx)
	if err != nil {
		return err
	}
	for _, s := range known {
		if h := e.health[s.Account]; h != nil {
			h.lastPull, h.lastPass = latest(h.lastPull, s.LastPull), s.LastPass
			if s.Failures == 0 && !s.NextTry.IsZero() {
				h.parked = parking{until: s.NextTry, since: s.FailingSince, words: s.Failing}
			}
		}
	}
	e.loaded = true
	return nil
}

// passed writes down how the accounts are doing.
func (e *Engine) passed(ctx context.Context, now time.Time, r *Report) error {
	for _, a := range e.o.Accounts {
		h := e.health[a.Name]
		err := r.Failed[a.Name]
		switch {
		case err == nil || h.failing != "":
			h.trouble, h.troubleSince = "", time.Time{}
		case h.trouble != inWords(err):
			h.trouble, h.troubleSince = inWords(err), now
			e.o.Log.Error("account needs a look", "account", a.Name, "err", h.trouble)
		}
		s := store.AccountStatus{
			Account: a.Name, LastPull: h.lastPull, NextTry: h.nextTry,
			Failing: h.failing, FailingSince: h.failingSince, Failures: h.failures,
		}
		if h.trouble != "" {
			s.Failing, s.FailingSince = h.trouble, h.troubleSince
		}
		switch words, since := h.lostWords(); {
		case h.parked.words != "" && h.failing == "":
			s.Failing, s.FailingSince, s.NextTry = h.parked.words, h.parked.since, h.parked.until
		case s.Failing == "":
			s.Failing, s.FailingSince = words, since
		}
		if t := e.papers.trouble(a.Name); s.Failing == "" && t.words != "" {
			s.Failing, s.FailingSince = "agenda: "+t.words, t.since // A next try would be read as that of a parked account.
		}
		if t := e.talks.failing[a.Name]; s.Failing == "" && t.words != "" {
			s.Failing, s.FailingSince = "meeting lengths: "+t.words, t.since
		}
		if err == nil {
			h.lastPass = now
		}
		s.LastPass = h.lastPass
		if err := e.o.Store.PutAccountStatus(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// jitter is a part of d that depends on name only.
func jitter(name string, d time.Duration) time.Duration {
	f := fnv.New32a()
	f.Write([]byte(name)) // cannot fail (hash.Hash)
	return d * time.Duration(f.Sum32()%1000) / 1000
}

// inWords turns an error into what an operator reads.
func inWords(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "the server did not answer in time"
	}
	return err.Error()
}
