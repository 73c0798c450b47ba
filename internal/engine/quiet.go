package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// planEvery is how long a plan may stand while no calendar changes. Time alone
// lets meetings come into the horizon and budgets come back; that may wait for
// so long. What must not, a conflict that settles (R13) and a meeting that ends,
// is asked for by the minute.
const planEvery = 15 * time.Minute

// quiet is the last plan that left nothing to do. While the calendars are as
// they were and its time has not come, a pass has nothing to decide.
type quiet struct {
	print string // of the calendars it was made from
	until time.Time
	look  Look
}

// still reports whether the plan still stands, as of now, for calendars with
// the given print. A clock that was set back ends it too.
func (q *quiet) still(now time.Time, print string) bool {
	return q != nil && q.print == print && now.Before(q.until) && !now.Before(q.look.Now)
}

// quietAfter returns the plan of a pass that had nothing to do, nil of any other.
func quietAfter(r *Report, print string) *quiet {
	if r.Writes > 0 || r.Conflicts > 0 || len(r.Failed) > 0 {
		return nil
	}
	q := &quiet{print: print, until: r.Plan.Now.Add(planEvery), look: r.Plan}
	sooner := func(t time.Time) {
		if t.After(r.Plan.Now) && t.Before(q.until) {
			q.until = t
		}
	}
	for _, it := range r.Plan.Items {
		sooner(it.Decision.Again)
		sooner(it.Span.Start)
		sooner(it.Span.End)
	}
	return q
}

// print is another text whenever the calendars, or which of them could be read
// just now, are not what they were.
func (e *Engine) print(ctx context.Context, now time.Time) (string, error) {
	var b strings.Builder
	for i := range e.o.Accounts {
		a := &e.o.Accounts[i]
		cals, err := e.o.Store.Calendars(ctx, a.Name)
		if err != nil {
			return "", err
		}
		h := e.health[a.Name]
		fmt.Fprintf(&b, "%q %t %q %s\n", a.Name, h.fresh, slices.Sorted(maps.Keys(h.lost)), printOf(cals, homeZone(a, cals), e.window(now)))
	}
	return b.String() + e.busyPrint(now), nil
}
