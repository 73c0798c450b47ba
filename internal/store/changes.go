package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"oneonone/internal/calendar"
)

// putResource leaves an identical row alone, and keeps seen_at when the server
// gave the same data a new ETag: nothing changed that a person could see.
const putResource = `
INSERT INTO resources (account, calendar, href, etag, seen_at, data) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (account, calendar, href) DO UPDATE SET etag = excluded.etag, data = excluded.data,
	seen_at = CASE WHEN resources.data = excluded.data THEN resources.seen_at ELSE excluded.seen_at END
WHERE resources.etag <> excluded.etag OR resources.data <> excluded.data`

// putOurs stores a resource without its having been seen to change.
const putOurs = `
INSERT INTO resources (account, calendar, href, etag, seen_at, data) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (account, calendar, href) DO UPDATE SET etag = excluded.etag, data = excluded.data
WHERE resources.etag <> excluded.etag OR resources.data <> excluded.data`

const deleteResource = `DELETE FROM resources WHERE account = ? AND calendar = ? AND href = ?`

// ApplyChanges brings our copy of a calendar to the state ch, resources and
// cursor in one transaction, and returns how many resources are new, different
// or gone. at is the instant of the pull: resources that changed after the
// first load of the calendar were seen then, those of the first load long ago.
//
// With ch.Full everything goes that ch does not name. A skipped resource stays
// as we have it; its reason is kept until the resource comes through, goes, or a
// full comparison no longer skips it. The calendar has to be known (PutCalendars).
//
// ours are the hrefs among ch.Changed in which nobody but the program changed
// anything: they are stored, and not seen to have changed.
func (db *DB) ApplyChanges(ctx context.Context, account, calendarID string, ch calendar.Changes, at time.Time, ours ...string) (changed int, err error) {
	err = db.merge(ctx, account, calendarID, func(m *merge) error {
		var seen time.Time
		if m.before.LoadedAt != (instant{}) {
			seen = at
		}
		if err := m.remove(ch); err != nil {
			return err
		}
		own, others := divide(ch.Changed, ours)
		if err := m.put(putResource, others, seen); err != nil {
			return err
		}
		if err := m.put(putOurs, own, time.Time{}); err != nil {
			return err
		}
		m.skip(ch)
		m.advance(ch, at)
		changed = m.changed
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("storing the changes of calendar %q of account %q: %w", calendarID, account, err)
	}
	return changed, nil
}

// merge is a change to our copy of one calendar under way.
type merge struct {
	tx                *tx
	account, calendar string
	before, after     progress
	reasons           map[string]string // why a resource is passed over, by href
	changed           int               // resources that are new, different or gone
}

// merge runs do in a transaction and stores what it did to reasons and progress.
func (db *DB) merge(ctx context.Context, account, calendarID string, do func(*merge) error) error {
	return db.transact(ctx, func(tx *tx) error {
		m := &merge{tx: tx, account: account, calendar: calendarID}
		err := m.load()
		if err != nil {
			return err
		}
		reasons := maps.Clone(m.reasons)
		if err := do(m); err != nil {
			return err
		}
		if err := m.storeReasons(reasons); err != nil {
			return err
		}
		if m.changed > 0 || !maps.Equal(reasons, m.reasons) {
			if m.after.Revision, err = tx.number("revisions"); err != nil {
				return err
			}
		}
		return m.storeProgress()
	})
}

// progress is how far the copy of a calendar has come.
type progress struct {
	Cursor     string
	LoadedAt   instant `db:"loaded_at"`
	ComparedAt instant `db:"compared_at"`
	Revision   int64
}

func (m *merge) load() error {
	found, err := m.tx.get(&m.before,
		`SELECT cursor, loaded_at, compared_at, revision FROM calendars WHERE account = ? AND id = ?`, m.account, m.calendar)
	switch {
	case err != nil:
		return err
	case !found:
		return errUnknownCalendar
	}
	m.after = m.before
	var rows []struct{ Href, Reason string }
	err = m.tx.selectAll(&rows, `SELECT href, reason FROM skipped WHERE account = ? AND calendar = ?`, m.account, m.calendar)
	m.reasons = make(map[string]string, len(rows))
	for _, r := range rows {
		m.reasons[r.Href] = r.Reason
	}
	return err
}

// remove comes before put: a resource that was both removed and read again is there.
func (m *merge) remove(ch calendar.Changes) error {
	gone := ch.Removed
	if ch.Full {
		var err error
		if gone, err = m.unnamed(ch); err != nil {
			return err
		}
	}
	if len(gone) == 0 {
		return nil
	}
	del, err := m.tx.prepare(deleteResource)
	if err != nil {
		return err
	}
	for _, href := range gone {
		n, err := del(m.account, m.calendar, href)
		if err != nil {
			return err
		}
		m.changed += int(n)
		delete(m.reasons, href)
	}
	return nil
}

// unnamed returns the stored hrefs that a full answer does not name, and those
// it calls removed.
func (m *merge) unnamed(ch calendar.Changes) ([]string, error) {
	named := make(map[string]bool, len(ch.Hrefs)+len(ch.Changed)+len(ch.Skipped))
	for _, href := range ch.Hrefs {
		named[href] = true
	}
	for _, href := range ch.Removed {
		named[href] = false
	}
	for _, r := range ch.Changed {
		named[r.Href] = true
	}
	for _, s := range ch.Skipped {
		named[s.Href] = true
	}
	var stored, gone []string
	err := m.tx.selectAll(&stored, `SELECT href FROM resources WHERE account = ? AND calendar = ?`, m.account, m.calendar)
	if err != nil {
		return nil, err
	}
	for _, href := range stored {
		if !named[href] {
			gone = append(gone, href)
		}
	}
	return gone, nil
}

// divide tells the resources with one of the hrefs from the others.
func divide(rs []calendar.Resource, hrefs []string) (those, others []calendar.Resource) {
	for _, r := range rs {
		if slices.Contains(hrefs, r.Href) {
			those = append(those, r)
		} else {
			others = append(others, r)
		}
	}
	return those, others
}

func (m *merge) put(statement string, rs []calendar.Resource, seen time.Time) error {
	if len(rs) == 0 {
		return nil
	}
	put, err := m.tx.prepare(statement)
	if err != nil {
		return err
	}
	for _, r := range rs {
		n, err := put(m.account, m.calendar, r.Href, string(r.ETag), instant(seen), notNil(r.Data))
		if err != nil {
			return fmt.Errorf("resource %q: %w", r.Href, err)
		}
		m.changed += int(n)
		delete(m.reasons, r.Href)
	}
	return nil
}

func (m *merge) skip(ch calendar.Changes) {
	if ch.Full {
		// A full comparison tries everything again, so what it does not skip is well.
		clear(m.reasons)
	}
	for _, s := range ch.Skipped {
		m.reasons[s.Href] = s.Reason
	}
}

func (m *merge) advance(ch calendar.Changes, at time.Time) {
	m.after.Cursor = ch.Cursor
	if m.before.LoadedAt == (instant{}) {
		m.after.LoadedAt = instant(cut(at))
	}
	if ch.Full {
		m.after.ComparedAt = instant(cut(at))
	}
}

// storeReasons writes how the reasons differ from the stored ones.
func (m *merge) storeReasons(stored map[string]string) error {
	for href := range stored {
		if _, still := m.reasons[href]; still {
			continue
		}
		if _, err := m.tx.exec(`DELETE FROM skipped WHERE account = ? AND calendar = ? AND href = ?`, m.account, m.calendar, href); err != nil {
			return err
		}
	}
	for href, reason := range m.reasons {
		if old, known := stored[href]; known && old == reason {
			continue
		}
		_, err := m.tx.exec(`
			INSERT INTO skipped (account, calendar, href, reason) VALUES (?, ?, ?, ?)
			ON CONFLICT (account, calendar, href) DO UPDATE SET reason = excluded.reason`,
			m.account, m.calendar, href, reason)
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *merge) storeProgress() error {
	if m.after == m.before {
		return nil // a quiet pass writes nothing
	}
	n, err := m.tx.exec(`UPDATE calendars SET cursor = ?, loaded_at = ?, compared_at = ?, revision = ? WHERE account = ? AND id = ?`,
		m.after.Cursor, m.after.LoadedAt, m.after.ComparedAt, m.after.Revision, m.account, m.calendar)
	if err == nil && n != 1 {
		err = errUnknownCalendar
	}
	return err
}

// notNil keeps the driver from storing no bytes as NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
