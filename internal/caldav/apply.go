package caldav

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/icalendar"
)

var _ calendar.Provider = (*Client)(nil)

// Parse implements calendar.Provider. The events that can be read are returned
// beside an error.
func (c *Client) Parse(r calendar.Resource, zone *time.Location) ([]calendar.Event, error) {
	events, err := icalendar.Parse(r.Data, zone)
	for i := range events {
		e := &events[i]
		e.Calendar, e.Href, e.ETag, e.SeriesID = r.Calendar, r.Href, r.ETag, r.Href
	}
	return events, err
}

// Apply implements calendar.Provider: one PUT with If-Match, never repeated,
// and a GET whose answer is returned. The servers decide themselves whom they
// tell, so that Change.Notify does not matter here.
//
// Several servers let two writers with the same ETag both win: the caller has
// to look whether what is returned is what was meant.
func (c *Client) Apply(ctx context.Context, change calendar.Change) (calendar.Resource, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	base := change.Base
	text, err := icalendar.Edit(base.Data, change, c.zone)
	if err != nil {
		return base, fmt.Errorf("%w: %w", calendar.ErrRefused, err)
	}
	if bytes.Equal(text, base.Data) {
		return base, nil
	}
	if base.ETag == "" {
		return base, fmt.Errorf("%w: the server gives this event no ETag, without which somebody else's change could be lost", calendar.ErrRefused)
	}
	col, err := c.open(ctx, base.Calendar)
	if err != nil {
		return base, err
	}
	path, _, ok := col.member(base.Href)
	if !ok {
		return base, fmt.Errorf("%w: %.80q does not lie in the calendar", calendar.ErrNotFound, base.Href)
	}
	if err := c.put(ctx, col, path, request{ifMatch: string(base.ETag), body: text}); err != nil {
		return base, err
	}
	stored, err := c.get(ctx, col, base.Href)
	if err != nil {
		return base, unknown(fmt.Errorf("the change was accepted, but what is stored now cannot be read: %w", err))
	}
	return calendar.Resource{Calendar: base.Calendar, Href: base.Href, ETag: stored.etag, Data: stored.data}, nil
}

// put writes the object at path: r brings the text and the condition.
func (c *Client) put(ctx context.Context, col collection, path string, r request) error {
	r.method, r.kind = http.MethodPut, "text/calendar; charset=utf-8; component=VEVENT"
	return outcome(c.write(ctx, col, path, r))
}

// write sends a PUT or DELETE once. sent says whether the server may have got it.
func (c *Client) write(ctx context.Context, col collection, path string, r request) (sent bool, err error) {
	u, err := resolve(col.url, path)
	if err != nil {
		return false, fmt.Errorf("%w: its address cannot be read", calendar.ErrRefused)
	}
	r.url, r.limit = u, writeLimit
	return c.exchange(ctx, r, func(resp *response) error {
		switch {
		case resp.status == http.StatusMultiStatus:
			return hiddenFailure(r.method, resp)
		case resp.status/100 == 2 && webPage(resp.header):
			return errWebPage // a sign-in page in front of the server
		case resp.status/100 == 2:
			return nil
		}
		return failed(r.method, resp)
	})
}

// hiddenFailure looks into a 207 answer to a write: Xandikos wraps its refusals
// in one.
func hiddenFailure(method string, resp *response) error {
	ms, err := decodeMultistatus(resp.body)
	if err != nil {
		return err
	}
	for _, it := range ms.items {
		if status := max(it.status, it.failed); status >= 400 {
			return &statusError{method: method, path: resp.url.EscapedPath(), status: status, element: printable(it.element)}
		}
	}
	return nil
}

// badData are the preconditions (RFC 4791 §5.3.2.1) that say that the server
// would not take this text from anybody. Planning anew would not change that.
var badData = map[string]bool{
	"supported-calendar-data":        true,
	"valid-calendar-data":            true,
	"valid-calendar-object-resource": true,
	"supported-calendar-component":   true,
	"max-resource-size":              true,
	"min-date-time":                  true,
	"max-date-time":                  true,
	"max-instances":                  true,
	"max-attendees-per-instance":     true,
	"quota-not-exceeded":             true,
}

// outcome translates what became of a write.
func outcome(sent bool, err error) error {
	var (
		status *statusError
		busy   *calendar.RetryError
	)
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &status) && sent:
		return unknown(err)
	case !errors.As(err, &status):
		return err
	case errors.As(err, &busy) && status.status == http.StatusServiceUnavailable:
		// A gateway may say so after it passed the request on.
		return &calendar.RetryError{After: busy.After, Err: unknown(status)}
	case busy != nil:
		return err // 429 is said before anything is done
	case badData[status.element]:
		return fmt.Errorf("%w: %w", calendar.ErrRefused, status)
	}
	switch s := status.status; {
	case s == http.StatusUnauthorized, s == http.StatusLocked:
		return err
	case s == http.StatusPreconditionFailed, s == http.StatusConflict, s == http.StatusNotFound, s == http.StatusGone:
		return &conflict{status}
	case s == http.StatusForbidden && (status.element == "" || status.element == "need-privileges"), s == http.StatusMethodNotAllowed:
		return fmt.Errorf("%w: %w", calendar.ErrReadOnly, status)
	case s == http.StatusInsufficientStorage, s == http.StatusNotImplemented, s < 500:
		return fmt.Errorf("%w: %w", calendar.ErrRefused, status)
	}
	return unknown(status)
}

// conflict is a write that came too late. It hides that a missing resource was
// the reason: to the caller that is somebody else's change like any other.
type conflict struct{ status *statusError }

func (e *conflict) Error() string {
	return fmt.Sprintf("%v (%v)", calendar.ErrConflict, e.status)
}

func (e *conflict) Unwrap() error { return calendar.ErrConflict }

// lost is a write of which nobody knows whether it was made. It hides what was
// found out since, such as a resource that is gone: all that counts is that the
// caller has to read first.
type lost struct{ err error }

func unknown(err error) error { return &lost{err} }

func (e *lost) Error() string { return fmt.Sprintf("%v (%v)", calendar.ErrUnknown, e.err) }

func (e *lost) Unwrap() error { return calendar.ErrUnknown }
