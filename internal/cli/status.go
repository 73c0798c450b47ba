package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"oneonone/internal/app"
	"oneonone/internal/config"
	"oneonone/internal/engine"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// standing is all that status tells.
type standing struct {
	now      time.Time
	accounts []store.AccountStatus // of the configuration, in its order
	waiting  []store.Suggestion    // those that are not over
	notice   time.Duration         // moves.notice
	look     engine.Look
}

// status tells how things stand from the program's own records. It asks no
// server and changes nothing, so it may be used while the service runs.
func status(ctx context.Context, c *call) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if !c.hasStore(cfg) {
		return c.errNoStore(cfg)
	}
	a, err := app.New(ctx, app.Options{
		Config: cfg, State: c.stateDir(), Log: c.say.logger(), Version: programVersion(), Stored: true,
	})
	if err != nil {
		return err
	}
	s, err := standingOf(ctx, cfg, a, time.Now())
	if err = errors.Join(err, a.Close()); err != nil {
		return err
	}
	if c.opts.json {
		return writeJSON(c.env.Stdout, statusReport(s))
	}
	return write(c.env.Stdout, statusText(s))
}

func standingOf(ctx context.Context, cfg *config.Config, a *app.App, now time.Time) (standing, error) {
	s := standing{now: now, notice: cfg.Moves.Notice}
	known, err := a.Store().AccountStatuses(ctx)
	if err != nil {
		return s, err
	}
	for _, acc := range cfg.Accounts {
		is := store.AccountStatus{Account: acc.Name}
		for _, k := range known {
			if k.Account == acc.Name {
				is = k
			}
		}
		s.accounts = append(s.accounts, is)
	}
	all, err := a.Store().Suggestions(ctx, time.Time{}, waiting...)
	if err != nil {
		return s, err
	}
	s.waiting = notOver(all, now)
	s.look, err = a.Engine().LookStored(ctx, now)
	return s, err
}

// statusText tells how things stand to a person.
func statusText(s standing) string {
	var p page
	var rows [][]string
	for _, a := range s.accounts {
		rows = append(rows, []string{a.Account, lastPass(s.now, a), howItIs(s.now, a)})
	}
	p.table([]string{"ACCOUNT", "LAST PASS", "HOW IT IS"}, rows)
	var zones []*time.Location
	for _, x := range s.look.Series {
		zones = append(zones, x.Zone)
	}
	for _, x := range s.look.Touch {
		zones = append(zones, x.Zone)
	}
	for _, x := range s.waiting {
		zones = append(zones, zoneNamed(x.Zone))
	}
	k := newClock(s.now, zones...)
	p.gap()
	if len(s.look.Series) == 0 {
		p.line("No 1:1 was found so far. \"oneonone explain ADDRESS\" tells why an event is none.")
	} else {
		p.line("1:1s looked after. %s", k.about())
		p.table([]string{"WHOSE", "NEXT", "RHYTHM", "NOTE"}, seriesRows(k, s.look.Series))
	}
	touchRows(&p, k, s.look.Touch)
	if len(s.waiting) > 0 {
		rows = nil
		for _, x := range s.waiting {
			rows = append(rows, []string{
				numbered(x), x.Account + " with " + x.With, proposes(k, x), k.tell(x.AskedAt, zoneNamed(x.Zone)), stands(k, x, s.notice), x.Reason,
			})
		}
		p.gap()
		p.line("Open suggestions:")
		p.table([]string{"ID", "WHOSE", "WHAT", "SINCE", "HOW IT STANDS", "WHY"}, rows)
	}
	rows = nil
	for _, it := range s.look.Items {
		if it.Decision.Outcome == reschedule.Stuck {
			rows = append(rows, []string{it.Account + " with " + it.With, k.tell(it.Span.Start, it.Zone), it.Decision.Reason})
		}
	}
	if len(rows) > 0 {
		p.gap()
		p.line("Could not be placed; tried again whenever a calendar changes:")
		p.table([]string{"WHOSE", "WHEN", "WHY"}, rows)
	}
	passedOver(&p, s.look.Skipped)
	return p.String()
}

// touchRows tells about people who are met without a series, or have not been met for long.
func touchRows(p *page, k clock, touch []engine.Touch) {
	var rows [][]string
	for _, x := range touch {
		last, next, long := "not known", "none is planned", ""
		if !x.Last.IsZero() {
			last = k.tell(x.Last, x.Zone)
		}
		if !x.Next.IsZero() {
			next = k.tell(x.Next, x.Zone)
		}
		if x.Long && !x.Last.IsZero() {
			long = "not met for longer than that"
		}
		rows = append(rows, []string{x.Account + " with " + x.With, last, next, rhythm(x.Every), long})
	}
	if len(rows) > 0 {
		p.gap()
		p.line("Without a series, or not met for long:")
		p.table([]string{"WHOSE", "LAST MET", "NEXT", "WANTED", "NOTE"}, rows)
	}
}

func seriesRows(k clock, series []engine.Series) [][]string {
	var rows [][]string
	for _, x := range slices.SortedStableFunc(slices.Values(series), sooner) {
		next := "none is planned"
		if !x.Next.IsZero() {
			next = k.tell(x.Next, x.Zone)
		}
		note := ""
		if x.Note != "" {
			note = "not moved: " + x.Note
		}
		rows = append(rows, []string{x.Account + " with " + x.With, next, rhythm(x.Period), note})
	}
	return rows
}

// sooner orders series by their next meeting; those without one come last.
func sooner(a, b engine.Series) int {
	if a.Next.IsZero() != b.Next.IsZero() {
		return b.Next.Compare(a.Next)
	}
	return a.Next.Compare(b.Next)
}

func lastPass(now time.Time, a store.AccountStatus) string {
	if a.LastPass.IsZero() {
		return "never"
	}
	return length(now.Sub(a.LastPass)) + " ago"
}

func howItIs(now time.Time, a store.AccountStatus) string {
	switch {
	case a.Failing == "" && a.LastPass.IsZero():
		return "no pass has been made yet"
	case a.Failing == "":
		return "in order"
	}
	text := a.Failing
	if !a.FailingSince.IsZero() {
		text = fmt.Sprintf("failing for %s: %s", length(now.Sub(a.FailingSince)), text)
	}
	if a.NextTry.After(now) {
		text += fmt.Sprintf("; next try in %s", length(a.NextTry.Sub(now)))
	}
	return text
}

// statusJSON is what status --json prints.
type statusJSON struct {
	Now         moment           `json:"now"`
	Accounts    []accountJSON    `json:"accounts"`
	Series      []seriesJSON     `json:"series"`
	Touch       []touchJSON      `json:"touch"`
	Suggestions []suggestionJSON `json:"suggestions"`
	Stuck       []meetingJSON    `json:"stuck"`
	Skipped     []skippedJSON    `json:"skipped"`
}

type accountJSON struct {
	Account      string `json:"account"`
	LastPull     moment `json:"last_pull,omitempty"`
	LastPass     moment `json:"last_pass,omitempty"`
	Failing      string `json:"failing,omitempty"`
	FailingSince moment `json:"failing_since,omitempty"`
	Failures     int    `json:"failures"`
	NextTry      moment `json:"next_try,omitempty"`
}

type seriesJSON struct {
	Account string `json:"account"`
	With    string `json:"with"`
	Next    moment `json:"next,omitempty"`
	Zone    string `json:"time_zone"`
	Period  int64  `json:"period_seconds"`
	Note    string `json:"note,omitempty"`
}

// touchJSON is how two people are in touch without a series, or not.
type touchJSON struct {
	Account string `json:"account"`
	With    string `json:"with"`
	Last    moment `json:"last,omitempty"`
	Next    moment `json:"next,omitempty"`
	Zone    string `json:"time_zone"`
	Every   int64  `json:"every_seconds"`
	Long    bool   `json:"long"`
}

func statusReport(s standing) statusJSON {
	r := statusJSON{
		Now: momentOf(s.now, nil), Accounts: []accountJSON{}, Series: []seriesJSON{},
		Touch: []touchJSON{}, Suggestions: suggestionsOf(s.waiting, s.notice), Stuck: []meetingJSON{}, Skipped: skippedOf(s.look.Skipped),
	}
	for _, a := range s.accounts {
		r.Accounts = append(r.Accounts, accountJSON{
			a.Account, momentOf(a.LastPull, nil), momentOf(a.LastPass, nil), a.Failing,
			momentOf(a.FailingSince, nil), a.Failures, momentOf(a.NextTry, nil),
		})
	}
	for _, x := range s.look.Series {
		r.Series = append(r.Series, seriesJSON{
			x.Account, x.With, momentOf(x.Next, x.Zone), zoneOr(x.Zone).String(), int64(x.Period / time.Second), x.Note,
		})
	}
	for _, x := range s.look.Touch {
		r.Touch = append(r.Touch, touchJSON{
			x.Account, x.With, momentOf(x.Last, x.Zone), momentOf(x.Next, x.Zone), zoneOr(x.Zone).String(), int64(x.Every / time.Second), x.Long,
		})
	}
	for _, it := range s.look.Items {
		if it.Decision.Outcome == reschedule.Stuck {
			r.Stuck = append(r.Stuck, meetingOf(it))
		}
	}
	return r
}
