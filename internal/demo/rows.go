package demo

import (
	"fmt"
	"strings"
	"time"

	"oneonone/internal/engine"
	"oneonone/internal/reschedule"
	"oneonone/internal/span"
)

// row is a line of the table of what was wrong and what was done.
type row struct {
	with, planned, wrong, done string
	fine                       bool
}

// rows tells the plan for the week's 1:1s.
func (w *week) rows(look engine.Look) []row {
	var out []row
	for _, it := range look.Items {
		if !w.span().Overlaps(it.Span) {
			continue
		}
		length := fmt.Sprintf(", %d min", int(it.Span.Duration().Minutes()))
		out = append(out, row{
			with: it.With, planned: w.short(it.Span.Start) + length,
			wrong: w.wrong(it, look.Items), done: w.done(it, look.Items),
			fine: len(it.Decision.Conflicts) == 0,
		})
	}
	return out
}

// span is the week from Monday to Friday.
func (w *week) span() span.Span { return span.Span{Start: w.monday, End: w.monday.AddDate(0, 0, 5)} }

func (w *week) short(t time.Time) string { return t.In(w.zones[vienna]).Format("Mon 15:04") }

// wrong tells the conflicts of one meeting.
func (w *week) wrong(it engine.Item, all []engine.Item) string {
	var parts []string
	for _, c := range it.Decision.Conflicts {
		name := called(strings.TrimSuffix(c.Person, domain))
		switch {
		case c.Kind == reschedule.HasDeclined:
			return name + " declined it"
		case c.Kind == reschedule.IsAway:
			parts = append(parts, name+" is on vacation")
		case c.Other >= 0:
			parts = append(parts, "on top of the 1:1 with "+other(it, all))
		default:
			parts = append(parts, fmt.Sprintf("%s has a meeting %s-%s", name, w.clock(c.With.Start), w.clock(c.With.End)))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}

func (w *week) clock(t time.Time) string { return t.In(w.zones[vienna]).Format("15:04") }

// other names the other person of the 1:1 that it is on top of; "" for none.
func other(it engine.Item, all []engine.Item) string {
	for _, c := range it.Decision.Conflicts {
		for _, x := range all {
			if x.Decision.Meeting == c.Other {
				return x.With
			}
		}
	}
	return ""
}

// done tells what became of one meeting, and why that.
func (w *week) done(it engine.Item, all []engine.Item) string {
	d := it.Decision
	switch d.Outcome {
	case reschedule.Move:
		words := "moved to " + w.short(d.To.Start)
		if d.To.Duration() < it.Span.Duration() {
			return words + fmt.Sprintf(", %d min: there is no longer gap, and short is better than none", int(d.To.Duration().Minutes()))
		}
		return words + ", " + rungs[d.Rung]
	case reschedule.Suggest:
		return "could move to " + w.short(d.To.Start) + ", but " + d.Because
	case reschedule.Stuck:
		return "stays: " + d.Reason
	case reschedule.Wait:
		return "waits: " + d.Because
	case reschedule.Leave:
		return "stays: " + d.Because
	}
	if name := other(it, all); name != "" {
		return "stays: it is enough to move " + name + "'s"
	}
	return "nothing"
}

// rungs says why a slot was taken, by the rung of R11.
var rungs = map[int]string{
	1: "the nearest free time",
	2: "the nearest free time, without a break around it",
	3: "the nearest time over focus time or something unanswered",
}
