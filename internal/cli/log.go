package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"oneonone/internal/config"
	"oneonone/internal/store"
)

// showLog tells what was done, when and why. It asks no server.
func showLog(ctx context.Context, c *call) error {
	return c.withStore(ctx, func(_ *config.Config, db *store.DB) error {
		rows, err := db.Actions(ctx, store.Filter{})
		if err != nil {
			return err
		}
		if c.opts.json {
			return writeJSON(c.env.Stdout, actionsOf(rows))
		}
		return write(c.env.Stdout, logText(time.Now(), rows))
	})
}

// logText tells the log to a person, the newest last. What was only upkeep,
// links and lines on events, is counted.
func logText(now time.Time, rows []store.Action) string {
	var zones []*time.Location
	for _, a := range rows {
		if aboutMeeting(a.Kind) {
			zones = append(zones, zoneNamed(a.Zone))
		}
	}
	clock := newClock(now, zones...)
	var table [][]string
	upkeep := 0
	for _, a := range rows {
		if !aboutMeeting(a.Kind) {
			if a.State == store.Done {
				upkeep++
			}
			continue
		}
		at := a.DoneAt
		if at.IsZero() {
			at = a.PlannedAt
		}
		table = append(table, []string{
			fmt.Sprint(a.ID), clock.tell(at, zoneNamed(a.Zone)), a.Account + " with " + a.With, wasDone(clock, a), wasDoneWhy(a),
		})
	}
	var p page
	if len(table) == 0 {
		p.line("No meeting has been touched so far.")
	} else {
		if text := clock.about(); text != "" {
			p.line("%s", text)
			p.gap()
		}
		p.table([]string{"ID", "WHEN", "WHOSE", "WHAT", "WHY"}, table)
	}
	if upkeep > 0 {
		p.gap()
		p.line("Beside that, links and lines on events were written %s; \"oneonone log --json\" lists them.", times(upkeep))
	}
	return p.String()
}

// aboutMeeting reports whether an action gave a meeting another time.
func aboutMeeting(k store.Kind) bool {
	return k == store.Move || k == store.Heal || k == store.Undo
}

// wasDone tells what an action was, in the tense of its state.
func wasDone(k clock, a store.Action) string {
	verbs := map[store.Kind][4]string{
		store.Move: {"moved", "would move", "is being moved", "was not moved"},
		store.Heal: {"own copy moved", "", "own copy is being moved", "own copy was not moved"},
		store.Undo: {"put back", "", "is being put back", "was not put back"},
	}[a.Kind]
	verb := map[store.State]string{
		store.Done: verbs[0], store.Suggested: verbs[1], store.Doing: verbs[2], store.Dropped: verbs[3], store.Failed: verbs[3],
	}[a.State]
	if a.State == store.Dropped && a.Attempts == 0 {
		verb = "suggested to move"
	}
	z := zoneNamed(a.Zone)
	text := fmt.Sprintf("%s from %s to %s", verb, k.tell(a.From.Start, z), k.tell(a.To.Start, z))
	if d := a.To.Duration(); d != a.From.Duration() {
		text += fmt.Sprintf(", %s long", length(d))
	}
	return text
}

// wasDoneWhy tells the reason, and what stood in the way.
func wasDoneWhy(a store.Action) string {
	parts := []string{a.Reason}
	if a.State == store.Suggested && a.Because != "" {
		parts = append(parts, "Waits for a yes: "+a.Because+".")
	}
	if a.Error != "" {
		parts = append(parts, sentence(a.Error))
	}
	return strings.Join(parts, " ")
}

// times tells how often.
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}
