package google

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"oneonone/internal/calendar"
)

const (
	connectLimit = 15 * time.Second
	// largestAnswer is more than a page of 2,500 events with full descriptions.
	largestAnswer = 128 << 20
)

// errTooLong is an answer longer than largestAnswer.
var errTooLong = errors.New("the answer is longer than anything Google sends")

func transport() *http.Transport {
	dialer := &net.Dialer{Timeout: connectLimit, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		ForceAttemptHTTP2:   true,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: connectLimit,
		IdleConnTimeout:     90 * time.Second,
	}
}

// answerKey is the context key under which a caller leaves a *[]byte for the
// body of the answer as it came: the generated client drops what it does not know.
type answerKey struct{}

func withAnswer(ctx context.Context, to *[]byte) context.Context {
	return context.WithValue(ctx, answerKey{}, to)
}

// wire is the lowest of our transports. It reads whole answers, within bounds,
// counts, and notes the server's clock.
type wire struct {
	base               http.RoundTripper
	skew               atomic.Pointer[time.Duration]
	requests, up, down atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.requests.Add(1)
	w.up.Add(max(r.ContentLength, 0))
	resp, err := w.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		d := time.Until(at).Round(time.Second)
		w.skew.Store(&d)
	}
	body, err := io.ReadAll(io.TeeReader(io.LimitReader(resp.Body, largestAnswer+1), tally{&w.down}))
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	if len(body) > largestAnswer {
		return nil, errTooLong
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if to, ok := r.Context().Value(answerKey{}).(*[]byte); ok {
		*to = body
	}
	return resp, nil
}

// tally counts the bytes that are written to it.
type tally struct{ n *atomic.Int64 }

func (t tally) Write(p []byte) (int, error) {
	t.n.Add(int64(len(p)))
	return len(p), nil
}

// The budget of one user (reference: 600 requests in a minute, a patch counts
// as three). A burst and nine a second stay below it in every minute.
const (
	budgetPerSecond = 9
	budgetBurst     = 60
	patchCost       = 3
)

// budget keeps a client below Google's limit instead of finding out where it is.
type budget struct {
	base    http.RoundTripper
	limiter *rate.Limiter
}

func newBudget(base http.RoundTripper) *budget {
	return &budget{base: base, limiter: rate.NewLimiter(budgetPerSecond, budgetBurst)}
}

// RoundTrip implements http.RoundTripper.
func (b *budget) RoundTrip(r *http.Request) (*http.Response, error) {
	n := 1
	if r.Method == http.MethodPatch {
		n = patchCost
	}
	if err := b.limiter.WaitN(r.Context(), n); err != nil {
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

// unsent is a failure before anything of the request left the program.
type unsent struct{ err error }

func (e *unsent) Error() string { return e.err.Error() }
func (e *unsent) Unwrap() error { return e.err }
