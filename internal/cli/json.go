package cli

import (
	"encoding/json"
	"io"
	"time"

	"oneonone/internal/engine"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// The JSON forms are documented in oneonone(8). Fields are only ever added.
// Instants are RFC 3339 with the offset of the meeting's zone, whose name stands
// in time_zone; what is not known is left out. No title of any event is in them.

// moment is an instant as the JSON forms have it; "" for none.
type moment string

// momentOf never fails, whatever a calendar made of its zones.
func momentOf(t time.Time, zone *time.Location) moment {
	if t.IsZero() {
		return ""
	}
	return moment(t.In(zoneOr(zone)).Format(time.RFC3339))
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return &failure{"the output could not be written: " + err.Error(), ""}
	}
	return nil
}

// planJSON is what plan --json prints.
type planJSON struct {
	Now      moment        `json:"now"`
	Mode     string        `json:"mode"`
	Meetings []meetingJSON `json:"meetings"`
	// Suggest is what would be suggested now, moves too; Agreed is what
	// somebody has said yes to.
	Suggest []suggestionJSON `json:"suggest"`
	Agreed  []suggestionJSON `json:"agreed"`
	Skipped []skippedJSON    `json:"skipped"`
	Behind  []string         `json:"behind"`
}

// meetingJSON is one meeting with what becomes of it.
type meetingJSON struct {
	Account   string         `json:"account"`
	With      string         `json:"with"`
	UID       string         `json:"uid"`
	Original  moment         `json:"original_start,omitempty"`
	Start     moment         `json:"start"`
	End       moment         `json:"end"`
	Zone      string         `json:"time_zone"`
	Agenda    string         `json:"agenda,omitempty"`
	Outcome   string         `json:"outcome"`
	Conflicts []conflictJSON `json:"conflicts"`
	ToStart   moment         `json:"to_start,omitempty"`
	ToEnd     moment         `json:"to_end,omitempty"`
	Rung      int            `json:"rung,omitempty"`
	Reason    string         `json:"reason,omitempty"`
	Note      string         `json:"note,omitempty"`
	Because   string         `json:"because,omitempty"`
	Again     moment         `json:"again,omitempty"`
}

// conflictJSON is one conflict. What the other event is, is nobody's business.
type conflictJSON struct {
	Person string `json:"person"`
	Kind   string `json:"kind"`
}

type skippedJSON struct {
	Account  string `json:"account"`
	Calendar string `json:"calendar"`
	Href     string `json:"href"`
	Reason   string `json:"reason"`
}

var outcomes = map[reschedule.Outcome]string{
	reschedule.Fine: "fine", reschedule.Move: "move", reschedule.Suggest: "suggest",
	reschedule.Stuck: "stuck", reschedule.Wait: "wait", reschedule.Leave: "leave",
}

var conflictKinds = map[reschedule.ConflictKind]string{
	reschedule.DoubleBooked: "double_booked", reschedule.IsAway: "away", reschedule.HasDeclined: "declined",
}

func planReport(mode string, l engine.Look) planJSON {
	r := planJSON{
		Now: momentOf(l.Now, nil), Mode: mode,
		Meetings: []meetingJSON{}, Suggest: suggestionsOf(l.Suggest, 0), Agreed: suggestionsOf(l.Agreed, 0), Skipped: skippedOf(l.Skipped), Behind: append([]string{}, l.Behind...),
	}
	for _, it := range l.Items {
		r.Meetings = append(r.Meetings, meetingOf(it))
	}
	return r
}

func meetingOf(it engine.Item) meetingJSON {
	d := it.Decision
	m := meetingJSON{
		Account: it.Account, With: it.With, UID: it.UID, Original: momentOf(it.Original, it.Zone),
		Start: momentOf(it.Span.Start, it.Zone), End: momentOf(it.Span.End, it.Zone), Zone: zoneOr(it.Zone).String(),
		Agenda: it.Link, Outcome: outcomes[d.Outcome], Conflicts: []conflictJSON{},
		ToStart: momentOf(d.To.Start, it.Zone), ToEnd: momentOf(d.To.End, it.Zone),
		Rung: d.Rung, Reason: d.Reason, Note: d.Note, Because: d.Because, Again: momentOf(d.Again, it.Zone),
	}
	for _, x := range d.Conflicts {
		m.Conflicts = append(m.Conflicts, conflictJSON{x.Person, conflictKinds[x.Kind]})
	}
	return m
}

func skippedOf(skipped []engine.Skipped) []skippedJSON {
	out := []skippedJSON{}
	for _, s := range skipped {
		out = append(out, skippedJSON(s))
	}
	return out
}

// actionJSON is one row of the action log.
type actionJSON struct {
	ID        int64  `json:"id"`
	Account   string `json:"account"`
	Action    string `json:"action"`
	State     string `json:"state"`
	With      string `json:"with,omitempty"`
	UID       string `json:"uid"`
	Original  moment `json:"original_start,omitempty"`
	FromStart moment `json:"from_start,omitempty"`
	FromEnd   moment `json:"from_end,omitempty"`
	ToStart   moment `json:"to_start,omitempty"`
	ToEnd     moment `json:"to_end,omitempty"`
	Zone      string `json:"time_zone,omitempty"`
	Rung      int    `json:"rung,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Because   string `json:"because,omitempty"`
	Planned   moment `json:"planned"`
	Finished  moment `json:"finished,omitempty"`
	Attempts  int    `json:"attempts"`
	Error     string `json:"error,omitempty"`
}

func actionOf(a store.Action) actionJSON {
	z := zoneNamed(a.Zone)
	return actionJSON{
		ID: a.ID, Account: a.Account, Action: string(a.Kind), State: string(a.State), With: a.With, UID: a.UID,
		Original: momentOf(a.Original, z), FromStart: momentOf(a.From.Start, z), FromEnd: momentOf(a.From.End, z),
		ToStart: momentOf(a.To.Start, z), ToEnd: momentOf(a.To.End, z), Zone: a.Zone, Rung: a.Rung,
		Reason: a.Reason, Because: a.Because, Planned: momentOf(a.PlannedAt, z), Finished: momentOf(a.DoneAt, z),
		Attempts: a.Attempts, Error: a.Error,
	}
}

// suggestionJSON is one suggestion.
type suggestionJSON struct {
	ID        int64  `json:"id"`
	Account   string `json:"account"`
	Action    string `json:"action"`
	State     string `json:"state"`
	Kind      string `json:"kind"`
	Rule      string `json:"rule,omitempty"`
	With      string `json:"with,omitempty"`
	UID       string `json:"uid,omitempty"`
	Original  moment `json:"original_start,omitempty"`
	FromStart moment `json:"from_start,omitempty"`
	FromEnd   moment `json:"from_end,omitempty"`
	ToStart   moment `json:"to_start,omitempty"`
	ToEnd     moment `json:"to_end,omitempty"`
	Zone      string `json:"time_zone,omitempty"`
	Rhythm    string `json:"rhythm,omitempty"`
	Length    int64  `json:"length_seconds,omitempty"`
	Rung      int    `json:"rung,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Asked     moment `json:"asked,omitempty"`
	Until     moment `json:"until,omitempty"`
	Again     moment `json:"again,omitempty"`
	Answered  moment `json:"answered,omitempty"`
	Finished  moment `json:"finished,omitempty"`
	Words     string `json:"words,omitempty"`
}

func suggestionOf(x store.Suggestion, notice time.Duration) suggestionJSON {
	z := zoneNamed(x.Zone)
	return suggestionJSON{
		ID: x.ID, Account: x.Account, Action: "suggest", State: x.State, Kind: x.Kind, Rule: x.Rule, With: x.With, UID: x.UID,
		Original: momentOf(x.Original, z), FromStart: momentOf(x.From.Start, z), FromEnd: momentOf(x.From.End, z),
		ToStart: momentOf(x.To.Start, z), ToEnd: momentOf(x.To.End, z), Zone: x.Zone,
		Rhythm: x.Rhythm, Length: int64(x.Length / time.Second), Rung: x.Rung, Reason: x.Reason,
		Asked: momentOf(x.AskedAt, z), Until: momentOf(answerBy(x, notice), z), Again: momentOf(asked(x).AgainAt(), z),
		Answered: momentOf(x.AnsweredAt, z), Finished: momentOf(x.EndedAt, z), Words: x.Words,
	}
}

func suggestionsOf(all []store.Suggestion, notice time.Duration) []suggestionJSON {
	out := []suggestionJSON{}
	for _, x := range all {
		out = append(out, suggestionOf(x, notice))
	}
	return out
}
