package engine_test

import (
	"strings"
	"testing"
	"time"
)

// TestR20TheMeetingThatRuns: the page knows which meeting the two can call done.
func TestR20TheMeetingThatRuns(t *testing.T) {
	d := pairOf(t, nil)
	d.pass()
	link := agendaLink(t, d.text("ann", "bob"))
	token := link[strings.LastIndex(link, "/")+1:]
	week := func(n int) time.Time { return wednesday.AddDate(0, 0, 7*n) }
	for _, c := range []struct {
		name string
		now  time.Time
		want time.Time
	}{
		{"the day before", monday, week(-1)},
		{"just before it", wednesday.Add(-time.Second), week(-1)},
		{"as it begins", wednesday, week(0)},
		{"when it is over", wednesday.Add(45 * time.Minute), week(0)},
		{"a week later", week(1).Add(time.Minute), week(1)},
	} {
		d.now = c.now
		d.pass()
		a, found, err := d.db.AgendaByToken(t.Context(), token)
		if err != nil || !found {
			t.Fatal(found, err)
		}
		if a.CurrentUID != "bob" || !a.CurrentStart.Equal(c.want) || !a.CurrentOriginal.Equal(c.want) || a.CurrentEnd.Sub(a.CurrentStart) != 30*time.Minute {
			t.Errorf("%s: %q of %s from %s to %s, want %s", c.name, a.CurrentUID, told(a.CurrentOriginal), told(a.CurrentStart), told(a.CurrentEnd), told(c.want))
		}
	}
}
