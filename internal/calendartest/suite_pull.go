package calendartest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"oneonone/internal/calendar"
)

func caseCalendars(t TB, f Fixture) {
	second := f.Account.Another(t, "second")
	list, err := f.Provider.Calendars(context.Background())
	if err != nil {
		t.Fatalf("Calendars: %v", err)
	}
	for _, want := range []string{f.Account.ID(), second} {
		i := slices.IndexFunc(list, func(c calendar.Calendar) bool {
			return strings.TrimSuffix(c.ID, "/") == strings.TrimSuffix(want, "/")
		})
		if i < 0 {
			t.Fatalf("Calendars = %+v, without %s", list, want)
		}
		if c := list[i]; c.Name == "" || !c.Writable || c.Delivers != f.Delivers {
			t.Errorf("%s is %+v, want a name, writable, and delivery of invitations %v", want, c, f.Delivers)
		}
	}
}

func caseFirstPull(t TB, f Fixture) {
	f.put(t, "one.ics", single("one", "One"))
	f.put(t, "two.ics", series("two"))
	f.put(t, "three.ics", single("three", "Three"))
	m := newMirror(t, f)
	m.check(t, "one.ics", "two.ics", "three.ics")
}

func caseEmpty(t TB, f Fixture) {
	m := newMirror(t, f)
	m.check(t)
	f.put(t, "one.ics", single("one", "One"))
	m.pull(t)
	m.check(t, "one.ics")
}

func caseNoChange(t TB, f Fixture) {
	f.put(t, "one.ics", single("one", "One"))
	m := newMirror(t, f)
	for range 3 {
		if ch := m.pull(t); len(ch.Changed)+len(ch.Removed)+len(ch.Skipped) > 0 {
			t.Errorf("nothing changed, but the pull has %+v", ch)
		}
	}
	m.check(t, "one.ics")
}

func caseOneChange(t TB, f Fixture) {
	for i := range 5 {
		f.put(t, fmt.Sprintf("%d.ics", i), single(fmt.Sprint("uid-", i), "Before"))
	}
	m := newMirror(t, f)
	f.put(t, "3.ics", single("uid-3", "After"))
	if ch := m.pull(t); !slices.Equal(f.changedNames(ch), []string{"3.ics"}) || len(ch.Removed) > 0 {
		t.Errorf("one object changed, but the pull has %q, and %q are gone", f.changedNames(ch), ch.Removed)
	}
	f.put(t, "new.ics", single("new", "New"))
	if ch := m.pull(t); !slices.Equal(f.changedNames(ch), []string{"new.ics"}) {
		t.Errorf("one object is new, but the pull has %q", f.changedNames(ch))
	}
	m.check(t, "0.ics", "1.ics", "2.ics", "3.ics", "4.ics", "new.ics")
}

func caseDeletion(t TB, f Fixture) {
	f.put(t, "stays.ics", single("stays", "Stays"))
	f.put(t, "goes.ics", single("goes", "Goes"))
	m := newMirror(t, f)
	f.Account.Delete(t, "goes.ics")
	if ch := m.pull(t); len(ch.Changed) > 0 {
		t.Errorf("after a deletion the pull has %q", f.changedNames(ch))
	}
	m.check(t, "stays.ics")
	f.put(t, "goes.ics", single("goes", "Is back"))
	m.pull(t)
	m.check(t, "goes.ics", "stays.ics")
}

func caseDeadCursor(t TB, f Fixture) {
	f.put(t, "one.ics", single("one", "One"))
	f.put(t, "goes.ics", single("goes", "Goes"))
	for _, mangle := range []func(string) string{
		func(string) string { return "garbage" },
		func(string) string { return "http://example.org/garbage" },
		func(cursor string) string { return cursor + "0" },
		func(cursor string) string { return strings.Repeat("x", len(cursor)) },
		func(cursor string) string { // The kind is right, the state is not.
			kind, _, _ := strings.Cut(cursor, ":")
			return kind + ":garbage"
		},
	} {
		m := newMirror(t, f)
		f.put(t, "one.ics", single("one", "One "+m.cursor))
		dead := mangle(m.cursor)
		ch, err := f.Provider.Pull(context.Background(), m.id, calendar.Since{Cursor: dead, Known: m.known()})
		if errors.Is(err, calendar.ErrGone) {
			ch, err = f.Provider.Pull(context.Background(), m.id, calendar.Since{Known: m.known()})
		}
		if err != nil {
			t.Fatalf("Pull with the cursor %q: %v", dead, err)
		}
		m.apply(ch)
		m.check(t, "goes.ics", "one.ics")
	}
}

func caseComparison(t TB, f Fixture) {
	for _, name := range []string{"same", "changes", "goes"} {
		f.put(t, name+".ics", single(name, "Before"))
	}
	m := newMirror(t, f)
	f.put(t, "changes.ics", single("changes", "After"))
	f.put(t, "comes.ics", single("comes", "New"))
	f.Account.Delete(t, "goes.ics")
	ch := m.compare(t)
	if want := []string{"changes.ics", "comes.ics"}; !slices.Equal(f.changedNames(ch), want) {
		t.Errorf("the comparison brings %q, want %q", f.changedNames(ch), want)
	}
	if !ch.Full || len(ch.Hrefs) != 3 {
		t.Errorf("the comparison is not full: %v with the hrefs %q", ch.Full, ch.Hrefs)
	}
	m.check(t, "changes.ics", "comes.ics", "same.ics")
	// Its cursor is as good as any.
	f.put(t, "same.ics", single("same", "After"))
	if ch := m.pull(t); !slices.Equal(f.changedNames(ch), []string{"same.ics"}) {
		t.Errorf("after the comparison one object changed, but the pull has %q", f.changedNames(ch))
	}
}

func caseMany(t TB, f Fixture) {
	const n = 300
	objects := Office(1, n, "alice@example.org")
	var names []string
	for i, o := range objects {
		name := fmt.Sprintf("%03d.ics", i)
		f.put(t, name, o.Data)
		names = append(names, name)
	}
	m := newMirror(t, f)
	m.checkNames(t, names)
	for i, name := range names {
		r := m.find(t, name)
		if i%20 == 0 { // One GET for each would take a real server long.
			m.checkData(t, r)
		}
		if events, err := f.Provider.Parse(r, f.Zone); err != nil || len(events) == 0 {
			t.Errorf("Parse(%s) = %d events, %v", r.Href, len(events), err)
		}
	}
	f.put(t, "150.ics", bytes.ReplaceAll(objects[150].Data, []byte("SUMMARY:"), []byte("SUMMARY:New ")))
	if ch := m.pull(t); !slices.Equal(f.changedNames(ch), []string{"150.ics"}) {
		t.Errorf("one of many changed, but the pull has %q", f.changedNames(ch))
	}
}

func caseCursorIsEnough(t TB, f Fixture) {
	f.put(t, "one.ics", single("one", "One"))
	m := newMirror(t, f)
	// The cursor is text: it has to survive being stored.
	m.cursor = strings.Clone(m.cursor)
	f.put(t, "two.ics", single("two", "Two"))
	ch, err := f.Provider.Pull(context.Background(), m.id, calendar.Since{Cursor: m.cursor, Known: m.known()})
	if err != nil || !slices.Equal(f.changedNames(ch), []string{"two.ics"}) {
		t.Errorf("Pull = %q, %v, want two.ics", f.changedNames(ch), err)
	}
	// The same cursor again gives the same answer: it is not used up.
	again, err := f.Provider.Pull(context.Background(), m.id, calendar.Since{Cursor: m.cursor, Known: m.known()})
	if err != nil || !slices.Equal(f.changedNames(again), []string{"two.ics"}) {
		t.Errorf("Pull again = %q, %v, want two.ics", f.changedNames(again), err)
	}
}

func caseGet(t TB, f Fixture) {
	f.put(t, "one.ics", series("one"))
	m := newMirror(t, f)
	r := m.find(t, "one.ics")
	got, err := f.Provider.Get(context.Background(), m.id, r.Href)
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	if string(got.Data) != string(r.Data) || got.ETag != r.ETag || got.Href != r.Href || got.Calendar != m.id {
		t.Errorf("Get = %+v, want %+v", got, r)
	}
	missing := r.Href + "0"
	if f.Account.Whole() {
		missing = strings.Replace(r.Href, "one.ics", "none.ics", 1)
	}
	if _, err := f.Provider.Get(context.Background(), m.id, missing); !errors.Is(err, calendar.ErrNotFound) {
		t.Errorf("Get of what is not there: %v, want ErrNotFound", err)
	}
	f.Account.Delete(t, "one.ics")
	if _, err := f.Provider.Get(context.Background(), m.id, r.Href); !errors.Is(err, calendar.ErrNotFound) {
		t.Errorf("Get of what is gone: %v, want ErrNotFound", err)
	}
}
