package cadence

import "time"

// AnswerBy returns until when an answer to an open suggestion is waited for; zero
// while it is not known to stand in the calendar, or has ended.
func (s Suggested) AnswerBy() time.Time {
	if s.State != Open || s.AskedAt.IsZero() {
		return time.Time{}
	}
	return s.AskedAt.Add(patience)
}

// AgainAt returns when somebody who said maybe may be asked again; zero for
// every other answer.
func (s Suggested) AgainAt() time.Time {
	if s.State != Later {
		return time.Time{}
	}
	return s.EndedAt.Add(restLater)
}
