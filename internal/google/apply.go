package google

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	gcal "google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
)

// Apply implements calendar.Provider. Each part is one PATCH of one event with
// If-Match, never repeated. A part that names an occurrence of the series Base
// for which there is no exception yet makes one, which is an event of its own:
// what is returned is then that event, with an Href that is not Base's. With
// several parts it is the event that was moved, else the one that was changed
// first; the others come with the next Pull. Parts of Base itself come first,
// because writing to an occurrence may change the ETag of its series. When a
// later part fails an earlier one stands. Before a series ends (Part.Until) what
// Create may have left undone in the one that goes on from it is completed.
//
// What a guest writes may be refused (ErrReadOnly), passed over (ErrRefused), or
// be done in the guest's copy alone, which looks like success. So a Change of
// the organizer's is sent only where Google says that this copy is the
// organizer's; one that is meant for a guest's copy takes its chance, and tells
// nobody. Guests' answers are not touched, but Google itself resets them when a
// start changes.
func (c *Client) Apply(ctx context.Context, change calendar.Change) (calendar.Resource, error) {
	base, err := decode(change.Base.Data)
	if err != nil {
		return change.Base, fmt.Errorf("%w: %w", calendar.ErrRefused, err)
	}
	w := &writer{client: c, ctx: ctx, change: change, result: change.Base}
	own, others, err := split(base, change.Parts)
	if err != nil {
		return change.Base, err
	}
	for _, p := range own {
		err := w.part(target{base, change.Base.ETag}, p)
		if err != nil {
			return w.result, err
		}
	}
	for _, p := range others {
		t, err := w.occurrence(base, p.Original)
		if err != nil {
			return w.result, err
		}
		if err := w.part(t, p); err != nil {
			return w.result, err
		}
	}
	return w.result, nil
}

// split tells the parts that are about the event base itself from those about
// occurrences of the series that it is.
func split(base *gcal.Event, parts []calendar.Part) (own, others []calendar.Part, err error) {
	exception := base.RecurringEventId != ""
	for _, p := range parts {
		switch {
		case exception && !isAt(base.OriginalStartTime, p.Original):
			return nil, nil, fmt.Errorf("%w: the change is about another occurrence than the event", calendar.ErrRefused)
		case exception || p.Original.IsZero():
			own = append(own, p)
		default:
			others = append(others, p)
		}
	}
	return own, others, nil
}

// target is an event to be written, in the state that the write is decided on.
type target struct {
	event *gcal.Event
	etag  calendar.ETag
}

// writer carries out one Change.
type writer struct {
	client *Client
	ctx    context.Context
	change calendar.Change
	result calendar.Resource
	fresh  bool // Base is known to be in no state but the one decided on, or our own
	made   bool // result is what a write led to
	moved  bool // result is an event that was moved
}

// part carries out one part on one event.
func (w *writer) part(t target, p calendar.Part) error {
	want, err := edit(t.event, p)
	if err != nil || want == nil {
		return err
	}
	switch {
	case t.etag == "":
		return fmt.Errorf("%w: Google gives this event no ETag, without which somebody else's change could be lost", calendar.ErrRefused)
	case w.change.Organizer && t.event.Organizer != nil && !t.event.Organizer.Self:
		return fmt.Errorf("%w: Google does not have this account as its organizer", calendar.ErrReadOnly)
	case t.event.Locked || t.event.PrivateCopy:
		return fmt.Errorf("%w: it is locked", calendar.ErrReadOnly)
	}
	if want.ends() {
		if err := w.client.carryLeft(w.ctx, w.change.Base.Calendar, t.event.ICalUID); err != nil {
			return err
		}
	}
	notify := w.change.Notify && w.change.Organizer && (want.moves() || want.ends())
	stored, err := w.client.patch(w.ctx, w.change.Base.Calendar, t, want, notify)
	if err != nil {
		return err
	}
	w.fresh = w.fresh || stored.ID == w.change.Base.Href
	if !w.made || want.moves() && !w.moved {
		w.result, w.made, w.moved = stored.resource(w.change.Base.Calendar), true, want.moves()
	}
	after, err := decode(stored.data)
	if err != nil {
		return lost(err)
	}
	return want.confirm(t.event, after)
}

// patch sends a change of one event and returns what is stored then.
func (c *Client) patch(ctx context.Context, calendarID string, t target, want *wish, notify bool) (item, error) {
	var body []byte
	_, err := write(ctx, c, func(ctx context.Context) (*gcal.Event, error) {
		call := c.service.Events.Patch(calendarID, t.event.Id, want.patch).SendUpdates("none")
		if notify {
			call.SendUpdates("all")
		}
		if want.attaches() {
			call.SupportsAttachments(true)
		}
		call.Header().Set("If-Match", string(t.etag))
		return call.Context(withAnswer(ctx, &body)).Do(c.calls...)
	})
	if err != nil {
		return item{}, err
	}
	stored, err := readItem(body)
	if err != nil {
		return item{}, lost(err)
	}
	return stored, nil
}

// occurrence finds the event of an occurrence of the series Base that has no
// exception as far as the caller knows. When the series has changed since, or
// the occurrence is an exception by now, the error is ErrConflict.
func (w *writer) occurrence(series *gcal.Event, original time.Time) (target, error) {
	c, id := w.client, w.change.Base.Calendar
	if !w.fresh {
		if err := c.unchanged(w.ctx, id, w.change.Base); err != nil {
			return target{}, err
		}
		w.fresh = true
	}
	t, found, err := c.instanceAt(w.ctx, id, series, original)
	switch {
	case err != nil:
		return target{}, err
	case !found:
		return target{}, fmt.Errorf("%w: the series has no such occurrence any more", calendar.ErrConflict)
	case !untouched(series, t.event):
		return target{}, fmt.Errorf("%w: this occurrence is no longer as its series has it", calendar.ErrConflict)
	}
	return t, nil
}

// unchanged checks that a series still says what r says, as far as people are
// concerned. Another ETag alone is no change: that of a series may be another one
// after each write to one of its occurrences, and a pass that decides several
// moves on one state of it writes the link on it with the first.
func (c *Client) unchanged(ctx context.Context, calendarID string, r calendar.Resource) error {
	var body []byte
	now, err := read(ctx, c, func(ctx context.Context) (*gcal.Event, error) {
		e, err := c.service.Events.Get(calendarID, r.Href).IfNoneMatch(string(r.ETag)).Context(withAnswer(ctx, &body)).Do(c.calls...)
		if googleapi.IsNotModified(err) {
			return nil, nil
		}
		return e, err
	})
	if err != nil {
		return err
	}
	if now != nil && (now.Status == statusCancelled || calendar.ETag(now.Etag) != r.ETag && !sameForPeople(body, r.Data)) {
		return calendar.ErrConflict
	}
	return nil
}

// sameForPeople reports whether two states of an event differ in nothing but
// what the program and Google keep up on it.
func sameForPeople(a, b []byte) bool {
	x, ok1 := peoples(a)
	y, ok2 := peoples(b)
	return ok1 && ok2 && reflect.DeepEqual(x, y)
}

// peoples is an event without what the program and Google keep up on it.
func peoples(data []byte) (map[string]any, bool) {
	var all map[string]any
	e, err := decode(data)
	if err != nil || json.Unmarshal(data, &all) != nil {
		return nil, false
	}
	link := shared(e)[linkKey]
	properties := maps.Clone(shared(e))
	delete(properties, markKey)
	delete(properties, linkKey)
	attachments := slices.DeleteFunc(slices.Clone(e.Attachments), func(a *gcal.EventAttachment) bool { return a != nil && link != "" && a.FileUrl == link })
	human, _, _ := agenda.SplitBlock(e.Description, isHTML(e.Description))
	for _, name := range []string{"etag", "updated", "sequence", "extendedProperties", "attachments"} {
		delete(all, name)
	}
	all["description"] = human
	if len(properties) > 0 {
		all["shared"] = properties
	}
	if e.ExtendedProperties != nil && len(e.ExtendedProperties.Private) > 0 {
		all["private"] = e.ExtendedProperties.Private
	}
	for _, a := range attachments {
		all["attachment "+a.FileUrl] = true
	}
	return all, true
}

// instances asks for the occurrences of a series with an original start, or
// for all within a day of it.
func (c *Client) instances(ctx context.Context, calendarID string, series *gcal.Event, original time.Time, exactly bool) ([]item, error) {
	var body []byte
	_, err := read(ctx, c, func(ctx context.Context) (*gcal.Events, error) {
		call := c.service.Events.Instances(calendarID, series.Id).ShowDeleted(true)
		if exactly {
			call.OriginalStart(startText(series, original))
		} else {
			call.TimeMin(original.Add(-24 * time.Hour).Format(time.RFC3339)).TimeMax(original.Add(24 * time.Hour).Format(time.RFC3339)).MaxResults(pageSize)
		}
		return call.Context(withAnswer(ctx, &body)).Do(c.calls...)
	})
	if err != nil {
		return nil, err
	}
	l := listing{byID: map[string]item{}}
	if err := l.addPage(body); err != nil {
		return nil, err
	}
	var out []item
	for _, id := range l.order {
		out = append(out, l.byID[id])
	}
	return out, nil
}

// startText writes an original start as the series writes its start.
func startText(series *gcal.Event, original time.Time) string {
	if series.Start != nil && series.Start.DateTime == "" {
		return original.Format(dateLayout)
	}
	return original.Format(time.RFC3339)
}

// isAt reports whether an original start is the wanted one.
func isAt(t *gcal.EventDateTime, original time.Time) bool {
	if t == nil {
		return false
	}
	m, err := readMoment(t, original.Location())
	return err == nil && m.at.Equal(original)
}

// untouched reports whether an occurrence stands where its series puts it.
func untouched(series, e *gcal.Event) bool {
	planned, ok1 := spanOf(series)
	now, ok2 := spanOf(e)
	return ok1 && ok2 && e.Status != statusCancelled && isAt(e.OriginalStartTime, now.Start) && now.Duration() == planned.Duration()
}
