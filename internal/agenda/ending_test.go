package agenda

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEnding(t *testing.T) {
	start := at(t, "Europe/Vienna", "2026-11-24 10:00")
	after := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	half := Running{Start: start, End: after(30), Next: start.AddDate(0, 0, 7)}
	with := func(f func(*Running)) Running {
		r := half
		f(&r)
		return r
	}
	noted := func(took time.Duration) Running {
		return with(func(r *Running) { r.Took, r.NotedAt = took, start.Add(took) })
	}
	for _, tc := range []struct {
		name      string
		r         Running
		now       time.Time
		ask, undo bool
		says      string // in its text; "" when there is none
	}{
		{"no meeting known", Running{}, start, false, false, ""},
		{"before it", half, after(0).Add(-time.Second), false, false, ""},
		{"as it begins", half, start, true, false, "from 10:00 until then"},
		{"overrun", half, after(179), true, false, "from 10:00 until then"},
		{"three hours later", half, after(180), false, false, ""},
		{"a long one still runs", with(func(r *Running) { r.End = after(240) }), after(239), true, false, "until then"},
		{"a long one is over", with(func(r *Running) { r.End = after(240) }), after(240), false, false, ""},
		{"the next one begins", with(func(r *Running) { r.Next = after(60) }), after(60), false, false, ""},
		{"the next one is not known apart", with(func(r *Running) { r.Next = start }), after(60), true, false, "until then"},
		{"no next one", with(func(r *Running) { r.Next = time.Time{} }), after(60), true, false, "until then"},
		{"noted", noted(25*time.Minute + 50*time.Second), after(30), false, true, "took 25 minutes, from 10:00 to 10:25."},
		{"noted a while ago", noted(25 * time.Minute), after(40), false, false, "took 25 minutes"},
		{"noted, and over", noted(25 * time.Minute), after(180), false, false, ""},
		{"noted after two minutes", noted(2 * time.Minute), after(3), false, true, "took 2 minutes"},
		{"a slip", noted(time.Minute + 59*time.Second), after(2), false, true, "took one minute, from 10:00 to 10:01. That was very short. Was it a slip?"},
		{"a slip at once", noted(0), start, false, true, "took less than a minute, from 10:00 to 10:00. That was very short."},
		{"a slip that was none", noted(time.Minute), after(20), false, false, "took one minute, from 10:00 to 10:01. Where"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := EndingOf(tc.r, tc.now)
			text := strings.Join(e.Text, " ")
			if e.Ask != tc.ask || e.Undo != tc.undo || !strings.Contains(text, tc.says) || (tc.says == "") != (text == "") {
				t.Errorf("ask %t, undo %t, %q; want %t, %t, %q", e.Ask, e.Undo, text, tc.ask, tc.undo, tc.says)
			}
			if tc.says == "" && !cmp.Equal(e, Ending{}) {
				t.Errorf("it says something: %+v", e)
			}
			if tc.says != "" && (e.Heading == "" || !e.Meeting.Equal(start)) {
				t.Errorf("incomplete: %+v", e)
			}
		})
	}
}
