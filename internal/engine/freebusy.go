package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/reschedule"
	"oneonone/internal/span"
)

// Guests and rooms that have no account here are asked after through the account
// of the organizer who meets them, where its server tells (calendar.BusyReader).
// The answer is kept in memory only. A quiet hour costs each such account twelve
// questions of two requests (fifty people, twice four weeks), less than polling
// one calendar; an account that meets nobody of this kind costs none.
const (
	// busyEvery is how often they are asked after while no calendar changes.
	busyEvery = 5 * time.Minute
	// busySoonest is how long an answer is not asked for again, whatever changes.
	busySoonest = time.Minute
	// busyStands is how long an answer counts when no newer one can be had.
	// Afterwards the person is unknown (R7).
	busyStands = 15 * time.Minute
	// busyChunk and busyChunks make what is asked about: four weeks are a request
	// to Google, and eight what R18 looks ahead.
	busyChunk  = 4 * 7 * 24 * time.Hour
	busyChunks = 2
)

// busyTimes is what one account's server says about when others are busy.
type busyTimes struct {
	tried   time.Time // last time it was asked
	asked   []string  // whom that was about
	failing string    // why the last question had no answer, in words
	at      time.Time // of the last answer
	// people are those of whom something is known, by address, with the time in
	// which they are busy with something that is no 1:1 of ours.
	people map[string]span.Set
}

// renewBusy asks when the guests and rooms without an account here are busy, if
// it is time for that. changed says that a calendar has changed.
func (e *Engine) renewBusy(ctx context.Context, now time.Time, changed bool) error {
	age := now.Sub(e.busyLooked)
	if !e.canAsk() || !changed && age >= 0 && age < busyEvery {
		return nil
	}
	w, err := e.buildWorld(ctx, now)
	if err != nil {
		return inStore(err)
	}
	e.busyLooked = now
	var wg sync.WaitGroup
	wanted := e.toAskAfter(w)
	answers := make([]busyTimes, len(e.o.Accounts))
	for i := range e.o.Accounts {
		a := &e.o.Accounts[i]
		addresses := wanted[a.Name]
		b := e.busy[a.Name]
		answers[i] = b
		switch reader, ok := a.Provider.(calendar.BusyReader); {
		case !ok || !e.health[a.Name].fresh:
		case len(addresses) == 0:
			answers[i] = busyTimes{}
		case now.Sub(b.tried).Abs() < busySoonest && slices.Equal(b.asked, addresses):
		default:
			b.tried, b.asked = now, addresses
			wg.Go(func() { answers[i] = e.askBusy(ctx, w, reader, a.Name, b) })
		}
	}
	wg.Wait()
	for i, a := range e.o.Accounts {
		e.busy[a.Name] = answers[i]
	}
	return ctx.Err()
}

// canAsk reports whether the server of any account tells when others are busy.
func (e *Engine) canAsk() bool {
	return slices.ContainsFunc(e.o.Accounts, func(a Account) bool {
		_, ok := a.Provider.(calendar.BusyReader)
		return ok
	})
}

// toAskAfter returns by account the addresses of those without an account here
// whom its person meets in the horizon, and of the rooms of those meetings.
func (e *Engine) toAskAfter(w *world) map[string][]string {
	out := map[string][]string{}
	horizon := w.now.Add(e.o.Policy.Horizon)
	for i, mt := range w.facts.Meetings {
		c := w.sources[i].care
		if !c.served || !mt.Span.End.After(w.now) || !mt.Span.Start.Before(horizon) {
			continue
		}
		name := c.own.m.account.Name
		if w.byKey[c.guest] == nil {
			out[name] = append(out[name], e.addressesOf(c.guest)...)
		}
		for _, r := range mt.Rooms {
			if w.byKey[e.people.Key(r.Name)] == nil {
				out[name] = append(out[name], calendar.Address(r.Name))
			}
		}
	}
	for name, addresses := range out {
		slices.Sort(addresses)
		out[name] = slices.Compact(addresses)
	}
	return out
}

// addressesOf returns all addresses of the person with key who has no account here.
func (e *Engine) addressesOf(key string) []string {
	out := []string{key}
	if ct := e.contact(key); ct != nil {
		for _, a := range ct.Person.Addresses {
			out = append(out, calendar.Address(a))
		}
	}
	return out
}

// askBusy asks the account's server and returns what is known then. A question
// without an answer leaves the last one in force for as long as it stands.
func (e *Engine) askBusy(ctx context.Context, w *world, reader calendar.BusyReader, name string, b busyTimes) busyTimes {
	limited, cancel := context.WithTimeout(ctx, pullTimeout)
	defer cancel()
	answer, err := reader.Busy(limited, b.asked, busyWindow(w))
	e.o.Progress()
	log := e.o.Log.With("account", name)
	if err != nil {
		words := inWords(err)
		if words != b.failing && ctx.Err() == nil {
			log.Warn("it cannot be asked when guests without an account here are busy; it will be tried again", "err", words)
		}
		b.failing = words
		return b
	}
	if b.failing != "" {
		log.Info("it can be asked again when guests without an account here are busy")
	}
	next := busyTimes{tried: b.tried, asked: b.asked, at: w.now, people: map[string]span.Set{}}
	for address, spans := range answer {
		next.people[address] = span.NewSet(spans...).Subtract(e.shadowsOf(w, address))
	}
	return next
}

// busyWindow is what is asked about: from this hour on, so that the answers of
// an hour compare, to the last meeting that a plan takes into account.
func busyWindow(w *world) span.Span {
	s := span.Span{Start: w.now.Truncate(time.Hour)}
	s.End = s.Start.Add(busyChunks * busyChunk)
	for _, mt := range w.facts.Meetings {
		for s.End.Before(mt.Span.End) {
			s.End = s.End.Add(busyChunk)
		}
	}
	return s
}

// shadowsOf is the time that the 1:1s of ours with the person at address take up
// where they stand now. Free/busy does not tell them from other events, and they
// are no conflict for themselves (R4); the planner knows them one by one. What
// the person has declined is not in the person's free/busy. A room has no
// shadows: of what is booked there the planner leaves out the meeting itself.
func (e *Engine) shadowsOf(w *world, address string) span.Set {
	key := e.people.Key(address)
	var out []span.Span
	for i := range w.every {
		mt := &w.every[i]
		if slices.Contains(mt.People[:], key) && !slices.Contains(mt.Declined, key) {
			out = append(out, mt.Span)
		}
	}
	return span.NewSet(out...)
}

// busyOf returns when those at addresses, who are all one person or one room,
// are busy beside our 1:1s, and whether that is known: whether a server has told
// it of one of the addresses not long ago. 1:1s are left out both where they
// stood when the server was asked and where they stand now. So what a guest has
// over a 1:1 never shows as a conflict; it shows where a 1:1 could go.
func (e *Engine) busyOf(w *world, addresses ...string) (busy span.Set, known bool) {
	for i := range e.o.Accounts {
		b, ok := e.busy[e.o.Accounts[i].Name]
		if !ok || !b.stands(w.now) {
			continue
		}
		for _, a := range addresses {
			s, told := b.people[a]
			busy, known = busy.Union(s.Subtract(e.shadowsOf(w, a))), known || told
		}
	}
	return busy, known
}

// stands reports whether the answer still counts. A clock that was set back ends it.
func (b busyTimes) stands(now time.Time) bool {
	return !b.at.IsZero() && !now.Before(b.at) && now.Sub(b.at) <= busyStands
}

// readBusy fills in when a person without an account here is busy.
func (e *Engine) readBusy(w *world, key string, p *reschedule.Person) {
	busy, known := e.busyOf(w, e.addressesOf(key)...)
	p.Known = known
	for _, s := range busy {
		p.Blocks = append(p.Blocks, reschedule.Block{Span: s, Kind: reschedule.Busy})
	}
}

// busyPrint is another text whenever what is known of others is not what it was.
func (e *Engine) busyPrint(now time.Time) string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(e.busy)) {
		b := e.busy[name]
		if !b.stands(now) {
			continue
		}
		for _, address := range slices.Sorted(maps.Keys(b.people)) {
			fmt.Fprintf(&out, "%q %q", name, address)
			for _, x := range b.people[address] {
				fmt.Fprintf(&out, " %d-%d", x.Start.Unix(), x.End.Unix())
			}
			out.WriteByte('\n')
		}
	}
	return out.String()
}
