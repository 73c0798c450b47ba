// Package demo shows the program at work: it invents five people with a week of
// trouble, serves their calendars on loopback, lets the program look after them
// as it would in earnest, tells what was wrong and what was done, and then
// answers whatever a person does with a real calendar client.
//
// The calendars are on calendartest.DAV and not on go-webdav's server, because
// that one offers no sync-collection and writes every object anew when it is
// read; or on calendartest.Google, which the program reaches without a network.
// Everything else is what `oneonone run` uses: a configuration file, the same
// App, the same engine. Nothing outlives Run.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"oneonone/internal/app"
	"oneonone/internal/web"
)

// Options say how the demonstration runs. Stdout is required.
type Options struct {
	Google bool         // on a Google Calendar instead of a CalDAV server
	Once   bool         // end after the first pass
	Stdout io.Writer    // where the story is told; in colours when it is a terminal
	Log    *slog.Logger // the program's own log; nil is silence
	// Listen is the address of the agenda pages and DAV that of the calendar
	// server, of whichever sort. When empty they are 127.0.0.1:8411 and 127.0.0.1:8412, or
	// any free port where those are taken.
	Listen, DAV string
	// Now is when the demonstration takes place; zero is the present. Its
	// week is the next one that begins at least two days later.
	Now time.Time
}

// The usual addresses, so that a client that was set up once goes on working.
const (
	usualListen = "127.0.0.1:8411"
	usualDAV    = "127.0.0.1:8412"
)

// Run shows the demonstration until ctx ends, or, with Once, until the first
// pass is over. An end by ctx is no error.
func Run(ctx context.Context, o Options) error {
	err := run(ctx, o)
	if ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		return nil
	}
	return err
}

// run does the wiring, which is one long line of steps that are undone in reverse.
func run(ctx context.Context, o Options) (err error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := newClock(o.Now)
	pages, err := listen(o.Listen, usualListen)
	if err != nil {
		return err
	}
	defer pages.Close()
	calendars, err := listen(o.DAV, usualDAV)
	if err != nil {
		return err
	}
	defer calendars.Close()
	dir, err := os.MkdirTemp("", "oneonone-demo-")
	if err != nil {
		return fmt.Errorf("making a directory for the time of the demonstration: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	week := newWeek(c.now())
	var on stage = newDAVStage(week)
	if o.Google {
		on = newGoogleStage(week, c.now)
	}
	defer serve(calendars, on, o.Log)()

	cfg, err := on.configuration(dir, calendars.Addr().String(), pages.Addr().String())
	if err != nil {
		return err
	}
	a, err := app.New(ctx, app.Options{Config: cfg, Credentials: dir, State: dir, Log: o.Log, Version: "demo", Transport: on.transport()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	defer serve(pages, a.Handler(), o.Log)()

	s := &show{
		out: newPrinter(o.Stdout), clock: c, week: week, stage: on,
		app: a, log: a.Store(), calendars: calendars.Addr().String(),
		failing: map[string]string{},
	}
	if err := s.firstPass(ctx); err != nil {
		return err
	}
	if o.Once {
		s.out.title("That was one pass. Without --once it goes on, and these addresses answer.")
		return nil
	}
	return s.live(ctx, cfg.Poll)
}

// listen opens the address asked for, or the usual one, or any free port when
// the usual one is taken.
func listen(asked, usual string) (net.Listener, error) {
	if asked != "" {
		l, err := net.Listen("tcp", asked)
		if err != nil {
			return nil, fmt.Errorf("cannot listen on %s; name another address: %w", asked, err)
		}
		return l, nil
	}
	if l, err := net.Listen("tcp", usual); err == nil {
		return l, nil
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

// grace is how long the requests under way may take at the end. A connection
// that a client opened in advance and never used would hold it up for longer.
const grace = 200 * time.Millisecond

// serve serves h on l until the function that it returns is called, which lets
// the requests under way end.
func serve(l net.Listener, h http.Handler, log *slog.Logger) (stop func()) {
	s := web.Server(h, log)
	over := make(chan struct{})
	go func() {
		defer close(over)
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the demonstration's server ended", "err", err)
		}
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		if s.Shutdown(ctx) != nil {
			s.Close() // a client that does not go is cut off
		}
		<-over
	}
}

// clock is the time in the demonstration: it goes as fast as the real one.
type clock struct{ began, shown time.Time }

func newClock(now time.Time) clock {
	c := clock{began: time.Now(), shown: now}
	if now.IsZero() {
		c.shown = c.began
	}
	return c
}

func (c clock) now() time.Time { return c.shown.Add(time.Since(c.began)) }
