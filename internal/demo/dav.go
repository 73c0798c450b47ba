package demo

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/config"
	"oneonone/internal/icalendar"
)

// davStage is the story on a CalDAV server in memory, which the program reaches
// over HTTP as everybody else does.
type davStage struct {
	*calendartest.DAV
	zone *time.Location
	list chan edit
}

func newDAVStage(w *week) *davStage {
	d := &davStage{DAV: calendartest.NewDAV(calendartest.Style{}), zone: w.zones[vienna], list: make(chan edit, manyEdits)}
	for _, p := range cast {
		d.AddUser(calendartest.User{Name: p.user, Password: password, Title: p.name, Mail: []string{p.address()}})
		d.AddCalendar(p.user, calendartest.Calendar{Name: calendarName, Title: "Work", Zone: p.zone, Colour: "#0B8043"})
	}
	for _, e := range w.events {
		for _, p := range e.whose {
			d.Put(p.user, calendarName, e.uid+".ics", w.object(e, p))
		}
	}
	return d
}

func (d *davStage) words() string { return "a calendar server" }

func (d *davStage) transport() http.RoundTripper { return nil }

func (d *davStage) edits() <-chan edit { return d.list }

// configuration implements stage.
func (d *davStage) configuration(dir, server, listen string) (*config.Config, error) {
	for _, p := range cast {
		if err := os.WriteFile(filepath.Join(dir, p.user), []byte(password+"\n"), 0o600); err != nil {
			return nil, err
		}
	}
	return parseConfiguration(listen, func(p person) string {
		return "provider: caldav\n    url: http://" + server + "/dav/\n    username: " + p.user
	})
}

// calendar implements stage.
func (d *davStage) calendar(_ context.Context, p person) ([][]calendar.Event, error) {
	var out [][]calendar.Event
	objects := d.Objects()
	for _, path := range slices.Sorted(maps.Keys(objects)) {
		if strings.Contains(path, "/"+p.user+"/") {
			out = append(out, eventsOf(objects[path], d.zone))
		}
	}
	return out, nil
}

// eventsOf reads an object; one that is not there or cannot be read holds nothing.
func eventsOf(data []byte, zone *time.Location) []calendar.Event {
	if data == nil {
		return nil
	}
	events, err := icalendar.Parse(data, zone)
	if err != nil {
		return nil
	}
	return events
}

// ServeHTTP implements stage.
func (d *davStage) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	user, name, ok := objectOf(r)
	if !ok {
		d.DAV.ServeHTTP(rw, r)
		return
	}
	before, _, _ := d.Get(user, calendarName, name)
	d.DAV.ServeHTTP(rw, r)
	after, _, _ := d.Get(user, calendarName, name)
	if !bytes.Equal(before, after) {
		post(d.list, edit{user, eventsOf(before, d.zone), eventsOf(after, d.zone)})
	}
}

// objectOf returns whose object a writing request of another client is about,
// and its name.
func objectOf(r *http.Request) (user, name string, ok bool) {
	if r.Method != http.MethodPut && r.Method != http.MethodDelete || strings.HasPrefix(r.UserAgent(), "oneonone") {
		return "", "", false
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/") // dav/calendars/USER/CALENDAR/NAME
	if len(parts) != 5 || parts[1] != "calendars" || parts[3] != calendarName {
		return "", "", false
	}
	p, known := personOf(parts[2])
	return p.user, parts[4], known
}

func (d *davStage) directions(server string) (title string, rows [][]string, hint string) {
	for _, p := range cast {
		rows = append(rows, []string{p.name, p.user, password, "http://" + server + "/dav/calendars/" + p.user + "/" + calendarName + "/"})
	}
	return "The calendars, for any CalDAV client: user, password, address", rows,
		"(Thunderbird: New Calendar, On the Network, then user name and address.)"
}
