package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"oneonone/internal/config"
	"oneonone/internal/store"
)

// showLog tells what was suggested and done, when and why. It asks no server.
func showLog(ctx context.Context, c *call) error {
	return c.withStore(ctx, func(cfg *config.Config, db *store.DB) error {
		rows, err := db.Actions(ctx, store.Filter{})
		if err != nil {
			return err
		}
		asked, err := db.Suggestions(ctx, time.Time{})
		if err != nil {
			return err
		}
		if c.opts.json {
			return writeJSON(c.env.Stdout, logReport(rows, asked, cfg.Moves.Notice))
		}
		return write(c.env.Stdout, logText(time.Now(), rows, asked))
	})
}

// logReport is what log --json prints: every action and every suggestion, by the time at
// which it began.
func logReport(rows []store.Action, asked []store.Suggestion, notice time.Duration) []any {
	type entry struct {
		at time.Time
		v  any
	}
	var all []entry
	for _, x := range asked {
		all = append(all, entry{x.AskedAt, suggestionOf(x, notice)})
	}
	for _, a := range rows {
		all = append(all, entry{a.PlannedAt, actionOf(a)})
	}
	slices.SortStableFunc(all, func(a, b entry) int { return a.at.Compare(b.at) })
	out := make([]any, len(all))
	for i, e := range all {
		out[i] = e.v
	}
	return out
}

// logged is one line of the log.
type logged struct {
	at    time.Time
	order int // of what happened at the same instant: asked, answered, done
	cells []string
}

// logText tells the log to a person, the newest last. What was only upkeep,
// links and lines on events, is counted; what was done to the events of suggestions is told
// by the suggestions themselves.
func logText(now time.Time, rows []store.Action, asked []store.Suggestion) string {
	var zones []*time.Location
	upkeep := 0
	rows = slices.DeleteFunc(slices.Clone(rows), func(a store.Action) bool {
		if !aboutMeeting(a) && a.State == store.Done && a.Because != "suggestion" {
			upkeep++
		}
		return !aboutMeeting(a)
	})
	for _, a := range rows {
		zones = append(zones, zoneNamed(a.Zone))
	}
	for _, x := range asked {
		zones = append(zones, zoneNamed(x.Zone))
	}
	clock := newClock(now, zones...)
	var all []logged
	for _, x := range asked {
		for i, h := range story(x) {
			all = append(all, logged{h.at, i, []string{
				numbered(x), clock.tell(h.at, zoneNamed(x.Zone)), x.Account + " with " + x.With, h.what + ": " + proposes(clock, x), h.why,
			}})
		}
	}
	for _, a := range rows {
		at := a.DoneAt
		if at.IsZero() {
			at = a.PlannedAt
		}
		all = append(all, logged{at, 9, []string{
			fmt.Sprint(a.ID), clock.tell(at, zoneNamed(a.Zone)), a.Account + " with " + a.With, wasDone(clock, a), wasDoneWhy(a),
		}})
	}
	slices.SortStableFunc(all, func(a, b logged) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.order, b.order)) })
	var p page
	if len(all) == 0 {
		p.line("No meeting has been touched so far.")
	} else {
		if text := clock.about(); text != "" {
			p.line("%s", text)
			p.gap()
		}
		var table [][]string
		for _, l := range all {
			table = append(table, l.cells)
		}
		p.table([]string{"ID", "WHEN", "WHOSE", "WHAT", "WHY"}, table)
	}
	if upkeep > 0 {
		p.gap()
		p.line("Beside that, links and lines on events were written %s; \"oneonone log --json\" lists them.", times(upkeep))
	}
	return p.String()
}

// aboutMeeting reports whether an action made, moved or ended meetings of people.
func aboutMeeting(a store.Action) bool {
	switch a.Kind {
	case store.Move, store.Heal, store.Undo, store.End:
		return true
	case store.Make:
		return a.Because == "agreed"
	case store.Retract:
		return a.Because != "suggestion" && a.With != ""
	}
	return false
}

// wasDone tells what an action was, in the tense of its state.
func wasDone(k clock, a store.Action) string {
	z := zoneNamed(a.Zone)
	to := ""
	if !a.To.Start.IsZero() {
		to = k.tell(a.To.Start, z)
	}
	switch a.Kind {
	case store.Make:
		if to == "" {
			return tense(a, "series begun", "series is being begun", "series was not begun")
		}
		return tense(a, "meeting made", "meeting is being made", "meeting was not made") + ", " + to
	case store.End:
		return tense(a, "series ended", "series is being ended", "series was not ended") + " before " + to
	case store.Retract:
		text := tense(a, "taken out of the old series", "is being taken out of the old series", "was not taken out of the old series")
		if a.Original.IsZero() {
			return tense(a, "series not begun after all", "series is being taken back", "series was not taken back")
		}
		return text + ": " + k.tell(a.Original, z)
	}
	verb := ""
	switch a.Kind {
	case store.Heal:
		verb = tense(a, "own copy moved", "own copy is being moved", "own copy was not moved")
	case store.Undo:
		verb = tense(a, "put back", "is being put back", "was not put back")
	default:
		verb = tense(a, "moved", "is being moved", "was not moved")
	}
	text := fmt.Sprintf("%s from %s to %s", verb, k.tell(a.From.Start, z), to)
	if d := a.To.Duration(); d != a.From.Duration() {
		text += fmt.Sprintf(", %s long", length(d))
	}
	return text
}

// tense chooses the words for the state of an action.
func tense(a store.Action, done, doing, not string) string {
	switch a.State {
	case store.Done:
		return done
	case store.Doing:
		return doing
	}
	return not
}

// wasDoneWhy tells the reason, and what went wrong.
func wasDoneWhy(a store.Action) string {
	if a.Error == "" {
		return a.Reason
	}
	return strings.TrimSpace(a.Reason + " " + sentence(a.Error))
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
