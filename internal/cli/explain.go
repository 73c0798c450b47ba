package cli

import (
	"context"
	"strings"
	"time"

	"oneonone/internal/app"
	"oneonone/internal/calendar"
	"oneonone/internal/config"
	"oneonone/internal/engine"
	"oneonone/internal/reschedule"
)

// explain tells everything that the program thinks about the events with one
// person. It changes nothing but the service's own copy of the calendars, if there is one.
func explain(ctx context.Context, c *call) error {
	address := calendar.Address(c.words[0])
	if !strings.Contains(address, "@") {
		return &usageError{"explain needs the address of a person, such as bob@example.org", ""}
	}
	return c.withApp(ctx, false, func(_ *config.Config, a *app.App) error {
		x, err := a.Engine().Explain(ctx, time.Now(), address)
		if err != nil {
			return err
		}
		if err := write(c.env.Stdout, explainText(time.Now(), x)); err != nil || !c.say.warned.Load() {
			return err
		}
		return errTold // what was told may be out of date
	})
}

func explainText(now time.Time, x engine.Explanation) string {
	var p page
	name := x.Name
	if name != x.Key {
		name += " <" + x.Key + ">"
	}
	switch {
	case len(x.Events) == 0 && !x.Served:
		p.line("No event names %s. If that is wrong: is it spelt as on the event, and are all addresses of the person in the configuration?", x.Key)
	case x.Behind:
		p.line("%s has an account here; its calendars could not be read just now.", name)
	case x.Served:
		p.line("%s has an account here.", name)
	default:
		p.line("%s has no account here: only working hours are known, so moves are suggested and not made.", name)
	}
	if len(x.Events) == 0 && x.Served {
		p.line("No event names this address.")
	}
	for _, ev := range x.Events {
		p.gap()
		explainEvent(&p, now, ev)
	}
	passedOver(&p, x.Skipped)
	return p.String()
}

func explainEvent(p *page, now time.Time, ev engine.ExplainedEvent) {
	zones := []*time.Location{ev.Start.Location()}
	for _, it := range ev.Items {
		zones = append(zones, it.Zone)
	}
	k := newClock(now, zones...)
	p.line("%s (account %s, calendar %q)", ev.Title, ev.Account, ev.Calendar)
	switch {
	case !ev.OneOnOne:
		p.line("  is not a 1:1: %s", ended(ev.Why))
	case ev.Why != "":
		p.line("  is a 1:1, but nothing is moved here: %s.", strings.TrimSuffix(ev.Why, "."))
	default:
		p.line("  is a 1:1 and is looked after.")
	}
	if ev.Start.After(now) {
		p.line("  Next: %s. %s", k.tell(ev.Start, ev.Start.Location()), k.about())
	}
	for _, problem := range ev.Problems {
		p.line("  Passed over: %s", problem)
	}
	for _, it := range ev.Items {
		explainItem(p, k, it)
	}
}

// explainItem tells what is wrong with one occurrence, which slots were
// considered, and what is next.
func explainItem(p *page, k clock, it engine.Item) {
	d := it.Decision
	if d.Outcome == reschedule.Fine {
		text := "nothing is in its way"
		if d.Because != "" {
			text = d.Because
		}
		p.line("  %s: %s.", k.tell(it.Span.Start, it.Zone), text)
		return
	}
	p.line("  %s: %s", k.tell(it.Span.Start, it.Zone), d.Reason)
	for _, tried := range d.Tried {
		p.line("      slots %s", tried)
	}
	next := happens(k, it)
	if d.Outcome == reschedule.Suggest {
		next = "suggested, once a person says yes: " + next
	}
	p.line("      next: %s. %s", next, why(it))
}
