// Package app puts the program together and keeps it running: it opens the
// store, signs in to the calendars, hands both to the engine, and serves the
// agenda pages. It decides nothing about meetings.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"oneonone/internal/config"
	"oneonone/internal/engine"
	"oneonone/internal/google"
	"oneonone/internal/store"
	"oneonone/internal/web"
)

// Options are what an App is made from. Config and Log are required.
type Options struct {
	Config      *config.Config
	Credentials string // directory of the credential files; "" when none was given
	State       string // directory that a relative store lies in
	Log         *slog.Logger
	Version     string
	Transport   http.RoundTripper // replaces the network, for tests; nil is the network
	Chance      func() float64    // in [0, 1): by how much polls vary; nil is math/rand/v2
	// Stored says that only the program's own records will be asked for: no
	// credential is read, and signing in would fail.
	Stored bool
}

// ConfigError is something the configuration asks for that cannot be had: a
// missing credential, or what this version cannot do. Restarting does not help.
type ConfigError struct {
	Problem string
	Hint    string // what to do; "" when the problem says it
}

func (e *ConfigError) Error() string { return e.Problem }

// App is the program with one configuration. Its methods are safe for
// concurrent use, but Run may be called once only.
type App struct {
	o       Options
	store   *store.DB
	metrics *web.Metrics
	// now is the running configuration; Reload replaces it between passes.
	now      atomic.Pointer[running]
	progress atomic.Int64 // steps the engine made, for the watchdog
	idle     atomic.Bool  // the loop waits for the next pass
	counted  int64        // the last action that the metrics have counted
	health   atomic.Pointer[string]
	push     *keeper
	projects google.Projects // of all clients that were ever made
}

// running is what a reload replaces.
type running struct {
	config *config.Config
	engine *engine.Engine
	logins map[string]*login
}

// New opens the store and builds the engine. It sends nothing yet. When a step
// fails, what was done before is undone. The error is a *ConfigError when the
// configuration is to blame.
func New(ctx context.Context, o Options) (*App, error) {
	a := &App{o: o, metrics: web.NewMetrics()}
	if a.push = newKeeper(a); a.o.Chance == nil {
		a.o.Chance = mathrand.Float64
	}
	r, err := a.build(o.Config)
	if err != nil {
		return nil, err
	}
	if a.store, err = store.Open(ctx, storePath(o)); err != nil {
		return nil, err
	}
	r.engine = a.engineFor(r)
	a.now.Store(r)
	for _, acc := range o.Config.Accounts {
		a.metrics.Add(acc.Name)
	}
	return a, nil
}

// storePath is the store's file, under the state directory when relative, or its URL.
func storePath(o Options) string {
	p := o.Config.Store
	if strings.HasPrefix(p, "postgres://") || strings.HasPrefix(p, "postgresql://") || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(o.State, p)
}

// Close closes the store. Nothing of the App may be used after it.
func (a *App) Close() error { return a.store.Close() }

// Engine returns the engine of the running configuration.
func (a *App) Engine() *engine.Engine { return a.now.Load().engine }

// Store returns the program's own records.
func (a *App) Store() *store.DB { return a.store }

// Handler returns the agenda pages, health and metrics, and takes what Google
// tells of changes.
func (a *App) Handler() http.Handler {
	return web.New(web.Options{Page: a.page, Press: a.press, Health: a.healthy, Channel: a.push.channel, Metrics: a.metrics, Log: a.o.Log})
}

// Once runs one pass over every account, also those that back off.
func (a *App) Once(ctx context.Context) (engine.Report, error) {
	return a.Pass(ctx, time.Now(), true)
}

// Pass runs one pass as of now and notes how it went. Accounts that back off
// are left out unless all is set.
func (a *App) Pass(ctx context.Context, now time.Time, all bool) (engine.Report, error) {
	began := time.Now()
	r := a.now.Load()
	report, err := r.engine.Pass(ctx, now, all)
	ended := time.Now()
	for _, acc := range r.config.Accounts {
		_, failed := report.Failed[acc.Name]
		a.metrics.Pass(acc.Name, ended.Sub(began), ended, failed || err != nil)
	}
	if report.Writes+report.Conflicts > 0 {
		a.count(ctx, now)
	}
	words := ""
	if err != nil && ctx.Err() == nil {
		words = err.Error()
	}
	a.health.Store(&words)
	return report, err
}

// count adds what a pass as of now did to the metrics. The
// action log tells; a log that cannot be read has been reported by the pass.
func (a *App) count(ctx context.Context, now time.Time) {
	actions, err := a.store.Actions(ctx, store.Filter{Since: now.Truncate(time.Second)})
	if err != nil {
		return
	}
	for _, act := range actions {
		if act.ID <= a.counted {
			continue
		}
		a.counted = act.ID
		switch act.State {
		case store.Done:
			a.metrics.Write(act.Account)
			if act.Kind == store.Move {
				a.metrics.Move(act.Account)
			}
		case store.Dropped:
			a.metrics.Conflict(act.Account)
		}
	}
}

// healthy is what /healthz asks: the last pass got through. An account whose
// server is down does not make the program unwell.
func (a *App) healthy() error {
	words := a.health.Load()
	switch {
	case words == nil:
		return errors.New("the first pass is not over yet")
	case *words != "":
		return errors.New(*words)
	}
	return nil
}

// engineFor builds the engine of a configuration on the App's store.
func (a *App) engineFor(r *running) *engine.Engine {
	o := engineOptions(r)
	o.Store, o.Log, o.Random = a.store, a.o.Log, rand.Reader
	o.Progress = func() { a.progress.Add(1) }
	return engine.New(o)
}
