package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"oneonone/internal/app"
	"oneonone/internal/config"
)

// mostSkew is how far a server's clock may be from ours before it is worth a word:
// marks and notice times become wrong by as much.
const mostSkew = time.Minute

// check tells what was understood of the configuration, and with --online what
// signing in to each account shows. It changes nothing.
func check(ctx context.Context, c *call) error {
	path, err := c.configPath()
	if err != nil {
		return err
	}
	cfg, err := config.Load(path)
	if err != nil {
		return err
	}
	if err := app.Supported(cfg); err != nil {
		return err
	}
	if err := write(c.env.Stdout, c.checkText(path, cfg)); err != nil || !c.opts.online {
		return err
	}
	a, err := c.open(ctx, cfg, false, c.say.logger())
	if err != nil {
		return err
	}
	checked := a.Check(ctx)
	if err := a.Close(); err != nil {
		return err
	}
	if err := write(c.env.Stdout, onlineText(checked)); err != nil {
		return err
	}
	return c.complain(checked)
}

// complain tells what --online has found that an operator has to see to.
func (c *call) complain(checked []app.Checked) error {
	var err error
	for _, k := range checked {
		switch {
		case k.Err != nil:
			c.say.say("account %q: %v", k.Account, k.Err)
			err = errTold
		case len(k.Holds) == 0:
			c.say.say("account %q: none of its calendars is one in which 1:1s are looked for", k.Account)
			c.say.hint("name some of those listed under \"calendars\" of the account")
			err = errTold
		case k.Agenda != nil:
			c.say.say("account %q: agendas cannot be kept in Google Docs: %v", k.Account, k.Agenda)
			c.say.hint("meetings are looked after all the same")
			err = errTold
		case k.Told && k.Skew.Abs() > mostSkew:
			c.say.say("account %q: the server's clock is %s %s ours", k.Account, length(k.Skew), aheadOf(k.Skew))
			c.say.hint("one of the two machines should set its clock by NTP")
		}
		if k.Meet != nil {
			c.say.say("account %q: Google Meet cannot be asked how long meetings took: %v", k.Account, k.Meet)
			c.say.hint("meetings are looked after all the same")
			err = errTold
		}
	}
	return err
}

func aheadOf(d time.Duration) string {
	if d > 0 {
		return "ahead of"
	}
	return "behind"
}

var modes = map[config.Mode]string{
	config.Act:     "act: 1:1s that cannot take place are moved",
	config.Ask:     "ask: every move is a suggestion",
	config.Observe: "observe: nothing is changed, only logged",
}

// checkText tells what was understood.
func (c *call) checkText(path string, cfg *config.Config) string {
	var p page
	p.line("The configuration %s is in order.", path)
	p.gap()
	p.line("mode         %s", modes[cfg.Mode])
	p.line("looks        every %s, %s ahead", seconds(cfg.Poll), length(cfg.Moves.Horizon))
	p.line("store        %s", c.storePath(cfg))
	p.line("credentials  %s", c.credentialsText())
	p.line("agenda       %s", agendaText(cfg))
	p.line("asks as      %s", asksAs(cfg))
	if names := inMeet(cfg); names != "" {
		p.line("measures     how long meetings take, by Google Meet: %s", names)
	}
	p.line("listens on   %s", cfg.Listen)
	if u := cfg.Push.URL; u != nil {
		p.line("told at      %s, by Google", u)
	}
	p.gap()
	var rows [][]string
	for _, a := range cfg.Accounts {
		rows = append(rows, []string{a.Name, serverOf(a), strings.Join(a.Addresses, ", "), a.Hours.String(), zoneText(a.Zone), calendarsText(a.Calendars)})
	}
	p.table([]string{"ACCOUNT", "SERVER", "ADDRESSES", "WORKING HOURS", "TIME ZONE", "1:1S IN"}, rows)
	if len(cfg.People) > 0 {
		p.gap()
		rows = nil
		for _, x := range cfg.People {
			rows = append(rows, []string{x.Name, strings.Join(x.Addresses, ", "), x.Relation, x.Hours.String(), zoneText(x.Zone), every(x)})
		}
		p.table([]string{"PERSON", "ADDRESSES", "RELATION", "WORKING HOURS", "TIME ZONE", "TO MEET"}, rows)
	}
	return p.String()
}

// every tells how often somebody is to be met, and until when as somebody new.
func every(x config.Person) string {
	var parts []string
	if x.Every > 0 {
		parts = append(parts, rhythm(x.Every))
	}
	if !x.Onboarding.IsZero() {
		parts = append(parts, "new until "+x.Onboarding.Format(time.DateOnly))
	}
	return strings.Join(parts, ", ")
}

// inMeet names the accounts through which Google Meet is asked.
func inMeet(cfg *config.Config) string {
	var names []string
	for _, a := range cfg.Accounts {
		if a.Meet {
			names = append(names, a.Name)
		}
	}
	return strings.Join(names, ", ")
}

// asksAs tells from whom suggestions come.
func asksAs(cfg *config.Config) string {
	if cfg.Mode == config.Observe {
		return "nobody: nothing is suggested in this mode"
	}
	text := cfg.Suggestions.Organizer
	if cfg.Suggestions.WeeklyStatus {
		text += "; an event tells what each week has in 1:1s"
	}
	return text
}

// seconds tells a duration of a second or more as an operator writes it.
func seconds(d time.Duration) string {
	if d%time.Minute == 0 {
		return length(d)
	}
	return d.String()
}

func (c *call) credentialsText() string {
	if dir := c.credentialsDir(); dir != "" {
		return dir
	}
	return "no directory is given; the service needs --credentials DIR or systemd's LoadCredential="
}

func agendaText(cfg *config.Config) string {
	a := cfg.Agenda
	switch {
	case a.Kind == config.AgendaNone:
		return "none"
	case a.Kind == config.AgendaGoogle && a.URL != nil:
		return fmt.Sprintf("Google Docs; pages reached by %s where the organizer is not on Google", a.URL)
	case a.Kind == config.AgendaGoogle:
		return "Google Docs"
	case a.URL == nil:
		return string(a.Kind)
	}
	return fmt.Sprintf("%s, reached by %s", a.Kind, a.URL)
}

func serverOf(a config.Account) string {
	if a.URL == nil {
		return string(a.Provider)
	}
	return a.URL.Redacted()
}

func zoneText(z *time.Location) string {
	if z == nil {
		return "the calendar's own"
	}
	return z.String()
}

func calendarsText(names []string) string {
	if len(names) == 0 {
		return "the default calendar"
	}
	return strings.Join(names, ", ")
}

// onlineText tells what signing in has shown.
func onlineText(checked []app.Checked) string {
	var p page
	p.gap()
	var rows [][]string
	for _, k := range checked {
		if k.Err != nil {
			rows = append(rows, []string{k.Account, "cannot be used", "", "", ""})
		}
		for _, cal := range k.Calendars {
			rows = append(rows, []string{
				k.Account, cal.Name, yes(slices.Contains(k.Holds, cal.Name)), yes(cal.Writable), yes(cal.Delivers),
			})
		}
	}
	p.table([]string{"ACCOUNT", "CALENDAR", "HOLDS 1:1S", "WRITABLE", "SERVER TELLS GUESTS"}, rows)
	return "\n" + p.String()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
