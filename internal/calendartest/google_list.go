package calendartest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"oneonone/internal/span"
)

// Sizes of pages (events.list, maxResults).
const (
	googlePage    = 250
	googleMaxPage = 2500
)

// listing is a list that is being made.
type listing struct {
	call  *googleCall
	since int64 // of the sync token
	delta bool  // there is a sync token
	page  googleToken
	size  int
}

// listEvents is events.list.
func (g *Google) listEvents(call *googleCall) answer {
	l, refused := g.startList(call)
	if refused != nil {
		return *refused
	}
	f := g.listHead(call)
	var items []any
	if call.is("singleEvents") && !l.delta {
		items = g.expandedPage(l, f)
	} else {
		items = g.loggedPage(l, f)
	}
	f["items"] = items
	return jsonAnswer(f)
}

func (g *Google) listHead(call *googleCall) fields {
	return fields{"kind": "calendar#events", "etag": `"p0"`, "summary": call.cal.title, "timeZone": call.cal.zone,
		"accessRole": call.cal.roles[call.user.Email], "updated": googleStamp(g.now()), "defaultReminders": []any{}}
}

// startList reads the tokens of a request.
func (g *Google) startList(call *googleCall) (*listing, *answer) {
	refused := func(a answer) (*listing, *answer) { return nil, &a }
	l := &listing{call: call, size: googlePage}
	if n := call.number("maxResults"); n > 0 {
		l.size = min(n, googleMaxPage)
	}
	if g.style.Page > 0 {
		l.size = min(l.size, g.style.Page)
	}
	query := pickQuery(call.query, frozenWithToken)
	if s := call.query.Get("syncToken"); s != "" {
		if bad := pickQuery(call.query, forbiddenWithToken); bad != "" {
			g.violation(call.r, "%s beside a sync token", bad)
			return refused(refuse(http.StatusBadRequest, "badRequest", "Sync token cannot be used with "+bad))
		}
		t, ok := readToken(s)
		switch {
		case !ok || t.Page || t.Calendar != call.cal.id:
			return refused(refuse(http.StatusBadRequest, "invalid", "Invalid sync token value."))
		case t.Epoch != g.epoch:
			return refused(refuse(http.StatusGone, "fullSyncRequired", "Sync token is no longer valid, a full sync is required."))
		case t.Query != query:
			g.violation(call.r, "the sync token was given for %q, not for %q", t.Query, query)
			return refused(refuse(http.StatusBadRequest, "badRequest", "The parameters are not those of the sync token."))
		case call.query.Get("showDeleted") == "false":
			return refused(refuse(http.StatusBadRequest, "badRequest", "showDeleted=false cannot be used with a sync token."))
		}
		l.since, l.delta = t.Since, true
	}
	if s := call.query.Get("updatedMin"); s != "" {
		if t, err := time.Parse(time.RFC3339, s); err == nil && g.now().Sub(t) > 30*24*time.Hour {
			return refused(refuse(http.StatusGone, "updatedMinTooLongAgo", "The requested minimum modification time lies too far in the past."))
		}
	}
	l.page = googleToken{Calendar: call.cal.id, Epoch: g.epoch, Since: l.since, Upto: g.seq, After: l.since, Page: true,
		Query: pickQuery(call.query, append(slices.Clone(frozenWithToken), forbiddenWithToken...))}
	if s := call.query.Get("pageToken"); s != "" {
		t, ok := readToken(s)
		if !ok || !t.Page || t.Calendar != l.page.Calendar || t.Query != l.page.Query || t.Since != l.since || t.Epoch != g.epoch {
			return refused(refuse(http.StatusBadRequest, "invalid", "Invalid page token value."))
		}
		l.page = t
	}
	return l, nil
}

// loggedPage is one page of the change log. The page is cut before anything is
// left out of it, as Google does, so it may be empty and not the last.
func (g *Google) loggedPage(l *listing, head fields) []any {
	var rows []*googleEvent
	for _, e := range l.call.cal.events {
		if e.changed > l.page.After && e.changed <= l.page.Upto {
			rows = append(rows, e)
		}
	}
	slices.SortFunc(rows, func(a, b *googleEvent) int { return cmp.Compare(a.changed, b.changed) })
	if len(rows) > l.size {
		rows = rows[:l.size]
		l.page.After = rows[l.size-1].changed
		head["nextPageToken"] = l.page.String()
	} else {
		head["nextSyncToken"] = googleToken{Calendar: l.page.Calendar, Epoch: g.epoch, Since: l.page.Upto, Query: pickQuery(l.call.query, frozenWithToken)}.String()
	}
	items := []any{}
	zone, _ := l.call.zone()
	for _, e := range rows {
		if g.listed(l, e) {
			items = append(items, g.reveal(l.call, e, zone))
		}
	}
	return items
}

// reveal renders e for the caller.
func (g *Google) reveal(call *googleCall, e *googleEvent, zone *time.Location) fields {
	f := g.render(call.cal, e, zone, call.number("maxAttendees"))
	if call.may(RoleFreeBusy) || e.text("visibility") == "private" && !call.may(RoleOwner, RoleWriter) {
		for name := range f {
			if !slices.Contains([]string{"kind", "etag", "id", "status", "start", "end", "recurrence", "recurringEventId", "originalStartTime", "iCalUID", "updated", "eventType"}, name) {
				delete(f, name)
			}
		}
		f["visibility"] = "private"
	}
	return f
}

// listed reports whether a row of the change log is shown.
func (g *Google) listed(l *listing, e *googleEvent) bool {
	q := l.call.query
	m := l.call.cal.events[e.master]
	ofLiveSeries := e.master != "" && !e.bare && m != nil && !m.cancelled
	if e.cancelled && !l.delta && !q.Has("showDeleted") && !ofLiveSeries {
		return false
	}
	if e.cancelled && q.Get("showDeleted") == "false" && !ofLiveSeries {
		return false
	}
	return e.cancelled || l.matches(e) && e.within(l.call.cal.zone, l.window())
}

// matches reports whether a living event is one of those asked for.
func (l *listing) matches(e *googleEvent) bool {
	q := l.call.query
	if types := q["eventTypes"]; len(types) > 0 {
		kind := e.text("eventType")
		if kind == "" {
			kind = "default"
		}
		if !slices.Contains(types, kind) {
			return false
		}
	}
	if uid := q.Get("iCalUID"); uid != "" && uid != e.uid {
		return false
	}
	for _, side := range []string{"private", "shared"} {
		for _, want := range q[side+"ExtendedProperty"] {
			name, value, _ := strings.Cut(want, "=")
			if p := e.properties(side); p[name] != value {
				return false
			}
		}
	}
	if t, err := time.Parse(time.RFC3339, q.Get("updatedMin")); err == nil && e.updated.Before(t) {
		return false
	}
	words := strings.ToLower(e.text("summary") + " " + e.text("description") + " " + e.text("location"))
	return strings.Contains(words, strings.ToLower(q.Get("q")))
}

// window is the time asked for: all of it when nothing is said.
func (l *listing) window() span.Span {
	w := span.Span{Start: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)}
	if t, err := time.Parse(time.RFC3339, l.call.query.Get("timeMin")); err == nil {
		w.Start = t
	}
	if t, err := time.Parse(time.RFC3339, l.call.query.Get("timeMax")); err == nil {
		w.End = t
	}
	return w
}

// within reports whether any of e ends after w begins and begins before w ends.
func (e *googleEvent) within(zone string, w span.Span) bool {
	start, end := e.start.instant(zone), e.end.instant(zone)
	if start.Before(w.End) && end.After(w.Start) {
		return true
	}
	if len(e.recurrence) == 0 || !start.Before(w.End) {
		return false
	}
	set, err := e.series(zone)
	if err != nil {
		return true
	}
	_, after, err := set.Neighbours(w.Start.Add(start.Sub(end)), budgetOfGoogle)
	return err != nil || !after.IsZero() && after.Before(w.End)
}

// expandedPage is one page of a list with singleEvents: no masters, all
// instances. Google goes no further than 730 of one series.
func (g *Google) expandedPage(l *listing, head fields) []any {
	var rows []*googleEvent
	for _, e := range l.call.cal.events {
		if e.changed > l.page.Upto || e.cancelled && !l.call.is("showDeleted") || !e.cancelled && !l.matches(e) {
			continue
		}
		switch {
		case len(e.recurrence) > 0 && !e.cancelled:
			rows = append(rows, g.instances(l.call.cal, e, l.window())...)
		case e.cancelled || e.within(l.call.cal.zone, l.window()):
			rows = append(rows, e)
		}
	}
	slices.SortFunc(rows, func(a, b *googleEvent) int {
		return cmp.Or(a.start.instant(l.call.cal.zone).Compare(b.start.instant(l.call.cal.zone)), strings.Compare(a.id, b.id))
	})
	rest := rows[min(l.page.Skip, len(rows)):]
	if len(rest) > l.size {
		rest = rest[:l.size]
		l.page.Skip += l.size
		head["nextPageToken"] = l.page.String()
	} else if l.call.query.Get("orderBy") == "" {
		head["nextSyncToken"] = googleToken{Calendar: l.page.Calendar, Epoch: g.epoch, Since: l.page.Upto, Query: pickQuery(l.call.query, frozenWithToken)}.String()
	}
	items := []any{}
	zone, _ := l.call.zone()
	for _, e := range rest {
		items = append(items, g.reveal(l.call, e, zone))
	}
	return items
}

// instances returns the ordinary instances of a master that overlap w. Those
// with an exception of their own are not among them.
func (g *Google) instances(c *googleCalendar, m *googleEvent, w span.Span) []*googleEvent {
	set, err := m.series(c.zone)
	if err != nil {
		return nil
	}
	length := m.end.instant(c.zone).Sub(m.start.instant(c.zone))
	w.Start = w.Start.Add(-length)
	if latest := m.start.instant(c.zone).AddDate(30, 0, 0); w.End.After(latest) && w.Start.Before(latest) {
		w.End = latest
	}
	starts, err := set.Between(w, budgetOfGoogle)
	if err != nil {
		return nil
	}
	var list []*googleEvent
	for _, t := range starts[:min(len(starts), 730)] {
		original := m.timeAt(t)
		if id := g.instanceID(m.id, original); c.events[id] == nil {
			i := m.instance(id, original)
			if i.within(c.zone, span.Span{Start: w.Start.Add(length), End: w.End}) {
				list = append(list, i)
			}
		}
	}
	return list
}

// listInstances is events.instances.
func (g *Google) listInstances(call *googleCall) answer {
	m, ok := g.find(call.cal, call.path["eventId"])
	if !ok {
		return notFound()
	}
	l, refused := g.startList(call)
	if refused != nil {
		return *refused
	}
	rows := g.instancesAsked(l, m)
	slices.SortFunc(rows, func(a, b *googleEvent) int {
		return a.original.instant(call.cal.zone).Compare(b.original.instant(call.cal.zone))
	})
	f, items := g.listHead(call), []any{}
	zone, _ := call.zone()
	rest := rows[min(l.page.Skip, len(rows)):]
	if len(rest) > l.size {
		rest = rest[:l.size]
		l.page.Skip += l.size
		f["nextPageToken"] = l.page.String()
	}
	for _, e := range rest {
		items = append(items, g.reveal(call, e, zone))
	}
	f["items"] = items
	return jsonAnswer(f)
}

// instancesAsked returns the instances of m that the request is about, also
// when m is itself an instance.
func (g *Google) instancesAsked(l *listing, m *googleEvent) []*googleEvent {
	c, deleted := l.call.cal, l.call.is("showDeleted")
	if s := l.call.query.Get("originalStart"); s != "" {
		original := googleTime{date: s}
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			original = googleTime{at: t}
		}
		if e, ok := g.find(c, g.instanceID(m.id, original)); ok && (deleted || !e.cancelled) {
			return []*googleEvent{e}
		}
		return nil
	}
	var rows []*googleEvent
	if len(m.recurrence) == 0 && !m.cancelled {
		rows = append(rows, m)
	}
	if len(m.recurrence) > 0 && !m.cancelled {
		rows = g.instances(c, m, l.window())
	}
	for _, e := range c.events {
		if e.master == m.id && !e.bare && (e.cancelled && deleted || !e.cancelled && e.within(c.zone, l.window())) {
			rows = append(rows, e)
		}
	}
	return rows
}

// getEvent is events.get, which knows deleted events too.
func (g *Google) getEvent(call *googleCall) answer {
	e, ok := g.find(call.cal, call.path["eventId"])
	if !ok {
		return notFound()
	}
	if call.r.Header.Get("If-None-Match") == e.etag() {
		return status(http.StatusNotModified).with("ETag", e.etag())
	}
	zone, _ := call.zone()
	return jsonAnswer(g.reveal(call, e, zone)).with("ETag", e.etag())
}
