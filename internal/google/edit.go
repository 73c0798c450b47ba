package google

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
	"oneonone/internal/span"
	"oneonone/internal/zone"
)

const (
	// longestDescription is what Google is said to take.
	longestDescription = 8192
	// mostAttachments is what Google documents.
	mostAttachments = 25
	attachmentTitle = "Agenda"
)

// wish is the change of one event: what is sent, and where it is to stand.
type wish struct {
	patch  *gcal.Event
	to     *span.Span // nil when it does not move
	before time.Time  // when a series ends; zero when it does not
}

func (w *wish) moves() bool { return w.to != nil }

func (w *wish) ends() bool { return !w.before.IsZero() }

func (w *wish) attaches() bool {
	return w.patch.Attachments != nil || slices.Contains(w.patch.ForceSendFields, "Attachments")
}

// edit compares an event with what p wants of it, and returns what to send;
// nil when there is nothing to change. Only what differs is sent, and never the
// guests.
func edit(e *gcal.Event, p calendar.Part) (*wish, error) {
	w := &wish{patch: &gcal.Event{}}
	changed := false
	if p.To != nil {
		moved, err := w.move(e, *p.To)
		if err != nil {
			return nil, err
		}
		changed = moved
	}
	if p.Until != nil {
		ended, err := w.end(e, *p.Until)
		if err != nil {
			return nil, err
		}
		changed = ended || changed
	}
	properties := map[string]string{} // "" takes one off
	if p.Mark != nil {
		properties[markKey] = p.Mark.String()
	} else if p.RemoveMark {
		for _, key := range []string{markKey, afterKey, madeKey, carriedKey} {
			properties[key] = ""
		}
	}
	if p.Link != nil {
		properties[linkKey] = *p.Link
		changed = w.attach(e, *p.Link) || changed
	}
	changed = w.properties(e, properties) || changed
	if p.RemoveMark {
		changed = w.forgetPlan(e) || changed
	}
	if p.Lines != nil {
		changed = w.describe(e, p.Lines) || changed
	}
	if !changed {
		return nil, nil
	}
	return w, nil
}

// move sets start and end, each in the zone in which the event has it.
func (w *wish) move(e *gcal.Event, to span.Span) (bool, error) {
	if len(e.Recurrence) > 0 {
		return false, fmt.Errorf("%w: only single occurrences of a series are moved", calendar.ErrRefused)
	}
	if e.Start == nil || e.End == nil || e.Start.DateTime == "" || e.End.DateTime == "" {
		return false, fmt.Errorf("%w: only events with a start and an end in time are moved", calendar.ErrRefused)
	}
	now, ok := spanOf(e)
	if !ok {
		return false, fmt.Errorf("%w: the time of the event cannot be read", calendar.ErrRefused)
	}
	if now.Equal(to) {
		return false, nil
	}
	w.to = &to
	w.patch.Start = writeTime(to.Start, e.Start.TimeZone)
	w.patch.End = writeTime(to.End, e.End.TimeZone)
	return true, nil
}

// spanOf returns when a timed event takes place.
func spanOf(e *gcal.Event) (span.Span, bool) {
	if e.Start == nil || e.End == nil {
		return span.Span{}, false
	}
	start, err1 := readMoment(e.Start, time.UTC)
	end, err2 := readMoment(e.End, time.UTC)
	return span.Span{Start: start.at, End: end.at}, err1 == nil && err2 == nil
}

// writeTime writes an instant in the zone that the event names, else in its
// own where that has a name, else in UTC. Google wants a zone with every time.
func writeTime(t time.Time, name string) *gcal.EventDateTime {
	loc, err := zone.Resolve(name, nil)
	if name == "" || err != nil {
		if loc, err = zone.Resolve(t.Location().String(), nil); err != nil {
			loc = time.UTC
		}
		name = loc.String()
	}
	return &gcal.EventDateTime{DateTime: t.In(loc).Format(time.RFC3339), TimeZone: name}
}

// properties sets shared extended properties, and takes off those that are to
// be "". Google keeps those that are not named.
func (w *wish) properties(e *gcal.Event, want map[string]string) bool {
	x := &gcal.EventExtendedProperties{Shared: map[string]string{}, ForceSendFields: []string{"Shared"}}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		have, there := shared(e)[key]
		switch value := want[key]; {
		case value == "" && there:
			x.NullFields = append(x.NullFields, "Shared."+key)
		case value != "" && value != have:
			x.Shared[key] = value
		}
	}
	if len(x.Shared)+len(x.NullFields) == 0 {
		return false
	}
	w.patch.ExtendedProperties = x
	return true
}

// describe sets the program's block at the end of the description. A description
// that has no room for it stays as it is.
func (w *wish) describe(e *gcal.Event, lines []string) bool {
	html := isHTML(e.Description)
	human, have, found := agenda.SplitBlock(e.Description, html)
	if found && len(lines) > 0 && slices.Equal(have, lines) || !found && len(lines) == 0 {
		return false
	}
	text := agenda.JoinBlock(human, lines, html)
	if text == e.Description || len(text) > longestDescription && len(text) > len(e.Description) {
		return false
	}
	w.patch.Description = text
	if text == "" {
		w.patch.ForceSendFields = append(w.patch.ForceSendFields, "Description")
	}
	return true
}

// attach puts the agenda's attachment in the place of the one that the
// program attached before, and keeps all others. Google takes attachments of
// https addresses only; others are in the block alone.
func (w *wish) attach(e *gcal.Event, link string) bool {
	old := shared(e)[linkKey]
	if old == link {
		return false
	}
	var list []*gcal.EventAttachment
	there := false
	for _, a := range e.Attachments {
		if a == nil || old != "" && leadsTo(a, old) && !leadsTo(a, link) {
			continue
		}
		there = there || leadsTo(a, link)
		list = append(list, a)
	}
	if strings.HasPrefix(link, "https://") && !there && len(list) < mostAttachments {
		kind := "text/html"
		if documentID(link) != "" {
			kind = docType
		}
		list = append(list, &gcal.EventAttachment{FileUrl: link, Title: attachmentTitle, MimeType: kind})
	}
	if slices.Equal(list, e.Attachments) {
		return false
	}
	w.patch.Attachments = list
	if len(list) == 0 {
		w.patch.ForceSendFields = append(w.patch.ForceSendFields, "Attachments")
	}
	return true
}

// leadsTo reports whether an attachment is what link leads to. Google spells the
// address of a document in several ways.
func leadsTo(a *gcal.EventAttachment, link string) bool {
	if a.FileUrl == link {
		return true
	}
	id := documentID(link)
	return id != "" && (a.FileId == id || documentID(a.FileUrl) == id)
}

var documentPath = regexp.MustCompile(`^https://(?:docs|drive)\.google\.com/(?:.*/d/|open\?(?:.*&)?id=)([-\w]{20,})`)

// documentID returns the id of the document in Google Drive that an address
// leads to, "" when it leads elsewhere.
func documentID(address string) string {
	if m := documentPath.FindStringSubmatch(address); m != nil {
		return m[1]
	}
	return ""
}

// confirm compares what Google has stored with what was asked for: it may
// answer with success and leave the event as it was.
func (w *wish) confirm(before, after *gcal.Event) error {
	if w.ends() {
		return w.confirmEnd(before, after)
	}
	if w.to == nil {
		if sameTexts(before, after) {
			return errIgnored
		}
		return nil
	}
	now, ok := spanOf(after)
	was, _ := spanOf(before)
	switch {
	case after.Status == statusCancelled:
		return fmt.Errorf("%w: it has been cancelled", calendar.ErrConflict)
	case ok && now.Equal(*w.to):
		return nil
	case ok && now.Equal(was):
		return errIgnored
	}
	return fmt.Errorf("%w: it stands at neither the old nor the new time", calendar.ErrConflict)
}

var errIgnored = fmt.Errorf("%w: Google answered with success and left the event as it was", calendar.ErrRefused)

// sameTexts reports whether nothing that upkeep writes differs.
func sameTexts(a, b *gcal.Event) bool {
	return a.Description == b.Description && maps.Equal(shared(a), shared(b)) && len(a.Attachments) == len(b.Attachments)
}
