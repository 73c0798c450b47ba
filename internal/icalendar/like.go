package icalendar

import (
	"errors"
	"time"

	"oneonone/internal/calendar"
)

func createLike(d calendar.Draft, zone *time.Location) ([]byte, error) {
	return nil, errors.New("not yet")
}
