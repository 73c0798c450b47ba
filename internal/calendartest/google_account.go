package calendartest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// budgetOfGoogle bounds the expansion of one series.
var budgetOfGoogle = recur.Budget{Instances: 20_000, Steps: 100_000}

// listedBy is how a calendar stands in a user's list.
func (c *googleCalendar) listedBy(user string) fields {
	f := fields{"kind": "calendar#calendarListEntry", "etag": `"1"`, "id": c.id, "summary": c.title, "timeZone": c.zone,
		"accessRole": c.roles[user], "selected": true, "defaultReminders": []any{}}
	if c.primary && c.owner == user {
		f["primary"] = true
	}
	if c.description != "" {
		f["description"] = c.description
	}
	return f
}

// listCalendars is calendarList.list.
func (g *Google) listCalendars(call *googleCall) answer {
	rank := []string{RoleFreeBusy, RoleReader, RoleWriter, RoleOwner}
	least := slices.Index(rank, call.query.Get("minAccessRole"))
	var list []*googleCalendar
	for _, c := range g.calendars {
		if role := c.roles[call.user.Email]; role != "" && slices.Index(rank, role) >= least {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *googleCalendar) int { return strings.Compare(a.id, b.id) })
	size := cmp.Or(call.number("maxResults"), 100)
	if g.style.Page > 0 {
		size = min(size, g.style.Page)
	}
	from, _ := strconv.Atoi(call.query.Get("pageToken"))
	f := fields{"kind": "calendar#calendarList", "etag": `"p1"`}
	items := []any{}
	for _, c := range list[min(max(from, 0), len(list)):] {
		if len(items) == size {
			f["nextPageToken"] = strconv.Itoa(from + size)
			break
		}
		items = append(items, c.listedBy(call.user.Email))
	}
	if f["items"] = items; f["nextPageToken"] == nil {
		f["nextSyncToken"] = "list" // Nobody asks with it here.
	}
	return jsonAnswer(f)
}

// getListed is calendarList.get.
func (g *Google) getListed(call *googleCall) answer {
	return jsonAnswer(call.cal.listedBy(call.user.Email))
}

// getCalendar is calendars.get.
func (g *Google) getCalendar(call *googleCall) answer { return jsonAnswer(call.cal.described()) }

func (c *googleCalendar) described() fields {
	f := fields{"kind": "calendar#calendar", "etag": `"1"`, "id": c.id, "summary": c.title, "timeZone": c.zone}
	if c.description != "" {
		f["description"] = c.description
	}
	return f
}

// insertCalendar is calendars.insert.
func (g *Google) insertCalendar(call *googleCall) answer {
	title, _ := call.body["summary"].(string)
	if title == "" {
		return refuse(http.StatusBadRequest, "required", "Missing title.")
	}
	for _, c := range g.calendars {
		if c.owner == call.user.Email && c.title == title {
			g.violation(call.r, "a second calendar of the same name")
		}
	}
	zone, _ := call.body["timeZone"].(string)
	c := g.addSecondary(call.user.Email, title, zone)
	c.description, _ = call.body["description"].(string)
	return jsonAnswer(c.described())
}

func (u *GoogleUser) settings() []fields {
	var list []fields
	for _, s := range [][2]string{{"format24HourTime", "true"}, {"locale", "en"}, {"timezone", u.Zone}, {"weekStart", "1"}} {
		list = append(list, fields{"kind": "calendar#setting", "etag": `"1"`, "id": s[0], "value": s[1]})
	}
	return list
}

// listSettings is settings.list.
func (g *Google) listSettings(call *googleCall) answer {
	items := []any{}
	for _, s := range call.user.settings() {
		items = append(items, s)
	}
	return jsonAnswer(fields{"kind": "calendar#settings", "etag": `"p1"`, "items": items, "nextSyncToken": "settings"})
}

// getSetting is settings.get.
func (g *Google) getSetting(call *googleCall) answer {
	for _, s := range call.user.settings() {
		if s["id"] == call.path["setting"] {
			return jsonAnswer(s)
		}
	}
	return notFound()
}

// queryFreeBusy is freebusy.query. Somebody whose calendar is not shared with
// the caller is notFound, whether there is such a person or not.
func (g *Google) queryFreeBusy(call *googleCall) answer {
	var w span.Span
	var err error
	for name, into := range map[string]*time.Time{"timeMin": &w.Start, "timeMax": &w.End} {
		s, _ := call.body[name].(string)
		if *into, err = time.Parse(time.RFC3339, s); err != nil {
			return refuse(http.StatusBadRequest, "required", "Missing or invalid "+name+".")
		}
	}
	if !w.Start.Before(w.End) {
		return refuse(http.StatusBadRequest, "timeRangeEmpty", "The specified time range is empty.")
	}
	limit := func(name string, most int) int {
		if n, ok := call.body[name].(float64); ok {
			return min(int(n), most)
		}
		return most
	}
	calendars, groups := fields{}, fields{}
	zone := time.UTC
	if name, _ := call.body["timeZone"].(string); name != "" {
		if zone, err = time.LoadLocation(name); err != nil {
			return badValue(err)
		}
	}
	items, _ := call.body["items"].([]any)
	var ids []string
	for _, item := range items {
		id, _ := item.(fields)["id"].(string)
		members, group := g.groups[id]
		switch {
		case group && len(members) > limit("groupExpansionMax", 100):
			groups[id] = fields{"errors": busyError("groupTooBig")}
		case group:
			groups[id] = fields{"calendars": members}
			ids = append(ids, members...)
		default:
			ids = append(ids, id)
		}
	}
	for i, id := range ids {
		if i >= limit("calendarExpansionMax", 50) {
			calendars[id] = fields{"busy": []any{}, "errors": busyError("tooManyCalendarsRequested")}
			continue
		}
		calendars[id] = g.busyOf(call.user, id, w, zone)
	}
	f := fields{"kind": "calendar#freeBusy", "timeMin": googleStamp(w.Start), "timeMax": googleStamp(w.End), "calendars": calendars}
	if len(groups) > 0 {
		f["groups"] = groups
	}
	return jsonAnswer(f)
}

func busyError(reason string) []any { return []any{fields{"domain": "global", "reason": reason}} }

// busyOf is what one calendar has in w, merged and without ids.
func (g *Google) busyOf(caller *GoogleUser, id string, w span.Span, zone *time.Location) fields {
	if u := g.userOf(id); u != nil {
		id = u.Email
	}
	if id == "primary" {
		id = caller.Email
	}
	c := g.calendars[id]
	if c == nil || c.roles[caller.Email] == "" {
		return fields{"busy": []any{}, "errors": busyError("notFound")}
	}
	var spans []span.Span
	for _, e := range g.blocking(c, w) {
		spans = append(spans, e.span(c.zone))
	}
	busy := []any{}
	for _, s := range span.NewSet(spans...) {
		if s.Start.Before(w.Start) {
			s.Start = w.Start
		}
		if s.End.After(w.End) {
			s.End = w.End
		}
		busy = append(busy, fields{"start": s.Start.In(zone).Format(time.RFC3339), "end": s.End.In(zone).Format(time.RFC3339)})
	}
	return fields{"busy": busy}
}

// blocking returns what in c blocks time: not what is transparent, nor what its
// person has declined, nor where that person works.
func (g *Google) blocking(c *googleCalendar, w span.Span) []*googleEvent {
	var list []*googleEvent
	for _, e := range c.events {
		switch {
		case e.cancelled:
		case len(e.recurrence) > 0:
			list = append(list, g.instances(c, e, w)...)
		default:
			list = append(list, e)
		}
	}
	var found []*googleEvent
	for _, e := range list {
		kind := e.text("eventType")
		if e.text("transparency") == "transparent" || kind == "workingLocation" || kind == "birthday" || !e.within(c.zone, w) {
			continue
		}
		if i := slices.IndexFunc(e.attendees(), func(a fields) bool { return g.isOwn(c, a["email"]) }); i >= 0 && e.attendees()[i]["responseStatus"] == "declined" {
			continue
		}
		found = append(found, e)
	}
	return found
}

// bookRooms lets the rooms among the guests answer: yes when they are free, no
// when they are not. To a whole series they say yes.
func (g *Google) bookRooms(home *googleCalendar, e *googleEvent) {
	guests := e.attendees()
	for _, a := range guests {
		email, _ := a["email"].(string)
		u := g.userOf(email)
		if u == nil || !u.Room {
			continue
		}
		a["resource"], a["responseStatus"] = true, "accepted"
		if len(e.recurrence) > 0 {
			continue
		}
		taken := func(x *googleEvent) bool { return x.id != e.id }
		if slices.ContainsFunc(g.blocking(g.calendars[u.Email], e.span(home.zone)), taken) {
			a["responseStatus"] = "declined"
		}
	}
	e.setAttendees(guests)
}
