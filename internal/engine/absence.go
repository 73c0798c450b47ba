package engine

import (
	"slices"

	"oneonone/internal/cadence"
	"oneonone/internal/reschedule"
	"oneonone/internal/span"
)

// away returns when the person with key is out of office, from the beginning of
// the window on (R5). Absences that touch are one.
func (e *Engine) away(w *world, key string) span.Set {
	if set, known := w.absent[key]; known {
		return set
	}
	var spans []span.Span
	if m := w.byKey[key]; m != nil {
		for _, s := range m.series {
			for i := range s.occurrences {
				if kind, blocks := e.blockKind(m, &s.occurrences[i]); blocks && kind == reschedule.Away {
					spans = append(spans, s.occurrences[i].Span())
				}
			}
		}
	}
	set := span.NewSet(spans...)
	w.absent[key] = set
	return set
}

// absence returns the absence of one of the two that the meeting falls into.
func (e *Engine) absence(w *world, mt reschedule.Meeting) (span.Span, bool) {
	for _, key := range mt.People {
		for _, a := range e.away(w, key) {
			if a.Overlaps(mt.Span) {
				return a, true
			}
		}
	}
	return span.Span{}, false
}

// absences lists the meetings of the pair that nobody can come to because one of the
// two is away: those to come that stay where they are, and past ones, which did not take place.
func (e *Engine) absences(w *world, pair string, plan reschedule.Plan) []cadence.Absence {
	leaves := map[meetingKey]bool{}
	for _, d := range plan.Decisions {
		if mt := w.facts.Meetings[d.Meeting]; mt.Pair == pair && (d.Outcome == reschedule.Move || d.Outcome == reschedule.Suggest || d.Outcome == reschedule.Wait) {
			leaves[keyOf(mt.UID, mt.Original)] = true
		}
	}
	var out []cadence.Absence
	for _, mt := range w.every {
		if mt.Pair != pair || leaves[keyOf(mt.UID, mt.Original)] {
			continue
		}
		if at, ok := e.absence(w, mt); ok {
			out = append(out, cadence.Absence{Meeting: cadence.Meeting{UID: mt.UID, Original: mt.Original, Span: mt.Span}, Away: at})
		}
	}
	slices.SortFunc(out, func(a, b cadence.Absence) int { return a.Span.Start.Compare(b.Span.Start) })
	return out
}
