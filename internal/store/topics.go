package store

import (
	"context"
	"fmt"
	"time"
)

// Topic is a line that a person wrote under "Agenda:" in a calendar, for one
// meeting. What stands on a series is one Topic for each of its meetings.
type Topic struct {
	Pair       string    // key of the relationship (R3)
	Person     string    // key of the one of the two in whose copy it stands
	UID        string    // of the meeting
	Original   time.Time // zero for an event that does not recur
	Start, End time.Time // when the meeting takes place
	Place      int       // in the order in which the person wrote them, from 0
	Text       string
	SeenAt     time.Time // when it was first seen; PutTopics sets it
}

type topicRow struct {
	Pair     string
	Person   string
	UID      string
	Original instant `db:"original_start"`
	Start    instant `db:"start_at"`
	End      instant `db:"end_at"`
	Place    int
	Text     string  `db:"topic"`
	SeenAt   instant `db:"seen_at"`
}

// topicKey is what a topic stays the same by.
type topicKey struct {
	uid          string
	original     instant
	person, text string
}

func (r topicRow) key() topicKey { return topicKey{r.UID, r.Original, r.Person, r.Text} }

func rowOfTopic(t Topic) topicRow {
	return topicRow{
		Pair: t.Pair, Person: t.Person, UID: t.UID, Original: instant(cut(t.Original)),
		Start: instant(cut(t.Start)), End: instant(cut(t.End)), Place: t.Place, Text: t.Text, SeenAt: instant(cut(t.SeenAt)),
	}
}

func (r topicRow) topic() Topic {
	return Topic{
		Pair: r.Pair, Person: r.Person, UID: r.UID, Original: time.Time(r.Original),
		Start: time.Time(r.Start), End: time.Time(r.End), Place: r.Place, Text: r.Text, SeenAt: time.Time(r.SeenAt),
	}
}

const topicColumns = `pair, person, uid, original_start, topic, place, start_at, end_at, seen_at`

// PutTopics makes topics all that the pair has for meetings which are not over
// at now. What stood there and does no longer goes; the topics of meetings that
// were held stay for ever. Known ones keep when they were first seen. It writes
// nothing when nothing is different.
func (db *DB) PutTopics(ctx context.Context, pair string, topics []Topic, now time.Time) error {
	if err := db.putTopics(ctx, pair, topics, instant(now)); err != nil {
		return fmt.Errorf("storing the topics of an agenda: %w", err)
	}
	return nil
}

func (db *DB) putTopics(ctx context.Context, pair string, topics []Topic, now instant) error {
	want := make(map[topicKey]topicRow, len(topics))
	for _, t := range topics {
		r := rowOfTopic(t)
		r.Pair, r.SeenAt = pair, instant(cut(time.Time(now)))
		want[r.key()] = r
	}
	const query = `SELECT ` + topicColumns + ` FROM topics WHERE pair = ? AND end_at > ?`
	var before []topicRow
	if err := db.selectAll(ctx, &before, query, pair, now); err != nil {
		return err
	}
	// A pass in which nothing is different takes no turn at writing.
	if same(before, want) {
		return nil
	}
	return db.transact(ctx, func(tx *tx) error {
		var old []topicRow
		if err := tx.selectAll(&old, query, pair, now); err != nil {
			return err
		}
		for _, r := range old {
			if _, ok := want[r.key()]; ok {
				continue
			}
			_, err := tx.exec(`DELETE FROM topics WHERE pair = ? AND uid = ? AND original_start = ? AND person = ? AND topic = ?`,
				r.Pair, r.UID, r.Original, r.Person, r.Text)
			if err != nil {
				return err
			}
		}
		for _, r := range want {
			_, err := tx.exec(`
				INSERT INTO topics (`+topicColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (pair, uid, original_start, person, topic) DO UPDATE SET
					place = excluded.place, start_at = excluded.start_at, end_at = excluded.end_at`,
				r.Pair, r.Person, r.UID, r.Original, r.Text, r.Place, r.Start, r.End, r.SeenAt)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// same reports whether the rows are the wanted ones, whenever those were first seen.
func same(old []topicRow, want map[topicKey]topicRow) bool {
	if len(old) != len(want) {
		return false
	}
	for _, r := range old {
		w := want[r.key()]
		if w.SeenAt = r.SeenAt; w != r {
			return false
		}
	}
	return true
}

// Topics returns what the two wrote for the pair's meeting that begins at start,
// each person's topics in their order.
func (db *DB) Topics(ctx context.Context, pair string, start time.Time) ([]Topic, error) {
	var rows []topicRow
	err := db.selectAll(ctx, &rows, `SELECT `+topicColumns+` FROM topics WHERE pair = ? AND start_at = ? ORDER BY person, place, topic`,
		pair, instant(start))
	if err != nil {
		return nil, fmt.Errorf("reading the topics of an agenda: %w", err)
	}
	out := make([]Topic, len(rows))
	for i, r := range rows {
		out[i] = r.topic()
	}
	return out, nil
}
