package engine

import (
	"context"
	"reflect"
	"slices"
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
	"oneonone/internal/store"
)

// ours returns the hrefs of those changed resources in which nobody but the
// program has changed anything. A server that delivers brings what the program
// writes into the guest's copy, and where occurrences are resources of their own
// a write to one changes its series too: if that passed for somebody at work on
// the event, the program would wait for itself (R13).
func (e *Engine) ours(ctx context.Context, a *Account, c store.CalendarState, changed []calendar.Resource) ([]string, error) {
	if c.LoadedAt.IsZero() || len(changed) == 0 {
		return nil, nil
	}
	zone, err := e.zoneOfAccount(ctx, a)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, r := range changed {
		stored, _, err := e.o.Store.Resource(ctx, a.Name, c.ID, r.Href)
		if err != nil {
			return nil, err
		}
		now, err := a.Provider.Parse(r, zone)
		if err != nil || len(now) == 0 {
			continue
		}
		before, _ := a.Provider.Parse(stored.Resource, zone) // nothing when it is new
		theirs := func(ev calendar.Event) bool { return !isOurs(component(before, ev.Original), ev) }
		if len(before) <= len(now) && !slices.ContainsFunc(now, theirs) {
			out = append(out, r.Href)
		}
	}
	return out, nil
}

// isOurs reports whether what became of old, nil for nothing, is the program's
// work: it was moved there, or differs in what is kept up only.
func isOurs(old *calendar.Event, now calendar.Event) bool {
	if m := now.Mark; m != nil && m.To.Equal(now.Span()) && (old == nil || old.Mark == nil || *old.Mark != *m) {
		return true
	}
	return old != nil && reflect.DeepEqual(peoples(*old), peoples(now))
}

// peoples is ev without what the program keeps up on it and what a server
// changes with any write.
func peoples(ev calendar.Event) calendar.Event {
	ev.Description, _, _ = agenda.SplitBlock(ev.Description, ev.HTML)
	ev.ETag, ev.Updated, ev.Sequence, ev.Mark, ev.AgendaLink = "", time.Time{}, 0, nil, ""
	return ev
}
