package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"oneonone/internal/config"
	"oneonone/internal/web"
)

// closeTimeout is how long the pages being sent when the program stops may take.
const closeTimeout = 5 * time.Second

// Run is the service: it serves the agenda pages and runs a pass every poll, and
// soon after Google tells of a change, until ctx ends. It then finishes the
// write in flight and returns nil. A value on reload makes it read the
// configuration anew with load; one that cannot be used is reported and the old
// one goes on. Credentials are read anew too; the store and the listening
// address stay until a restart.
func (a *App) Run(ctx context.Context, reload <-chan struct{}, load func() (*config.Config, error)) error {
	stopWeb, err := a.serve()
	if err != nil {
		return err
	}
	defer stopWeb()
	a.tell(daemon.SdNotifyReady, "the first pass is under way")
	a.o.Log.Info("running", "accounts", len(a.o.Config.Accounts), "poll", a.o.Config.Poll)
	return a.loop(ctx, reload, load)
}

// loop is Run without the web server.
func (a *App) loop(ctx context.Context, reload <-chan struct{}, load func() (*config.Config, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	go newWatchdog(a).run(ctx)
	var keeping sync.WaitGroup
	keeping.Go(func() { a.push.run(ctx) })
	defer keeping.Wait()
	defer cancel()
	next := pace{chance: a.o.Chance}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		a.idle.Store(true)
		select {
		case <-ctx.Done():
			a.tell(daemon.SdNotifyStopping, "stopping")
			a.o.Log.Info("stopped")
			return nil
		case <-reload:
			a.idle.Store(false)
			a.reload(load)
			a.push.look()
		case <-a.push.told:
			timer.Reset(next.told(time.Now()))
		case <-timer.C:
			a.idle.Store(false)
			if err := a.once(ctx); err != nil {
				return err
			}
			a.push.look()
			timer.Reset(next.after(time.Now(), a.now.Load().config.Poll))
		}
	}
}

// once runs one pass of the service. A failure of the store ends the service,
// so that systemd starts it afresh; a failure of a server does not.
func (a *App) once(ctx context.Context) error {
	report, err := a.Pass(ctx, time.Now(), false)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return fmt.Errorf("the program's own records: %w", err)
	}
	a.tell("", statusLine(report, len(a.now.Load().config.Accounts))+a.push.status())
	return nil
}

// serve starts the web server and returns what stops it.
func (a *App) serve() (stop func(), err error) {
	l, err := net.Listen("tcp", a.o.Config.Listen)
	if err != nil {
		return nil, fmt.Errorf("listening on %s for the agenda pages: %w", a.o.Config.Listen, err)
	}
	s := web.Server(a.Handler(), a.o.Log)
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.o.Log.Error("the agenda pages are no longer served; restart the service", "err", err)
		}
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			s.Close()
		}
	}, nil
}

// reload replaces the configuration between two passes.
func (a *App) reload(load func() (*config.Config, error)) {
	a.tell(daemon.SdNotifyReloading, "reading the configuration")
	defer a.tell(daemon.SdNotifyReady, "the configuration was read")
	c, err := load()
	var next *running
	if err == nil {
		next, err = a.build(c)
	}
	if err != nil {
		a.o.Log.Error("the new configuration cannot be used; the old one stays in force", "err", err)
		return
	}
	old := a.now.Load().config
	if c.Store != old.Store || c.Listen != old.Listen {
		a.o.Log.Warn("store and listen are read at the start only; restart to change them")
	}
	next.engine = a.engineFor(next)
	a.now.Store(next)
	for _, acc := range old.Accounts {
		if next.logins[acc.Name] == nil {
			a.metrics.Remove(acc.Name)
		}
	}
	for _, acc := range c.Accounts {
		a.metrics.Add(acc.Name)
	}
	a.o.Log.Info("the configuration was read again", "accounts", len(c.Accounts))
}
