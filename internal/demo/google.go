package demo

import (
	"cmp"
	"context"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/config"
	"oneonone/internal/google"
	"oneonone/internal/span"
)

// googleStage is the story on a Google Calendar in memory. The program reaches
// it without a network; other programs by its address on loopback.
type googleStage struct {
	*calendartest.Google
	tokens map[string]string // everybody's, by user
	list   chan edit

	mu      sync.Mutex // one reader at a time
	dir     string
	readers map[string]*google.Client // everybody's, by user, made when asked for
}

func newGoogleStage(w *week, now func() time.Time) *googleStage {
	written := w.monday.AddDate(0, 0, -14)
	g := &googleStage{
		Google: calendartest.NewGoogle(calendartest.GoogleStyle{Clock: func() time.Time { return written }}),
		tokens: map[string]string{}, readers: map[string]*google.Client{}, list: make(chan edit, manyEdits),
	}
	for _, p := range cast {
		g.AddUser(calendartest.GoogleUser{Email: p.address(), Name: p.name, Zone: p.zone})
	}
	for _, e := range w.events {
		g.put(w, e)
	}
	g.SetStyle(calendartest.GoogleStyle{Clock: now})
	for _, p := range cast {
		g.tokens[p.user] = g.AccessToken(p.address())
	}
	return g
}

// put makes e as the one who organizes it; Google brings it to the others.
func (g *googleStage) put(w *week, e event) {
	home := e.whose[0].address()
	start := w.began(e)
	fields := map[string]any{
		"id": eventID(e.uid), "iCalUID": e.uid + domain, "summary": e.title, "description": e.text,
		"start": map[string]any{"date": start.Format(time.DateOnly)},
		"end":   map[string]any{"date": start.AddDate(0, 0, e.days).Format(time.DateOnly)},
	}
	if e.at != "" {
		at := span.Of(w.on(start, e.at), e.length)
		fields["start"], fields["end"] = moment(at.Start), moment(at.End)
	}
	if e.rule != "" {
		fields["recurrence"] = []string{"RRULE:" + e.rule}
	}
	var guests []any
	for _, p := range e.whose {
		guests = append(guests, map[string]any{"email": p.address(), "displayName": p.name, "responseStatus": "accepted"})
	}
	if len(guests) > 1 {
		fields["attendees"] = guests
	}
	id := g.Put(home, fields)
	if e.pinned != 0 {
		pinned, _ := g.Instance(home, id, w.on(w.monday.AddDate(0, 0, e.pinned), e.at))
		g.Edit(home, pinned, map[string]any{"description": pinWords})
	}
	if e.no != nil {
		declined, _ := g.Instance(e.no.address(), id, w.on(w.monday.AddDate(0, 0, e.day), e.at))
		g.Answer(e.no.address(), declined, "declined")
	}
}

// eventID is an id in the alphabet of Google's.
func eventID(uid string) string {
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(uid)))
}

func moment(t time.Time) map[string]any {
	return map[string]any{"dateTime": t.Format(time.RFC3339), "timeZone": vienna}
}

func (g *googleStage) words() string { return "a fake Google" }

func (g *googleStage) transport() http.RoundTripper { return g.Transport() }

func (g *googleStage) edits() <-chan edit { return g.list }

// configuration implements stage. The credentials are what `oneonone auth`
// would have written.
func (g *googleStage) configuration(dir, _, listen string) (*config.Config, error) {
	g.mu.Lock()
	g.dir = dir
	g.mu.Unlock()
	for _, p := range cast {
		data, err := json.Marshal(map[string]any{
			"type": "authorized_user", "client_id": "demo", "refresh_token": "demo",
			"access_token": g.tokens[p.user], "expiry": time.Now().AddDate(1, 0, 0),
		})
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, p.user), data, 0o600); err != nil {
			return nil, err
		}
	}
	return parseConfiguration(listen, func(p person) string { return "provider: google" })
}

// reader returns a client that sees p's calendar as the program does. The caller
// holds the lock.
func (g *googleStage) reader(p person) (*google.Client, error) {
	if c := g.readers[p.user]; c != nil {
		return c, nil
	}
	c, err := google.New(google.Options{
		Account: p.user, Credential: filepath.Join(g.dir, p.user), Transport: g.Transport(), Logger: slog.New(slog.DiscardHandler),
	})
	if err == nil {
		g.readers[p.user] = c
	}
	return c, err
}

// calendar implements stage.
func (g *googleStage) calendar(ctx context.Context, p person) ([][]calendar.Event, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c, err := g.reader(p)
	if err != nil {
		return nil, err
	}
	ch, err := c.Pull(ctx, p.address(), calendar.Since{})
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(p.zone)
	if err != nil {
		return nil, err
	}
	series := map[string][]calendar.Event{}
	for _, r := range ch.Changed {
		events, err := c.Parse(r, zone)
		if err != nil {
			return nil, err
		}
		for _, ev := range events {
			series[ev.SeriesID] = append(series[ev.SeriesID], ev)
		}
	}
	var out [][]calendar.Event
	for _, events := range series {
		slices.SortFunc(events, func(a, b calendar.Event) int {
			return cmp.Or(a.Original.Compare(b.Original), cmp.Compare(a.Href, b.Href))
		})
		out = append(out, events)
	}
	return out, nil
}

// ServeHTTP implements stage.
func (g *googleStage) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	p, writes := calendarOf(r)
	if !writes {
		g.Google.ServeHTTP(rw, r)
		return
	}
	before := g.bySeries(r.Context(), p)
	g.Google.ServeHTTP(rw, r)
	after := g.bySeries(r.Context(), p)
	for _, id := range slices.Sorted(keysOfBoth(before, after)) {
		if !reflect.DeepEqual(before[id], after[id]) {
			post(g.list, edit{p.user, before[id], after[id]})
		}
	}
}

// bySeries is p's calendar by the ids of series and single events; what cannot
// be read is not told of.
func (g *googleStage) bySeries(ctx context.Context, p person) map[string][]calendar.Event {
	all, _ := g.calendar(ctx, p)
	out := map[string][]calendar.Event{}
	for _, events := range all {
		out[events[0].SeriesID] = events
	}
	return out
}

// calendarOf returns whose calendar a writing request is about.
func calendarOf(r *http.Request) (person, bool) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return person{}, false
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/calendar/v3/calendars/")
	id, _, _ := strings.Cut(rest, "/")
	p, known := personOf(id)
	return p, ok && known
}

func (g *googleStage) directions(server string) (title string, rows [][]string, hint string) {
	for _, p := range cast {
		rows = append(rows, []string{p.name, p.address(), g.tokens[p.user]})
	}
	return "The calendars, for whatever speaks Google's interface: calendar, access token", rows, fmt.Sprintf(
		"(curl -H 'Authorization: Bearer TOKEN' http://%s/calendar/v3/calendars/CALENDAR/events)", server)
}
