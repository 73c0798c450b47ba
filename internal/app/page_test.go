package app

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/store"
	"oneonone/internal/web"
)

const (
	pageToken = "abcdefghijklmnopqrstuvwx"
	pagePair  = "ann@example.org bob@example.org"
)

// pages is an App with the agenda of Ann and Bob, whose meeting began a minute ago.
func pages(t *testing.T) (*App, http.Handler, store.Agenda) {
	t.Helper()
	db, err := store.Open(t.Context(), t.TempDir()+"/oneonone.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	a := &App{store: db}
	if _, err := db.EnsureAgenda(t.Context(), pagePair, "", func() (string, error) { return pageToken, nil }); err != nil {
		t.Fatal(err)
	}
	start := time.Now().Add(-time.Minute).Truncate(time.Minute).UTC()
	row := store.Agenda{
		Pair: pagePair, Names: [2]string{"Ann", "Bob"}, Addresses: [2]string{"ann@example.org", "bob@example.org"},
		Organizer: "ann@example.org", Relation: "report", Held: 7, Zone: "Europe/Vienna",
		NextStart: start, NextEnd: start.Add(30 * time.Minute),
		CurrentUID: "u", CurrentOriginal: start, CurrentStart: start, CurrentEnd: start.Add(30 * time.Minute),
	}
	if err := db.PutAgendaFacts(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	o := web.Options{
		Page: a.page, Press: a.press, Health: func() error { return nil }, Metrics: web.NewMetrics(),
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	return a, web.New(o), row
}

// browser opens the page, and presses on it when say is not "".
func browser(h http.Handler, say string, meeting time.Time) (status int, text string) {
	r := httptest.NewRequest("GET", "http://127.0.0.1:8411/a/"+pageToken, nil)
	if say != "" {
		form := url.Values{"say": {say}, "meeting": {strconv.FormatInt(meeting.Unix(), 10)}}
		r = httptest.NewRequest("POST", "http://127.0.0.1:8411/a/"+pageToken, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	b, _ := io.ReadAll(w.Body) // a recorder never fails
	return w.Code, string(b)
}

// TestWeAreDone follows a meeting from its start to the day after.
func TestWeAreDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, h, row := pages(t)
		start := row.CurrentStart
		for _, step := range []struct {
			name   string
			at     time.Duration // since the start of the meeting
			say    string
			about  time.Time
			status int
			shows  string
			noted  []time.Duration
		}{
			{"a slip", 90 * time.Second, "done", start, 303, "That was very short", []time.Duration{90 * time.Second}},
			{"taken back", 2 * time.Minute, "mistake", start, 303, "We are done", nil},
			{"taken back by the other one too", 3 * time.Minute, "mistake", start, 303, "We are done", nil},
			{"a page of last week", 20 * time.Minute, "done", start.AddDate(0, 0, -7), 409, "We are done", nil},
			{"done", 25 * time.Minute, "done", start, 303, "Noted: the meeting took 25 minutes", []time.Duration{25 * time.Minute}},
			{"the other one presses too", 26 * time.Minute, "done", start, 303, "Noted: the meeting took 25 minutes", []time.Duration{25 * time.Minute}},
			{"too late to take it back", 41 * time.Minute, "mistake", start, 409, "Noted: the meeting took 25 minutes", []time.Duration{25 * time.Minute}},
			{"over", 3*time.Hour + time.Minute, "done", start, 409, "Before we part", []time.Duration{25 * time.Minute}},
		} {
			time.Sleep(time.Until(start.Add(step.at))) // of the bubble's clock
			if status, text := browser(h, step.say, step.about); status != step.status {
				t.Errorf("%s: status %d, want %d\n%s", step.name, status, step.status, text)
			}
			if status, text := browser(h, "", start); status != 200 || !strings.Contains(text, step.shows) {
				t.Errorf("%s: status %d, the page does not show %q:\n%s", step.name, status, step.shows, text)
			}
			lengths, err := a.store.Lengths(t.Context(), pagePair, time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			var noted []time.Duration
			for _, l := range lengths {
				noted = append(noted, l.Length)
				if l.UID != "u" || !l.Original.Equal(start) || !l.Start.Equal(start) || l.Source != "done" {
					t.Errorf("%s: noted %+v", step.name, l)
				}
			}
			if d := cmp.Diff(step.noted, noted); d != "" {
				t.Errorf("%s: noted (-want +got):\n%s", step.name, d)
			}
		}
		if _, text := browser(h, "", start); strings.Contains(text, "Noted") || strings.Contains(text, "<form") {
			t.Error("a meeting long over is still spoken of")
		}
	})
}

// TestALineInTheCalendarReachesThePage writes into Bob's copy of the meeting, as
// his calendar program would.
func TestALineInTheCalendarReachesThePage(t *testing.T) {
	dav, o := office(t)
	a := open(t, o)
	for _, name := range []string{"ann", "bob"} {
		dav.Change(name, "work", "1.ics", func(b []byte) []byte {
			text := "Hello\\nagenda:\\n- Only in the copy of " + name
			return bytes.Replace(b, []byte("SUMMARY"), []byte("DESCRIPTION:"+text+"\r\nSUMMARY"), 1)
		})
	}
	if r, err := a.Once(t.Context()); err != nil || len(r.Failed) > 0 {
		t.Fatal(err, r.Failed)
	}
	ics, _, _ := dav.Get("ann", "work", "1.ics")
	link := regexp.MustCompile(`/a/[A-Za-z0-9_-]{22,}`).FindString(strings.ReplaceAll(string(ics), "\r\n ", ""))
	text := get(a, link).Body.String()
	for _, want := range []string{
		"<p><bdi>Ann</bdi> wants to talk about</p>\n<ul>\n<li><bdi>Only in the copy of ann</bdi></li>",
		"<p><bdi>Bob</bdi> wants to talk about</p>\n<ul>\n<li><bdi>Only in the copy of bob</bdi></li>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
}

// TestTopicsOnThePage shows each one's lines in the own section, those of the
// next meeting only, and as text.
func TestTopicsOnThePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, h, row := pages(t)
		topic := func(person, text string, place int) store.Topic {
			return store.Topic{Person: person, UID: "u", Original: row.NextStart, Start: row.NextStart, End: row.NextEnd, Text: text, Place: place}
		}
		old := topic("ann@example.org", "Long ago", 0)
		old.Original, old.Start, old.End = old.Original.AddDate(0, 0, -7), old.Start.AddDate(0, 0, -7), old.End.AddDate(0, 0, -7)
		topics := []store.Topic{topic("ann@example.org", "Budget", 0), topic("bob@example.org", "<b>Raise</b>", 1), topic("bob@example.org", "Release", 0), old}
		if err := a.store.PutTopics(t.Context(), pagePair, topics, time.Now()); err != nil {
			t.Fatal(err)
		}
		_, text := browser(h, "", row.NextStart)
		at := -1
		for _, want := range []string{"Bob’s topics", "Release", "&lt;b&gt;Raise&lt;/b&gt;", "Ann’s topics", "Budget"} {
			i := strings.Index(text, want)
			if i <= at {
				t.Errorf("%q stands at %d, behind %d is expected", want, i, at)
			}
			at = i
		}
		if strings.Contains(text, "Long ago") {
			t.Error("the page shows a topic of another meeting")
		}
	})
}
