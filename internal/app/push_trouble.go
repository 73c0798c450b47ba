package app

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
	// How long to wait after a failure: twice as long each time, or at once very
	// long where only a person can change something.
	firstRetry, lastRetry = time.Minute, time.Hour
	refusedRetry          = 12 * time.Hour
)

// failure is something that did not work, and when to try again.
type failure struct {
	next time.Time
	wait time.Duration
	says string
}

// mayTry reports whether the time has come to try what failed under key.
func (k *keeper) mayTry(key string, now time.Time) bool { return !now.Before(k.failures[key].next) }

// failed notes that something failed under key, and when to try it again.
func (k *keeper) failed(key string, now time.Time, err error) {
	f := k.failures[key]
	f.says, f.wait = err.Error(), min(max(2*f.wait, firstRetry), lastRetry)
	wait := f.wait
	var asks *calendar.RetryError
	switch {
	case errors.Is(err, calendar.ErrRefused), errors.Is(err, calendar.ErrReadOnly), errors.Is(err, calendar.ErrNotFound):
		wait = refusedRetry
	case errors.As(err, &asks):
		wait = max(wait, asks.After)
	}
	f.next = now.Add(wait)
	k.failures[key] = f
}

// tell logs for each account whether Google tells of its changes, and why not,
// when that begins, becomes another reason, and ends.
func (k *keeper) tell(wanted []place) {
	says, count := map[string][]string{}, map[string]int{}
	for _, p := range wanted {
		says[p.account] = append(says[p.account], "")
		if f, failed := k.failures[p.key()]; failed {
			says[p.account], count[p.account] = append(says[p.account], f.says), count[p.account]+1
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	now := map[string]string{}
	for account, reasons := range says {
		slices.Sort(reasons)
		now[account] = strings.Join(slices.Compact(reasons)[1:], "; ")
		before, known := k.trouble[account]
		switch {
		case known && before == now[account]:
		case now[account] == "":
			k.app.o.Log.Info("Google tells of changes in all calendars", "account", account)
		default:
			k.app.o.Log.Warn("Google does not tell of changes in some calendars; they are found by polling",
				"account", account, "calendars", count[account], "err", now[account])
		}
	}
	k.trouble = now
}

// status is what the line for systemd says about the channels; "" when all is well.
func (k *keeper) status() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := ""
	for _, account := range slices.Sorted(maps.Keys(k.trouble)) {
		if why := k.trouble[account]; why != "" {
			s += fmt.Sprintf("; account %s: not all changes are told: %s", account, why)
		}
	}
	return s
}
