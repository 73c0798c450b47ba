package reschedule_test

import (
	"time"

	"oneonone/internal/hours"
	. "oneonone/internal/reschedule"
)

// worker is a person with nothing in the calendar.
func worker(name, week string, loc *time.Location) Person {
	return Person{Name: name, Hours: hours.MustParse(week), Zone: loc, Known: true}
}
