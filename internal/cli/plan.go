package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"oneonone/internal/app"
	"oneonone/internal/cadence"
	"oneonone/internal/config"
	"oneonone/internal/engine"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// plan shows what would be done now. It changes nothing but the service's own
// copy of the calendars, if there is one.
func plan(ctx context.Context, c *call) error {
	return c.withApp(ctx, false, func(cfg *config.Config, a *app.App) error {
		look, err := a.Engine().Look(ctx, time.Now())
		if err != nil {
			return err
		}
		if c.opts.json {
			err = writeJSON(c.env.Stdout, planReport(string(cfg.Mode), look))
		} else {
			err = write(c.env.Stdout, planText(cfg.Moves.Horizon, string(cfg.Mode), look))
		}
		if err == nil && len(look.Behind) > 0 {
			return errTold // a plan that does not know every calendar is none to rely on
		}
		return err
	})
}

// sections are the parts of the plan, by what becomes of the meetings.
var sections = []struct {
	outcome     reschedule.Outcome
	title, does string
}{
	{reschedule.Move, "Would be moved:", "WHAT WOULD BE DONE"},
	{reschedule.Suggest, "Would be suggested, because a person has to say yes:", "WHAT WOULD BE SUGGESTED"},
	{reschedule.Stuck, "No other time was found; tried again whenever a calendar changes:", "WHAT HAPPENS"},
	{reschedule.Wait, "Waiting until the calendars have been quiet for a while:", "WHAT HAPPENS"},
	{reschedule.Leave, "Left as they are:", "WHAT HAPPENS"},
}

// planText tells a plan to a person.
func planText(horizon time.Duration, mode string, l engine.Look) string {
	var p page
	troubled := 0
	var zones []*time.Location
	for _, it := range l.Items {
		if it.Decision.Outcome != reschedule.Fine {
			troubled++
			zones = append(zones, it.Zone)
		}
	}
	for _, x := range slices.Concat(l.Suggest, l.Agreed) {
		zones = append(zones, zoneNamed(x.Zone))
	}
	clock := newClock(l.Now, zones...)
	if len(l.Items) == 0 {
		p.line("No 1:1 meeting was found within %s. \"oneonone explain ADDRESS\" tells why an event is none.", length(horizon))
	} else {
		p.line("%s looked at, within %s: %s.", count(len(l.Items), "1:1 meeting"), length(horizon), trouble(troubled))
	}
	would := troubled+len(l.Suggest)+len(l.Agreed) > 0
	if would {
		p.line("Nothing was changed. %s", clock.about())
	}
	switch {
	case would && mode == string(config.Ask):
		p.line("Mode is ask, so nothing is moved without a person's yes.")
	case would && mode == string(config.Observe):
		p.line("Mode is observe, so the service would only log this.")
	}
	for _, s := range sections {
		var rows [][]string
		for _, it := range l.Items {
			if it.Decision.Outcome == s.outcome {
				rows = append(rows, planRow(clock, l, it))
			}
		}
		if len(rows) > 0 {
			p.gap()
			p.line("%s", s.title)
			p.table([]string{"WHEN", "WITH", "WHAT IS WRONG", s.does, "WHY"}, rows)
		}
	}
	ahead(&p, clock, l)
	passedOver(&p, l.Skipped)
	behind(&p, l.Behind)
	return p.String()
}

// ahead tells what was agreed and not done yet, and what would be suggested beside
// the moves that the plan tells already.
func ahead(p *page, k clock, l engine.Look) {
	rows := func(all []store.Suggestion, moves bool) (out [][]string) {
		for _, x := range all {
			if moves || cadence.Kind(x.Kind) != cadence.Move {
				out = append(out, []string{x.Account + " with " + x.With, proposes(k, x), x.Reason})
			}
		}
		return out
	}
	if agreed := rows(l.Agreed, true); len(agreed) > 0 {
		p.gap()
		p.line("Would be done, because somebody has said yes:")
		p.table([]string{"WHOSE", "WHAT", "WHY"}, agreed)
	}
	if suggest := rows(l.Suggest, false); len(suggest) > 0 {
		p.gap()
		p.line("Would be suggested, beside moves:")
		p.table([]string{"WHOSE", "WHAT", "WHY"}, suggest)
	}
}

func trouble(n int) string {
	if n == 0 {
		return "nothing is in their way"
	}
	return fmt.Sprintf("%d cannot take place as planned", n)
}

func planRow(k clock, l engine.Look, it engine.Item) []string {
	text := why(it)
	if it.Decision.Outcome == reschedule.Suggest {
		text += " " + whetherAsked(k, l, it)
	}
	return []string{k.tell(it.Span.Start, it.Zone), it.Account + " with " + it.With, it.Decision.Reason, happens(k, it), strings.TrimSpace(text)}
}

// whetherAsked tells whether somebody is asked about a move.
func whetherAsked(k clock, l engine.Look, it engine.Item) string {
	about := func(x store.Suggestion) bool {
		return cadence.Kind(x.Kind) == cadence.Move && x.UID == it.UID && x.Original.Equal(it.Original)
	}
	switch {
	case slices.ContainsFunc(l.Suggest, about):
		return ""
	case slices.ContainsFunc(l.Agreed, about):
		return "Somebody has said yes."
	case it.Asked == nil:
		return "Asked later: there is one suggestion at a time for each pair."
	}
	switch x := *it.Asked; cadence.State(x.State) {
	case cadence.Wanted, cadence.Open, cadence.Accepted:
		return "Asked since " + k.tell(x.AskedAt, zoneNamed(x.Zone)) + "."
	default:
		return "Not asked again now: " + became(k, x) + "."
	}
}

// happens tells what becomes of a meeting.
func happens(k clock, it engine.Item) string {
	d := it.Decision
	switch d.Outcome {
	case reschedule.Move, reschedule.Suggest:
		text := "move to " + k.tell(d.To.Start, it.Zone)
		if is := d.To.Duration(); is < it.Span.Duration() {
			text += fmt.Sprintf(", %s long", length(is))
		}
		return text
	case reschedule.Wait:
		return "looked at again at " + k.tell(d.Again, it.Zone)
	case reschedule.Stuck:
		return "stays, and the event says so"
	case reschedule.Leave:
		return "stays"
	}
	return ""
}

// rungs are the reasons for a slot, by the rungs of R11.
var rungs = map[int]string{
	1: "The nearest time that suits both.",
	2: "The nearest time that suits both, without breathing room.",
	3: "The nearest time, over focus time or an unanswered invitation; nothing else is free.",
	4: "Shorter, because there is no longer gap; better than not at all.",
}

// why tells why that is what becomes of it.
func why(it engine.Item) string {
	d := it.Decision
	var parts []string
	if d.Outcome == reschedule.Move || d.Outcome == reschedule.Suggest {
		parts = append(parts, rungs[d.Rung])
	}
	if d.Note != "" {
		parts = append(parts, d.Note)
	}
	if d.Because != "" {
		parts = append(parts, sentence(d.Because))
	}
	return strings.Join(parts, " ")
}

// sentence makes one of what follows "because".
func sentence(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	return ended(string(unicode.ToUpper(first)) + s[n:])
}

// ended returns s with a full stop, unless it ends as a sentence already.
func ended(s string) string {
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// passedOver tells which resources could not be read, and why.
func passedOver(p *page, skipped []engine.Skipped) {
	if len(skipped) == 0 {
		return
	}
	p.gap()
	p.line("Passed over; everything else is looked after:")
	var rows [][]string
	for _, s := range skipped {
		rows = append(rows, []string{s.Account, s.Href, s.Reason})
	}
	p.table([]string{"ACCOUNT", "EVENT", "WHY"}, rows)
}

// behind tells whose calendars are out of date.
func behind(p *page, accounts []string) {
	if len(accounts) == 0 {
		return
	}
	p.gap()
	p.line("Could not be read just now: %s. Nothing is moved without asking where their time matters.", strings.Join(accounts, ", "))
}
