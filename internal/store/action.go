package store

import (
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// Kind is what an action does.
type Kind string

// The kinds of actions.
const (
	Move   Kind = "move"   // gives an occurrence another time
	Link   Kind = "link"   // puts the agenda's link on a series
	Note   Kind = "note"   // writes the block of a description
	Heal   Kind = "heal"   // makes the other person's copy match
	Undo   Kind = "undo"   // puts a moved occurrence back
	Remove Kind = "remove" // takes our marks out

	Make    Kind = "make"    // makes an event: a suggestion, a meeting that was said yes to, a series
	Retract Kind = "retract" // takes an event of the program's own away
	End     Kind = "end"     // ends a series that goes on as another one (R29)
)

// State is how far an action has come.
type State string

// The states of an action. Done is final.
const (
	Doing   State = "doing"   // on its way; after a crash: nobody knows yet
	Done    State = "done"    // made and confirmed
	Dropped State = "dropped" // somebody changed the event first, or it no longer applies
	Failed  State = "failed"  // the server refused it
)

// Action is one thing that changes the world outside, as the log keeps it. It
// holds no title and no description of any event.
type Action struct {
	ID      int64  // given by the log, from 1 upwards, for people to name it by
	Key     string // names the thing to be done; at most once in the log
	Account string
	Kind    Kind

	Calendar string // Calendar.ID
	Href     string
	UID      string
	Original time.Time // names the occurrence; zero for a master or an event that does not recur
	Pair     string    // key of the relationship (R3)
	ETag     calendar.ETag

	From, To span.Span
	Zone     string // IANA name of the zone in which From and To are told
	Rung     int    // R11
	Reason   string // why, for people (R16)
	Because  string // what stood in the way, in one word or two for the event's line
	With     string // who the 1:1 is with, for the line in the log

	State     State
	Attempts  int       // how often it was begun
	PlannedAt time.Time // when it was begun
	DoneAt    time.Time // when it was finished; zero while it is not
	Error     string    // why it was dropped or failed
}

type actionRow struct {
	ID        int64         `db:"id"`
	Key       string        `db:"key"`
	Account   string        `db:"account"`
	Kind      Kind          `db:"kind"`
	Calendar  string        `db:"calendar"`
	Href      string        `db:"href"`
	UID       string        `db:"uid"`
	Original  instant       `db:"original_start"`
	Pair      string        `db:"pair"`
	ETag      calendar.ETag `db:"etag"`
	FromStart instant       `db:"from_start"`
	FromEnd   instant       `db:"from_end"`
	ToStart   instant       `db:"to_start"`
	ToEnd     instant       `db:"to_end"`
	Zone      string        `db:"zone"`
	Rung      int           `db:"rung"`
	Reason    string        `db:"reason"`
	Because   string        `db:"because"`
	With      string        `db:"other_person"`
	State     State         `db:"state"`
	Attempts  int           `db:"attempts"`
	PlannedAt instant       `db:"planned_at"`
	DoneAt    instant       `db:"done_at"`
	Error     string        `db:"error"`
}

const actionColumns = `id, key, account, kind, calendar, href, uid, original_start, pair, etag, from_start, from_end,
	to_start, to_end, zone, rung, reason, because, other_person, state, attempts, planned_at, done_at, error`

const insertAction = `
INSERT INTO actions (` + actionColumns + `) VALUES (:id, :key, :account, :kind, :calendar, :href, :uid, :original_start,
	:pair, :etag, :from_start, :from_end, :to_start, :to_end, :zone, :rung, :reason, :because, :other_person, :state,
	:attempts, :planned_at, :done_at, :error)`

func rowOf(a Action) actionRow {
	return actionRow{
		ID: a.ID, Key: a.Key, Account: a.Account, Kind: a.Kind, Calendar: a.Calendar, Href: a.Href, UID: a.UID,
		Original: instant(a.Original), Pair: a.Pair, ETag: a.ETag,
		FromStart: instant(a.From.Start), FromEnd: instant(a.From.End),
		ToStart: instant(a.To.Start), ToEnd: instant(a.To.End),
		Zone: a.Zone, Rung: a.Rung, Reason: a.Reason, Because: a.Because, With: a.With, State: a.State,
		Attempts: a.Attempts, PlannedAt: instant(a.PlannedAt), DoneAt: instant(a.DoneAt), Error: a.Error,
	}
}

// cut returns r as the database will give it back.
func (r actionRow) cut() actionRow {
	for _, i := range []*instant{&r.Original, &r.FromStart, &r.FromEnd, &r.ToStart, &r.ToEnd, &r.PlannedAt, &r.DoneAt} {
		*i = instant(cut(time.Time(*i)))
	}
	return r
}

func (r actionRow) action() Action {
	return Action{
		ID: r.ID, Key: r.Key, Account: r.Account, Kind: r.Kind, Calendar: r.Calendar, Href: r.Href, UID: r.UID,
		Original: time.Time(r.Original), Pair: r.Pair, ETag: r.ETag,
		From: span.Span{Start: time.Time(r.FromStart), End: time.Time(r.FromEnd)},
		To:   span.Span{Start: time.Time(r.ToStart), End: time.Time(r.ToEnd)},
		Zone: r.Zone, Rung: r.Rung, Reason: r.Reason, Because: r.Because, With: r.With, State: r.State,
		Attempts: r.Attempts, PlannedAt: time.Time(r.PlannedAt), DoneAt: time.Time(r.DoneAt), Error: r.Error,
	}
}

func actionsOf(rows []actionRow) []Action {
	out := make([]Action, len(rows))
	for i, r := range rows {
		out[i] = r.action()
	}
	return out
}
