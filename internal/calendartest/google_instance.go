package calendartest

import (
	"fmt"
	"strings"
	"time"

	"oneonone/internal/icalendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// series reads the recurrence of a master. The calendar's zone is that of its
// all-day events.
func (e *googleEvent) series(zone string) (*recur.Set, error) {
	var b strings.Builder
	b.WriteString("BEGIN:VEVENT\nUID:x\nDTSTAMP:20260101T000000Z\n")
	if e.start.date != "" {
		fmt.Fprintf(&b, "DTSTART;VALUE=DATE:%s\n", strings.ReplaceAll(e.start.date, "-", ""))
	} else {
		fmt.Fprintf(&b, "DTSTART;TZID=%s:%s\n", e.start.zone, e.start.instant(zone).Format("20060102T150405"))
	}
	for _, line := range e.recurrence {
		b.WriteString(line + "\n")
	}
	b.WriteString("END:VEVENT\n")
	events, err := icalendar.Parse(icsObject(b.String()), zoneOf(zone))
	if err != nil {
		return nil, err
	}
	x := events[0]
	return recur.ParseSet(x.Start, x.AllDay, x.RRules, x.RDates, x.ExDates)
}

// originals returns the original starts of a master's instances in w.
func (e *googleEvent) originals(zone string, w span.Span) []time.Time {
	set, err := e.series(zone)
	if err != nil {
		return nil
	}
	starts, err := set.Between(w, recur.DefaultBudget)
	if err != nil {
		return nil
	}
	return starts
}

// timeAt is the original start t of a master's instance.
func (e *googleEvent) timeAt(t time.Time) googleTime {
	if e.start.date != "" {
		return googleTime{date: t.Format(time.DateOnly)}
	}
	return googleTime{at: t.UTC(), zone: e.start.zone}
}

// instance is the ordinary occurrence of a master that begins at start.
func (e *googleEvent) instance(id string, start googleTime) *googleEvent {
	i := e.clone()
	i.id, i.master, i.recurrence = id, e.id, nil
	i.original, i.start = start, start
	if start.date != "" {
		from, _ := time.Parse(time.DateOnly, e.start.date)
		to, _ := time.Parse(time.DateOnly, e.end.date)
		day, _ := time.Parse(time.DateOnly, start.date)
		i.end = googleTime{date: day.Add(to.Sub(from)).Format(time.DateOnly)}
		return i
	}
	i.end = googleTime{at: start.at.Add(e.end.at.Sub(e.start.at)), zone: e.end.zone}
	return i
}

// instanceID names the instance of a master with that original start. Clients
// must not read it; with OpaqueIDs they cannot.
func (g *Google) instanceID(master string, original googleTime) string {
	id := master + "_" + strings.ReplaceAll(original.date, "-", "")
	if original.date == "" {
		id = master + "_" + original.at.UTC().Format("20060102T150405Z")
	}
	if g.style.OpaqueIDs {
		return "q" + base32hex.EncodeToString([]byte(id))
	}
	return id
}

// readInstanceID finds the master and the original start in the id of an
// instance.
func (g *Google) readInstanceID(id string) (master string, original googleTime, ok bool) {
	if rest, opaque := strings.CutPrefix(id, "q"); opaque && g.style.OpaqueIDs {
		plain, err := base32hex.DecodeString(rest)
		if err != nil {
			return "", googleTime{}, false
		}
		id = string(plain)
	}
	i := strings.LastIndex(id, "_")
	if i < 0 {
		return "", googleTime{}, false
	}
	if t, err := time.Parse("20060102T150405Z", id[i+1:]); err == nil {
		return id[:i], googleTime{at: t}, true
	}
	if t, err := time.Parse("20060102", id[i+1:]); err == nil {
		return id[:i], googleTime{date: t.Format(time.DateOnly)}, true
	}
	return "", googleTime{}, false
}

// find returns the event or the ordinary instance with that id.
func (g *Google) find(c *googleCalendar, id string) (*googleEvent, bool) {
	if e, ok := c.events[id]; ok {
		return e, true
	}
	masterID, original, ok := g.readInstanceID(id)
	if !ok {
		return nil, false
	}
	m := c.events[masterID]
	if m == nil || m.cancelled || len(m.recurrence) == 0 || (m.start.date == "") != (original.date == "") {
		return nil, false
	}
	at := original.instant(c.zone)
	for _, t := range m.originals(c.zone, span.Of(at, time.Second)) {
		if t.Equal(at) {
			return m.instance(id, m.timeAt(t)), true
		}
	}
	return nil, false
}
