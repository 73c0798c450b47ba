package store

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneonone/internal/calendar"
)

// model says in the plainest way what ApplyChanges, PutResource and
// RemoveResource do to a calendar.
type model struct {
	cursor  string
	loaded  bool
	rows    map[string]Stored
	skipped map[string]string
}

func (m *model) put(r calendar.Resource, seen time.Time) (changed bool) {
	old, known := m.rows[r.Href]
	delete(m.skipped, r.Href)
	if known && string(old.Data) == string(r.Data) {
		seen = old.SeenAt
	}
	m.rows[r.Href] = Stored{Resource: r, SeenAt: seen}
	return !known || old.ETag != r.ETag || string(old.Data) != string(r.Data)
}

func (m *model) remove(href string) (changed bool) {
	_, changed = m.rows[href]
	delete(m.rows, href)
	delete(m.skipped, href)
	return changed
}

func (m *model) apply(ch calendar.Changes, at time.Time) (changed int) {
	count := func(did bool) {
		if did {
			changed++
		}
	}
	for _, href := range ch.Removed {
		count(m.remove(href))
	}
	if ch.Full {
		m.skipped = map[string]string{}
		for _, href := range slices.Collect(maps.Keys(m.rows)) {
			inChanged := slices.ContainsFunc(ch.Changed, func(r calendar.Resource) bool { return r.Href == href })
			inSkipped := slices.ContainsFunc(ch.Skipped, func(s calendar.Skipped) bool { return s.Href == href })
			if !slices.Contains(ch.Hrefs, href) && !inChanged && !inSkipped {
				count(m.remove(href))
			}
		}
	}
	if !m.loaded {
		at = time.Time{}
	}
	for _, r := range ch.Changed {
		count(m.put(r, at))
	}
	for _, s := range ch.Skipped {
		m.skipped[s.Href] = s.Reason
	}
	m.cursor, m.loaded = ch.Cursor, true
	return changed
}

// anyChanges draws an answer of a server about six hrefs; what it calls
// changed, removed and skipped are different ones.
func anyChanges(t *rapid.T) calendar.Changes {
	ch := calendar.Changes{Cursor: rapid.StringN(0, 3, -1).Draw(t, "cursor"), Full: rapid.Bool().Draw(t, "full")}
	for _, href := range []string{"a", "b", "c", "d", "e", "f"} {
		fate := rapid.SampledFrom([]string{"nothing", "listed", "changed", "removed", "skipped"}).Draw(t, href)
		switch fate {
		case "changed":
			ch.Changed = append(ch.Changed, anyResource(t, href))
		case "removed":
			ch.Removed = append(ch.Removed, href)
		case "skipped":
			ch.Skipped = append(ch.Skipped, calendar.Skipped{Href: href, Reason: "because"})
		}
		if fate != "nothing" && fate != "removed" {
			ch.Hrefs = append(ch.Hrefs, href)
		}
	}
	return ch
}

func anyResource(t *rapid.T, href string) calendar.Resource {
	return res(href, rapid.SampledFrom([]string{"1", "2"}).Draw(t, "etag"), rapid.SampledFrom([]string{"A", "B"}).Draw(t, "data"))
}

// TestMirrorIsTheModel makes random pulls and writes on one database in memory
// and on the model, and compares after each.
func TestMirrorIsTheModel(t *testing.T) {
	db := openAt(t, memory)
	rapid.Check(t, func(t *rapid.T) {
		ctx := t.Context()
		for _, cals := range [][]calendar.Calendar{nil, {{ID: work}}} {
			if err := db.PutCalendars(ctx, ann, cals); err != nil {
				t.Fatal(err)
			}
		}
		m := &model{rows: map[string]Stored{}, skipped: map[string]string{}}
		for n := range rapid.IntRange(1, 6).Draw(t, "steps") {
			at := t0.Add(time.Duration(n) * time.Minute)
			switch rapid.SampledFrom([]string{"pull", "pull", "put", "remove"}).Draw(t, "step") {
			case "pull":
				ch := anyChanges(t)
				got, err := db.ApplyChanges(ctx, ann, work, ch, at)
				if want := m.apply(ch, at); err != nil || got != want {
					t.Fatalf("ApplyChanges = %d, %v, want %d", got, err, want)
				}
			case "put":
				r := anyResource(t, "a")
				m.put(r, at)
				if err := db.PutResource(ctx, ann, r, at); err != nil {
					t.Fatal(err)
				}
			case "remove":
				m.remove("a")
				if err := db.RemoveResource(ctx, ann, work, "a"); err != nil {
					t.Fatal(err)
				}
			}
			compare(t, db, m)
		}
	})
}

func compare(t *rapid.T, db *DB, m *model) {
	rows := map[string]Stored{}
	for _, r := range resources(t, db) {
		rows[r.Href] = r
	}
	skips := map[string]string{}
	for _, s := range skipped(t, db) {
		skips[s.Href] = s.Reason
	}
	if diff := cmp.Diff(m.rows, rows) + cmp.Diff(m.skipped, skips); diff != "" {
		t.Fatalf("the mirror is not the model (-want +got):\n%s", diff)
	}
	if c := calendars(t, db, ann)[0]; c.Cursor != m.cursor {
		t.Fatalf("cursor = %q, want %q", c.Cursor, m.cursor)
	}
}
