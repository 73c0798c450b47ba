package cli

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"

	"oneonone/internal/app"
	"oneonone/internal/config"
	"oneonone/internal/engine"
)

// run is the service, or with --once a single pass.
func run(ctx context.Context, c *call) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	a, err := c.open(ctx, cfg, true, c.serviceLog(cfg.Log))
	if err != nil {
		return err
	}
	defer a.Close() // every change has been committed by itself; there is nothing to lose
	if c.opts.once {
		return c.once(ctx, cfg, a)
	}
	err = a.Run(ctx, c.reloads(ctx), c.load)
	if ctx.Err() != nil {
		return nil // it was asked to end, and what was under way has been finished
	}
	return err
}

// reloads says when the configuration is to be read again, until ctx ends.
// Signals that come while one is being served are one.
func (c *call) reloads(ctx context.Context) <-chan struct{} {
	signals, reload := c.env.Reload(), make(chan struct{})
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-signals:
			}
			select {
			case <-ctx.Done():
				return
			case reload <- struct{}{}:
			}
		}
	}()
	return reload
}

// once runs one pass and tells in one line for each account how it went.
func (c *call) once(ctx context.Context, cfg *config.Config, a *app.App) error {
	r, err := a.Once(ctx)
	if err != nil {
		return err
	}
	if err := write(c.env.Stdout, onceText(cfg, r)); err != nil {
		return err
	}
	if len(r.Failed) > 0 {
		for _, name := range slices.Sorted(maps.Keys(r.Failed)) {
			c.say.say("account %q: %v", name, r.Failed[name])
		}
		return errTold
	}
	return nil
}

func onceText(cfg *config.Config, r engine.Report) string {
	changes, moves := map[string]int{}, map[string]int{}
	for _, d := range r.Done {
		changes[d.Account]++
		if d.Move {
			moves[d.Account]++
		}
	}
	var p page
	for _, acc := range cfg.Accounts {
		state := "done"
		if r.Failed[acc.Name] != nil {
			state = "failed"
		}
		p.line("%s: %s, %s, %s moved", acc.Name, state, count(changes[acc.Name], "change"), count(moves[acc.Name], "meeting"))
	}
	return p.String()
}

// serviceLog is the log of the service. The journal knows the time itself.
func (c *call) serviceLog(l config.Log) *slog.Logger {
	o := &slog.HandlerOptions{Level: l.Level}
	if c.env.Getenv("JOURNAL_STREAM") != "" {
		o.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}
	}
	if l.Format == config.LogJSON {
		return slog.New(slog.NewJSONHandler(c.env.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(c.env.Stderr, o))
}

// programVersion is the version that the program was built from.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "unreleased"
	}
	return info.Main.Version
}

func version(_ context.Context, c *call) error {
	return write(c.env.Stdout, fmt.Sprintf("oneonone %s\n", programVersion()))
}
