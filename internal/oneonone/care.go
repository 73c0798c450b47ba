package oneonone

import (
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// Pinned applies R13 to one occurrence: it says, for people, why the program
// must not move it because a person has, or "" when nobody did.
//
// length is the length that its series gives its meetings. mark is what the
// program knows of its own last move, from the event or from its records; nil
// when there was none. Without a mark every difference from the series is a
// person's, which is also the safe reading after the records were lost.
func Pinned(o calendar.Occurrence, length time.Duration, mark *calendar.Mark) string {
	at := o.Span()
	switch {
	case mark == nil && !o.Original.IsZero() && !o.Start.Equal(o.Original):
		return "a person moved it"
	case mark == nil && o.Exception && at.Duration() != length:
		return "a person changed its length"
	case mark == nil:
		return ""
	case Undone(*mark):
		return "it was put back on request and stays there"
	case at.Equal(mark.To):
		return ""
	case at.Start.Equal(mark.From.Start):
		return "a person moved it back after oneonone had moved it"
	default:
		return "a person moved it after oneonone did"
	}
}

// Undone reports whether m is the mark of a move that was taken back.
func Undone(m calendar.Mark) bool { return m.Count > 0 && m.From.Equal(m.To) }

// CopyState says how one guest's own copy of an occurrence stands to the
// organizer's, on servers that do not deliver changes.
type CopyState int

// The states of a copy.
const (
	CopyAgrees  CopyState = iota // both stand at the same time
	CopyBehind                   // untouched by its owner, and the organizer's was moved: has to follow
	CopyDragged                  // its owner moved it: it stays (R13)
	CopyGone                     // its owner deleted it: it stays gone (R27)
)

// CompareCopy tells the states apart. organizer is where the organizer's copy
// stands and orgMark the program's mark there; copied is the other copy, nil
// when it has no such occurrence, and ownMark the program's mark in it, or what
// its records say of it. A copy that its owner has not touched follows the
// organizer's, whoever moved that: a server that delivers nothing leaves the
// guest with the old time otherwise (R2).
func CompareCopy(organizer span.Span, orgMark *calendar.Mark, copied *calendar.Occurrence, ownMark *calendar.Mark) CopyState {
	switch {
	case copied == nil:
		return CopyGone
	case copied.Span().Equal(organizer):
		return CopyAgrees
	case ownMark != nil && copied.Span().Equal(ownMark.To):
		if orgMark == nil && copied.Mark != nil {
			return CopyDragged // another program has moved both, and we have not seen the organizer's copy yet
		}
		return CopyBehind
	case ownMark == nil && orgMark != nil && copied.Span().Equal(orgMark.From):
		return CopyBehind
	case ownMark == nil && !copied.Exception && !copied.Original.IsZero():
		return CopyBehind
	default:
		return CopyDragged
	}
}
