// Package config reads the configuration file: YAML in, Config out.
//
// A Config that this package has returned cannot be wrong: every key is known,
// every value has its type and its bounds, and what has to fit together does.
// What is wrong comes as Errors, all at once, each with its place in the file.
// It happens in three steps: decode gives the YAML the shape that the schema
// asks for, resolve makes our types of its texts and fills in the defaults, and
// check compares the keys with each other. No other package sees YAML.
//
// The package reads the one file and the system's time zones, and nothing else:
// not the credentials, no environment, no network.
package config

import (
	"log/slog"
	"net/url"
	"slices"
	"time"

	"oneonone/internal/hours"
)

// Mode is how far the program may go.
type Mode string

// The modes: Act moves, Ask turns every move into a suggestion, Observe only logs.
const (
	Act     Mode = "act"
	Ask     Mode = "ask"
	Observe Mode = "observe"
)

// Provider is the kind of calendar server that an account is on.
type Provider string

// The providers.
const (
	CalDAV Provider = "caldav"
	Google Provider = "google"
)

// AgendaKind is where the agendas are kept.
type AgendaKind string

// The kinds of agendas.
const (
	AgendaBuiltin AgendaKind = "builtin"
	AgendaWebDAV  AgendaKind = "webdav"
	AgendaGoogle  AgendaKind = "google"
	AgendaNone    AgendaKind = "none"
)

// LogFormat is the form of the log.
type LogFormat string

// The log formats.
const (
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

// Config is the whole configuration with its defaults filled in. Whoever got it
// owns it.
type Config struct {
	Mode     Mode
	Accounts []Account // at least one
	People   []Person
	Moves    Moves
	Cadence  Cadence
	Agenda   Agenda
	Poll     time.Duration // at least a second
	// Store is a file, relative to the state directory unless absolute, or a
	// postgres:// URL without a password.
	Store  string
	Listen string // host:port, the host never empty
	Push   Push
	Mail   *Mail // nil: no mail is sent
	Log    Log

	Suggestions Suggestions

	IgnoreTitles  []string // as written, none empty; so are the next two
	AwayTitles    []string
	AwayNotTitles []string
}

// Account is a sign-in to a calendar server that belongs to one person.
type Account struct {
	Name       string // unique; letters, digits, - and _
	Provider   Provider
	URL        *url.URL // CalDAV: absolute, http or https; nil for Google
	Username   string   // CalDAV; without a colon, which Basic cannot carry
	Credential string   // a plain file name in the credentials directory
	Subject    string   // Google: whom a service account stands for; "" for nobody
	Meet       bool     // Google: Meet is asked how long meetings took
	Addresses  []string // at least one; lower case, nobody else's
	// Zone is nil when the file leaves it to the calendar.
	Zone      *time.Location
	Hours     hours.Week // never empty
	Calendars []string   // nil: the default calendar
	Insecure  bool       // CalDAV: URL may be http on a host that is not this one
	CA        string     // CalDAV: a PEM file, absolute or from the working directory; "" for the system's
}

// Person is somebody without an account here.
type Person struct {
	Addresses []string // at least one; lower case, nobody else's
	Name      string   // "" when not given
	// Zone is nil when not given.
	Zone     *time.Location
	Hours    hours.Week // never empty
	Relation string     // report, manager, peer, mentor, mentee, friend, or "" when not given
	// Onboarding is the last day of the onboarding, at 00:00 UTC; zero for none.
	Onboarding time.Time
	Every      time.Duration // how often to meet without a series; 0 when not given
	Tags       []string
}

// Moves is what the rules R9 to R15 and R26 are set to.
type Moves struct {
	Notice        time.Duration // shorter than Horizon
	Settle        time.Duration
	Horizon       time.Duration
	Grid          time.Duration // divides an hour
	Before        time.Duration // breathing_room.before
	After         time.Duration // breathing_room.after
	Shortest      time.Duration
	Spacing       time.Duration
	MaxGap        time.Duration
	PerOccurrence int
	PerSeries     int
	AskWithin     time.Duration

	MaxChangesPerPass int // at least one
	NotifyGuests      bool
}

// Cadence is what the rules R21 to R23 are set to.
type Cadence struct {
	Short, Long    time.Duration // Short < Long
	Streak, Window int           // at least one
}

// Suggestions is how people are asked in their calendars.
type Suggestions struct {
	// Organizer is the address that suggestions come from on CalDAV; lower case,
	// nobody's. Nothing is sent from it, and nothing to it.
	Organizer    string
	WeeklyStatus bool // an event a week tells each person about the 1:1s of the week
}

// Agenda is where the agendas are.
type Agenda struct {
	Kind AgendaKind
	// URL is the address people reach the pages by (builtin, and google where an
	// account is not on Google), or the folder (webdav); nil for the other kinds.
	URL *url.URL
}

// servesPages reports whether some pairs have their agenda on a page of the
// program: all of them, or those whose meetings are not organized on Google.
func (c *Config) servesPages() bool {
	elsewhere := func(a Account) bool { return a.Provider != Google }
	return c.Agenda.Kind == AgendaBuiltin || c.Agenda.Kind == AgendaGoogle && slices.ContainsFunc(c.Accounts, elsewhere)
}

// Push is how servers reach the program to tell it of changes.
type Push struct {
	// URL is the public https address that leads to Listen; nil: nobody tells.
	URL *url.URL
}

// Mail is the way out for iMIP messages.
type Mail struct {
	SMTP       string // host:port
	From       string // an address, lower case
	Credential string // a plain file name in the credentials directory
}

// Log is what is logged, and how.
type Log struct {
	Level  slog.Level
	Format LogFormat
}

// defaults is the configuration of a file that says nothing. Agenda.URL comes
// from Listen and is filled in after both are known.
func defaults() *Config {
	return &Config{
		Mode: Act,
		Moves: Moves{
			Notice:            2 * time.Hour,
			Settle:            10 * time.Minute,
			Horizon:           28 * day,
			Grid:              15 * time.Minute,
			Before:            10 * time.Minute,
			After:             15 * time.Minute,
			Shortest:          10 * time.Minute,
			Spacing:           24 * time.Hour,
			MaxGap:            14 * day,
			PerOccurrence:     1,
			PerSeries:         2,
			AskWithin:         24 * time.Hour,
			MaxChangesPerPass: 20,
			NotifyGuests:      true,
		},
		Cadence:       Cadence{Short: 20 * time.Minute, Streak: 3, Window: 4, Long: 60 * time.Minute},
		Suggestions:   Suggestions{Organizer: "oneonone@oneonone.invalid"},
		Agenda:        Agenda{Kind: AgendaBuiltin},
		Poll:          time.Minute,
		Store:         "oneonone.db",
		Listen:        "127.0.0.1:8411",
		Log:           Log{Level: slog.LevelInfo, Format: LogText},
		IgnoreTitles:  []string{"interview"},
		AwayTitles:    []string{"vacation", "out of office", "ooo", "holiday"},
		AwayNotTitles: []string{"back from", "party"},
	}
}
