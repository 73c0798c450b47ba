// Package engine looks after the calendars of all accounts of one daemon: it
// pulls what changed, builds the world from its mirror, asks the pure packages
// what to do, records every action before it happens, acts on the condition
// that nothing has changed, and confirms what came of it (DESIGN §7).
//
// All accounts are planned together, because a person's meetings with two
// organizers compete for the same hours (R6). An account that fails is left
// out: nothing is written to it, and its person's time counts as unknown (R7).
//
// The engine takes the time as an argument; it has no clock of its own.
package engine

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/hours"
	"oneonone/internal/oneonone"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// Account is a sign-in that belongs to one person.
type Account struct {
	Name      string
	Person    calendar.Person // Zone may be nil: then the calendar's own is taken
	Hours     hours.Week
	Calendars []string // names of the calendars that hold 1:1s; empty: the default one
	Provider  calendar.Provider
	// Agenda keeps the agendas of the pairs whose meetings this account
	// organizes; nil for pages of the program's own.
	Agenda Publisher
	// Meet tells how long the person's meetings took; nil when that is not asked for.
	Meet calendar.Measurer
}

// Contact is somebody the configuration describes beside the accounts.
type Contact struct {
	Person   calendar.Person // Zone nil: that of the organizer is taken
	Hours    *hours.Week     // nil: Mon-Fri 09:00-17:00
	Relation calendar.Relation

	Onboarding time.Time     // R24: until when; zero when not marked
	Every      time.Duration // R30; 0 when not asked for
}

// Options are what an Engine needs. All fields but Progress are required.
type Options struct {
	Store    *store.DB
	Accounts []Account
	Contacts []Contact
	Policy   reschedule.Policy
	Cadence  cadence.Policy

	IgnoreTitles  []string
	AwayTitles    []string
	AwayNotTitles []string

	MaxChanges   int  // R12: writes per pass and account
	NotifyGuests bool // R15

	// SuggestFrom is the address that suggestions come from where the program may
	// choose it; "" for no suggestions in the calendars.
	SuggestFrom string
	// WeeklyStatus makes an event a week that tells each account's person about it.
	WeeklyStatus bool

	AgendaBase string // address that agenda links begin with; "" for no links
	Random     io.Reader
	Log        *slog.Logger
	// Progress is called whenever the engine got on by a step; it feeds the watchdog.
	Progress func()
}

// Engine runs passes. Its methods may be called from several goroutines; they
// take turns.
type Engine struct {
	o      Options
	people oneonone.Directory
	judge  oneonone.Judge
	turn   sync.Mutex
	quiet  *quiet           // nil when the next pass has to plan
	shelf  map[string]shelf // by account: what its mirror was last read as
	health map[string]*health
	loaded bool                     // what the store knows of the accounts' health has been read
	tokens map[string]string        // by pair: the token of its agenda link
	agenda map[string]store.Agenda  // what was last told of each pair
	topics map[string][]store.Topic // by pair: what its next meeting was last told to have
	papers papers
	talks  talks

	noted      map[meetingKey]bool          // meetings whose conflicts are known to the store
	measured   map[meetingKey]time.Duration // lengths that the store knows from changed ends
	busy       map[string]busyTimes         // by account: when others are busy
	busyLooked time.Time                    // when it was last seen who is to be asked after
}

// New returns an engine. It does no I/O.
func New(o Options) *Engine {
	if o.Progress == nil {
		o.Progress = func() {}
	}
	var people []calendar.Person
	for _, a := range o.Accounts {
		people = append(people, a.Person)
	}
	for _, c := range o.Contacts {
		people = append(people, c.Person)
	}
	dir := oneonone.NewDirectory(people)
	e := &Engine{
		o: o, people: dir,
		judge:  oneonone.Judge{People: dir, IgnoreTitles: o.IgnoreTitles},
		shelf:  map[string]shelf{},
		health: map[string]*health{},
		busy:   map[string]busyTimes{},
		tokens: map[string]string{},
		agenda: map[string]store.Agenda{},
		topics: map[string][]store.Topic{},

		noted: map[meetingKey]bool{}, measured: map[meetingKey]time.Duration{},
	}
	for _, a := range o.Accounts {
		e.health[a.Name] = &health{}
	}
	return e
}

// Report is what a pass did, for the log, the metrics and `run --once`.
type Report struct {
	Plan      Look
	Pulled    int // resources that had changed
	Writes    int // changes made outside
	Moved     int // meetings moved, both copies counting once
	Done      []Done
	Conflicts int              // writes that found the event changed by somebody else
	Failed    map[string]error // by account; the others went on
}

// Done is one change made outside.
type Done struct {
	Account string
	Move    bool // it moved a meeting; false for copies that follow and for upkeep
}

// rounds is how often a pass plans anew after somebody else changed an event
// under it. What is still open then waits for the next pass.
const rounds = 4

// Pass does one round for all accounts as of now: pull, plan, record, act,
// confirm. Accounts that are backing off after a failure are left out unless
// all is set. It returns an error only when the program's own store fails; what
// goes wrong with an account stands in the report.
func (e *Engine) Pass(ctx context.Context, now time.Time, all bool) (Report, error) {
	e.turn.Lock()
	defer e.turn.Unlock()
	now = now.Truncate(time.Second) // the precision of iCalendar, so that marks and records compare equal
	r := Report{Failed: map[string]error{}}
	if err := e.loadHealth(ctx); err != nil {
		return r, err
	}
	if err := e.pullAll(ctx, now, all, &r); err != nil {
		return r, err
	}
	print, err := e.print(ctx, now)
	if err != nil {
		return r, err
	}
	if e.quiet.still(now, print) {
		r.Plan = e.quiet.look
		return r, e.passed(ctx, now, &r)
	}
	e.quiet = nil
	if err := e.inRounds(ctx, e.writer(ctx, now, &r), (*passWriter).round); err != nil {
		return r, err
	}
	e.quiet = quietAfter(&r, print)
	return r, e.passed(ctx, now, &r)
}

// inRounds lets p do its work, and again after a pull as long as events turn
// out to have been changed by somebody else under it. What earlier rounds or a
// crash left open is cleared up before each.
func (e *Engine) inRounds(ctx context.Context, p *passWriter, work func(*passWriter)) error {
	for range rounds {
		if err := e.settleDoing(ctx, p.now, p.r); err != nil {
			return err
		}
		p.again = nil
		if work(p); p.err != nil || len(p.again) == 0 {
			return p.err
		}
		if err := e.pullAgain(ctx, p.now, p.again, p.r); err != nil {
			return err
		}
	}
	return nil
}
