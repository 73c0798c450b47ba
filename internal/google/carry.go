package google

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// planKey holds, in the organizer's copy of a series that goes on from another,
// what goes along. It has a number behind it, since the values of properties are
// short. So no crash and no loss of the program's records leaves a meeting behind.
const (
	planKey     = "oneononeCarry"
	plansPerKey = 12 // of 68 characters each; a value has 1024
)

// writePlan writes what goes along as private extended properties.
func writePlan(carry []calendar.Carried) map[string]string {
	plan := map[string]string{}
	for i, c := range carry {
		key := fmt.Sprint(planKey, i/plansPerKey+1)
		var times []any
		for _, t := range []time.Time{c.From, c.To, c.Span.Start, c.Span.End} {
			times = append(times, t.UTC().Format(utcLayout))
		}
		plan[key] = strings.TrimSpace(plan[key] + " " + fmt.Sprintf("%s>%s=%s/%s", times...))
	}
	return plan
}

// readPlan reads what writePlan wrote.
func readPlan(e *gcal.Event) []calendar.Carried {
	if e.ExtendedProperties == nil {
		return nil
	}
	var list []calendar.Carried
	for key, value := range e.ExtendedProperties.Private {
		if !strings.HasPrefix(key, planKey) {
			continue
		}
		for _, entry := range strings.Fields(value) {
			times := strings.FieldsFunc(entry, func(r rune) bool { return strings.ContainsRune(">=/", r) })
			var at [4]time.Time
			ok := len(times) == len(at)
			for i := range min(len(times), len(at)) {
				t, err := time.Parse(utcLayout, times[i])
				at[i], ok = t, ok && err == nil
			}
			if ok {
				list = append(list, calendar.Carried{From: at[0], To: at[1], Span: span.Span{Start: at[2], End: at[3]}})
			}
		}
	}
	return list
}

// forgetPlan takes the plan off, and reports whether there was one.
func (w *wish) forgetPlan(e *gcal.Event) bool {
	var null []string
	if e.ExtendedProperties != nil {
		for _, key := range slices.Sorted(maps.Keys(e.ExtendedProperties.Private)) {
			if strings.HasPrefix(key, planKey) {
				null = append(null, "Private."+key)
			}
		}
	}
	if len(null) == 0 {
		return false
	}
	x := w.patch.ExtendedProperties
	if x == nil {
		x = &gcal.EventExtendedProperties{}
		w.patch.ExtendedProperties = x
	}
	x.Private, x.ForceSendFields, x.NullFields = map[string]string{}, append(x.ForceSendFields, "Private"), append(x.NullFields, null...)
	return true
}

// carryLeft completes what Create may have left undone, before the series with
// that UID ends and what it has of its own goes.
func (c *Client) carryLeft(ctx context.Context, calendarID, uid string) error {
	list, err := c.search(ctx, calendarID, func(call *gcal.EventsListCall) { call.SharedExtendedProperty(afterKey + "=" + uid) })
	if err != nil {
		return err
	}
	for _, it := range list {
		e, err := decode(it.data)
		if err != nil || afterOf(e) != uid || e.Organizer != nil && !e.Organizer.Self {
			continue
		}
		plan := readPlan(e)
		if len(plan) == 0 {
			continue
		}
		old, err := c.byUID(ctx, calendarID, uid)
		if err != nil {
			return err
		}
		for _, carried := range plan {
			x, err := exceptionAmong(old, carried.From)
			if err != nil {
				continue // A person has taken it out since.
			}
			if err := c.carry(ctx, calendarID, e, x, carried); err != nil {
				return err
			}
		}
	}
	return nil
}

func exceptionAmong(list []item, from time.Time) (*gcal.Event, error) {
	var d calendar.Draft
	for _, it := range list {
		d.Like = append(d.Like, it.resource(""))
	}
	return exceptionOf(d, from)
}

// carryAll makes the exceptions of the old series those of the new one, whose
// master it is. Nobody is told: the meetings take place when they would have.
func (c *Client) carryAll(ctx context.Context, d calendar.Draft, it item) error {
	series, err := decode(it.data)
	if err != nil {
		return fmt.Errorf("%w: %w", calendar.ErrRefused, err)
	}
	for _, carried := range d.Carry {
		old, err := exceptionOf(d, carried.From)
		if err != nil {
			return fmt.Errorf("%w: %w", calendar.ErrRefused, err)
		}
		if err := c.carry(ctx, d.Calendar, series, old, carried); err != nil {
			return err
		}
	}
	return nil
}

// carry makes one instance of the new series what old was. One that has been
// carried before, or that a person has touched, stays as it is.
func (c *Client) carry(ctx context.Context, calendarID string, series, old *gcal.Event, carried calendar.Carried) error {
	t, found, err := c.instanceAt(ctx, calendarID, series, carried.To)
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("%w: the new series has no occurrence for %s any more", calendar.ErrConflict, carried.To.Format(time.RFC3339))
	case shared(t.event)[carriedKey] != "" || !untouched(series, t.event):
		return nil
	}
	want, err := carriedOn(t.event, old, carried)
	if err != nil {
		return err
	}
	stored, err := c.patch(ctx, calendarID, t, want, false)
	if err != nil {
		return err
	}
	after, err := decode(stored.data)
	if err != nil {
		return lost(err)
	}
	return want.confirm(t.event, after)
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
