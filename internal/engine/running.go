package engine

import (
	"time"

	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// noteBegun makes mt the meeting that the two of an agenda can call done (R20) if
// it has begun at now, and later than the one that is noted so far.
func noteBegun(a *store.Agenda, mt reschedule.Meeting, now time.Time) {
	start := mt.Span.Start
	if start.After(now) || !start.After(a.CurrentStart) {
		return
	}
	a.CurrentUID, a.CurrentOriginal = mt.UID, mt.Original
	a.CurrentStart, a.CurrentEnd = start, mt.Span.End
}
