package google

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
)

// carry makes the exceptions of the old series those of the new one, whose
// master it is. Nobody is told: the meetings take place when they would have.
func (c *Client) carry(ctx context.Context, d calendar.Draft, it item) error {
	series, err := decode(it.data)
	if err != nil {
		return fmt.Errorf("%w: %w", calendar.ErrRefused, err)
	}
	for _, carried := range d.Carry {
		old, err := exceptionOf(d, carried.From)
		if err != nil {
			return fmt.Errorf("%w: %w", calendar.ErrRefused, err)
		}
		t, found, err := c.instanceAt(ctx, d.Calendar, series, carried.To)
		switch {
		case err != nil:
			return err
		case !found:
			return fmt.Errorf("%w: the new series has no occurrence for %s any more", calendar.ErrConflict, carried.To.Format(time.RFC3339))
		case shared(t.event)[carriedKey] != "" || !untouched(series, t.event):
			continue // Done before, or a person was here.
		}
		want, err := carriedOn(t.event, old, carried)
		if err != nil {
			return err
		}
		stored, err := c.patch(ctx, d.Calendar, t, want, false)
		if err != nil {
			return err
		}
		after, err := decode(stored.data)
		if err != nil {
			return lost(err)
		}
		if err := want.confirm(t.event, after); err != nil {
			return err
		}
	}
	return nil
}

// carriedOn is what makes an instance of the new series what old was.
func carriedOn(e, old *gcal.Event, c calendar.Carried) (*wish, error) {
	w := &wish{patch: &gcal.Event{}}
	if _, err := w.move(e, c.Span); err != nil {
		return nil, err
	}
	w.text("Summary", &w.patch.Summary, old.Summary, e.Summary)
	w.text("Description", &w.patch.Description, old.Description, e.Description)
	w.text("Location", &w.patch.Location, old.Location, e.Location)
	w.text("Transparency", &w.patch.Transparency, orElse(old.Transparency, "opaque"), orElse(e.Transparency, "opaque"))
	w.text("Visibility", &w.patch.Visibility, orElse(old.Visibility, "default"), orElse(e.Visibility, "default"))
	if old.ColorId != e.ColorId && old.ColorId != "" {
		w.patch.ColorId = old.ColorId
	}
	if a, b := attachments(old.Attachments), attachments(e.Attachments); !reflect.DeepEqual(a, b) {
		if w.patch.Attachments = a; len(a) == 0 {
			w.patch.ForceSendFields = append(w.patch.ForceSendFields, "Attachments")
		}
	}
	if a := reminders(old.Reminders); a != nil && !reflect.DeepEqual(a, reminders(e.Reminders)) {
		w.patch.Reminders = a
	}
	want := map[string]string{carriedKey: c.From.UTC().Format(utcLayout)}
	for key, value := range shared(old) {
		if !slices.Contains([]string{madeKey, kindKey, afterKey, carriedKey}, key) {
			want[key] = value
		}
	}
	w.properties(e, want)
	return w, nil
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// text sets a field of the patch where the wanted text is another.
func (w *wish) text(name string, field *string, want, have string) {
	if want == have {
		return
	}
	if *field = want; want == "" {
		w.patch.ForceSendFields = append(w.patch.ForceSendFields, name)
	}
}

// instanceAt finds the occurrence of a series with an original start, as it is
// now, cancelled or not.
func (c *Client) instanceAt(ctx context.Context, calendarID string, series *gcal.Event, original time.Time) (target, bool, error) {
	for _, exactly := range []bool{true, false} {
		found, err := c.instances(ctx, calendarID, series, original, exactly)
		if err != nil && !errors.Is(err, calendar.ErrRefused) {
			return target{}, false, err
		}
		for _, it := range found {
			if e, err := decode(it.data); err == nil && isAt(e.OriginalStartTime, original) {
				return target{e, it.ETag}, true, nil
			}
		}
	}
	return target{}, false, nil
}
