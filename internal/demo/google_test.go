package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/span"
)

// tellGoogle is tellOnce on Google.
func tellGoogle(t *testing.T, now time.Time) string {
	t.Helper()
	var out bytes.Buffer
	err := Run(t.Context(), Options{Google: true, Once: true, Stdout: &out, Listen: "127.0.0.1:0", DAV: "127.0.0.1:0", Now: now})
	if err != nil {
		t.Fatalf("Run(Google, Once, now %v) = %v", now, err)
	}
	return ports.ReplaceAllString(tokens.ReplaceAllString(out.String(), "/a/TOKEN"), "127.0.0.1:PORT")
}

// TestGoogleTellsTheSameStory: what was wrong and what was done is the same on
// both stages, word for word; only how to get at the calendars is not.
func TestGoogleTellsTheSameStory(t *testing.T) {
	got := tellGoogle(t, someday)
	golden := filepath.Join("testdata", "google.txt")
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
	story := func(text string) string {
		_, text, _ = strings.Cut(text, "week of trouble\n")
		text, _, _ = strings.Cut(text, "\nThe calendars, for")
		return text
	}
	if diff := cmp.Diff(story(tellOnce(t, someday)), story(got)); diff != "" {
		t.Errorf("the stories differ (-CalDAV +Google):\n%s", diff)
	}
	for _, now := range []string{"2026-03-27", "2026-10-23", "2026-12-31"} { // clocks change, and the year
		at, err := time.Parse(time.DateOnly, now)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(story(tellOnce(t, at)), story(tellGoogle(t, at))); diff != "" {
			t.Errorf("on %s the stories differ (-CalDAV +Google):\n%s", now, diff)
		}
	}
}

// TestPeopleAreAnsweredOnGoogle does what people's programs do to the running
// demonstration.
func TestPeopleAreAnsweredOnGoogle(t *testing.T) {
	next := func(w *week, day int, at string) time.Time { return w.on(w.monday.AddDate(0, 0, 7+day), at) }
	between := func(start time.Time, length time.Duration) map[string]any {
		at := span.Of(start, length)
		return map[string]any{"start": moment(at.Start), "end": moment(at.End)}
	}
	half := 30 * time.Minute
	for _, test := range []struct {
		name string
		do   func(r *running, s *visitor)
		want []string
	}{
		{"a decline", func(r *running, s *visitor) {
			id := s.occurrence(bob, "one-ann-bob", next(r.week, mon, "11:00"))
			s.request(http.MethodPatch, bob, "/"+id, map[string]any{"attendees": []any{
				map[string]any{"email": ann.address(), "responseStatus": "accepted"},
				map[string]any{"email": bob.address(), "responseStatus": "declined"},
			}})
		}, []string{"Bob declined “Ann / Bob” on Mon 30 Nov 11:00", "→ moved to Mon 30 Nov 11:15: Bob said no to this time"}},
		{"the organizer drags", func(r *running, s *visitor) {
			id := s.occurrence(ann, "one-ann-dora", next(r.week, thu, "10:30"))
			s.request(http.MethodPatch, ann, "/"+id, between(next(r.week, thu, "11:00"), half))
		}, []string{"Ann dragged “Ann / Dora” from Thu 3 Dec 10:30 to Thu 3 Dec 11:00", "→ it stays there, and nobody moves it again"}},
		{"something in the way", func(r *running, s *visitor) {
			e := between(next(r.week, mon, "10:45"), time.Hour)
			e["summary"] = "Dentist"
			s.request(http.MethodPost, ann, "", e)
		}, []string{"Ann added “Dentist” on Mon 30 Nov 10:45", "→ the 1:1 with Bob on Mon 30 Nov 11:00 moved to Mon 30 Nov 10:00: Ann is not available then"}},
		{"a deletion", func(r *running, s *visitor) {
			s.request(http.MethodDelete, ann, "/"+s.occurrence(ann, "one-ann-dora", next(r.week, thu, "10:30")), nil)
		}, []string{"Ann deleted “Ann / Dora” on Thu 3 Dec 10:30", "→ that is respected"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := startOn(t, Options{Google: true})
			s := &visitor{T: t, server: ports.FindString(r.out.text()[strings.Index(r.out.text(), "curl"):])}
			test.do(r, s)
			for _, want := range test.want {
				r.out.wait(t, want)
			}
		})
	}
}

// visitor is a program that speaks Google's interface, told where to find it.
type visitor struct {
	*testing.T
	server string
}

// request does what p's program does, and returns the answer.
func (s *visitor) request(method string, p person, path string, body any) []byte {
	s.Helper()
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			s.Fatal(err)
		}
	}
	url := fmt.Sprintf("http://%s/calendar/v3/calendars/%s/events%s", s.server, p.address(), path)
	req, err := http.NewRequestWithContext(s.Context(), method, url, bytes.NewReader(data))
	if err != nil {
		s.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+fmt.Sprintf("ya29.access-%d", 1+indexOf(p)))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode/100 != 2 {
		s.Fatalf("%s %s = %s, %v: %s", method, path, resp.Status, err, answer)
	}
	return answer
}

// indexOf is the place of p among the five, in which the tokens are handed out.
func indexOf(p person) int {
	for i, x := range cast {
		if x == p {
			return i
		}
	}
	return -1
}

// occurrence asks for the id of an occurrence.
func (s *visitor) occurrence(p person, uid string, original time.Time) string {
	s.Helper()
	at := strings.ReplaceAll(original.UTC().Format(time.RFC3339), "+", "%2B")
	var list struct{ Items []struct{ ID string } }
	answer := s.request(http.MethodGet, p, "/"+eventID(uid)+"/instances?originalStart="+at, nil)
	if err := json.Unmarshal(answer, &list); err != nil || len(list.Items) != 1 {
		s.Fatalf("%s has no occurrence of %s at %v: %s", p.name, uid, original, answer)
	}
	return list.Items[0].ID
}
