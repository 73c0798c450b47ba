package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
		want := []CalendarState{{Calendar: home}, {Calendar: mine, Cursor: "c1", LoadedAt: t0, ComparedAt: t0, Revision: 1}}
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

// TestRevision: it changes with what Versions and Skipped tell, and with
// nothing else, and does not come back with a calendar that went.
func TestRevision(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		put := func(cals ...calendar.Calendar) {
			t.Helper()
			if err := db.PutCalendars(t.Context(), ann, cals); err != nil {
				t.Fatal(err)
			}
		}
		pull := func(ch calendar.Changes) func() { return func() { apply(t, db, ch, t0) } }
		a1, skip := res("a", "1", "A"), calendar.Skipped{Href: "s", Reason: "too big"}
		put(calendar.Calendar{ID: work})
		var last int64
		for _, c := range []struct {
			name    string
			do      func()
			changes bool
		}{
			{"first load of nothing", pull(calendar.Changes{Cursor: "1", Full: true}), false},
			{"a new one", pull(calendar.Changes{Cursor: "1", Changed: []calendar.Resource{a1}}), true},
			{"the same, and another cursor", pull(calendar.Changes{Cursor: "2", Changed: []calendar.Resource{a1}}), false},
			{"another name for the calendar", func() { put(calendar.Calendar{ID: work, Name: "Work"}) }, false},
			{"skipped", pull(calendar.Changes{Skipped: []calendar.Skipped{skip}}), true},
			{"skipped as before", pull(calendar.Changes{Full: true, Hrefs: []string{"a"}, Skipped: []calendar.Skipped{skip}}), false},
			{"skipped no more", pull(calendar.Changes{Full: true, Hrefs: []string{"a"}}), true},
			{"our own write", func() { db.PutResource(t.Context(), ann, res("a", "2", "AA"), t0) }, true},
			{"our own write, pulled", pull(calendar.Changes{Changed: []calendar.Resource{res("a", "2", "AA")}}), false},
			{"forgotten", func() { db.RemoveResource(t.Context(), ann, work, "a") }, true},
			{"forgotten again", func() { db.RemoveResource(t.Context(), ann, work, "a") }, false},
			{"gone and back", func() {
				put()
				put(calendar.Calendar{ID: work})
				apply(t, db, calendar.Changes{Changed: []calendar.Resource{a1}}, t0)
			}, true},
		} {
			c.do()
			now := calendars(t, db, ann)[0].Revision
			if (now != last) != c.changes || now < last {
				t.Errorf("%s: revision %d after %d", c.name, now, last)
			}
			last = now
		}
		if err := db.RemoveResource(t.Context(), ann, "no such calendar", "a"); err != nil {
			t.Errorf("RemoveResource in an unknown calendar: %v", err)
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

// Resources returns every resource of account with its data, by calendar and href.
func (db *DB) Resources(ctx context.Context, account string) ([]Stored, error) {
	var rows []resourceRow
	err := db.selectAll(ctx, &rows, `
		SELECT calendar, href, etag, seen_at, data FROM resources WHERE account = ? ORDER BY calendar, href`, account)
	if err != nil {
		return nil, fmt.Errorf("reading the resources of account %q: %w", account, err)
	}
	out := make([]Stored, len(rows))
	for i, r := range rows {
		out[i] = r.stored()
	}
	return out, nil
}
