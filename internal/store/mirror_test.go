package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"oneonone/internal/calendar"
)

// judge is what *testing.T and *rapid.T have in common here.
type judge interface {
	Context() context.Context
	Helper()
	Fatalf(format string, args ...any)
}

func calendars(tb judge, db *DB, account string) []CalendarState {
	tb.Helper()
	cals, err := db.Calendars(tb.Context(), account)
	if err != nil {
		tb.Fatalf("Calendars(%q): %v", account, err)
	}
	return cals
}

func resources(tb judge, db *DB) []Stored {
	tb.Helper()
	rs, err := db.Resources(tb.Context(), ann)
	if err != nil {
		tb.Fatalf("Resources: %v", err)
	}
	return rs
}

func skipped(tb judge, db *DB) []SkippedResource {
	tb.Helper()
	s, err := db.Skipped(tb.Context(), ann)
	if err != nil {
		tb.Fatalf("Skipped: %v", err)
	}
	return s
}

func res(href, etag, data string) calendar.Resource {
	return calendar.Resource{Calendar: work, Href: href, ETag: calendar.ETag(etag), Data: []byte(data)}
}

func TestPutCalendars(t *testing.T) {
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, db *DB) {
		put := func(account string, cals ...calendar.Calendar) {
			t.Helper()
			if err := db.PutCalendars(t.Context(), account, cals); err != nil {
				t.Fatalf("PutCalendars: %v", err)
			}
		}
		mine := calendar.Calendar{ID: work, Name: "Wörk", Zone: vienna, Default: true, Writable: true, Delivers: true}
		home := calendar.Calendar{ID: "home", Name: "Home", Zone: time.FixedZone("Customized", 3600)}
		put(ann, mine, home)
		put("bob", mine)
		apply(t, db, calendar.Changes{Cursor: "c1", Full: true, Changed: []calendar.Resource{res("1", "e", "d")},
			Skipped: []calendar.Skipped{{Href: "2", Reason: "too big"}}}, t0)

		mine.Name, mine.Writable = "Work", false
		put(ann, home, mine)
		home.Zone = nil // nobody here knows the zone "Customized"
		want := []CalendarState{{Calendar: home}, {Calendar: mine, Cursor: "c1", LoadedAt: t0, ComparedAt: t0}}
		slices.SortFunc(want, func(a, b CalendarState) int {
			if a.ID < b.ID {
				return -1
			}
			return 1
		})
		sameZone := cmp.Comparer(func(a, b *time.Location) bool { return zoneName(a) == zoneName(b) })
		if diff := cmp.Diff(want, calendars(t, db, ann), sameZone); diff != "" {
			t.Errorf("Calendars after a change (-want +got):\n%s", diff)
		}

		put(ann, home)
		if got := calendars(t, db, ann); len(got) != 1 || got[0].ID != "home" {
			t.Errorf("Calendars after one vanished = %v", got)
		}
		if rs, sk := resources(t, db), skipped(t, db); len(rs)+len(sk) != 0 {
			t.Errorf("the vanished calendar left %v and %v", rs, sk)
		}
		if got := calendars(t, db, "bob"); len(got) != 1 {
			t.Errorf("bob has %v, want one calendar", got)
		}
	})
}

// TestApplyChanges is one calendar's story, step after step.
func TestApplyChanges(t *testing.T) {
	day := func(n int) time.Time { return t0.AddDate(0, 0, n) }
	var long time.Time // ago: the first load
	type row struct {
		Href, ETag, Data string
		Seen             time.Time
	}
	type skip struct{ Href, Reason string }
	steps := []struct {
		name     string
		ch       calendar.Changes
		changed  int
		rows     []row
		skipped  []skip
		compared time.Time
	}{{
		name: "first load: seen long ago",
		ch: calendar.Changes{Cursor: "1", Full: true, Hrefs: []string{"a", "b", "big"},
			Changed: []calendar.Resource{res("a", "a1", "A"), res("b", "b1", "B")},
			Skipped: []calendar.Skipped{{Href: "big", Reason: "larger than 1 MB"}}},
		changed: 2, rows: []row{{"a", "a1", "A", long}, {"b", "b1", "B", long}},
		skipped: []skip{{"big", "larger than 1 MB"}}, compared: day(0),
	}, {
		name:    "changed and new: seen now; the skipped one stays in mind",
		ch:      calendar.Changes{Cursor: "2", Changed: []calendar.Resource{res("b", "b2", "BB"), res("c", "c1", "C")}},
		changed: 2, rows: []row{{"a", "a1", "A", long}, {"b", "b2", "BB", day(1)}, {"c", "c1", "C", day(1)}},
		skipped: []skip{{"big", "larger than 1 MB"}}, compared: day(0),
	}, {
		name:    "the same again changes nothing but the cursor",
		ch:      calendar.Changes{Cursor: "3", Changed: []calendar.Resource{res("b", "b2", "BB"), res("c", "c1", "C")}},
		changed: 0, rows: []row{{"a", "a1", "A", long}, {"b", "b2", "BB", day(1)}, {"c", "c1", "C", day(1)}},
		skipped: []skip{{"big", "larger than 1 MB"}}, compared: day(0),
	}, {
		name:    "a new ETag on the same data is taken over, but nobody changed the event",
		ch:      calendar.Changes{Cursor: "4", Changed: []calendar.Resource{res("a", "a2", "A"), res("b", "b3", "BB")}},
		changed: 2, rows: []row{{"a", "a2", "A", long}, {"b", "b3", "BB", day(1)}, {"c", "c1", "C", day(1)}},
		skipped: []skip{{"big", "larger than 1 MB"}}, compared: day(0),
	}, {
		name: "removed, removed unknown, removed and made again",
		ch: calendar.Changes{Cursor: "5", Removed: []string{"a", "nobody", "c"},
			Changed: []calendar.Resource{res("c", "c2", "CC")}},
		changed: 3, rows: []row{{"b", "b3", "BB", day(1)}, {"c", "c2", "CC", day(4)}},
		skipped: []skip{{"big", "larger than 1 MB"}}, compared: day(0),
	}, {
		name: "a resource we have is passed over and kept; the big one comes through",
		ch: calendar.Changes{Cursor: "6", Changed: []calendar.Resource{res("big", "g1", "")},
			Skipped: []calendar.Skipped{{Href: "b", Reason: "the server answered 500"}}},
		changed: 1, rows: []row{{"b", "b3", "BB", day(1)}, {"big", "g1", "", day(5)}, {"c", "c2", "CC", day(4)}},
		skipped: []skip{{"b", "the server answered 500"}}, compared: day(0),
	}, {
		name: "a full comparison: what it does not name goes, what it skips stays, old reasons go",
		ch: calendar.Changes{Cursor: "", Full: true, Hrefs: []string{"big", "d"}, Changed: []calendar.Resource{res("d", "d1", "D")},
			Skipped: []calendar.Skipped{{Href: "c", Reason: "not an event"}}},
		changed: 2, rows: []row{{"big", "g1", "", day(5)}, {"c", "c2", "CC", day(4)}, {"d", "d1", "D", day(6)}},
		skipped: []skip{{"c", "not an event"}}, compared: day(6),
	}, {
		name:    "a skipped one is removed, and its reason with it",
		ch:      calendar.Changes{Cursor: "8", Removed: []string{"c"}},
		changed: 1, rows: []row{{"big", "g1", "", day(5)}, {"d", "d1", "D", day(6)}}, compared: day(6),
	}, {
		name:    "a full answer may call a stored one removed",
		ch:      calendar.Changes{Cursor: "9", Full: true, Hrefs: []string{"big", "d"}, Removed: []string{"d"}},
		changed: 1, rows: []row{{"big", "g1", "", day(5)}}, compared: day(8),
	}, {
		name:    "a full answer of nothing empties the copy",
		ch:      calendar.Changes{Cursor: "10", Full: true},
		changed: 1, compared: day(9),
	}}
	each(t, func(t *testing.T, db *DB) {
		if err := db.PutCalendars(t.Context(), ann, []calendar.Calendar{{ID: work}}); err != nil {
			t.Fatal(err)
		}
		for i, s := range steps {
			if got := apply(t, db, s.ch, day(i)); got != s.changed {
				t.Errorf("%s: %d changed, want %d", s.name, got, s.changed)
			}
			var rows []row
			for _, r := range resources(t, db) {
				rows = append(rows, row{r.Href, string(r.ETag), string(r.Data), r.SeenAt})
			}
			if diff := cmp.Diff(s.rows, rows, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: resources (-want +got):\n%s", s.name, diff)
			}
			var skips []skip
			for _, x := range skipped(t, db) {
				skips = append(skips, skip{x.Href, x.Reason})
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

func TestUnknownCalendar(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		if _, err := db.ApplyChanges(t.Context(), ann, work, calendar.Changes{Cursor: "1"}, t0); !errors.Is(err, errUnknownCalendar) {
			t.Errorf("ApplyChanges = %v, want %v", err, errUnknownCalendar)
		}
		if err := db.PutResource(t.Context(), ann, res("a", "1", "A"), t0); !errors.Is(err, errUnknownCalendar) {
			t.Errorf("PutResource = %v, want %v", err, errUnknownCalendar)
		}
	})
}

func TestResourceByResource(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		if err := db.PutCalendars(ctx, ann, []calendar.Calendar{{ID: work}, {ID: "home"}}); err != nil {
			t.Fatal(err)
		}
		raw := "BEGIN:VCALENDAR\r\nSUMMARY:\x00 \xff ü\r\n" // bytes that are no text
		apply(t, db, calendar.Changes{Cursor: "1", Full: true, Changed: []calendar.Resource{res("a", "a1", raw), res("b", "b1", "B")},
			Skipped: []calendar.Skipped{{Href: "c", Reason: "too big"}}}, t0)

		at := t0.Add(time.Minute)
		for _, r := range []calendar.Resource{res("a", "a2", raw+"moved"), res("c", "c1", "C"), {Calendar: "home", Href: "a", ETag: "h1"}} {
			if err := db.PutResource(ctx, ann, r, at); err != nil {
				t.Fatalf("PutResource: %v", err)
			}
		}
		if err := db.RemoveResource(ctx, ann, work, "b"); err != nil {
			t.Fatalf("RemoveResource: %v", err)
		}
		if err := db.RemoveResource(ctx, ann, work, "b"); err != nil {
			t.Errorf("RemoveResource of one that is gone: %v", err)
		}
		if got := skipped(t, db); len(got) != 0 {
			t.Errorf("Skipped = %v after the resource was read", got)
		}
		got, found, err := db.Resource(ctx, ann, work, "a")
		want := Stored{Resource: res("a", "a2", raw+"moved"), SeenAt: at}
		if diff := cmp.Diff(want, got); err != nil || !found || diff != "" {
			t.Errorf("Resource = %v, %v, want it (-want +got):\n%s", found, err, diff)
		}
		if _, found, err := db.Resource(ctx, ann, work, "b"); err != nil || found {
			t.Errorf("Resource of the removed one = %v, %v", found, err)
		}
		known, err := db.Known(ctx, ann, work)
		if diff := cmp.Diff(map[string]calendar.ETag{"a": "a2", "c": "c1"}, known); err != nil || diff != "" {
			t.Errorf("Known: %v (-want +got):\n%s", err, diff)
		}
		versions, err := db.Versions(ctx, ann)
		slices.SortFunc(versions, func(a, b Version) int { return len(b.Calendar) - len(a.Calendar) })
		wantVersions := []Version{{work, "a", "a2", at}, {work, "c", "c1", at}, {"home", "a", "h1", at}}
		if diff := cmp.Diff(wantVersions, versions); err != nil || diff != "" {
			t.Errorf("Versions: %v (-want +got):\n%s", err, diff)
		}
	})
}
