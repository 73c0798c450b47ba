package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"oneonone/internal/app"
	"oneonone/internal/config"
	"oneonone/internal/engine"
)

// undo puts moved meetings back.
func undo(ctx context.Context, c *call) error {
	var id int64
	if c.words[0] != "all" {
		n, err := strconv.ParseInt(c.words[0], 10, 64)
		if err != nil || n < 1 {
			return &usageError{
				fmt.Sprintf("%q is neither the number of a move nor \"all\"", c.words[0]), "\"oneonone log\" tells the numbers",
			}
		}
		id = n
	}
	return c.withApp(ctx, true, func(_ *config.Config, a *app.App) error {
		results, err := a.Engine().Undo(ctx, time.Now(), id)
		if errors.Is(err, engine.ErrNothingToUndo) && c.say.warned.Load() {
			return &failure{"nothing was put back, because not every calendar could be read", "try again when that is mended"}
		}
		if errors.Is(err, engine.ErrNothingToUndo) && id == 0 {
			return write(c.env.Stdout, "There is nothing to put back: no meeting that is still to come stands where oneonone moved it.\n")
		}
		if errors.Is(err, engine.ErrNothingToUndo) {
			return &failure{
				fmt.Sprintf("there is nothing to put back: %d is no move in the log whose meeting is still to come", id),
				"\"oneonone log\" tells the numbers",
			}
		}
		if told := c.tellUndone(results); told != nil && err == nil {
			return told
		}
		return err
	})
}

// tellUndone tells what became of each meeting.
func (c *call) tellUndone(results []engine.UndoResult) error {
	var zones []*time.Location
	for _, r := range results {
		zones = append(zones, r.Zone)
	}
	k := newClock(time.Now(), zones...)
	var p page
	failed := 0
	for _, r := range results {
		if r.Err != nil {
			failed++
			p.line("1:1 with %s, %s: left as it is: %v.", r.With, k.tell(r.From.Start, r.Zone), r.Err)
			continue
		}
		p.line("1:1 with %s: put back from %s to %s, and not moved again.", r.With, k.tell(r.From.Start, r.Zone), k.tell(r.To.Start, r.Zone))
	}
	if err := write(c.env.Stdout, p.String()); err != nil {
		return err
	}
	if failed > 0 {
		c.say.say("%d of %s could not be put back", failed, count(len(results), "meeting"))
		return errTold
	}
	return nil
}

// remove takes every mark of the program out of the calendars.
func remove(ctx context.Context, c *call) error {
	return c.withApp(ctx, true, func(cfg *config.Config, a *app.App) error {
		c.say.say("a running service puts its links back")
		c.say.hint("stop it first: systemctl stop oneonone")
		done, err := a.Engine().Remove(ctx, time.Now())
		if err != nil {
			return err
		}
		var p page
		p.line("Marks, lines and links were taken off %s. Moved meetings stay where they are.", count(done.Events, "event"))
		if done.Own > 0 {
			p.line("Suggestions and weekly events taken out: %d. Meetings that somebody has said yes to stay.", done.Own)
		}
		if cfg.Agenda.Kind == config.AgendaGoogle {
			p.line("Agendas in Google Docs stay where they are: they hold what people wrote.")
		}
		if err := write(c.env.Stdout, p.String()); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(done.Failed)) {
			c.say.say("account %q: %v", name, done.Failed[name])
		}
		if len(done.Failed) > 0 {
			c.say.hint("run \"oneonone remove\" again when that is mended; it takes off what is left")
			return errTold
		}
		return nil
	})
}
