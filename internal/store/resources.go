package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oneonone/internal/calendar"
)

var errUnknownCalendar = errors.New("this calendar is not, or no longer, one of the account's")

// Version names one stored state of a resource, without its data.
type Version struct {
	Calendar string
	Href     string
	ETag     calendar.ETag
	// SeenAt is when the program saw the last change of the data; zero when it
	// came with the first load of its calendar, so long ago.
	SeenAt time.Time
}

// Stored is a resource as our copy holds it. The caller owns its data.
type Stored struct {
	calendar.Resource
	SeenAt time.Time // see Version
}

// SkippedResource is a resource the server named but did not give, and why.
type SkippedResource struct {
	Calendar string
	calendar.Skipped
}

type resourceRow struct {
	Calendar string
	Href     string
	ETag     calendar.ETag
	SeenAt   instant `db:"seen_at"`
	Data     []byte
}

func (r resourceRow) stored() Stored {
	return Stored{
		Resource: calendar.Resource{Calendar: r.Calendar, Href: r.Href, ETag: r.ETag, Data: r.Data},
		SeenAt:   time.Time(r.SeenAt),
	}
}

// Known returns href and ETag of everything stored of one calendar.
func (db *DB) Known(ctx context.Context, account, calendarID string) (map[string]calendar.ETag, error) {
	var rows []resourceRow
	err := db.selectAll(ctx, &rows, `SELECT href, etag FROM resources WHERE account = ? AND calendar = ?`, account, calendarID)
	if err != nil {
		return nil, fmt.Errorf("listing calendar %q of account %q: %w", calendarID, account, err)
	}
	known := make(map[string]calendar.ETag, len(rows))
	for _, r := range rows {
		known[r.Href] = r.ETag
	}
	return known, nil
}

// Versions returns the version of every resource of account, by calendar and
// href. It reads no data, so that a caller who keeps parsed events loads only
// those that changed.
func (db *DB) Versions(ctx context.Context, account string) ([]Version, error) {
	var rows []resourceRow
	err := db.selectAll(ctx, &rows, `
		SELECT calendar, href, etag, seen_at FROM resources WHERE account = ? ORDER BY calendar, href`, account)
	if err != nil {
		return nil, fmt.Errorf("listing the resources of account %q: %w", account, err)
	}
	out := make([]Version, len(rows))
	for i, r := range rows {
		out[i] = Version{Calendar: r.Calendar, Href: r.Href, ETag: r.ETag, SeenAt: time.Time(r.SeenAt)}
	}
	return out, nil
}

// Resource returns one resource and whether it is stored.
func (db *DB) Resource(ctx context.Context, account, calendarID, href string) (Stored, bool, error) {
	var r resourceRow
	found, err := db.get(ctx, &r, `
		SELECT calendar, href, etag, seen_at, data FROM resources WHERE account = ? AND calendar = ? AND href = ?`,
		account, calendarID, href)
	if err != nil || !found {
		return Stored{}, false, err
	}
	return r.stored(), true, nil
}

// PutResource stores what our own write left on the server, seen at at. An
// identical resource stays as it is.
func (db *DB) PutResource(ctx context.Context, account string, r calendar.Resource, at time.Time) error {
	err := db.merge(ctx, account, r.Calendar, func(m *merge) error {
		return m.put(putResource, []calendar.Resource{r}, at)
	})
	if err != nil {
		return fmt.Errorf("storing resource %q of account %q: %w", r.Href, account, err)
	}
	return nil
}

// RemoveResource takes one resource out of our copy, if it is there.
func (db *DB) RemoveResource(ctx context.Context, account, calendarID, href string) error {
	err := db.merge(ctx, account, calendarID, func(m *merge) error {
		return m.remove(calendar.Changes{Removed: []string{href}})
	})
	if err != nil && !errors.Is(err, errUnknownCalendar) {
		return fmt.Errorf("forgetting resource %q of account %q: %w", href, account, err)
	}
	return nil
}

// Skipped returns what was passed over in the calendars of account, by
// calendar and href.
func (db *DB) Skipped(ctx context.Context, account string) ([]SkippedResource, error) {
	var rows []struct{ Calendar, Href, Reason string }
	err := db.selectAll(ctx, &rows, `SELECT calendar, href, reason FROM skipped WHERE account = ? ORDER BY calendar, href`, account)
	if err != nil {
		return nil, fmt.Errorf("reading what was passed over for account %q: %w", account, err)
	}
	out := make([]SkippedResource, len(rows))
	for i, r := range rows {
		out[i] = SkippedResource{Calendar: r.Calendar, Skipped: calendar.Skipped{Href: r.Href, Reason: r.Reason}}
	}
	return out, nil
}
