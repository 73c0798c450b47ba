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
	case len(x.Events) == 0 && len(x.Outlook) > 0 && !x.Served:
		p.line("No event names %s so far.", name)
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
	for _, o := range x.Outlook {
		p.gap()
		explainRhythm(&p, now, o)
	}
	passedOver(&p, x.Skipped)
	return p.String()
}

// lately is how many measured meetings are told.
const lately = 8

// explainRhythm tells how long the meetings of a pair took, how the rules on
// rhythm stand, and what was suggested so far.
func explainRhythm(p *page, now time.Time, o engine.Outlook) {
	k := newClock(now, o.Zone)
	p.line("%s with %s: rhythm and suggestions. %s", o.Account, o.With, k.about())
	for _, l := range o.Rules.Measured[max(0, len(o.Rules.Measured)-lately):] {
		p.line("  %s took %s (%s).", k.tell(l.Start, o.Zone), length(l.Length), l.Source.Words())
	}
	for _, text := range o.Rules.Lines {
		p.line("  %s", text)
	}
	if len(o.Past) == 0 {
		p.line("  Nothing has been suggested so far.")
	}
	for _, s := range o.Past {
		p.line("  Suggested %s (%s): %s: %s.", k.tell(s.AskedAt, zoneNamed(s.Zone)), numbered(s), proposes(k, s), became(k, s))
	}
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
	case ev.Over:
		p.line("  is a 1:1 that is over; nothing of it is to come.")
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
