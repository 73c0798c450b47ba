package demo

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/config"
	"oneonone/internal/span"
)

// stage is the server inside this program on which the story takes place.
type stage interface {
	// words is what the server is called, in "five people, %s inside this program".
	words() string
	// configuration writes everybody's credentials into dir and returns the
	// configuration of a program that looks after them; server and listen are
	// host:port of the stage and of the agenda pages.
	configuration(dir, server, listen string) (*config.Config, error)
	// transport is how the program reaches the server; nil is the network.
	transport() http.RoundTripper
	// ServeHTTP serves everybody else, and notices what they change.
	http.Handler
	// edits is what they have changed.
	edits() <-chan edit
	// calendar returns all that stands in p's calendar, one list for each series
	// and each single event.
	calendar(ctx context.Context, p person) ([][]calendar.Event, error)
	// directions tell people how to get at the calendars: a title, rows, a hint.
	directions(server string) (title string, rows [][]string, hint string)
}

// edit is one change that somebody's client made to one series or event: after
// is empty when it is gone, before when it is new.
type edit struct {
	user          string
	before, after []calendar.Event
}

// post hands an edit to the show.
func post(to chan<- edit, e edit) {
	select {
	case to <- e:
	default: // Nobody can follow so many; the program itself misses none.
	}
}

// manyEdits is more than anybody makes between two passes.
const manyEdits = 64

// agendaOf returns what stands in p's calendar in the week.
func (s *show) agendaOf(ctx context.Context, p person) (map[key]calendar.Occurrence, error) {
	all, err := s.stage.calendar(ctx, p)
	if err != nil {
		return nil, err
	}
	out := map[key]calendar.Occurrence{}
	for _, events := range all {
		for k, o := range meetings(events, s.week.span()) {
			out[k] = o
		}
	}
	return out, nil
}

// meetings are the occurrences of a series, or the single event, in the span.
func meetings(events []calendar.Event, in span.Span) map[key]calendar.Occurrence {
	return versionOf(events, in).meetings
}

// personOf returns the one of the five with that user name or address.
func personOf(name string) (person, bool) {
	i := slices.IndexFunc(cast, func(p person) bool { return p.user == name || p.address() == name })
	if i < 0 {
		return person{}, false
	}
	return cast[i], true
}

// began is the day of the first occurrence of e, in Ann's zone.
func (w *week) began(e event) time.Time {
	start := w.monday.AddDate(0, 0, e.day)
	if e.rule != "" && !strings.Contains(e.rule, "COUNT") {
		start = start.AddDate(0, 0, -7*past)
	}
	return start
}
