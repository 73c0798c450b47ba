package google

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
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

// unsent is a failure before anything of the request left the program.
type unsent struct{ err error }

func (e *unsent) Error() string { return e.err.Error() }
func (e *unsent) Unwrap() error { return e.err }
