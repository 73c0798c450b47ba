package engine

import "oneonone/internal/reschedule"

func (e *Engine) logPlan(plan reschedule.Plan) {
	counts := map[reschedule.Outcome]int{}
	for _, d := range plan.Decisions {
		counts[d.Outcome]++
	}
	e.o.Log.Debug("planned", "meetings", len(plan.Decisions), "moves", counts[reschedule.Move],
		"suggestions", counts[reschedule.Suggest], "stuck", counts[reschedule.Stuck], "waiting", counts[reschedule.Wait])
}
