package google

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// end makes a series generate nothing at or after the instant (Until of a part),
// and reports whether there is anything to do. By the interface Google leaves the
// exceptions from then on as they are: they go by Delete.
func (w *wish) end(e *gcal.Event, before time.Time) (bool, error) {
	refused := func(why string) (bool, error) { return false, fmt.Errorf("%w: %s", calendar.ErrRefused, why) }
	if e.RecurringEventId != "" || len(e.Recurrence) == 0 || e.Start == nil {
		return refused("only a series can be ended")
	}
	start, err := readMoment(e.Start, before.Location())
	if err != nil || !start.allDay && !start.zoned {
		return refused("the time zone of the series is not known here")
	}
	if !start.at.Before(before) {
		return refused("a series cannot be ended before it begins")
	}
	var lines []string
	for _, line := range e.Recurrence {
		short, err := shortened(line, start, before)
		if err != nil {
			return refused(err.Error())
		}
		if short != "" {
			lines = append(lines, short)
		}
	}
	if slices.Equal(lines, e.Recurrence) {
		return false, nil
	}
	w.patch.Recurrence, w.before = lines, before
	return true, nil
}

// shortened returns a line of a recurrence as it is when the series ends
// before the instant, "" when nothing is left of it.
func shortened(line string, start moment, before time.Time) (string, error) {
	head, value, ok := strings.Cut(line, ":")
	if !ok {
		return "", fmt.Errorf("%.60q is no line of a recurrence", line)
	}
	name, params, _ := strings.Cut(head, ";")
	switch strings.ToUpper(strings.TrimSpace(name)) {
	case "RRULE":
		rule, err := shortenedRule(value, start, before)
		return head + ":" + rule, err
	case "RDATE", "EXDATE":
		in, err := lineZone(params, start)
		if err != nil {
			return "", err
		}
		var kept []string
		for v := range strings.SplitSeq(value, ",") {
			at, err := readExtra(v, in, start)
			if err != nil {
				return "", err
			}
			if at.Start.Before(before) {
				kept = append(kept, v)
			}
		}
		if len(kept) == 0 {
			return "", nil
		}
		return head + ":" + strings.Join(kept, ","), nil
	case "EXRULE":
		return "", errors.New("the series has an EXRULE, which is not supported")
	}
	return line, nil
}

// shortenedRule returns a rule that generates what it did before the instant, and
// nothing from then on. One that ends before it anyway stays as it is.
func shortenedRule(value string, start moment, before time.Time) (string, error) {
	rule, err := recur.Parse(value)
	if err != nil {
		return "", err
	}
	set := recur.NewSet(start.at, start.allDay, []recur.Rule{rule}, nil, nil)
	last, next, err := set.Neighbours(before.Add(-time.Nanosecond), recur.DefaultBudget)
	if err != nil || next.IsZero() {
		return value, err
	}
	parts := slices.DeleteFunc(strings.Split(value, ";"), func(part string) bool {
		name, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(part)), "=")
		return name == "UNTIL" || name == "COUNT" || name == ""
	})
	return strings.Join(append(parts, "UNTIL="+untilText(start, last, before)), ";"), nil
}

// untilText returns the UNTIL for a rule whose last start before the instant is
// last (RFC 5545 §3.3.10): a date for a series of whole days, else an instant in
// UTC. It is the last second of the day before, in the series' zone, as Google's
// own pages write it; only when the series has a start on the very day of the
// instant, the last second before that.
func untilText(start moment, last, before time.Time) string {
	if start.allDay {
		return before.Add(-time.Nanosecond).In(start.loc).Format("20060102")
	}
	y, m, d := before.In(start.loc).Date()
	end := recur.Instant(time.Date(y, m, d, 0, 0, 0, 0, time.UTC), start.loc).Add(-time.Second)
	if end.Before(last) || !end.Before(before) {
		end = before.Add(-time.Nanosecond).Truncate(time.Second)
	}
	return end.UTC().Format(utcLayout)
}

// confirmEnd compares the end that Google has stored with what was asked for.
func (w *wish) confirmEnd(before, after *gcal.Event) error {
	if slices.Equal(after.Recurrence, before.Recurrence) {
		return errIgnored
	}
	e := calendar.Event{}
	if err := times(&e, after, w.before.Location()); err != nil {
		return fmt.Errorf("%w: %w", calendar.ErrConflict, err)
	}
	if len(e.RRules)+len(e.RDates) == 0 {
		return fmt.Errorf("%w: it does not recur any more", calendar.ErrConflict)
	}
	set, err := recur.ParseSet(e.Start, e.AllDay, e.RRules, e.RDates, e.ExDates)
	if err != nil {
		return fmt.Errorf("%w: %w", calendar.ErrConflict, err)
	}
	left, err := set.Between(span.Of(w.before, time.Second), recur.DefaultBudget)
	_, next, err2 := set.Neighbours(w.before, recur.DefaultBudget)
	if err = errors.Join(err, err2); err != nil || len(left) > 0 || !next.IsZero() {
		return errors.Join(fmt.Errorf("%w: it does not end where it was to", calendar.ErrConflict), err)
	}
	return nil
}
