package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Document is what is remembered of the agenda document of a pair. Losing it
// loses nothing: the document is found again where it is kept.
type Document struct {
	Pair    string // key of the relationship (R3)
	Account string // the account that keeps it
	ID      string // "" before it was made
	Link    string // "" before it was made
	// SharedWith is the address that was let in; "" for none.
	SharedWith string
	Section    string    // the last section that was put into it, or was found in it; "" for none
	Topics     []string  // of people's calendars that were put into that section; single lines
	Unfinished int       // agendas in a row, up to the last meeting, that were not finished (R22)
	TriedAt    time.Time // when making it was begun; zero once it is there
	LookedAt   time.Time // when it was last in order; zero for never
}

type documentRow struct {
	Pair, Account string
	ID            string `db:"document"`
	Link          string
	SharedWith    string `db:"shared_with"`
	Section       string
	Topics        string
	Unfinished    int
	TriedAt       instant `db:"tried_at"`
	LookedAt      instant `db:"looked_at"`
}

// PutDocument replaces what is remembered of the document of d.Pair.
func (db *DB) PutDocument(ctx context.Context, d Document) error {
	_, err := db.exec(ctx, `
		INSERT INTO documents (pair, account, document, link, shared_with, section, topics, unfinished, tried_at, looked_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (pair) DO UPDATE SET account = excluded.account, document = excluded.document, link = excluded.link,
			shared_with = excluded.shared_with, section = excluded.section, topics = excluded.topics, unfinished = excluded.unfinished,
			tried_at = excluded.tried_at, looked_at = excluded.looked_at`,
		d.Pair, d.Account, d.ID, d.Link, d.SharedWith, d.Section, strings.Join(d.Topics, "\n"), d.Unfinished, instant(cut(d.TriedAt)), instant(cut(d.LookedAt)))
	if err != nil {
		return fmt.Errorf("storing which document is an agenda: %w", err)
	}
	return nil
}

// Documents returns what is remembered of all documents, by pair.
func (db *DB) Documents(ctx context.Context) ([]Document, error) {
	var rows []documentRow
	err := db.selectAll(ctx, &rows, `
		SELECT pair, account, document, link, shared_with, section, topics, unfinished, tried_at, looked_at FROM documents ORDER BY pair`)
	if err != nil {
		return nil, fmt.Errorf("reading which documents are agendas: %w", err)
	}
	out := make([]Document, len(rows))
	for i, r := range rows {
		out[i] = Document{
			Pair: r.Pair, Account: r.Account, ID: r.ID, Link: r.Link, SharedWith: r.SharedWith, Section: r.Section,
			Topics: linesOf(r.Topics), Unfinished: r.Unfinished, TriedAt: time.Time(r.TriedAt), LookedAt: time.Time(r.LookedAt),
		}
	}
	return out, nil
}

// linesOf returns the lines of a text, nil for the empty one.
func linesOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
