package store

import (
	"context"
	"fmt"
	"time"

	"oneonone/internal/calendar"
)

// CalendarState is a calendar with how far our copy of it has come.
type CalendarState struct {
	calendar.Calendar
	Cursor     string    // "" before the first load, and where the server has none
	LoadedAt   time.Time // first load; zero before it
	ComparedAt time.Time // last full comparison; zero before it
	// Revision is another one, never used before in this database, after every
	// change of what Versions or Skipped tell of this calendar: while it stays
	// the same there is no need to ask them again.
	Revision int64
}

type calendarRow struct {
	ID         string
	Name       string
	Zone       string
	Main       bool
	Writable   bool
	Delivers   bool
	Cursor     string
	LoadedAt   instant `db:"loaded_at"`
	ComparedAt instant `db:"compared_at"`
	Revision   int64
}

const selectCalendars = `
SELECT id, name, zone, main, writable, delivers, cursor, loaded_at, compared_at, revision
FROM calendars WHERE account = ? ORDER BY id`

// PutCalendars makes cals the calendars of account. Those already known keep
// their cursor and resources; those that are not among cals go, with all that
// was stored of them.
func (db *DB) PutCalendars(ctx context.Context, account string, cals []calendar.Calendar) error {
	wanted := make(map[string]calendarRow, len(cals))
	for _, c := range cals {
		wanted[c.ID] = calendarRow{
			ID: c.ID, Name: c.Name, Zone: zoneName(c.Zone), Main: c.Default, Writable: c.Writable, Delivers: c.Delivers,
		}
	}
	return db.transact(ctx, func(tx *tx) error {
		var stored []calendarRow
		if err := tx.selectAll(&stored, selectCalendars, account); err != nil {
			return err
		}
		for _, old := range stored {
			w, ok := wanted[old.ID]
			if !ok {
				if _, err := tx.exec(`DELETE FROM calendars WHERE account = ? AND id = ?`, account, old.ID); err != nil {
					return err
				}
				continue
			}
			w.Cursor, w.LoadedAt, w.ComparedAt, w.Revision = old.Cursor, old.LoadedAt, old.ComparedAt, old.Revision
			if w == old {
				delete(wanted, old.ID) // a quiet pass writes nothing
			}
		}
		for _, w := range wanted {
			_, err := tx.exec(`
				INSERT INTO calendars (account, id, name, zone, main, writable, delivers) VALUES (?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (account, id) DO UPDATE SET name = excluded.name, zone = excluded.zone,
					main = excluded.main, writable = excluded.writable, delivers = excluded.delivers`,
				account, w.ID, w.Name, w.Zone, w.Main, w.Writable, w.Delivers)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Calendars returns the calendars of account in the order of their ids. The
// zone of a calendar is nil when this machine does not know its name.
func (db *DB) Calendars(ctx context.Context, account string) ([]CalendarState, error) {
	var rows []calendarRow
	if err := db.selectAll(ctx, &rows, selectCalendars, account); err != nil {
		return nil, fmt.Errorf("reading the calendars of account %q: %w", account, err)
	}
	out := make([]CalendarState, len(rows))
	for i, r := range rows {
		out[i] = CalendarState{
			Calendar: calendar.Calendar{
				ID: r.ID, Name: r.Name, Zone: zoneNamed(r.Zone), Default: r.Main, Writable: r.Writable, Delivers: r.Delivers,
			},
			Cursor: r.Cursor, LoadedAt: time.Time(r.LoadedAt), ComparedAt: time.Time(r.ComparedAt), Revision: r.Revision,
		}
	}
	return out, nil
}

func zoneName(z *time.Location) string {
	if z == nil {
		return ""
	}
	return z.String()
}

// zoneNamed returns nil for "Local" too: the zone of the machine is never a
// person's intent.
func zoneNamed(name string) *time.Location {
	if name == "" || name == "Local" {
		return nil
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return z
}
