package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"oneonone/internal/calendar"
)

const (
	// The budget of one user (reference: 600 requests in a minute, a patch counts
	// as three). A burst and nine a second stay below it in every minute.
	budgetPerSecond = 9
	budgetBurst     = 60
	patchCost       = 3
	// The budget of a project: 10,000 in a minute for all of its users together.
	projectPerSecond = 150
	projectBurst     = 1000
	// writeGap is left between two writes to one calendar: Google limits those in
	// quick succession, and does not say how.
	writeGap = 100 * time.Millisecond
)

// Projects keeps the clients of one program below what Google allows to all
// users of a project together. The zero value is ready for use, also
// concurrently.
type Projects struct {
	mu       sync.Mutex
	limiters map[string]*rate.Limiter
}

// of returns the limiter of a project.
func (p *Projects) of(project string) *rate.Limiter {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limiters == nil {
		p.limiters = map[string]*rate.Limiter{}
	}
	if p.limiters[project] == nil {
		p.limiters[project] = rate.NewLimiter(projectPerSecond, projectBurst)
	}
	return p.limiters[project]
}

// project names the project a credential belongs to: by the number with which
// the ids of its OAuth clients begin, or the host of a service account's address.
func (c *credential) project() string {
	if c.service != nil {
		_, host, _ := strings.Cut(c.service.Email, "@")
		return host
	}
	number, _, _ := strings.Cut(c.ID, "-")
	return number
}

// budget keeps a client below Google's limits instead of finding out where they are.
type budget struct {
	base    http.RoundTripper
	user    *rate.Limiter
	project *rate.Limiter // nil where the project is not asked after

	mu    sync.Mutex
	write map[string]*rate.Limiter // by the path of a calendar's events
}

func newBudget(base http.RoundTripper, project *rate.Limiter) *budget {
	return &budget{
		base: base, user: rate.NewLimiter(budgetPerSecond, budgetBurst), project: project,
		write: map[string]*rate.Limiter{},
	}
}

// RoundTrip implements http.RoundTripper.
func (b *budget) RoundTrip(r *http.Request) (*http.Response, error) {
	n := 1
	if r.Method == http.MethodPatch {
		n = patchCost
	}
	if err := b.wait(r, n); err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		if r.Context().Err() != nil {
			return nil, &unsent{fmt.Errorf("the request was stopped before it was sent: %w", r.Context().Err())}
		}
		return nil, &unsent{&calendar.RetryError{After: time.Minute, Err: errors.New("the requests of this minute are used up")}}
	}
	return b.base.RoundTrip(r)
}

// wait waits until a request that counts as n may be sent.
func (b *budget) wait(r *http.Request, n int) error {
	if err := b.user.WaitN(r.Context(), n); err != nil {
		return err
	}
	if b.project != nil {
		if err := b.project.WaitN(r.Context(), n); err != nil {
			return err
		}
	}
	return b.gap(r.Context(), r)
}

// gap keeps the writes to one calendar apart.
func (b *budget) gap(ctx context.Context, r *http.Request) error {
	path, _, isEvent := strings.Cut(r.URL.EscapedPath(), "/events")
	if r.Method == http.MethodGet || !isEvent {
		return nil
	}
	b.mu.Lock()
	l := b.write[path]
	if l == nil {
		l = rate.NewLimiter(rate.Every(writeGap), 1)
		b.write[path] = l
	}
	b.mu.Unlock()
	return l.Wait(ctx)
}
