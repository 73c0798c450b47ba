package app

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"oneonone/internal/cadence"
	"oneonone/internal/caldav"
	"oneonone/internal/calendar"
	"oneonone/internal/config"
	"oneonone/internal/engine"
	"oneonone/internal/google"
	"oneonone/internal/reschedule"
)

// client is a provider of any kind, and what it has learnt of its server's clock.
type client interface {
	calendar.Provider
	// Skew returns by how much the server's clock was ahead of ours at its last
	// answer, and whether any answer told.
	Skew() (time.Duration, bool)
}

// login is an account's way to its server.
type login struct {
	account config.Account
	client  client
}

// build checks that this version can do what the configuration asks for, and
// makes the clients. It sends nothing.
func (a *App) build(c *config.Config) (*running, error) {
	if err := Supported(c); err != nil {
		return nil, err
	}
	r := &running{config: c, logins: map[string]*login{}}
	for _, acc := range c.Accounts {
		open := a.openCalDAV
		if acc.Provider == config.Google {
			open = func(acc config.Account) (client, error) { return a.openGoogle(acc, KeepsDocuments(c, acc)) }
		}
		client, err := open(acc)
		if err != nil {
			return nil, err
		}
		r.logins[acc.Name] = &login{acc, client}
	}
	return r, nil
}

func (a *App) openCalDAV(acc config.Account) (client, error) {
	password := ""
	if !a.o.Stored {
		var err error
		if password, err = credential(a.o.Credentials, acc); err != nil {
			return nil, err
		}
	}
	c, err := caldav.New(caldav.Options{
		URL: acc.URL.String(), Username: acc.Username, Password: password,
		CAFile: acc.CA, Insecure: acc.Insecure, Zone: acc.Zone,
		Logger: a.o.Log, UserAgent: "oneonone/" + a.o.Version, Transport: a.o.Transport,
	})
	if err != nil {
		return nil, &ConfigError{Problem: fmt.Sprintf("account %q: %v", acc.Name, err)}
	}
	return c, nil
}

func (a *App) openGoogle(acc config.Account, documents bool) (client, error) {
	file := ""
	if !a.o.Stored {
		var err error
		if file, err = CredentialFile(a.o.Credentials, acc); err != nil {
			return nil, err
		}
	}
	c, err := google.New(google.Options{
		Account: acc.Name, Credential: file, Subject: acc.Subject,
		Projects:  &a.projects,
		Documents: documents, Meet: acc.Meet,
		Logger: a.o.Log, UserAgent: "oneonone/" + a.o.Version, Transport: a.o.Transport,
	})
	if err != nil {
		return nil, &ConfigError{Problem: fmt.Sprintf("account %q: %v", acc.Name, err)}
	}
	return c, nil
}

// Supported says what of the configuration this version cannot do, instead of
// doing half of it.
func Supported(c *config.Config) error {
	has := map[config.Provider]bool{}
	for _, acc := range c.Accounts {
		has[acc.Provider] = true
	}
	switch {
	case has[config.Google] && has[config.CalDAV] && !c.Moves.NotifyGuests:
		// Events.patch, sendUpdates "none": "events not syncing to external calendars".
		return &ConfigError{
			Problem: "moves.notify_guests: false does not go with accounts on Google and on CalDAV: without a notice Google brings no move into a calendar elsewhere",
			Hint:    "remove it, or run the two sorts of accounts as two services",
		}
	case c.Agenda.Kind == config.AgendaWebDAV:
		return &ConfigError{
			Problem: fmt.Sprintf("agenda.kind %s is not available in this version", c.Agenda.Kind),
			Hint:    "use builtin, google or none",
		}
	case c.Mail != nil:
		return &ConfigError{
			Problem: "mail is not available in this version: no invitations are sent by mail",
			Hint:    "remove mail; on servers without scheduling give both people an account here, then both calendars are kept alike",
		}
	}
	return nil
}

// engineOptions translates the configuration into the words of the engine.
func engineOptions(r *running) engine.Options {
	c := r.config
	m := c.Moves
	o := engine.Options{
		Policy: reschedule.Policy{
			Mode: reschedule.Mode(c.Mode), Notice: m.Notice, Settle: m.Settle, Horizon: m.Horizon, Grid: m.Grid,
			Before: m.Before, After: m.After, Shortest: m.Shortest, Spacing: m.Spacing,
			PerOccurrence: m.PerOccurrence, PerSeries: m.PerSeries, AskWithin: m.AskWithin,
		},
		IgnoreTitles: c.IgnoreTitles, AwayTitles: c.AwayTitles, AwayNotTitles: c.AwayNotTitles,
		MaxChanges: m.MaxChangesPerPass, NotifyGuests: m.NotifyGuests,
		Cadence: cadence.Policy{
			Short: c.Cadence.Short, Streak: c.Cadence.Streak, Window: c.Cadence.Window, Long: c.Cadence.Long, MaxGap: m.MaxGap,
		},
		SuggestFrom: c.Suggestions.Organizer, WeeklyStatus: c.Suggestions.WeeklyStatus,
	}
	if c.Agenda.URL != nil { // of the kinds that this version has, those with pages
		o.AgendaBase = c.Agenda.URL.String()
	}
	for _, acc := range c.Accounts {
		o.Accounts = append(o.Accounts, engine.Account{
			Agenda: publisherOf(r.logins[acc.Name].client),
			Meet:   measurerOf(r.logins[acc.Name].client),
			Name:   acc.Name,
			Person: calendar.Person{Name: spokenName(acc.Name), Addresses: acc.Addresses, Zone: acc.Zone},
			Hours:  acc.Hours, Calendars: acc.Calendars, Provider: r.logins[acc.Name].client,
		})
	}
	for _, p := range c.People {
		o.Contacts = append(o.Contacts, engine.Contact{
			Person:   calendar.Person{Name: p.Name, Addresses: withAccount(p.Addresses, c.Accounts), Zone: p.Zone},
			Hours:    &p.Hours,
			Relation: calendar.Relation(p.Relation),
			// A date ends where the person is.
			Onboarding: endOfDay(p.Onboarding, zoneOf(p, c.Accounts)), Every: p.Every,
		})
	}
	return o
}

// endOfDay is the first instant in the zone after the day, which is given as its
// midnight in UTC; zero for none.
func endOfDay(day time.Time, zone *time.Location) time.Time {
	if day.IsZero() {
		return day
	}
	y, m, d := day.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}

// zoneOf is the zone of a person as far as the configuration tells it: the
// person's own, that of the person's account, else that of the first account
// which says one.
func zoneOf(p config.Person, accounts []config.Account) *time.Location {
	if p.Zone != nil {
		return p.Zone
	}
	zone := time.UTC
	for _, acc := range slices.Backward(accounts) {
		if acc.Zone != nil {
			zone = acc.Zone
		}
	}
	for _, acc := range accounts {
		if acc.Zone != nil && shares(acc.Addresses, p.Addresses) {
			zone = acc.Zone
		}
	}
	return zone
}

func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// withAccount adds the addresses of the account that belongs to the same person.
func withAccount(addresses []string, accounts []config.Account) []string {
	for _, acc := range accounts {
		if shares(acc.Addresses, addresses) {
			return slices.Concat(acc.Addresses, addresses)
		}
	}
	return addresses
}

// spokenName makes a name for sentences from the name of an account: "ann" is
// "Ann", "bob-work" is "Bob".
func spokenName(account string) string {
	first := strings.FieldsFunc(account, func(r rune) bool { return r == '-' || r == '_' })
	if len(first) == 0 {
		return account
	}
	r, n := utf8.DecodeRuneInString(first[0])
	return string(unicode.ToUpper(r)) + first[0][n:]
}

// zoneName returns a zone by its name for the pages; nil when it has none that
// is known here.
func zoneNamed(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil || name == "" {
		return time.UTC
	}
	return z
}
