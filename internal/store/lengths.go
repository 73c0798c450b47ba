package store

import (
	"context"
	"fmt"
	"time"
)

// Length is how long one meeting took, by one source of evidence (R20).
type Length struct {
	Pair, UID string
	Original  time.Time // zero for an event that does not recur
	Start     time.Time // when the meeting took place
	Length    time.Duration
	Source    string // meet, done, end
	NotedAt   time.Time
}

type lengthRow struct {
	Pair     string
	UID      string
	Original instant `db:"original_start"`
	Source   string
	Start    instant `db:"started_at"`
	Length   int64   `db:"length_ms"`
	NotedAt  instant `db:"noted_at"`
}

// PutLength keeps l. Of one meeting and source the first length counts, except
// that what a person wrote into the calendar ("end") follows the calendar. It
// reports whether anything is new; then first is true.
func (db *DB) PutLength(ctx context.Context, l Length) (first bool, err error) {
	n, err := db.exec(ctx, `
		INSERT INTO lengths (pair, uid, original_start, source, started_at, length_ms, noted_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (pair, uid, original_start, source) DO UPDATE SET
			started_at = excluded.started_at, length_ms = excluded.length_ms, noted_at = excluded.noted_at
		WHERE lengths.source = 'end' AND (lengths.length_ms <> excluded.length_ms OR lengths.started_at <> excluded.started_at)`,
		l.Pair, l.UID, instant(l.Original), l.Source, instant(l.Start), l.Length.Milliseconds(), instant(l.NotedAt))
	if err != nil {
		return false, fmt.Errorf("storing how long a meeting took: %w", err)
	}
	return n > 0, nil
}

// DropLength forgets what source says of one meeting.
func (db *DB) DropLength(ctx context.Context, pair, uid string, original time.Time, source string) error {
	_, err := db.exec(ctx, `DELETE FROM lengths WHERE pair = ? AND uid = ? AND original_start = ? AND source = ?`,
		pair, uid, instant(original), source)
	if err != nil {
		return fmt.Errorf("forgetting how long a meeting took: %w", err)
	}
	return nil
}

// Lengths returns what is known of the meetings of pair, of all pairs when it
// is "", that took place at since or later, the oldest first.
func (db *DB) Lengths(ctx context.Context, pair string, since time.Time) ([]Length, error) {
	var rows []lengthRow
	err := db.selectAll(ctx, &rows, `
		SELECT pair, uid, original_start, source, started_at, length_ms, noted_at FROM lengths
		WHERE (? = '' OR pair = ?) AND started_at >= ? ORDER BY started_at, pair, uid, source`, pair, pair, instant(since))
	if err != nil {
		return nil, fmt.Errorf("reading how long meetings took: %w", err)
	}
	out := make([]Length, len(rows))
	for i, r := range rows {
		out[i] = Length{
			Pair: r.Pair, UID: r.UID, Original: time.Time(r.Original), Start: time.Time(r.Start),
			Length: time.Duration(r.Length) * time.Millisecond, Source: r.Source, NotedAt: time.Time(r.NotedAt),
		}
	}
	return out, nil
}

// Occurrence names one occurrence of a series.
type Occurrence struct {
	UID      string
	Original time.Time
}

// PutTroubled notes that the occurrences had a conflict (R18). Known ones stay as they are.
func (db *DB) PutTroubled(ctx context.Context, os []Occurrence, at time.Time) error {
	if len(os) == 0 {
		return nil
	}
	err := db.transact(ctx, func(tx *tx) error {
		put, err := tx.prepare(`INSERT INTO troubled (uid, original_start, noted_at) VALUES (?, ?, ?) ON CONFLICT (uid, original_start) DO NOTHING`)
		for _, o := range os {
			if err == nil {
				_, err = put(o.UID, instant(o.Original), instant(at))
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("noting conflicts: %w", err)
	}
	return nil
}

// Troubled returns the occurrences that are known to have had a conflict and
// whose original start is since or later.
func (db *DB) Troubled(ctx context.Context, since time.Time) ([]Occurrence, error) {
	var rows []struct {
		UID      string
		Original instant `db:"original_start"`
	}
	err := db.selectAll(ctx, &rows, `SELECT uid, original_start FROM troubled WHERE original_start >= ? ORDER BY uid, original_start`, instant(since))
	if err != nil {
		return nil, fmt.Errorf("reading the conflicts of the past: %w", err)
	}
	out := make([]Occurrence, len(rows))
	for i, r := range rows {
		out[i] = Occurrence{r.UID, time.Time(r.Original)}
	}
	return out, nil
}
