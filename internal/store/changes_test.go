package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"oneonone/internal/calendar"
)

type storyRow struct {
	Href, ETag, Data string
	Seen             time.Time
}

type storySkip struct{ Href, Reason string }

func day(n int) time.Time { return t0.AddDate(0, 0, n) }

var long time.Time // ago: the first load

// story is what happens to one calendar; each step is a day after the one before.
var story = []struct {
	name     string
	ch       calendar.Changes
	changed  int
	rows     []storyRow
	skipped  []storySkip
	compared time.Time
}{{
	name: "first load: seen long ago",
	ch: calendar.Changes{Cursor: "1", Full: true, Hrefs: []string{"a", "b", "big"},
		Changed: []calendar.Resource{res("a", "a1", "A"), res("b", "b1", "B")},
		Skipped: []calendar.Skipped{{Href: "big", Reason: "larger than 1 MB"}}},
	changed: 2, rows: []storyRow{{"a", "a1", "A", long}, {"b", "b1", "B", long}},
	skipped: []storySkip{{"big", "larger than 1 MB"}}, compared: day(0),
}, {
	name:    "changed and new: seen now; the skipped one stays in mind",
	ch:      calendar.Changes{Cursor: "2", Changed: []calendar.Resource{res("b", "b2", "BB"), res("c", "c1", "C")}},
	changed: 2, rows: []storyRow{{"a", "a1", "A", long}, {"b", "b2", "BB", day(1)}, {"c", "c1", "C", day(1)}},
	skipped: []storySkip{{"big", "larger than 1 MB"}}, compared: day(0),
}, {
	name:    "the same again changes nothing but the cursor",
	ch:      calendar.Changes{Cursor: "3", Changed: []calendar.Resource{res("b", "b2", "BB"), res("c", "c1", "C")}},
	changed: 0, rows: []storyRow{{"a", "a1", "A", long}, {"b", "b2", "BB", day(1)}, {"c", "c1", "C", day(1)}},
	skipped: []storySkip{{"big", "larger than 1 MB"}}, compared: day(0),
}, {
	name:    "a new ETag on the same data is taken over, but nobody changed the event",
	ch:      calendar.Changes{Cursor: "4", Changed: []calendar.Resource{res("a", "a2", "A"), res("b", "b3", "BB")}},
	changed: 2, rows: []storyRow{{"a", "a2", "A", long}, {"b", "b3", "BB", day(1)}, {"c", "c1", "C", day(1)}},
	skipped: []storySkip{{"big", "larger than 1 MB"}}, compared: day(0),
}, {
	name: "removed, removed unknown, removed and made again",
	ch: calendar.Changes{Cursor: "5", Removed: []string{"a", "nobody", "c"},
		Changed: []calendar.Resource{res("c", "c2", "CC")}},
	changed: 3, rows: []storyRow{{"b", "b3", "BB", day(1)}, {"c", "c2", "CC", day(4)}},
	skipped: []storySkip{{"big", "larger than 1 MB"}}, compared: day(0),
}, {
	name: "a resource we have is passed over and kept; the big one comes through",
	ch: calendar.Changes{Cursor: "6", Changed: []calendar.Resource{res("big", "g1", "")},
		Skipped: []calendar.Skipped{{Href: "b", Reason: "the server answered 500"}}},
	changed: 1, rows: []storyRow{{"b", "b3", "BB", day(1)}, {"big", "g1", "", day(5)}, {"c", "c2", "CC", day(4)}},
	skipped: []storySkip{{"b", "the server answered 500"}}, compared: day(0),
}, {
	name: "a full comparison: what it does not name goes, what it skips stays, old reasons go",
	ch: calendar.Changes{Cursor: "", Full: true, Hrefs: []string{"big", "d"}, Changed: []calendar.Resource{res("d", "d1", "D")},
		Skipped: []calendar.Skipped{{Href: "c", Reason: "not an event"}}},
	changed: 2, rows: []storyRow{{"big", "g1", "", day(5)}, {"c", "c2", "CC", day(4)}, {"d", "d1", "D", day(6)}},
	skipped: []storySkip{{"c", "not an event"}}, compared: day(6),
}, {
	name:    "a skipped one is removed, and its reason with it",
	ch:      calendar.Changes{Cursor: "8", Removed: []string{"c"}},
	changed: 1, rows: []storyRow{{"big", "g1", "", day(5)}, {"d", "d1", "D", day(6)}}, compared: day(6),
}, {
	name:    "a full answer may call a stored one removed",
	ch:      calendar.Changes{Cursor: "9", Full: true, Hrefs: []string{"big", "d"}, Removed: []string{"d"}},
	changed: 1, rows: []storyRow{{"big", "g1", "", day(5)}}, compared: day(8),
}, {
	name:    "a full answer of nothing empties the copy",
	ch:      calendar.Changes{Cursor: "10", Full: true},
	changed: 1, compared: day(9),
}}

// What is the program's own is stored, and when somebody changed the resource
// stays what it was.
func TestApplyChangesOfOurs(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		if err := db.PutCalendars(t.Context(), ann, []calendar.Calendar{{ID: work}}); err != nil {
			t.Fatal(err)
		}
		apply(t, db, calendar.Changes{Changed: []calendar.Resource{res("a", "a1", "A"), res("b", "b1", "B")}}, day(0))
		apply(t, db, calendar.Changes{Changed: []calendar.Resource{res("b", "b2", "BB")}}, day(1))
		ch := calendar.Changes{Changed: []calendar.Resource{res("a", "a2", "AA"), res("b", "b3", "BBB"), res("c", "c1", "C"), res("d", "d1", "D")}}
		if n, err := db.ApplyChanges(t.Context(), ann, work, ch, day(2), "a", "b", "c"); err != nil || n != 4 {
			t.Errorf("ApplyChanges = %d, %v, want 4", n, err)
		}
		var rows []storyRow
		for _, r := range resources(t, db) {
			rows = append(rows, storyRow{r.Href, string(r.ETag), string(r.Data), r.SeenAt})
		}
		want := []storyRow{{"a", "a2", "AA", long}, {"b", "b3", "BBB", day(1)}, {"c", "c1", "C", long}, {"d", "d1", "D", day(2)}}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("resources (-want +got):\n%s", diff)
		}
	})
}

func TestApplyChanges(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		if err := db.PutCalendars(t.Context(), ann, []calendar.Calendar{{ID: work}}); err != nil {
			t.Fatal(err)
		}
		for i, s := range story {
			if got := apply(t, db, s.ch, day(i)); got != s.changed {
				t.Errorf("%s: %d changed, want %d", s.name, got, s.changed)
			}
			var rows []storyRow
			for _, r := range resources(t, db) {
				rows = append(rows, storyRow{r.Href, string(r.ETag), string(r.Data), r.SeenAt})
			}
			if diff := cmp.Diff(s.rows, rows, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: resources (-want +got):\n%s", s.name, diff)
			}
			var skips []storySkip
			for _, x := range skipped(t, db) {
				skips = append(skips, storySkip{x.Href, x.Reason})
			}
			if diff := cmp.Diff(s.skipped, skips, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: skipped (-want +got):\n%s", s.name, diff)
			}
			c := calendars(t, db, ann)[0]
			if c.Cursor != s.ch.Cursor || !c.LoadedAt.Equal(t0) || !c.ComparedAt.Equal(s.compared) {
				t.Errorf("%s: cursor %q loaded %v compared %v, want %q %v %v",
					s.name, c.Cursor, c.LoadedAt, c.ComparedAt, s.ch.Cursor, t0, s.compared)
			}
		}
	})
}
