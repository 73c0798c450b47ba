package calendartest_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"oneonone/internal/caldav"
	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

// dry is a T that notes failures instead of failing.
type dry struct {
	*testing.T
	failed []string // names of cases
	bad    bool
}

func (d *dry) Error(...any)          { d.bad = true }
func (d *dry) Errorf(string, ...any) { d.bad = true }
func (d *dry) Logf(string, ...any)   {}
func (d *dry) Fatalf(string, ...any) {
	d.bad = true
	runtime.Goexit()
}

func (d *dry) Run(name string, f func(*dry)) bool {
	c := &dry{T: d.T}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(c)
	}()
	<-done
	if c.bad {
		d.failed = append(d.failed, name)
	}
	return !c.bad
}

// wrong is a provider with one fault.
type wrong struct {
	calendar.Provider
	pull  func(calendar.Since, calendar.Changes) calendar.Changes
	apply func(context.Context, calendar.Provider, calendar.Change) (calendar.Resource, error)
}

func (w wrong) Pull(ctx context.Context, id string, since calendar.Since) (calendar.Changes, error) {
	ch, err := w.Provider.Pull(ctx, id, since)
	if w.pull != nil && err == nil {
		ch = w.pull(since, ch)
	}
	return ch, err
}

func (w wrong) Apply(ctx context.Context, c calendar.Change) (calendar.Resource, error) {
	if w.apply != nil {
		return w.apply(ctx, w.Provider, c)
	}
	return w.Provider.Apply(ctx, c)
}

// faults are the providers that the suite has to see through.
var faults = map[string]struct {
	wrong
	caught string // a case that must fail; "" when none may
}{
	"none": {},
	"deletions are lost": {wrong{pull: func(_ calendar.Since, ch calendar.Changes) calendar.Changes {
		ch.Removed = nil
		return ch
	}}, "pull of a deletion"},
	"an object is lost": {wrong{pull: func(_ calendar.Since, ch calendar.Changes) calendar.Changes {
		if len(ch.Changed) > 2 {
			ch.Changed = ch.Changed[:2]
		}
		return ch
	}}, "first pull"},
	"line ends are lost": {wrong{pull: func(_ calendar.Since, ch calendar.Changes) calendar.Changes {
		for i := range ch.Changed {
			ch.Changed[i].Data = bytes.ReplaceAll(ch.Changed[i].Data, []byte("\r"), nil)
		}
		return ch
	}}, "first pull"},
	"everything is sent again": {wrong{pull: func(since calendar.Since, ch calendar.Changes) calendar.Changes {
		for href, etag := range since.Known {
			ch.Changed = append(ch.Changed, calendar.Resource{Href: href, ETag: etag})
		}
		return ch
	}}, "pull of no change"},
	"a stale base is renewed": {wrong{apply: func(ctx context.Context, p calendar.Provider, c calendar.Change) (calendar.Resource, error) {
		if r, err := p.Get(ctx, c.Base.Calendar, c.Base.Href); err == nil {
			c.Base = r
		}
		return p.Apply(ctx, c)
	}}, "a stale base is a conflict"},
	"parts are forgotten": {wrong{apply: func(ctx context.Context, p calendar.Provider, c calendar.Change) (calendar.Resource, error) {
		c.Parts = c.Parts[:min(1, len(c.Parts))]
		return p.Apply(ctx, c)
	}}, "two parts in one change"},
	"moves are done again for nothing": {wrong{apply: func(ctx context.Context, p calendar.Provider, c calendar.Change) (calendar.Resource, error) {
		if len(c.Parts) == 1 && c.Parts[0].To != nil {
			c.Parts[0].Lines = []string{c.Now.String()}
		}
		return p.Apply(ctx, c)
	}}, "a change of nothing is not sent"},
	"the series moves along": {wrong{apply: func(ctx context.Context, p calendar.Provider, c calendar.Change) (calendar.Resource, error) {
		for i := range c.Parts {
			if c.Parts[i].To != nil {
				c.Parts = append(slices.Clone(c.Parts), calendar.Part{Original: time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC), To: c.Parts[i].To})
			}
		}
		return p.Apply(ctx, c)
	}}, "move an occurrence"},
}

// TestSuiteFindsFaults proves that the suite is not satisfied by a provider
// that breaks its contract in one point.
func TestSuiteFindsFaults(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			d := calendartest.NewDAV(calendartest.Style{})
			d.AddUser(calendartest.User{Name: "alice", Password: "pw"})
			server := httptest.NewServer(d)
			defer server.Close()
			account := calendartest.Account{User: "alice", Password: "pw", Home: server.URL + "/dav/calendars/alice/"}
			n := 0
			suite := &dry{T: t}
			calendartest.Suite(suite, func(t *dry) calendartest.Fixture {
				n++
				own := account.NewCalendar(t, fmt.Sprint("case", n))
				c, err := caldav.New(caldav.Options{URL: server.URL, Username: own.User, Password: own.Password, Zone: zone})
				if err != nil {
					t.Fatalf("%v", err)
				}
				p := fault.wrong
				p.Provider = c
				return calendartest.Fixture{Provider: p, Account: own, Zone: zone, Self: []string{"alice@example.org"},
					Writes: func() int { return d.Counters().Requests[http.MethodPut] }}
			})
			if fault.caught == "" && len(suite.failed) > 0 || fault.caught != "" && !slices.Contains(suite.failed, fault.caught) {
				t.Errorf("the cases that fail are %q, want %q among them", strings.Join(suite.failed, ", "), fault.caught)
			}
		})
	}
}
