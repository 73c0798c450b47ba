package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"oneonone/internal/caldav"
	"oneonone/internal/engine"
	"oneonone/internal/google"
)

// tell passes a state and a sentence for `systemctl status` on to systemd
// (sd_notify(3)); elsewhere it does nothing.
func (a *App) tell(state, sentence string) {
	if state != "" {
		state += "\n"
	}
	if _, err := daemon.SdNotify(false, state+"STATUS="+sentence); err != nil {
		a.o.Log.Debug("systemd could not be told", "err", err)
	}
}

// statusLine is what `systemctl status` shows: how many accounts are in order,
// and of each other one, by name, what is wrong and what repairs it.
func statusLine(r engine.Report, accounts int) string {
	s := fmt.Sprintf("%d of %d accounts in order, %d 1:1 series looked after", accounts-len(r.Failed), accounts, len(r.Plan.Series))
	for _, name := range slices.Sorted(maps.Keys(r.Failed)) {
		s += fmt.Sprintf("; account %s: %v", name, r.Failed[name])
	}
	return s
}

// watchdog reports to systemd that the program is alive, as long as its passes
// get on: a pass that hangs is not vouched for by a goroutine beside it.
type watchdog struct {
	app   *App
	every time.Duration // 0: systemd does not ask
}

func newWatchdog(a *App) *watchdog {
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		a.o.Log.Warn("the watchdog's setting cannot be read; it is not fed", "err", err)
	}
	return &watchdog{a, interval / 2}
}

// steps grows whenever the program gets on: with each step of the engine, each
// request, and each byte of a long answer.
func (a *App) steps() int64 {
	s := a.stats()
	return a.progress.Load() + s.requests + s.down
}

// run feeds the watchdog whenever a step was made since the last time, or the
// loop waits for the next pass.
func (w *watchdog) run(ctx context.Context) {
	if w.every == 0 {
		return
	}
	ticker := time.NewTicker(w.every)
	defer ticker.Stop()
	last := int64(-1)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			now := w.app.steps()
			if now == last && !w.app.idle.Load() {
				continue
			}
			last = now
			if _, err := daemon.SdNotify(false, daemon.SdNotifyWatchdog); err != nil {
				w.app.o.Log.Debug("systemd could not be told", "err", err)
			}
		}
	}
}

// traffic is what went over the wire: requests, and bytes of bodies.
type traffic struct{ requests, up, down int64 }

// stats adds up what all accounts' clients have sent and received.
func (a *App) stats() traffic {
	var sum traffic
	for _, l := range a.now.Load().logins {
		var t traffic
		switch c := l.client.(type) {
		case *caldav.Client:
			s := c.Stats()
			t = traffic{s.Requests, s.Up, s.Down}
		case *google.Client:
			s := c.Stats()
			t = traffic{s.Requests, s.Up, s.Down}
		}
		sum.requests, sum.up, sum.down = sum.requests+t.requests, sum.up+t.up, sum.down+t.down
	}
	return sum
}
