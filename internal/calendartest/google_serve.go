package calendartest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// googleCall is one request to the calendar interface, read and checked.
type googleCall struct {
	r      *http.Request
	api    *discovery
	method *discoveryMethod
	path   map[string]string
	query  url.Values
	body   fields
	user   *GoogleUser
	cal    *googleCalendar // that the path names; nil when it names none
}

// googleMethods are the methods that the server has, by their ids in the
// discovery document.
var googleMethods = map[string]func(*Google, *googleCall) answer{
	"calendar.calendarList.list": (*Google).listCalendars,
	"calendar.calendarList.get":  (*Google).getListed,
	"calendar.calendars.get":     (*Google).getCalendar,
	"calendar.calendars.insert":  (*Google).insertCalendar,
	"calendar.events.get":        (*Google).getEvent,
	"calendar.events.list":       (*Google).listEvents,
	"calendar.events.instances":  (*Google).listInstances,
	"calendar.events.insert":     (*Google).insertEvent,
	"calendar.events.patch":      (*Google).changeEvent,
	"calendar.events.update":     (*Google).changeEvent,
	"calendar.events.delete":     (*Google).deleteEvent,
	"calendar.freebusy.query":    (*Google).queryFreeBusy,
	"calendar.settings.list":     (*Google).listSettings,
	"calendar.settings.get":      (*Google).getSetting,
	"calendar.events.watch":      (*Google).watchEvents,
	"calendar.channels.stop":     (*Google).stopChannel,
	"docs.documents.get":         (*Google).getDocument,
	"docs.documents.batchUpdate": (*Google).updateDocument,
	"drive.files.create":         (*Google).insertFile,
	"drive.files.get":            (*Google).getFile,
	"drive.files.list":           (*Google).listFiles,
	"drive.permissions.create":   (*Google).insertPermission,
	"drive.permissions.list":     (*Google).listPermissions,

	"meet.conferenceRecords.list":                                  (*Google).listMeets,
	"meet.conferenceRecords.participants.list":                     (*Google).listMeetPeople,
	"meet.conferenceRecords.participants.participantSessions.list": (*Google).listMeetSessions,
}

// ServeHTTP implements http.Handler.
func (g *Google) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	hook := g.hook
	g.mu.Unlock()
	if hook != nil {
		hook(r)
	}
	body, tooLarge := readBody(r)
	g.counters.received(r.Method, len(body))
	fault := g.script.next(r)
	if fault.Before != nil {
		fault.Before(r)
	}
	var a answer
	switch {
	case fault.Do == CutBefore:
		panic(http.ErrAbortHandler) // The server closes the connection without an answer.
	case fault.Do == Answer, fault.Do == AnswerInside:
		a = refuse(fault.Status, fault.Reason, "the server was told to answer like this")
		if fault.RetryAfter != "" {
			a = a.with("Retry-After", fault.RetryAfter)
		}
	case tooLarge:
		a = refuse(http.StatusRequestEntityTooLarge, "uploadTooLarge", "the request is too large")
	default:
		a = g.handle(r, body)
		if fault.Do == Twice {
			a = g.handle(r, body)
		}
		if fault.After != nil {
			fault.After(r)
		}
	}
	if fault.Do == CutAfter {
		panic(http.ErrAbortHandler)
	}
	g.counters.sent(a.write(w, r))
}

// handle answers a request whose body is read.
func (g *Google) handle(r *http.Request, body []byte) answer {
	g.mu.Lock()
	defer g.unlock()
	path := r.URL.EscapedPath()
	switch path {
	case "/token", "/oauth2/v4/token":
		g.calls["oauth.token"]++
		return g.token(r, body)
	case "/o/oauth2/auth", "/o/oauth2/v2/auth":
		return g.authorize(r)
	}
	call := &googleCall{r: r, query: r.URL.Query()}
	for _, a := range googleAPIs {
		if rest, ok := strings.CutPrefix(path, a.root); ok {
			call.api = a.api()
			if call.method, call.path = call.api.route(r.Method, rest); call.method != nil {
				break
			}
		}
	}
	if call.method == nil || googleMethods[call.method.ID] == nil {
		g.violation(r, "there is no such method")
		return status(http.StatusNotFound).with("Content-Type", "text/html") // As for every unknown path.
	}
	g.calls[call.method.ID]++
	if a, ok := g.admit(call); !ok {
		return a
	}
	if a, ok := g.check(call, body); !ok {
		return a
	}
	g.judge(call)
	return googleMethods[call.method.ID](g, call)
}

// admit finds out who calls, and whether that person may.
func (g *Google) admit(call *googleCall) (answer, bool) {
	token, bearer := strings.CutPrefix(call.r.Header.Get("Authorization"), "Bearer ")
	grant, ok := g.auth.access[token]
	if !bearer || !ok || !g.now().Before(grant.ends) {
		return refuse(http.StatusUnauthorized, "authError", "Invalid Credentials").
			with("WWW-Authenticate", `Bearer realm="https://accounts.google.com/", error="invalid_token"`), false
	}
	call.user = g.users[grant.user]
	if len(call.method.Scopes) > 0 && !slices.ContainsFunc(call.method.Scopes, func(s string) bool { return grant.has(s) }) {
		return refuse(http.StatusForbidden, "insufficientPermissions", "Request had insufficient authentication scopes.").
			with("WWW-Authenticate", `Bearer realm="https://accounts.google.com/", error="insufficient_scope"`), false
	}
	if g.style.PerMinute > 0 {
		now := g.now()
		recent := slices.DeleteFunc(g.asked[grant.user], func(t time.Time) bool { return now.Sub(t) >= time.Minute })
		if len(recent) >= g.style.PerMinute {
			return refuse(http.StatusForbidden, "rateLimitExceeded", "Rate Limit Exceeded"), false
		}
		g.asked[grant.user] = append(recent, now)
	}
	id, named := call.path["calendarId"]
	if !named {
		return answer{}, true
	}
	if id == "primary" {
		id = call.user.Email
	}
	call.cal = g.calendars[strings.ToLower(id)]
	if call.cal == nil || call.cal.roles[call.user.Email] == "" {
		return notFound(), false
	}
	return answer{}, true
}

// check holds the request against the discovery document.
func (g *Google) check(call *googleCall, body []byte) (answer, bool) {
	d := call.api
	faults := d.checkQuery(call.method, call.query)
	if call.method.Request == nil {
		if len(body) > 0 {
			faults = append(faults, "the method takes no body")
		}
	} else {
		if err := json.Unmarshal(body, &call.body); err != nil || call.body == nil {
			g.violation(call.r, "the body is no JSON object")
			return refuse(http.StatusBadRequest, "parseError", "Parse Error"), false
		}
		faults = append(faults, d.checkBody(call.method.Request.Ref, call.body)...)
	}
	for _, f := range faults {
		g.violation(call.r, "%s", f)
	}
	if len(faults) > 0 {
		return refuse(http.StatusBadRequest, "badRequest", strings.Join(faults, "; ")), false
	}
	return answer{}, true
}

func (g *Google) violation(r *http.Request, format string, args ...any) {
	if g.exempt == nil || !g.exempt(r) {
		g.violated = append(g.violated, r.Method+" "+r.URL.EscapedPath()+": "+fmt.Sprintf(format, args...))
	}
}

// zone is the zone that the answer's times are told in.
func (call *googleCall) zone() (*time.Location, string) {
	name := call.query.Get("timeZone")
	if name == "" && call.cal != nil {
		name = call.cal.zone
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC, "UTC"
	}
	return loc, name
}

func (call *googleCall) is(parameter string) bool { return call.query.Get(parameter) == "true" }

func (call *googleCall) number(parameter string) int {
	n, _ := strconv.Atoi(call.query.Get(parameter)) // Was checked against the discovery document.
	return n
}

// may reports whether the caller has one of roles in the calendar.
func (call *googleCall) may(roles ...string) bool {
	return slices.Contains(roles, call.cal.roles[call.user.Email])
}

// jsonAnswer is a success with v.
func jsonAnswer(v fields) answer {
	a := status(http.StatusOK).with("Content-Type", "application/json; charset=UTF-8")
	a.body = mustJSON(v)
	return a
}

// refuse is an error as Google says it. Without a reason there is none in it,
// as for errors that come from in front of the interface.
func refuse(code int, reason, message string) answer {
	e := fields{"code": code, "message": message}
	if reason != "" {
		e["errors"] = []any{fields{"domain": "global", "reason": reason, "message": message}}
	}
	a := status(code).with("Content-Type", "application/json; charset=UTF-8")
	a.body = mustJSON(fields{"error": e})
	return a
}

func notFound() answer { return refuse(http.StatusNotFound, "notFound", "Not Found") }

func badValue(err error) answer { return refuse(http.StatusBadRequest, "invalid", err.Error()) }
