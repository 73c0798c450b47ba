package recur

import "errors"

// Budget bounds one question to a Set, so that no rule can hang the program.
// A zero field stands for that of DefaultBudget.
type Budget struct {
	Instances int // meetings in the answer
	Steps     int // periods looked at; a year costs more than a day
}

// DefaultBudget is generous for what people write: a meeting every hour for a
// year, or a daily series with a count that began two centuries ago.
var DefaultBudget = Budget{Instances: 10_000, Steps: 100_000}

// What a Set says when the budget is spent; no part of an answer comes with it.
var (
	ErrTooMany = errors.New("it repeats too often to be a series of meetings")
	ErrTooLong = errors.New("its recurrence rule takes too long to work out")
)

type meter struct{ instances, steps int }

func (b Budget) meter() *meter {
	if b.Instances <= 0 {
		b.Instances = DefaultBudget.Instances
	}
	if b.Steps <= 0 {
		b.Steps = DefaultBudget.Steps
	}
	return &meter{instances: b.Instances, steps: b.Steps}
}

func (m *meter) step(cost int) error {
	if m.steps -= cost; m.steps < 0 {
		return ErrTooLong
	}
	return nil
}

// meet counts one instance of the answer.
func (m *meter) meet() bool {
	m.instances--
	return m.instances >= 0
}
