package demo

import (
	"bytes"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendar"
	"oneonone/internal/icalendar"
	"oneonone/internal/span"
)

var update = flag.Bool("update", false, "write the golden files anew")

// someday is a Friday evening whose week of trouble begins on Monday 23 November 2026.
var someday = time.Date(2026, 11, 20, 21, 0, 0, 0, time.UTC)

// Output that differs from run to run.
var (
	tokens = regexp.MustCompile(`/a/[A-Za-z0-9_-]{22,64}`)
	ports  = regexp.MustCompile(`127\.0\.0\.1:\d+`)
)

// tellOnce runs the demonstration once and returns what it printed.
func tellOnce(t *testing.T, now time.Time) string {
	t.Helper()
	var out bytes.Buffer
	err := Run(t.Context(), Options{Once: true, Stdout: &out, Listen: "127.0.0.1:0", DAV: "127.0.0.1:0", Now: now})
	if err != nil {
		t.Fatalf("Run(Once, now %v) = %v", now, err)
	}
	return ports.ReplaceAllString(tokens.ReplaceAllString(out.String(), "/a/TOKEN"), "127.0.0.1:PORT")
}

func TestDemoTellsItsStory(t *testing.T) {
	got := tellOnce(t, someday)
	golden := filepath.Join("testdata", "story.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the story has changed (-want +got), see -update:\n%s", diff)
	}
	for n, line := range strings.Split(got, "\n") {
		if w := utf8.RuneCountInString(line); w > 100 {
			t.Errorf("line %d is %d columns wide: %s", n+1, w, line)
		}
		if strings.ContainsRune(line, '\x1b') {
			t.Errorf("line %d has colours, but this is no terminal", n+1)
		}
	}
}

// dates hides the dates of a story, which is the same on all days otherwise.
var dates = regexp.MustCompile(`(Mon|Tue|Wed|Thu|Fri) \d+ [A-Z][a-z]{2} *`)

// TestStoryHoldsOnEveryDay runs the story at instants at which it could go
// another way: on each day of a week, around every change of clocks in Europe
// and America, at the turn of a year, in other zones of the host, at midnight.
func TestStoryHoldsOnEveryDay(t *testing.T) {
	want := dates.ReplaceAllString(tellOnce(t, someday), "")
	zones := []*time.Location{time.UTC}
	for _, name := range []string{"Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Asia/Kolkata"} {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, z)
	}
	var instants []time.Time
	for d := range 8 {
		instants = append(instants, someday.AddDate(0, 0, d))
	}
	for _, day := range []string{
		"2026-03-08", "2026-03-22", "2026-03-27", "2026-03-29", // clocks go forward in America, then in Europe
		"2026-10-18", "2026-10-23", "2026-10-25", "2026-11-01", // and back
		"2026-12-27", "2026-12-31", "2027-01-03", "2028-02-27", "2028-02-29",
	} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		instants = append(instants, at.Add(23*time.Hour+59*time.Minute))
	}
	for i, now := range instants {
		now = now.In(zones[i%len(zones)])
		t.Run(now.Format(time.RFC3339), func(t *testing.T) {
			t.Parallel()
			got := dates.ReplaceAllString(tellOnce(t, now), "")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("on %v the story goes another way (-usual +then):\n%s", now, diff)
			}
		})
	}
}

// TestWeekIsAhead checks that the week begins between two and nine days ahead.
func TestWeekIsAhead(t *testing.T) {
	for h := range 24 * 9 {
		now := someday.Add(time.Duration(h)*time.Hour + 59*time.Minute)
		w := newWeek(now)
		if d := w.monday.Sub(now); d < lead || d > lead+7*24*time.Hour+time.Hour || w.monday.Weekday() != time.Monday {
			t.Errorf("newWeek(%v) begins on %v, which is %v later", now, w.monday, d)
		}
	}
}

// TestCalendarsAgreeAfterIt reads the calendars of all five over HTTP: each 1:1
// stands where the story says, both copies agree, and all have the link.
func TestCalendarsAgreeAfterIt(t *testing.T) {
	r := start(t)
	w := r.week
	for _, c := range []struct {
		guest person
		day   int
		was   string
		to    int
		is    string
		long  time.Duration
	}{
		{bob, mon, "11:00", mon, "11:45", 30 * time.Minute},
		{emil, mon, "11:00", mon, "11:00", 30 * time.Minute},
		{emil, tue, "11:00", tue, "09:45", 30 * time.Minute},
		{emil, wed, "11:00", wed, "12:15", 15 * time.Minute},
		{emil, thu, "11:00", thu, "11:00", 30 * time.Minute},
		{emil, fri, "11:00", fri, "11:00", 30 * time.Minute},
		{carl, thu, "15:00", tue, "16:15", 45 * time.Minute},
		{dora, thu, "10:30", thu, "11:45", 30 * time.Minute},
	} {
		original := w.on(w.monday.AddDate(0, 0, c.day), c.was)
		want := span.Of(w.on(w.monday.AddDate(0, 0, c.to), c.is), c.long)
		links := map[string]bool{}
		for _, p := range []person{ann, c.guest} {
			text, _ := r.request(http.MethodGet, p, "one-ann-"+c.guest.user, "", "")
			events, err := icalendar.Parse([]byte(text), w.zones[p.zone])
			if err != nil {
				t.Fatalf("%s's copy: %v", p.name, err)
			}
			for _, ev := range events {
				links[ev.AgendaLink] = true
			}
			found := false
			for _, o := range meetings(eventsOf([]byte(text), w.zones[vienna]), w.span()) {
				if o.Original.Equal(original) {
					found = true
					if !o.Span().Equal(want) {
						t.Errorf("%s's copy of the 1:1 of %s stands at %v, want %v", p.name, original.Format(told), o.Span(), want)
					}
					if o.Status == calendar.Cancelled {
						t.Errorf("%s's copy is cancelled", p.name)
					}
				}
			}
			if !found {
				t.Errorf("%s's copy has no 1:1 of %s", p.name, original.Format(told))
			}
		}
		if len(links) != 1 || links[""] {
			t.Errorf("the 1:1 with %s has these links: %v, want one", c.guest.name, links)
		}
	}
}

// TestPagesOpen opens every agenda page of the story.
func TestPagesOpen(t *testing.T) {
	r := start(t)
	pages := regexp.MustCompile(`http://\S+/a/\S+`).FindAllString(r.out.text(), -1)
	if len(pages) != 4 {
		t.Fatalf("there are %d agenda pages, want 4: %v", len(pages), pages)
	}
	for _, url := range pages {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("Ann")) {
			t.Errorf("GET %s = %s, %v; want a page that names Ann", tokens.ReplaceAllString(url, "/a/TOKEN"), resp.Status, err)
		}
	}
}

// TestEndLeavesNothing checks that an interrupted demonstration ends without an
// error and takes its directory along.
func TestEndLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	r := start(t)
	r.cancel()
	if err := <-r.ended; err != nil {
		t.Errorf("Run after an interrupt = %v, want nil", err)
	}
	r.ended <- nil
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) != 0 {
		t.Errorf("the temporary directory holds %v, %v; want nothing", left, err)
	}
	if _, err := http.Get(r.dav + "/dav/"); err == nil {
		t.Error("the calendar server goes on after the end")
	}
}

// TestAddressTaken says what is wrong when an address that was asked for is taken.
func TestAddressTaken(t *testing.T) {
	r := start(t)
	taken := strings.TrimPrefix(r.dav, "http://")
	err := Run(t.Context(), Options{Once: true, Stdout: io.Discard, Listen: taken, DAV: "127.0.0.1:0", Now: someday})
	if err == nil || !strings.Contains(err.Error(), taken) {
		t.Errorf("Run on a taken address = %v, want an error that names %s", err, taken)
	}
}
