package engine_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// zonesByName are those that were read before.
var zonesByName sync.Map

// known is the zone with the name; to look it up in the files of the system takes long.
func known(name string) *time.Location {
	z, ok := zonesByName.Load(name)
	if !ok {
		z, _ = zonesByName.LoadOrStore(name, zone(name))
	}
	return z.(*time.Location)
}

// thread is a series or a single event as somebody's calendar has it, read by the
// tests themselves.
type thread struct {
	name       string // of the object, or the id
	master     calendar.Event
	exceptions []calendar.Event
	title      string
	text       string // all of it
}

// stand is one meeting as somebody's calendar shows it.
type stand struct {
	uid        string
	original   time.Time
	start, end time.Time
	single     bool
	no         bool // one of the two has declined it there
}

func (s stand) key() string { return s.uid + s.original.UTC().Format(" 20060102T1504") }

// read returns what f's calendar has, by UID.
func (y *year) read(f *folk) map[string]*thread {
	y.Helper()
	if y.readings[f.name] == nil {
		if f.site == onGoogle {
			y.readings[f.name] = y.readGoogle(f)
		} else {
			y.readings[f.name] = y.readDAV(f)
		}
	}
	return y.readings[f.name]
}

func (y *year) readDAV(f *folk) map[string]*thread {
	out := map[string]*thread{}
	for path, data := range y.objects(f.site) {
		who, name, _ := strings.Cut(strings.TrimPrefix(path, "/dav/calendars/"), "/work/")
		if who != f.name {
			continue
		}
		t, ok := y.parsed[path]
		if !ok || t.text != string(data) {
			t = y.parseDAV(f, string(data))
			t.name = strings.TrimSuffix(name, ".ics")
			y.parsed[path] = t
		}
		out[t.master.UID] = t
	}
	return out
}

func (y *year) parseDAV(f *folk, text string) *thread {
	t := &thread{text: text}
	for _, c := range components(strings.ReplaceAll(text, "\r\n ", "")) {
		e := c.read(f.zone)
		if e.Original.IsZero() {
			t.master, t.title = e, e.Title
		} else {
			t.exceptions = append(t.exceptions, e)
		}
	}
	return t
}

var unescape = strings.NewReplacer(`\n`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`)

// value returns the value of a property, "" when there is none.
func (c component) value(name string) string {
	l := c.line(name)
	quoted := false
	for i := range len(l) {
		switch {
		case l[i] == '"':
			quoted = !quoted
		case l[i] == ':' && !quoted:
			return l[i+1:]
		}
	}
	return ""
}

// times reads all values of a property.
func (c component) times(name string, home *time.Location) []time.Time {
	var out []time.Time
	for _, l := range c {
		if !strings.HasPrefix(l, name+":") && !strings.HasPrefix(l, name+";") {
			continue
		}
		head, values, _ := strings.Cut(l, ":")
		z := home
		if _, rest, ok := strings.Cut(head, "TZID="); ok {
			name, _, _ := strings.Cut(rest, ";")
			z = known(strings.Trim(name, `"`))
		}
		for v := range strings.SplitSeq(values, ",") {
			at := z
			if strings.HasSuffix(v, "Z") {
				at = time.UTC
			}
			layout := "20060102T150405"
			if len(v) == 8 {
				layout = "20060102"
			}
			t, err := time.ParseInLocation(layout, strings.TrimSuffix(v, "Z"), at)
			if err != nil {
				panic(err)
			}
			out = append(out, t)
		}
	}
	return out
}

func (c component) read(home *time.Location) calendar.Event {
	first := func(name string) (t time.Time) {
		if ts := c.times(name, home); len(ts) > 0 {
			t = ts[0]
		}
		return t
	}
	e := calendar.Event{
		UID: c.value("UID"), Original: first("RECURRENCE-ID"), Start: first("DTSTART"), End: first("DTEND"),
		AllDay: strings.Contains(c.line("DTSTART"), "VALUE=DATE"), ExDates: c.times("EXDATE", home),
		Title: unescape.Replace(c.value("SUMMARY")), Description: unescape.Replace(c.value("DESCRIPTION")),
		Status: calendar.Status(c.value("STATUS")), Transparent: c.value("TRANSP") == "TRANSPARENT",
		Organizer: strings.TrimPrefix(c.value("ORGANIZER"), "mailto:"),
		Own:       calendar.Own(c.value("X-ONEONONE-KIND")), After: c.value("X-ONEONONE-AFTER"),
	}
	if r := c.value("RRULE"); r != "" {
		e.RRules = []string{r}
	}
	for _, t := range c.times("RDATE", home) {
		e.RDates = append(e.RDates, span.Span{Start: t, End: t})
	}
	for _, l := range c {
		if strings.HasPrefix(l, "ATTENDEE") {
			a := calendar.Attendee{Address: strings.TrimPrefix(component{l}.value("ATTENDEE"), "mailto:")}
			if _, rest, ok := strings.Cut(l, "PARTSTAT="); ok {
				end := strings.IndexAny(rest, ";:")
				a.Answer = calendar.Answer(rest[:end])
			}
			e.Attendees = append(e.Attendees, a)
		}
	}
	return e
}

// googleEvent is what the tests read of an event on Google.
type googleEvent struct {
	ID, ICalUID, Summary, Description, Status, Transparency, RecurringEventID string
	Start, End, OriginalStartTime                                             googleMoment
	Recurrence                                                                []string
	Organizer                                                                 struct{ Email string }
	Attendees                                                                 []struct{ Email, ResponseStatus string }
	ExtendedProperties                                                        struct{ Shared map[string]string }
}

type googleMoment struct {
	Date, TimeZone string
	DateTime       time.Time
}

func (m googleMoment) in(home *time.Location) time.Time {
	switch {
	case m.Date != "":
		t, _ := time.ParseInLocation(time.DateOnly, m.Date, home)
		return t
	case m.DateTime.IsZero():
		return time.Time{}
	case m.TimeZone != "":
		return m.DateTime.In(known(m.TimeZone))
	}
	return m.DateTime.In(home)
}

var googleAnswers = map[string]calendar.Answer{
	"accepted": calendar.Accepted, "declined": calendar.Declined, "tentative": calendar.Maybe, "needsAction": calendar.NeedsAction,
}

func (y *year) readGoogle(f *folk) map[string]*thread {
	out := map[string]*thread{}
	byID := map[string]*thread{}
	var exceptions []googleEvent
	for _, data := range y.listGoogle(f) {
		var g googleEvent
		if err := json.Unmarshal(data, &g); err != nil {
			y.Fatal(err)
		}
		switch {
		case g.RecurringEventID != "":
			exceptions = append(exceptions, g)
		case g.Status != "cancelled":
			t := &thread{name: g.ID, master: y.readOne(f, g), title: g.Summary, text: string(data)}
			out[t.master.UID], byID[g.ID] = t, t
		}
	}
	for _, g := range exceptions {
		if t := byID[g.RecurringEventID]; t != nil {
			t.exceptions = append(t.exceptions, y.readOne(f, g))
		}
	}
	return out
}

// listGoogle is what Google lists of f's calendar, what was deleted too.
func (y *year) listGoogle(f *folk) []json.RawMessage {
	y.Helper()
	var list struct{ Items []json.RawMessage }
	res, err := y.google.Client(f.address()).Get("https://www.googleapis.com/calendar/v3/calendars/primary/events?showDeleted=true&maxResults=2500")
	if err == nil {
		err = json.NewDecoder(res.Body).Decode(&list)
		res.Body.Close()
	}
	if err != nil {
		y.Fatal(err)
	}
	return list.Items
}

func (y *year) readOne(f *folk, g googleEvent) calendar.Event {
	home := f.zone
	e := calendar.Event{
		UID: g.ICalUID, Title: g.Summary, Description: g.Description, Start: g.Start.in(home), End: g.End.in(home), AllDay: g.Start.Date != "",
		Original: g.OriginalStartTime.in(home), Transparent: g.Transparency == "transparent", Organizer: g.Organizer.Email,
		Own: calendar.Own(g.ExtendedProperties.Shared["oneononeKind"]), After: g.ExtendedProperties.Shared["oneononeAfter"],
		Status: calendar.Status(strings.ToUpper(g.Status)),
	}
	for _, l := range g.Recurrence {
		head, values, _ := strings.Cut(l, ":")
		switch {
		case head == "RRULE":
			e.RRules = append(e.RRules, values)
		case strings.HasPrefix(head, "EXDATE"):
			e.ExDates = append(e.ExDates, component{l}.times("EXDATE", home)...)
		case strings.HasPrefix(head, "RDATE"):
			for _, t := range (component{l}).times("RDATE", home) {
				e.RDates = append(e.RDates, span.Span{Start: t, End: t})
			}
		}
	}
	for _, a := range g.Attendees {
		e.Attendees = append(e.Attendees, calendar.Attendee{Address: a.Email, Answer: googleAnswers[a.ResponseStatus]})
	}
	return e
}

// stands lists the meetings of c in f's calendar that overlap w, by start.
func (y *year) stands(c *couple, f *folk, w span.Span) []stand {
	y.Helper()
	var out []stand
	for _, t := range y.threads(c, f) {
		for _, o := range y.expand(f, t, w) {
			s := stand{uid: o.UID, original: o.Original, start: o.Start, end: o.End, single: len(t.master.RRules) == 0}
			for _, a := range o.Attendees {
				s.no = s.no || a.Answer == calendar.Declined
			}
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b stand) int { return a.start.Compare(b.start) })
	return out
}

// expand lists the occurrences of a thread that are not cancelled.
func (y *year) expand(f *folk, t *thread, w span.Span) []calendar.Occurrence {
	y.Helper()
	list, _, err := recur.Expand(t.master, t.exceptions, w)
	if err != nil {
		y.Fatalf("%s: %v\n%s", f.name, err, t.text)
	}
	return list
}

// threads are the events of just the two of c in f's calendar.
func (y *year) threads(c *couple, f *folk) []*thread {
	y.Helper()
	var out []*thread
	for _, t := range y.read(f) {
		a := t.master.Attendees
		if t.master.Own == calendar.OwnNone && len(a) == 2 && among(a, c.organizer) && among(a, c.guest) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *thread) int { return strings.Compare(a.master.UID, b.master.UID) })
	return out
}

func among(list []calendar.Attendee, f *folk) bool {
	return slices.ContainsFunc(list, func(a calendar.Attendee) bool { return a.Address == f.address() })
}

// marked is what the titles, places, texts and guests of all events carry that
// are no 1:1s.
const marked = "zqx"

// blocks reports whether f has something in the time that blocks it, 1:1s apart:
// confirmed, opaque, not declined.
func (y *year) blocks(f *folk, from, to time.Time) bool {
	y.Helper()
	for _, t := range y.read(f) {
		m := t.master
		if !strings.Contains(m.Title, marked) || m.Transparent || m.Status == calendar.Tentative {
			continue
		}
		if len(m.RRules) == 0 {
			if overlap(m.Start, m.End, from, to) {
				return true
			}
			continue
		}
		if len(y.expand(f, t, span.Span{Start: from, End: to})) > 0 {
			return true
		}
	}
	return false
}

// away reports whether f is away all day at the instant.
func (y *year) away(f *folk, at time.Time) bool {
	y.Helper()
	if f.site == elsewhere {
		return false
	}
	for _, t := range y.read(f) {
		if m := t.master; m.AllDay && strings.HasPrefix(m.Title, "Vacation") && overlap(m.Start, m.End, at, at.Add(time.Minute)) {
			return true
		}
	}
	return false
}
