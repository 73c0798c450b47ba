package google

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"

	"oneonone/internal/calendar"
)

const (
	readLimit  = 60 * time.Second // for one request
	writeLimit = 25 * time.Second
	// A read is given up after so many attempts, or so long.
	readAttempts = 5
	readPatience = time.Minute
	// A 404 is confirmed after so long.
	confirmAfter = time.Second
)

// read makes a request that changes nothing, again and again while Google asks
// for patience or the connection breaks. It is the only place that repeats a
// request.
func read[T any](ctx context.Context, c *Client, call func(context.Context) (T, error)) (T, error) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.Multiplier, pause.MaxInterval = time.Second, 2, 32*time.Second
	var last error
	asked := false
	v, err := backoff.Retry(ctx, func() (T, error) {
		limited, cancel := context.WithTimeout(ctx, readLimit)
		defer cancel()
		v, err := call(limited)
		if err == nil {
			return v, nil
		}
		last = c.explain(limited, err)
		if missing(last) && !asked && ctx.Err() == nil {
			// Google may lose sight of something for a moment, and what is gone
			// is forgotten here: it has to say so twice.
			asked = true
			return v, backoff.RetryAfter(int(confirmAfter / time.Second))
		}
		return v, repeatable(ctx, last)
	}, backoff.WithBackOff(pause), backoff.WithMaxTries(readAttempts), backoff.WithMaxElapsedTime(readPatience))
	if err == nil {
		return v, nil
	}
	return v, last
}

// missing reports whether Google says that what is asked for is not there.
func missing(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.code == http.StatusNotFound
}

// repeatable tells the retry layer what to do about an error.
func repeatable(ctx context.Context, err error) error {
	var f *failure
	if ctx.Err() != nil || !errors.As(err, &f) || !f.again || f.asked > readPatience {
		return backoff.Permanent(err)
	}
	if f.asked > 0 {
		return &backoff.RetryAfterError{Duration: f.asked}
	}
	return err
}

// write makes a request that changes something, once. What became of it is told
// by the vocabulary of calendar.Provider: everything but a clear answer, and a
// request that never left, is ErrUnknown.
func write[T any](ctx context.Context, c *Client, call func(context.Context) (T, error)) (T, error) {
	limited, cancel := context.WithTimeout(ctx, writeLimit)
	defer cancel()
	v, err := call(limited)
	if err == nil {
		return v, nil
	}
	err = c.explain(limited, err)
	var f *failure
	if !errors.As(err, &f) {
		return v, err
	}
	if f.unsent || f.code != 0 && f.code < 500 && f.code != http.StatusRequestTimeout {
		return v, err
	}
	return v, lost(err)
}

// lost is a write of which nobody knows whether it was made.
func lost(err error) error {
	var asks *calendar.RetryError
	unknown := fmt.Errorf("%w (%v)", calendar.ErrUnknown, err)
	if errors.As(err, &asks) {
		return &calendar.RetryError{After: asks.After, Err: unknown}
	}
	return unknown
}

// compact returns one JSON value without white space between its tokens, so
// that an event reads the same in a list and alone. Everything else stays.
func compact(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return nil, errors.New("Google's answer is no JSON")
	}
	return b.Bytes(), nil
}
