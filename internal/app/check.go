package app

import (
	"context"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/engine"
	"oneonone/internal/google"
)

// Checked is what a sign-in to one account showed.
type Checked struct {
	Account   string
	Calendars []calendar.Calendar
	Holds     []string // names of the calendars in which 1:1s are looked for
	// Skew is how far the server's clock is ahead of ours; Told says whether the server gave the time.
	Skew time.Duration
	Told bool
	Err  error // why it failed, in words
	// Agenda is why agendas cannot be kept as documents, in words; nil also where
	// they are not to be.
	Agenda error
	// Meet is why Google Meet cannot be asked how long meetings took, in words; nil
	// also where it is not to be.
	Meet error
}

// Check signs in to every account and lists its calendars. It changes nothing.
func (a *App) Check(ctx context.Context) []Checked {
	r := a.now.Load()
	var out []Checked
	for _, acc := range r.config.Accounts {
		l := r.logins[acc.Name]
		c := Checked{Account: acc.Name}
		if g, ok := l.client.(*google.Client); ok {
			c.Err = g.Rights(ctx)
		}
		if c.Err == nil {
			c.Calendars, c.Err = l.client.Calendars(ctx)
		}
		if c.Err == nil {
			for _, cal := range c.Calendars {
				if engine.HoldsOneOnOnes(acc.Calendars, cal, c.Calendars) {
					c.Holds = append(c.Holds, cal.Name)
				}
			}
			c.Skew, c.Told = l.client.Skew()
			if d := documentsOf(l.client); d != nil {
				c.Agenda = d.Check(ctx)
			}
			if m := meetOf(l.client); m != nil {
				c.Meet = m.Check(ctx)
			}
		}
		out = append(out, c)
	}
	return out
}
