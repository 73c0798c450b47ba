package google

import (
	"context"
	"errors"
	"fmt"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
	"oneonone/internal/zone"
)

// settled fills in the time zone of the person's own calendar from the person's
// settings where the list of calendars states none that is known. Without it the
// person's day would be taken for one in UTC.
func (c *Client) settled(ctx context.Context, list []calendar.Calendar) ([]calendar.Calendar, error) {
	for i := range list {
		if !list[i].Default || list[i].Zone != nil {
			continue
		}
		var err error
		if list[i].Zone, err = c.personalZone(ctx); err != nil {
			return nil, fmt.Errorf("asking for the person's time zone: %w", err)
		}
	}
	return list, nil
}

// personalZone is the time zone in the person's settings; nil when there is none
// that is known.
func (c *Client) personalZone(ctx context.Context) (*time.Location, error) {
	s, err := read(ctx, c, func(ctx context.Context) (*gcal.Setting, error) {
		return c.service.Settings.Get("timezone").Context(ctx).Do(c.calls...)
	})
	switch {
	case errors.Is(err, calendar.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	z, err := zone.Resolve(s.Value, nil)
	if err != nil {
		return nil, nil
	}
	return z, nil
}
