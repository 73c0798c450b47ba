package cadence

import (
	"testing"
	"time"
)

// TestWaitAgreesWithAnswer: what people are told is when the rules act.
func TestWaitAgreesWithAnswer(t *testing.T) {
	asked := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	s := Suggested{Kind: ToBiweekly, UID: "u", State: Open, AskedAt: asked}
	by := s.AnswerBy()
	if got := Answer(s, Waiting, by.Add(-time.Second)); got != Open {
		t.Errorf("just before %v it is %s", by, got)
	}
	if got := Answer(s, Waiting, by); got != Expired {
		t.Errorf("at %v it is %s", by, got)
	}
	s.State, s.EndedAt = Later, asked.Add(time.Hour)
	p := Proposal{Kind: ToBiweekly, UID: "u"}
	if again := s.AgainAt(); !p.allowed(again, []Suggested{s}) || p.allowed(again.Add(-time.Second), []Suggested{s}) {
		t.Errorf("after a maybe it may be asked again at another time than %v", again)
	}
	for _, state := range []State{Wanted, Accepted, Applied, Refused, Expired, Withdrawn, Failed} {
		s.State = state
		if !s.AnswerBy().IsZero() || !s.AgainAt().IsZero() {
			t.Errorf("%s waits until %v, %v", state, s.AnswerBy(), s.AgainAt())
		}
	}
}
