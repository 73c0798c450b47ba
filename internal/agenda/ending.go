package agenda

import (
	"fmt"
	"time"
)

// How long "We are done" can be said and taken back. A meeting that ended
// minutes after it began may be a slip of the finger.
const (
	askFor   = 3 * time.Hour
	undoFor  = 15 * time.Minute
	slipFrom = 2 * time.Minute
)

// Running is the last meeting of a pair that has begun, over or not.
type Running struct {
	Start, End time.Time // as planned, in the meeting's zone; Start is zero when none is known
	Next       time.Time // when the one after it begins; zero when unknown
	// Took is what "We are done" has noted, at NotedAt; NotedAt is zero when
	// nobody has said it.
	Took    time.Duration
	NotedAt time.Time
}

// Asks reports whether the two can say at now that they are done: from the
// start of the meeting until its planned end, and in any case for three hours,
// but not beyond the start of the next one (R20).
func (r Running) Asks(now time.Time) bool {
	if r.Start.IsZero() || now.Before(r.Start) {
		return false
	}
	if r.Next.After(r.Start) && !now.Before(r.Next) {
		return false
	}
	return now.Before(r.Start.Add(askFor)) || now.Before(r.End)
}

// Undoes reports whether what was noted can be taken back at now.
func (r Running) Undoes(now time.Time) bool {
	return !r.NotedAt.IsZero() && now.Before(r.NotedAt.Add(undoFor))
}

// Ending is the part of a page about the end of the meeting that runs or just
// ran. The zero Ending says nothing.
type Ending struct {
	Meeting time.Time // start of the meeting it is about
	Heading string
	Text    []string
	Ask     bool // a button says "We are done"
	Undo    bool // a button says that this was a mistake
}

// EndingOf returns what the page says at now. Whoever comes to it within the
// time in which it asked also reads what was noted.
func EndingOf(r Running, now time.Time) Ending {
	if !r.Asks(now) {
		return Ending{}
	}
	const whatFor = "Where meetings turn out shorter or longer than planned, oneonone suggests a rhythm that suits the two of you better. It serves nothing else."
	if r.NotedAt.IsZero() {
		return Ending{
			Meeting: r.Start, Heading: "Done for today?", Ask: true,
			Text: []string{"Press this as you part. It notes how long the meeting took, from " + r.Start.Format("15:04") + " until then.", whatFor},
		}
	}
	e := Ending{Meeting: r.Start, Heading: "Thank you", Undo: r.Undoes(now), Text: []string{r.took()}}
	if r.Took < slipFrom && e.Undo {
		e.Text = append(e.Text, "That was very short. Was it a slip?")
	}
	e.Text = append(e.Text, whatFor)
	return e
}

// took tells what was noted.
func (r Running) took() string {
	minutes := int(r.Took.Minutes())
	words := fmt.Sprintf("%d minutes", minutes)
	switch minutes {
	case 0:
		words = "less than a minute"
	case 1:
		words = "one minute"
	}
	return fmt.Sprintf("Noted: the meeting took %s, from %s to %s.", words, r.Start.Format("15:04"), r.Start.Add(r.Took).Format("15:04"))
}
