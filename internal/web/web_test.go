package web

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
)

const filler = "-0123456789abcdefghijkl"

// hostile is what somebody might write into a name.
const hostile = `<script>alert(1)</script>" onload="x`

func testMeetings(t testing.TB) map[string]agenda.Meeting {
	zone, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 11, 24, 10, 0, 0, 0, zone)
	end := start.Add(30 * time.Minute)
	week, fortnight := start.AddDate(0, 0, -7), start.AddDate(0, 0, -14)
	return map[string]agenda.Meeting{
		"report": {Person: "Ann", Other: "Bob", Relation: calendar.Report, Number: 3, Start: start, End: end, Previous: week,
			OthersTopics: []string{"Who takes over the release while I am in Graz?", "A raise"}, PersonsTopics: []string{"Budget for next year"}},
		"first": {Person: "Ann", Other: "Chris", Relation: calendar.Peer, Number: 1, Start: start, End: end,
			OthersTopics: []string{"Where our teams meet"}, PersonsTopics: []string{"The new office", "Lunch"}},
		"mentor": {Person: "Ann", Other: "Dora", Relation: calendar.Mentor, Number: 20, Start: start, End: end, Previous: fortnight},
		"friend": {Person: "Ann", Other: "Carl", Relation: calendar.Friend, Number: 4},
		"hostile": {Person: hostile + strings.Repeat("W", 120), Other: "\u0627\u0633\u0645 \u202e'><b>", Number: 9, Start: start, End: start.Add(20 * time.Hour),
			OthersTopics: []string{hostile, strings.Repeat("W", 200), "\u0645\u0631\u062d\u0628\u0627 123 abc"}},
	}
}

// testEndings are what pages say while a meeting runs.
func testEndings(start time.Time) map[string]agenda.Ending {
	r := agenda.Running{Start: start, End: start.Add(30 * time.Minute)}
	noted, slip := r, r
	noted.Took, noted.NotedAt = 25*time.Minute, start.Add(25*time.Minute)
	slip.Took, slip.NotedAt = time.Minute, start.Add(time.Minute)
	return map[string]agenda.Ending{
		"running": agenda.EndingOf(r, start.Add(5*time.Minute)),
		"noted":   agenda.EndingOf(noted, start.Add(26*time.Minute)),
		"slip":    agenda.EndingOf(slip, start.Add(time.Minute)),
		"later":   agenda.EndingOf(noted, start.Add(time.Hour)),
	}
}

func testPaths() map[string]string {
	paths := map[string]string{"home": "/", "unknown": "/a/unknown" + filler, "broken": "/a/broken" + filler}
	for _, name := range []string{"report", "first", "mentor", "friend", "hostile", "running", "noted", "slip", "later"} {
		paths[name] = "/a/" + name + filler
	}
	return paths
}

func testOptions(t testing.TB) Options {
	meetings := testMeetings(t)
	endings := testEndings(meetings["report"].Start)
	return Options{
		Page: func(_ context.Context, token string) (agenda.Page, bool, error) {
			name := strings.TrimSuffix(token, filler)
			switch name {
			case "broken":
				return agenda.Page{}, false, errors.New("the store is locked")
			case "panics":
				panic("a page without sections")
			}
			ending, ok := endings[name]
			if ok {
				name = "report"
			}
			m, ok := meetings[name]
			p := agenda.Next(m)
			p.Ending = ending
			return p, ok, nil
		},
		Press: func(_ context.Context, token string, p Press) (found, applies bool, err error) {
			name := strings.TrimSuffix(token, filler)
			if name == "broken" {
				return false, false, errors.New("the store is locked")
			}
			return name == "running" || name == "noted", p.Meeting.Equal(meetings["report"].Start), nil
		},
		Health:  func() error { return nil },
		Metrics: NewMetrics(),
		Log:     slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}
