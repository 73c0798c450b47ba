package caldav

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"

	"oneonone/internal/calendar"
)

const (
	readTries = 3
	// maxPatience is the longest Retry-After that is waited for on the spot. A
	// longer one is handed to the caller, who has other accounts to look after.
	maxPatience = 10 * time.Second
)

// read does an exchange that changes nothing at the server, again if it failed
// in a way that may be over soon. handle may be called several times and has
// to start afresh each time.
func (c *Client) read(ctx context.Context, r request, handle func(*response) error) error {
	var last error
	try := func() (struct{}, error) {
		_, last = c.exchange(ctx, r, handle)
		wait, again := worthAnother(last)
		switch {
		case last == nil:
			return struct{}{}, nil
		case !again:
			return struct{}{}, backoff.Permanent(last)
		case wait > 0:
			return struct{}{}, &backoff.RetryAfterError{Duration: wait}
		}
		return struct{}{}, last
	}
	_, err := backoff.Retry(ctx, try, backoff.WithMaxTries(readTries), backoff.WithMaxElapsedTime(bulkLimit))
	if err == nil {
		return nil
	}
	if ctx.Err() != nil && !errors.Is(last, context.Cause(ctx)) {
		return &networkError{words: last.Error(), err: errors.Join(last, context.Cause(ctx)), lasting: true}
	}
	return last
}

// worthAnother reports whether a read that failed so may succeed in a moment,
// and how long the server wants to be left alone before. An answer of 500 is
// not repeated: it is how some servers refuse a dead sync token.
func worthAnother(err error) (wait time.Duration, again bool) {
	var (
		status  *statusError
		network *networkError
		busy    *calendar.RetryError
	)
	if errors.As(err, &busy) {
		return busy.After, busy.After <= maxPatience
	}
	if errors.As(err, &status) {
		return 0, status.status == http.StatusBadGateway || status.status == http.StatusGatewayTimeout
	}
	return 0, errors.As(err, &network) && !network.lasting
}
