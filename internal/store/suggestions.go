package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"oneonone/internal/span"
)

// Suggestion is a change that waits, or has waited, for a person's yes
// (DESIGN §3). It holds no title and no description of any event.
type Suggestion struct {
	ID      int64  // given by the store, from 1 upwards
	Account string // of its addressee
	Pair    string // key of the relationship (R3)

	Kind     string    // what it would change
	Rule     string    // e.g. "R21"
	UID      string    // the series or event it is about; "" when about none
	Original time.Time // the occurrence it is about; zero else
	Rhythm   string    // the new one; "" when it changes none
	Length   time.Duration
	From, To span.Span // where the meeting stands, and where it would; From is zero for a new one
	Zone     string    // IANA name of the zone in which they are told
	Rung     int       // R11
	Reason   string    // why, for people (R16)
	With     string    // who the 1:1 is with

	// The event in the addressee's calendar.
	Calendar string
	EventID  string // never changes; at most one suggestion has it
	Href     string // "" until it is known to stand there
	EventUID string
	MadeUID  string // of the event or series that a yes made; "" before

	State      string
	Words      string    // why it ended, for people; "" while it is open
	AskedAt    time.Time // when it was put into the calendar, or decided on
	AnsweredAt time.Time
	EndedAt    time.Time // when its event had to go; zero while it is open
}

type suggestionRow struct {
	ID         int64   `db:"id"`
	Account    string  `db:"account"`
	Pair       string  `db:"pair"`
	Kind       string  `db:"kind"`
	Rule       string  `db:"rule"`
	UID        string  `db:"uid"`
	Original   instant `db:"original_start"`
	Rhythm     string  `db:"rhythm"`
	Length     int64   `db:"length_ms"`
	FromStart  instant `db:"from_start"`
	FromEnd    instant `db:"from_end"`
	ToStart    instant `db:"to_start"`
	ToEnd      instant `db:"to_end"`
	Zone       string  `db:"zone"`
	Rung       int     `db:"rung"`
	Reason     string  `db:"reason"`
	With       string  `db:"other_person"`
	Calendar   string  `db:"event_calendar"`
	EventID    string  `db:"event_id"`
	Href       string  `db:"event_href"`
	EventUID   string  `db:"event_uid"`
	MadeUID    string  `db:"made_uid"`
	State      string  `db:"state"`
	Words      string  `db:"words"`
	AskedAt    instant `db:"asked_at"`
	AnsweredAt instant `db:"answered_at"`
	EndedAt    instant `db:"ended_at"`
}

const suggestionColumns = `id, account, pair, kind, rule, uid, original_start, rhythm, length_ms, from_start, from_end,
	to_start, to_end, zone, rung, reason, other_person, event_calendar, event_id, event_href, event_uid, made_uid,
	state, words, asked_at, answered_at, ended_at`

const insertSuggestion = `
INSERT INTO suggestions (` + suggestionColumns + `) VALUES (:id, :account, :pair, :kind, :rule, :uid, :original_start,
	:rhythm, :length_ms, :from_start, :from_end, :to_start, :to_end, :zone, :rung, :reason, :other_person,
	:event_calendar, :event_id, :event_href, :event_uid, :made_uid, :state, :words, :asked_at, :answered_at, :ended_at)`

func suggestionRowOf(s Suggestion) suggestionRow {
	return suggestionRow{
		ID: s.ID, Account: s.Account, Pair: s.Pair, Kind: s.Kind, Rule: s.Rule, UID: s.UID, Original: instant(s.Original),
		Rhythm: s.Rhythm, Length: s.Length.Milliseconds(),
		FromStart: instant(s.From.Start), FromEnd: instant(s.From.End), ToStart: instant(s.To.Start), ToEnd: instant(s.To.End),
		Zone: s.Zone, Rung: s.Rung, Reason: s.Reason, With: s.With,
		Calendar: s.Calendar, EventID: s.EventID, Href: s.Href, EventUID: s.EventUID, MadeUID: s.MadeUID,
		State: s.State, Words: s.Words, AskedAt: instant(s.AskedAt), AnsweredAt: instant(s.AnsweredAt), EndedAt: instant(s.EndedAt),
	}
}

func (r suggestionRow) suggestion() Suggestion {
	return Suggestion{
		ID: r.ID, Account: r.Account, Pair: r.Pair, Kind: r.Kind, Rule: r.Rule, UID: r.UID, Original: time.Time(r.Original),
		Rhythm: r.Rhythm, Length: time.Duration(r.Length) * time.Millisecond,
		From: span.Span{Start: time.Time(r.FromStart), End: time.Time(r.FromEnd)},
		To:   span.Span{Start: time.Time(r.ToStart), End: time.Time(r.ToEnd)},
		Zone: r.Zone, Rung: r.Rung, Reason: r.Reason, With: r.With,
		Calendar: r.Calendar, EventID: r.EventID, Href: r.Href, EventUID: r.EventUID, MadeUID: r.MadeUID,
		State: r.State, Words: r.Words, AskedAt: time.Time(r.AskedAt), AnsweredAt: time.Time(r.AnsweredAt), EndedAt: time.Time(r.EndedAt),
	}
}

// AddSuggestion records a new suggestion and returns it with its ID. It fails
// when the pair has an open one (R28): wanted, open or accepted.
func (db *DB) AddSuggestion(ctx context.Context, s Suggestion) (Suggestion, error) {
	err := db.transact(ctx, func(tx *tx) (err error) {
		if s.ID, err = tx.number("suggestions"); err != nil {
			return err
		}
		_, err = tx.NamedExecContext(tx.ctx, insertSuggestion, suggestionRowOf(s))
		return err
	})
	if err != nil {
		return Suggestion{}, fmt.Errorf("recording a suggestion: %w", err)
	}
	return s, nil
}

// UpdateSuggestion stores what has become of the suggestion with s.ID: where its
// event stands, its times, reason and state. It returns ErrState, and changes
// nothing, when the stored one is not in state from.
func (db *DB) UpdateSuggestion(ctx context.Context, s Suggestion, from string) error {
	n, err := db.exec(ctx, `
		UPDATE suggestions SET to_start = ?, to_end = ?, rung = ?, reason = ?, event_calendar = ?, event_href = ?, event_uid = ?,
			made_uid = ?, state = ?, words = ?, asked_at = ?, answered_at = ?, ended_at = ? WHERE id = ? AND state = ?`,
		instant(s.To.Start), instant(s.To.End), s.Rung, s.Reason, s.Calendar, s.Href, s.EventUID,
		s.MadeUID, s.State, s.Words, instant(s.AskedAt), instant(s.AnsweredAt), instant(s.EndedAt), s.ID, from)
	if err == nil && n != 1 {
		err = ErrState
	}
	if err != nil {
		return fmt.Errorf("recording what became of suggestion %d: %w", s.ID, err)
	}
	return nil
}

// Suggestions returns the suggestions in any of the states, all without one, that were
// asked or ended at since or later, the oldest first.
func (db *DB) Suggestions(ctx context.Context, since time.Time, states ...string) ([]Suggestion, error) {
	query, args := `SELECT `+suggestionColumns+` FROM suggestions`, []any{}
	var where []string
	if len(states) > 0 {
		where = append(where, `state IN (?`+strings.Repeat(`, ?`, len(states)-1)+`)`)
		for _, s := range states {
			args = append(args, s)
		}
	}
	if !since.IsZero() {
		where = append(where, `(asked_at >= ? OR ended_at >= ?)`)
		args = append(args, instant(since), instant(since))
	}
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, ` AND `)
	}
	var rows []suggestionRow
	if err := db.selectAll(ctx, &rows, query+` ORDER BY id`, args...); err != nil {
		return nil, fmt.Errorf("reading the suggestions: %w", err)
	}
	out := make([]Suggestion, len(rows))
	for i, r := range rows {
		out[i] = r.suggestion()
	}
	return out, nil
}
