package engine

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
)

const (
	// longestPark bounds for how long a server can have nothing written.
	longestPark = 24 * time.Hour
	// lostEvery is how often a calendar that could not be read alone is tried again.
	lostEvery = 15 * time.Minute
)

// parking is that an account may be read but not written for a while, because
// its use limits are reached (calendar.ErrSpent).
type parking struct {
	until, since time.Time
	words        string // "" when it is not parked
}

// park notes that nothing is written to the account for as long as the server asks.
func (e *Engine) park(name string, now time.Time, err error) {
	wait := maxBackoff
	var asked *calendar.RetryError
	if errors.As(err, &asked) && asked.After > 0 {
		wait = min(asked.After, longestPark)
	}
	h := e.health[name]
	h.parked = parking{until: now.Add(wait + jitter(name, wait/8)), since: now, words: inWords(err)}
	e.o.Log.Warn("nothing is written to this account for a while; it is read as ever",
		"account", name, "err", h.parked.words, "until", h.parked.until.UTC().Format(time.RFC3339))
}

// stayParked stops all writes of p to accounts that are parked, and ends the
// parking of those whose time has come. A clock that was set back ends it too.
func (p *passWriter) stayParked() {
	for _, a := range p.e.o.Accounts {
		k := &p.e.health[a.Name].parked
		switch {
		case k.words == "":
		case p.now.Before(k.until) && !p.now.Before(k.since):
			p.stopped[a.Name] = true
			p.r.Failed[a.Name] = errors.New(k.words)
		default:
			p.e.o.Log.Info("changes are made in this account again", "account", a.Name)
			*k = parking{}
		}
	}
}

// lost is a calendar that could not be read while its account could.
type lost struct {
	name, words string
	since, next time.Time
}

// isLost reports whether err is about one calendar alone: it is gone, or the
// account may not read it any more.
func isLost(err error) bool {
	return errors.Is(err, calendar.ErrNotFound) || errors.Is(err, calendar.ErrReadOnly)
}

// lose notes that a calendar could not be read. What is known of it goes on to
// take up its person's time, and nothing of it is changed.
func (e *Engine) lose(account, id, name string, now time.Time, err error) {
	h := e.health[account]
	l, known := h.lost[id]
	if !known || l.words != inWords(err) {
		e.o.Log.Warn("a calendar cannot be read; the others of the account go on", "account", account, "calendar", name, "err", inWords(err))
	}
	if !known {
		l.since = now
	}
	l.name, l.words, l.next = name, inWords(err), now.Add(lostEvery)
	if h.lost == nil {
		h.lost = map[string]lost{}
	}
	h.lost[id] = l
}

// find notes that a calendar can be read, or is no longer among those of the account.
func (e *Engine) find(account, id string) {
	h := e.health[account]
	if l, known := h.lost[id]; known {
		delete(h.lost, id)
		e.o.Log.Info("a calendar is in order again, or was taken off the account", "account", account, "calendar", l.name)
	}
}

// lostWords tells the operator which calendars of an account cannot be read,
// and since when; "" when all can.
func (h *health) lostWords() (string, time.Time) {
	var all []string
	var since time.Time
	for _, id := range slices.Sorted(maps.Keys(h.lost)) {
		l := h.lost[id]
		all = append(all, fmt.Sprintf("calendar %q cannot be read: %s", l.name, l.words))
		if since.IsZero() || l.since.Before(since) {
			since = l.since
		}
	}
	if len(all) == 0 {
		return "", since
	}
	return strings.Join(all, "; ") + "; what was known of it still takes up time, and nothing in it is changed", since
}
