package app

import "time"

// How soon a pass follows what a server tells. One change makes several
// messages, our own writes make some too, and a person seldom stops after one change.
const (
	toldQuiet    = 2 * time.Second  // nothing was told for so long
	toldPatience = 10 * time.Second // or the first message is so old,
	passGap      = 5 * time.Second  // and the pass before ended so long ago
)

// pollSpread is the share of the polling interval by which it varies to either
// side, so that not all programs of the world ask at the same second (Google's
// guide to its quotas asks for 25 %).
const pollSpread = 0.25

// pace says when the next pass comes. It has no clock of its own.
type pace struct {
	chance  func() float64 // in [0, 1)
	polls   time.Time      // the next pass in any case; zero before the first one
	ended   time.Time      // the last pass
	waiting time.Time      // since when there has been something told; zero for nothing
}

// after returns how long to wait when a pass ended now.
func (p *pace) after(now time.Time, poll time.Duration) time.Duration {
	wait := time.Duration(float64(poll) * (1 - pollSpread + 2*pollSpread*p.chance()))
	p.ended, p.waiting, p.polls = now, time.Time{}, now.Add(wait)
	return wait
}

// told returns how long to wait when something is told now.
func (p *pace) told(now time.Time) time.Duration {
	if p.waiting.IsZero() {
		p.waiting = now
	}
	at := earlier(now.Add(toldQuiet), p.waiting.Add(toldPatience))
	if soonest := p.ended.Add(passGap); at.Before(soonest) {
		at = soonest
	}
	return max(0, earlier(at, p.polls).Sub(now))
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
