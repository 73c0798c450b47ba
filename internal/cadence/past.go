package cadence

import (
	"slices"
	"time"
)

// How long a suggestion rests (R28 where it speaks; the rest is decided here).
const (
	restRefused  = 8 * week // declined, or its event deleted
	restExpired  = 4 * week // silence is a small no
	restLater    = week     // maybe
	restDone     = week     // applied or failed: the calendar has to show it first
	restSeparate = 4 * week // R23 is for the big topic, not for every week
	restAsked    = day      // withdrawn: the same thing is not asked twice a day
	patience     = week     // how long a suggestion waits for an answer
)

// open reports whether a suggestion in this state occupies its pair (R28).
func (s State) open() bool { return s == Wanted || s == Open || s == Accepted }

// kinds are all kinds, the most urgent first.
var kinds = []Kind{Move, MakeUp, Return, CatchUp, Retime, Taper, ToWeekly, Separate, ToBiweekly, Reconnect}

// urgency is 0 for the most urgent kind. A kind that nobody knows comes last.
func (k Kind) urgency() int {
	if i := slices.Index(kinds, k); i >= 0 {
		return i
	}
	return len(kinds)
}

// About reports whether p and s are the same thing: the same kind, for the same
// series or event, and the same occurrence of it. Catch-ups and reunions are about the pair
// as a whole, whatever their UID.
func (p Proposal) About(s Suggested) bool {
	if p.Kind != s.Kind {
		return false
	}
	if p.Kind == CatchUp || p.Kind == Reconnect {
		return true
	}
	return p.UID == s.UID && p.Original.Equal(s.Original)
}

// Current returns the suggestion that occupies a pair now (Wanted, Open or
// Accepted). Of several, which should not be, an accepted one comes first, then the most
// urgent, then the one asked first.
func Current(past []Suggested) (Suggested, bool) {
	var found Suggested
	for _, s := range past {
		if s.State.open() && (found.State == "" || s.before(found)) {
			found = s
		}
	}
	return found, found.State != ""
}

func (s Suggested) before(o Suggested) bool {
	switch {
	case (s.State == Accepted) != (o.State == Accepted):
		return s.State == Accepted
	case s.Kind != o.Kind:
		return s.Kind.urgency() < o.Kind.urgency()
	case !s.AskedAt.Equal(o.AskedAt):
		return s.AskedAt.Before(o.AskedAt)
	case !s.Original.Equal(o.Original):
		return s.Original.Before(o.Original)
	}
	return s.UID < o.UID
}

// until returns from when on R28 allows p, with the suggestion of the past
// that keeps it back until then; never is set when nothing ends that. A zero time
// means now. What is open already is allowed: it stays as long as it is true.
func (p Proposal) until(past []Suggested) (from time.Time, because Suggested, never bool) {
	for _, s := range past {
		if s.State.open() && p.About(s) {
			return time.Time{}, Suggested{}, false
		}
	}
	for _, s := range past {
		t, ever := p.rests(s)
		if ever && !never || ever == never && (t.After(from) || t.Equal(from) && s.State < because.State) {
			from, because, never = t, s, ever
		}
	}
	return from, because, never
}

// allowed reports whether R28 allows p now.
func (p Proposal) allowed(now time.Time, past []Suggested) bool {
	from, _, never := p.until(past)
	return !never && !now.Before(from)
}

// rests returns until when s keeps p back, and whether it does so for ever.
func (p Proposal) rests(s Suggested) (until time.Time, ever bool) {
	if s.State == Later && p.Kind.urgency() > s.Kind.urgency() {
		return s.EndedAt.Add(restLater), false // Something less urgent would only be noise before the answer.
	}
	if !p.sameWish(s) {
		return time.Time{}, false
	}
	once := p.Kind == s.Kind && (p.Kind == MakeUp || p.Kind == Return)
	switch s.State {
	case Refused:
		return s.EndedAt.Add(restRefused), once
	case Expired:
		return s.EndedAt.Add(restExpired), once || p.Kind == Move
	case Later:
		return s.EndedAt.Add(restLater), false
	case Applied, Failed:
		return s.EndedAt.Add(p.Kind.done()), once && s.State == Applied
	case Withdrawn:
		if p.About(s) {
			return s.asked().Add(restAsked), false
		}
	}
	return time.Time{}, false
}

// done is how long a kind rests after a yes.
func (k Kind) done() time.Duration {
	switch k {
	case Move:
		return restAsked // Another conflict may come any day.
	case Separate:
		return restSeparate
	}
	return restDone
}

// asked is when s was put to its addressee or, if it never was, when it ended.
func (s Suggested) asked() time.Time {
	if s.AskedAt.IsZero() {
		return s.EndedAt
	}
	return s.AskedAt
}

// sameWish reports whether an answer to s is one to p as well: the same kind
// and, where kinds are bound to one, the same occurrence. A catch-up after an absence and
// one after a long gap ask the same of a person.
func (p Proposal) sameWish(s Suggested) bool {
	switch {
	case p.Kind == s.Kind && (p.Kind == MakeUp || p.Kind == Return):
		return p.Original.Equal(s.Original) // Also after the series went on under another UID (R29).
	case p.Kind == s.Kind && p.Kind == Move:
		return p.About(s)
	case p.Kind == s.Kind:
		return true
	}
	return p.Kind == CatchUp && s.Kind == Return || p.Kind == Return && s.Kind == CatchUp
}
