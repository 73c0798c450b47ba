package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oneonone/internal/calendar"
)

// Agenda is what the page of a pair's living document shows of their meetings.
type Agenda struct {
	Pair  string // key of the relationship (R3)
	Token string // the part of the link that nobody can guess
	// Names and Addresses are those of the two people, in the same order.
	Names     [2]string
	Addresses [2]string
	Organizer string            // which of Addresses organizes; "" when unknown
	Relation  calendar.Relation // what Names[1] is to Names[0]

	NextStart, NextEnd time.Time // the next meeting; zero when none is planned
	Zone               string    // IANA name of the zone in which times are told
	Held               int       // meetings already held, as far as known
	PreviousAt         time.Time // start of the last one; zero when unknown

	// Current is the last meeting that has begun, over or not; CurrentStart is
	// zero when none is known.
	CurrentUID               string
	CurrentOriginal          time.Time
	CurrentStart, CurrentEnd time.Time
}

type agendaRow struct {
	Pair       string
	Token      string
	NameA      string `db:"name_a"`
	NameB      string `db:"name_b"`
	AddressA   string `db:"address_a"`
	AddressB   string `db:"address_b"`
	Organizer  string
	Relation   calendar.Relation
	NextStart  instant `db:"next_start"`
	NextEnd    instant `db:"next_end"`
	Zone       string
	Held       int
	PreviousAt instant `db:"previous_at"`

	CurrentUID      string  `db:"current_uid"`
	CurrentOriginal instant `db:"current_original"`
	CurrentStart    instant `db:"current_start"`
	CurrentEnd      instant `db:"current_end"`
}

const agendaColumns = `pair, token, name_a, name_b, address_a, address_b, organizer, relation,
	next_start, next_end, zone, held, previous_at, current_uid, current_original, current_start, current_end`

func (r agendaRow) agenda() Agenda {
	return Agenda{
		Pair: r.Pair, Token: r.Token, Names: [2]string{r.NameA, r.NameB}, Addresses: [2]string{r.AddressA, r.AddressB},
		Organizer: r.Organizer, Relation: r.Relation, NextStart: time.Time(r.NextStart), NextEnd: time.Time(r.NextEnd),
		Zone: r.Zone, Held: r.Held, PreviousAt: time.Time(r.PreviousAt), CurrentUID: r.CurrentUID,
		CurrentOriginal: time.Time(r.CurrentOriginal), CurrentStart: time.Time(r.CurrentStart), CurrentEnd: time.Time(r.CurrentEnd),
	}
}

// EnsureAgenda returns the token of the pair's agenda. It becomes adopt, the
// token found on the pair's events, if that is well formed and no other pair's:
// what stands in the calendars is what people have. Else it stays as it is, and
// a pair without one gets one from newToken. Tokens are 128 random bits or more,
// spelled in at least 22 characters of base64url.
func (db *DB) EnsureAgenda(ctx context.Context, pair, adopt string, newToken func() (string, error)) (token string, err error) {
	const query = `SELECT token FROM agendas WHERE pair = ?`
	found, err := db.get(ctx, &token, query, pair)
	if err == nil && (!found || wellFormed(adopt) && adopt != token) {
		err = db.transact(ctx, func(tx *tx) error {
			found, err := tx.get(&token, query, pair)
			if err != nil {
				return err
			}
			old := token
			if token, err = tx.freeToken(adopt, old, newToken); err != nil || token == old {
				return err
			}
			statement := `INSERT INTO agendas (token, pair) VALUES (?, ?)`
			if found {
				statement = `UPDATE agendas SET token = ? WHERE pair = ?`
			}
			_, err = tx.exec(statement, token, pair)
			return err
		})
	}
	if err != nil {
		return "", fmt.Errorf("giving the pair an agenda: %w", err)
	}
	return token, nil
}

// freeToken chooses the token of a pair that has old until now, "" for none.
func (t *tx) freeToken(adopt, old string, newToken func() (string, error)) (string, error) {
	if wellFormed(adopt) {
		taken, err := t.get(new(string), `SELECT pair FROM agendas WHERE token = ?`, adopt)
		if err != nil || !taken {
			return adopt, err
		}
	}
	if old != "" {
		return old, nil
	}
	token, err := newToken()
	if err == nil && !wellFormed(token) {
		err = errors.New("the new token is shorter than 22 characters of base64url")
	}
	return token, err
}

// wellFormed reports whether token can be one of ours. The upper bound keeps
// what strangers write on events from filling the database.
func wellFormed(token string) bool {
	if len(token) < 22 || len(token) > 128 {
		return false
	}
	for _, c := range []byte(token) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

// ErrNoAgenda says that the pair has no agenda: EnsureAgenda was never asked for one.
var ErrNoAgenda = errors.New("the pair has no agenda yet")

// PutAgendaFacts stores all of a but its token, which EnsureAgenda gave; without
// that it fails with ErrNoAgenda. It writes nothing when nothing is different.
func (db *DB) PutAgendaFacts(ctx context.Context, a Agenda) error {
	row := agendaRow{
		Pair: a.Pair, NameA: a.Names[0], NameB: a.Names[1], AddressA: a.Addresses[0], AddressB: a.Addresses[1],
		Organizer: a.Organizer, Relation: a.Relation, NextStart: instant(cut(a.NextStart)), NextEnd: instant(cut(a.NextEnd)),
		Zone: a.Zone, Held: a.Held, PreviousAt: instant(cut(a.PreviousAt)), CurrentUID: a.CurrentUID,
		CurrentOriginal: instant(cut(a.CurrentOriginal)), CurrentStart: instant(cut(a.CurrentStart)), CurrentEnd: instant(cut(a.CurrentEnd)),
	}
	var old agendaRow
	found, err := db.get(ctx, &old, `SELECT `+agendaColumns+` FROM agendas WHERE pair = ?`, a.Pair)
	if err == nil && !found {
		err = ErrNoAgenda
	}
	if row.Token = old.Token; err == nil && row != old {
		_, err = db.exec(ctx, `
			UPDATE agendas SET name_a = ?, name_b = ?, address_a = ?, address_b = ?, organizer = ?, relation = ?,
				next_start = ?, next_end = ?, zone = ?, held = ?, previous_at = ?,
				current_uid = ?, current_original = ?, current_start = ?, current_end = ? WHERE pair = ?`,
			row.NameA, row.NameB, row.AddressA, row.AddressB, row.Organizer, row.Relation,
			row.NextStart, row.NextEnd, row.Zone, row.Held, row.PreviousAt,
			row.CurrentUID, row.CurrentOriginal, row.CurrentStart, row.CurrentEnd, row.Pair)
	}
	if err != nil {
		return fmt.Errorf("storing what the agenda shows: %w", err)
	}
	return nil
}

// AgendaByToken returns the agenda that a link names and whether there is one.
func (db *DB) AgendaByToken(ctx context.Context, token string) (Agenda, bool, error) {
	if !wellFormed(token) {
		return Agenda{}, false, nil
	}
	var row agendaRow
	found, err := db.get(ctx, &row, `SELECT `+agendaColumns+` FROM agendas WHERE token = ?`, token)
	if err != nil || !found {
		return Agenda{}, false, err
	}
	return row.agenda(), true, nil
}
