package engine

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// How long people talked is asked of the service in whose rooms they meet
// (calendar.Measurer), once for each meeting, and once more when nothing was known
// then. A meeting costs a few requests in all, and an hour without one costs none.
// Whatever goes wrong there stops nothing else.
const (
	// talkOver is how long after its planned end a meeting is asked after: it may
	// have taken longer.
	talkOver = 30 * time.Minute
	// talkAgain is when it is asked after for the second time.
	talkAgain = talkOver + 24*time.Hour
	// talkKept is for how long the service keeps what it knows (Google Meet).
	talkKept = 30 * 24 * time.Hour
	// talksPerPass is how many meetings a pass asks each account's service after.
	talksPerPass = 10
	// talkTimeout bounds what asking takes of a pass.
	talkTimeout = 30 * time.Second
)

// talks is what the engine knows of the meetings that it asks after.
type talks struct {
	known map[meetingKey]bool      // those whose length the store has; nil until it was read
	asked map[meetingKey]time.Time // those of which nothing was known, and when
	now   time.Time                // of the last pass that asked
	count map[string]int           // by account: meetings that it asked after
	// failing is why nothing is told, by account.
	failing map[string]talkTrouble
}

// talkTrouble is why a service does not tell how long people talked.
type talkTrouble struct {
	words          string
	since, nextTry time.Time
	failures       int // in a row
}

// talk is a meeting that is to be asked after, and what came of it.
type talk struct {
	account    *Account
	meeting    *reschedule.Meeting
	conference string

	asked  bool
	length time.Duration
	found  bool
	err    error
}

// measure asks after the meetings that are over, and keeps how long they took
// (R20). It fails only when the program's own store does.
func (e *Engine) measure(ctx context.Context, w *world) error {
	if !slices.ContainsFunc(e.o.Accounts, func(a Account) bool { return a.Meet != nil }) {
		return nil
	}
	if err := e.loadTalks(ctx, w.now); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, talkTimeout)
	defer cancel()
	talked := e.toMeasure(w)
	var wg sync.WaitGroup
	for _, list := range talked {
		wg.Go(func() { askAfter(limited, list) })
	}
	wg.Wait()
	for i := range e.o.Accounts {
		name := e.o.Accounts[i].Name
		for _, x := range talked[name] {
			if err := e.noteTalk(ctx, x, w.now); err != nil {
				return err
			}
		}
		if asked, err := troubleOf(talked[name]); asked && ctx.Err() == nil {
			e.noteTalkTrouble(name, w.now, err)
		}
	}
	e.o.Progress()
	return nil
}

func (e *Engine) loadTalks(ctx context.Context, now time.Time) error {
	if e.talks.known != nil {
		return nil
	}
	lengths, err := e.o.Store.Lengths(ctx, "", now.Add(-2*talkKept))
	if err != nil {
		return err
	}
	e.talks = talks{known: map[meetingKey]bool{}, asked: map[meetingKey]time.Time{}, failing: map[string]talkTrouble{}}
	for _, l := range lengths {
		if l.Source == string(cadence.FromMeet) {
			e.talks.known[keyOf(l.UID, l.Original)] = true
		}
	}
	return nil
}

// toMeasure returns by account the meetings that it is time to ask after, the
// last ones first: they say most about what should be next.
func (e *Engine) toMeasure(w *world) map[string][]*talk {
	t := &e.talks
	if !t.now.Equal(w.now) {
		t.now, t.count = w.now, map[string]int{}
	}
	var all []*talk
	for i := range w.every {
		mt, src := &w.every[i], w.everySource[i]
		if !src.care.served || len(mt.Declined) > 0 || !t.due(keyOf(mt.UID, mt.Original), mt.Span.End, w.now) {
			continue
		}
		if x := e.talkOf(src, mt, w.now); x != nil {
			all = append(all, x)
		}
	}
	slices.SortStableFunc(all, func(a, b *talk) int { return b.meeting.Span.End.Compare(a.meeting.Span.End) })
	out := map[string][]*talk{}
	for _, x := range all {
		if name := x.account.Name; t.count[name] < talksPerPass {
			t.count[name]++
			out[name] = append(out[name], x)
		}
	}
	return out
}

// due reports whether it is time to ask after a meeting that was planned to end
// at end.
func (t *talks) due(key meetingKey, end, now time.Time) bool {
	if t.known[key] || now.Before(end.Add(talkOver)) || !now.Before(end.Add(talkKept)) {
		return false
	}
	last, asked := t.asked[key]
	again := end.Add(talkAgain)
	return !asked || last.Before(again) && !now.Before(again)
}

// talkOf returns how a meeting is asked after: through the organizer's account, else
// the guest's. It returns nil when neither can be asked now, or they had no room.
func (e *Engine) talkOf(src source, mt *reschedule.Meeting, now time.Time) *talk {
	for _, sd := range []*side{src.care.own, src.care.answers} {
		if sd == nil || sd.m.account.Meet == nil || now.Before(e.talks.failing[sd.m.account.Name].nextTry) {
			continue
		}
		if o := sd.s.at(src.occ.Original); o != nil && o.Conference != "" {
			return &talk{account: sd.m.account, meeting: mt, conference: o.Conference}
		}
	}
	return nil
}

// askAfter asks after meetings of one account, until there is no answer.
func askAfter(ctx context.Context, list []*talk) {
	for _, x := range list {
		x.asked = true
		x.length, x.found, x.err = x.account.Meet.Measured(ctx, x.conference, x.meeting.Span)
		if x.err != nil && !errors.Is(x.err, calendar.ErrRefused) {
			return
		}
	}
}

// noteTalk keeps what is known now of a meeting.
func (e *Engine) noteTalk(ctx context.Context, x *talk, now time.Time) error {
	mt := x.meeting
	key := keyOf(mt.UID, mt.Original)
	switch {
	case !x.asked || x.err != nil && !errors.Is(x.err, calendar.ErrRefused):
		return nil
	case !x.found || x.length > longest:
		e.talks.asked[key] = now
		return nil
	}
	_, err := e.o.Store.PutLength(ctx, store.Length{
		Pair: mt.Pair, UID: mt.UID, Original: mt.Original, Start: mt.Span.Start, Length: x.length,
		Source: string(cadence.FromMeet), NotedAt: now,
	})
	if err == nil {
		e.talks.known[key] = true
	}
	return err
}

// troubleOf returns why nothing was told of an account's meetings, and whether any
// was asked after. That one of them was refused counts only when none was told of.
func troubleOf(list []*talk) (asked bool, err error) {
	told := false
	for _, x := range list {
		asked = asked || x.asked
		switch {
		case x.err != nil && !errors.Is(x.err, calendar.ErrRefused):
			return true, x.err
		case x.err != nil:
			err = x.err
		case x.asked:
			told = true
		}
	}
	if told {
		return asked, nil
	}
	return asked, err
}

// noteTalkTrouble keeps why an account's service does not tell how long people
// talked, and tells it once. A refusal is about one meeting; everything else keeps
// the account's others waiting too.
func (e *Engine) noteTalkTrouble(account string, now time.Time, err error) {
	was := e.talks.failing[account]
	if err == nil {
		if was.words != "" {
			e.o.Log.Info("it can be asked again how long people talked", "account", account)
		}
		delete(e.talks.failing, account)
		return
	}
	t := talkTrouble{words: inWords(err), since: now, failures: was.failures + 1}
	if was.words == t.words {
		t.since = was.since
	} else {
		e.o.Log.Warn("it cannot be asked how long people talked; meetings are looked after as before", "account", account, "err", t.words)
	}
	if !errors.Is(err, calendar.ErrRefused) {
		wait := backoff(t.failures)
		var later *calendar.RetryError
		if errors.As(err, &later) {
			wait = max(wait, later.After)
		}
		t.nextTry = now.Add(wait + jitter(account, wait/8))
	}
	e.talks.failing[account] = t
}
