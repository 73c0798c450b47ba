package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	gcal "google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"

	"oneonone/internal/calendar"
)

// maxPages bounds a listing whose pages do not end.
const maxPages = 2000

// Pull implements calendar.Provider. With a cursor it asks for what changed
// since; without one it lists the calendar, and passes over what the caller
// knows in the same state.
func (c *Client) Pull(ctx context.Context, calendarID string, since calendar.Since) (calendar.Changes, error) {
	token := ""
	if since.Cursor != "" {
		var ok bool
		if token, ok = tokenOf(since.Cursor); !ok {
			return calendar.Changes{}, calendar.ErrGone
		}
	}
	l := listing{byID: map[string]item{}}
	next, err := c.list(ctx, calendarID, token, &l)
	if err != nil {
		return calendar.Changes{}, err
	}
	ch := calendar.Changes{Cursor: cursorFor(next), Full: token == ""}
	if ch.Cursor == "" {
		ch.Cursor = since.Cursor // The same changes come once more, which does no harm.
	}
	for _, id := range l.order {
		it, gone := l.byID[id], false
		if it.bare() {
			if it, gone, err = c.complete(ctx, calendarID, &l, it); err != nil {
				return calendar.Changes{}, err
			}
		}
		if gone || it.tombstone() {
			if !ch.Full {
				ch.Removed = append(ch.Removed, id)
			}
			continue
		}
		if ch.Full {
			ch.Hrefs = append(ch.Hrefs, id)
		}
		if known, ok := since.Known[id]; !ok || known != it.ETag {
			ch.Changed = append(ch.Changed, calendar.Resource{Calendar: calendarID, Href: id, ETag: it.ETag, Data: it.data})
		}
	}
	return ch, nil
}

// item is what a listing has to know of an event.
type item struct {
	ID       string              `json:"id"`
	ETag     calendar.ETag       `json:"etag"`
	Status   string              `json:"status"`
	UID      string              `json:"iCalUID"`
	Series   string              `json:"recurringEventId"`
	Original *gcal.EventDateTime `json:"originalStartTime"`
	data     []byte
}

// tombstone reports whether the item says that an event is gone. A cancelled
// occurrence of a series is no tombstone: the series goes on without it. Beyond
// the end of a series that was cut short it comes as an id alone.
func (it item) tombstone() bool {
	return it.Status == statusCancelled && (it.Series == "" || it.Original == nil)
}

// bare reports whether the item is a cancelled occurrence without the UID of
// its series, which is how Google gives them.
func (it item) bare() bool { return !it.tombstone() && it.Status == statusCancelled && it.UID == "" }

// readItem reads one event of an answer.
func readItem(raw []byte) (item, error) {
	var it item
	data, err := compact(raw)
	if err == nil && json.Unmarshal(data, &it) != nil || it.ID == "" {
		err = errors.New("Google gave something that is no event")
	}
	it.data = data
	return it, err
}

// listing is what a walk over all pages has brought.
type listing struct {
	order []string // ids as they first came
	byID  map[string]item
	uids  map[string]string // of series that had to be asked for, "" for those that are gone
}

// addPage takes the events of one page. An event that changed while the pages
// were read comes twice, and its last state counts.
func (l *listing) addPage(body []byte) error {
	var page struct{ Items []json.RawMessage }
	if json.Unmarshal(body, &page) != nil {
		return errors.New("Google's answer cannot be read")
	}
	for _, raw := range page.Items {
		it, err := readItem(raw)
		if err != nil {
			return err
		}
		if _, twice := l.byID[it.ID]; !twice {
			l.order = append(l.order, it.ID)
		}
		l.byID[it.ID] = it
	}
	return nil
}

// list walks over all pages, of which any may be empty, and returns the sync
// token of the last one. With a token that Google does not take any more, be it
// expired (410) or malformed (400), the error is ErrGone.
func (c *Client) list(ctx context.Context, calendarID, token string, l *listing) (next string, err error) {
	options := slices.Clone(c.calls)
	for key, values := range listParameters {
		options = append(options, googleapi.QueryParameter(key, values...))
	}
	page := ""
	var seen []string
	for range maxPages {
		var body []byte
		answer, err := read(ctx, c, func(ctx context.Context) (*gcal.Events, error) {
			call := c.service.Events.List(calendarID)
			if token != "" {
				call.SyncToken(token)
			}
			if page != "" {
				call.PageToken(page)
			}
			return call.Context(withAnswer(ctx, &body)).Do(options...)
		})
		if err != nil {
			return "", listFailure(err, token)
		}
		if err := l.addPage(body); err != nil {
			return "", fmt.Errorf("listing the events: %w", err)
		}
		if answer.NextPageToken == "" {
			return answer.NextSyncToken, nil
		}
		if page = answer.NextPageToken; slices.Contains(seen, page) {
			break
		}
		seen = append(seen, page)
	}
	return "", errors.New("listing the events: Google's list does not end")
}

func listFailure(err error, token string) error {
	var f *failure
	if token != "" && errors.As(err, &f) && (f.code == 410 || f.code == 400) {
		return fmt.Errorf("%w (%d)", calendar.ErrGone, f.code)
	}
	return fmt.Errorf("listing the events: %w", err)
}

// complete puts the UID of its series into a cancelled occurrence: the caller
// finds what belongs together by it. gone reports that the series is no more, and
// the occurrence with it.
func (c *Client) complete(ctx context.Context, calendarID string, l *listing, it item) (_ item, gone bool, err error) {
	series, listed := l.byID[it.Series]
	if listed {
		if series.tombstone() {
			return it, true, nil
		}
		return it.withUID(series.UID), false, nil
	}
	uid, asked := l.uids[it.Series]
	if !asked {
		if uid, err = c.uidOf(ctx, calendarID, it.Series); err != nil {
			return it, false, err
		}
		if l.uids == nil {
			l.uids = map[string]string{}
		}
		l.uids[it.Series] = uid
	}
	return it.withUID(uid), uid == "", nil
}

// uidOf asks for the UID of a series; "" when it is gone.
func (c *Client) uidOf(ctx context.Context, calendarID, id string) (string, error) {
	series, err := c.event(ctx, calendarID, id)
	switch {
	case errors.Is(err, calendar.ErrNotFound):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("reading the series of a cancelled occurrence: %w", err)
	case series.tombstone():
		return "", nil
	}
	return series.UID, nil
}

// withUID returns the item with a UID. Its data is otherwise as it came.
func (it item) withUID(uid string) item {
	text, err := json.Marshal(uid)
	if err != nil || uid == "" {
		return it
	}
	it.UID = uid
	data := append([]byte(`{"iCalUID":`), text...)
	it.data = append(append(data, ','), it.data[1:]...)
	return it
}

// Get implements calendar.Provider.
func (c *Client) Get(ctx context.Context, calendarID, href string) (calendar.Resource, error) {
	it, err := c.event(ctx, calendarID, href)
	if err != nil {
		return calendar.Resource{}, err
	}
	if it.bare() {
		uid, err := c.uidOf(ctx, calendarID, it.Series)
		if err != nil {
			return calendar.Resource{}, err
		}
		it = it.withUID(uid)
	}
	if it.tombstone() || it.bare() {
		return calendar.Resource{}, calendar.ErrNotFound
	}
	return it.resource(calendarID), nil
}

func (it item) resource(calendarID string) calendar.Resource {
	return calendar.Resource{Calendar: calendarID, Href: it.ID, ETag: it.ETag, Data: it.data}
}

// event asks for one event; Google gives deleted ones too.
func (c *Client) event(ctx context.Context, calendarID, id string) (item, error) {
	var body []byte
	_, err := read(ctx, c, func(ctx context.Context) (*gcal.Event, error) {
		return c.service.Events.Get(calendarID, id).Context(withAnswer(ctx, &body)).Do(c.calls...)
	})
	if err != nil {
		return item{}, err
	}
	return readItem(body)
}
