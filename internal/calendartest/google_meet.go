package calendartest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"oneonone/internal/span"
)

// meetLife is how long Google keeps the record of a conference after its end.
const meetLife = 30 * 24 * time.Hour

// meetReadonly is the scope of who may read about every conference of a person.
// With the other one (space.created) only spaces that the program made are seen,
// and those of events are none of them.
const meetReadonly = scopePrefix + "meetings.space.readonly"

// MeetSession is the time that somebody was in a conference on one device.
type MeetSession struct {
	// Who is the address of a user here, who is signed in; a telephone number,
	// that begins with +; or the name of somebody who is not signed in.
	Who      string
	From, To time.Time // To zero: still there
}

// googleMeet is the record of one conference.
type googleMeet struct {
	id, code, space string
	span            span.Span // End zero while it goes on
	people          []*googleMeetPerson
}

type googleMeetPerson struct {
	id, address string // address "" for who is not signed in
	who         fields
	sessions    []MeetSession // the last to come first, as the interface lists them
}

// Talked notes a conference in the room with that code: from when the first
// came until the last went. People who come back when everybody had gone make
// another conference, for which it is to be called again.
func (g *Google) Talked(code string, sessions ...MeetSession) {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := len(g.meets) + 1
	m := &googleMeet{id: fmt.Sprintf("fake-record-%d", n), code: code, space: "spaces/" + letters(code, 7) + letters(code, 8)}
	open := false
	for i, s := range sessions {
		if i == 0 || s.From.Before(m.span.Start) {
			m.span.Start = s.From
		}
		if s.To.After(m.span.End) {
			m.span.End = s.To
		}
		open = open || s.To.IsZero()
		p := m.person(s.Who)
		if p == nil || g.style.DeviceParticipants {
			p = &googleMeetPerson{id: strconv.Itoa(100*n + len(m.people)), address: s.Who}
			switch u := g.userOf(s.Who); {
			case u != nil:
				p.address = u.Email
				p.who = fields{"signedinUser": fields{"user": "users/" + letters(u.Email, 1) + letters(u.Email, 2), "displayName": u.Name}}
			case strings.HasPrefix(s.Who, "+"):
				p.who = fields{"phoneUser": fields{"displayName": "•••" + s.Who[max(0, len(s.Who)-3):]}}
			default:
				p.who = fields{"anonymousUser": fields{"displayName": s.Who}}
			}
			m.people = append(m.people, p)
		}
		p.sessions = append(p.sessions, s)
	}
	if open {
		m.span.End = time.Time{}
	}
	for _, p := range m.people {
		slices.SortStableFunc(p.sessions, func(a, b MeetSession) int { return b.From.Compare(a.From) })
	}
	slices.SortStableFunc(m.people, func(a, b *googleMeetPerson) int { return b.first().Compare(a.first()) })
	g.meets = append(g.meets, m)
}

// person returns who is there under that name or address, nil for nobody.
func (m *googleMeet) person(who string) *googleMeetPerson {
	i := slices.IndexFunc(m.people, func(p *googleMeetPerson) bool { return p.address == who })
	if i < 0 {
		return nil
	}
	return m.people[i]
}

func (p *googleMeetPerson) first() time.Time { return p.sessions[len(p.sessions)-1].From }

// left is when somebody went for the last time, zero for who is there.
func (p *googleMeetPerson) left() (last time.Time) {
	for _, s := range p.sessions {
		if s.To.IsZero() {
			return time.Time{}
		}
		if s.To.After(last) {
			last = s.To
		}
	}
	return last
}

func (p *googleMeetPerson) json(m *googleMeet) fields {
	f := fields{"name": m.name() + "/participants/" + p.id, "earliestStartTime": googleStamp(p.first())}
	maps.Copy(f, copyJSON(p.who))
	if left := p.left(); !left.IsZero() {
		f["latestEndTime"] = googleStamp(left)
	}
	return f
}

func (m *googleMeet) name() string { return "conferenceRecords/" + m.id }

func (m *googleMeet) json() fields {
	f := fields{"name": m.name(), "space": m.space, "startTime": googleStamp(m.span.Start)}
	if !m.span.End.IsZero() {
		f["endTime"], f["expireTime"] = googleStamp(m.span.End), googleStamp(m.span.End.Add(meetLife))
	}
	return f
}

// visibleMeets are the records that the caller may see, the newest first: of
// those that are still kept, the ones of own rooms and those with the caller in them.
func (g *Google) visibleMeets(call *googleCall) []*googleMeet {
	token, _ := strings.CutPrefix(call.r.Header.Get("Authorization"), "Bearer ")
	if !g.auth.access[token].has(meetReadonly) {
		return nil
	}
	var list []*googleMeet
	for _, m := range g.meets {
		kept := m.span.End.IsZero() || g.now().Before(m.span.End.Add(meetLife))
		if kept && (m.person(call.user.Email) != nil || g.ownsRoom(call.user, m.code)) {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b *googleMeet) int { return b.span.Start.Compare(a.span.Start) })
	return list
}

// ownsRoom reports whether the room with that code was made for an event of u.
func (g *Google) ownsRoom(u *GoogleUser, code string) bool {
	for _, c := range g.calendars {
		for _, e := range c.events {
			data, _ := e.rest["conferenceData"].(fields)
			if data["conferenceId"] == code && g.userOf(e.organizer()) == u {
				return true
			}
		}
	}
	return false
}

// listMeets is conferenceRecords.list.
func (g *Google) listMeets(call *googleCall) answer {
	terms, err := meetFilter(call.query.Get("filter"))
	if err != nil {
		return refuseRPC(http.StatusBadRequest, "INVALID_ARGUMENT", err.Error())
	}
	list := []any{}
	for _, m := range g.visibleMeets(call) {
		if !slices.ContainsFunc(terms, func(t meetTerm) bool { return !t.holds(m) }) {
			list = append(list, m.json())
		}
	}
	return g.meetPage(call, "conferenceRecords", list, 25, 100)
}

// listMeetPeople is conferenceRecords.participants.list.
func (g *Google) listMeetPeople(call *googleCall) answer {
	m := g.meet(call)
	if m == nil {
		return refuseRPC(http.StatusForbidden, "PERMISSION_DENIED", "Permission denied on resource (or it might not exist).")
	}
	list := []any{}
	for _, p := range m.people {
		list = append(list, p.json(m))
	}
	return g.meetPage(call, "participants", list, 100, 250)
}

// listMeetSessions is conferenceRecords.participants.participantSessions.list.
func (g *Google) listMeetSessions(call *googleCall) answer {
	m := g.meet(call)
	if m == nil {
		return refuseRPC(http.StatusForbidden, "PERMISSION_DENIED", "Permission denied on resource (or it might not exist).")
	}
	for _, p := range m.people {
		if p.id != call.path["participantsId"] {
			continue
		}
		list := []any{}
		for i, s := range p.sessions {
			f := fields{"name": fmt.Sprintf("%s/participants/%s/participantSessions/%d", m.name(), p.id, i+1), "startTime": googleStamp(s.From)}
			if !s.To.IsZero() {
				f["endTime"] = googleStamp(s.To)
			}
			list = append(list, f)
		}
		return g.meetPage(call, "participantSessions", list, 100, 250)
	}
	return refuseRPC(http.StatusNotFound, "NOT_FOUND", "Requested entity was not found.")
}

// meet is the record that the path names, nil when the caller may not see it.
func (g *Google) meet(call *googleCall) *googleMeet {
	for _, m := range g.visibleMeets(call) {
		if m.id == call.path["conferenceRecordsId"] {
			return m
		}
	}
	return nil
}

// meetPage is one page of a list under its name. Filters of the lists inside a
// record, which the program does not use, are not known here.
func (g *Google) meetPage(call *googleCall, name string, list []any, usual, most int) answer {
	if name != "conferenceRecords" && call.query.Has("filter") {
		return refuseRPC(http.StatusNotImplemented, "UNIMPLEMENTED", "this server knows no such filter")
	}
	from, _ := strconv.Atoi(call.query.Get("pageToken"))
	size := min(cmp.Or(call.number("pageSize"), usual), most)
	if g.style.Page > 0 {
		size = min(size, g.style.Page)
	}
	rest := list[min(max(from, 0), len(list)):]
	f := fields{}
	if len(rest) > size {
		rest, f["nextPageToken"] = rest[:size], strconv.Itoa(from+size)
	}
	if len(rest) > 0 {
		f[name] = rest // An empty list is left out, as all defaults are.
	}
	return jsonAnswer(f)
}

// meetTerm is one condition of a filter.
type meetTerm struct {
	field, op, value string
	at               time.Time
}

// meetFilter reads the filter of conferenceRecords.list: conditions with AND
// between them.
func meetFilter(filter string) ([]meetTerm, error) {
	if filter == "" {
		return nil, nil
	}
	var terms []meetTerm
	for _, text := range strings.Split(filter, " AND ") {
		text = strings.TrimSpace(text)
		if field, ok := strings.CutSuffix(text, " IS NULL"); ok && field == "end_time" {
			terms = append(terms, meetTerm{field: field, op: "null"})
			continue
		}
		i := strings.IndexAny(text, "<>=")
		if i < 0 {
			return nil, fmt.Errorf("invalid filter: %q", text)
		}
		t := meetTerm{field: strings.TrimSpace(text[:i]), op: text[i : i+1]}
		if value, ok := strings.CutPrefix(text[i+1:], "="); ok && t.op != "=" {
			t.op, t.value = t.op+"=", strings.TrimSpace(value)
		} else {
			t.value = strings.TrimSpace(text[i+1:])
		}
		value, err := strconv.Unquote(t.value)
		if err != nil {
			return nil, fmt.Errorf("invalid filter: the value %s is no string", t.value)
		}
		t.value = value
		switch t.field {
		case "space.meeting_code", "space.name":
			if t.op != "=" {
				return nil, fmt.Errorf("invalid filter: %s knows = only", t.field)
			}
		case "start_time", "end_time":
			if t.at, err = time.Parse(time.RFC3339, t.value); err != nil {
				return nil, fmt.Errorf("invalid filter: %v", err)
			}
		default:
			return nil, fmt.Errorf("invalid filter: unknown field %q", t.field)
		}
		terms = append(terms, t)
	}
	return terms, nil
}

func (t meetTerm) holds(m *googleMeet) bool {
	at := m.span.Start
	switch t.field {
	case "space.meeting_code":
		return m.code == t.value
	case "space.name":
		return m.space == t.value
	case "end_time":
		if at = m.span.End; at.IsZero() || t.op == "null" {
			return at.IsZero() && t.op == "null"
		}
	}
	c := at.Compare(t.at)
	switch t.op {
	case "=":
		return c == 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

// refuseRPC is an error in the form of Google's newer interfaces.
func refuseRPC(code int, state, message string) answer {
	a := status(code).with("Content-Type", "application/json; charset=UTF-8")
	a.body = mustJSON(fields{"error": fields{"code": code, "message": message, "status": state}})
	return a
}
