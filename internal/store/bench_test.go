package store

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"oneonone/internal/calendar"
)

// many is a full answer with n resources of a kilobyte; generation changes
// every ETag and all data.
func many(n, generation int) calendar.Changes {
	ch := calendar.Changes{Cursor: fmt.Sprint("cursor-", generation), Full: true}
	for i := range n {
		href := fmt.Sprintf("/ann/work/%08d-1f9c-4a53-9e57.ics", i)
		data := fmt.Appendf(nil, "BEGIN:VCALENDAR\r\nUID:%d.%d\r\n", i, generation)
		data = append(data, bytes.Repeat([]byte("x"), 1000-len(data))...)
		ch.Hrefs = append(ch.Hrefs, href)
		ch.Changed = append(ch.Changed, calendar.Resource{
			Calendar: work, Href: href, ETag: calendar.ETag(fmt.Sprintf("%q", fmt.Sprint(i, generation))), Data: data,
		})
	}
	return ch
}

func apply(tb testing.TB, db *DB, ch calendar.Changes, at time.Time) int {
	tb.Helper()
	n, err := db.ApplyChanges(tb.Context(), ann, work, ch, at)
	if err != nil {
		tb.Fatalf("ApplyChanges: %v", err)
	}
	return n
}

func BenchmarkApplyChanges5000(b *testing.B) {
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			db := withWork(b)
			ch := many(5000, 0)
			b.StartTimer()
			apply(b, db, ch, t0)
			b.StopTimer()
			db.Close()
			b.StartTimer()
		}
	})
	b.Run("all changed", func(b *testing.B) {
		db := withWork(b)
		all := [2]calendar.Changes{many(5000, 0), many(5000, 1)}
		i := 0
		for b.Loop() {
			if n := apply(b, db, all[i%2], t0); n != 5000 {
				b.Fatalf("%d changed, want 5000", n)
			}
			i++
		}
	})
	b.Run("none changed", func(b *testing.B) {
		db := withWork(b)
		all := many(5000, 0)
		apply(b, db, all, t0)
		for b.Loop() {
			if n := apply(b, db, all, t0); n != 0 {
				b.Fatalf("%d changed, want none", n)
			}
		}
	})
	b.Run("quiet pull", func(b *testing.B) {
		db := withWork(b)
		apply(b, db, many(5000, 0), t0)
		for b.Loop() {
			apply(b, db, calendar.Changes{Cursor: "cursor-0"}, t0)
		}
	})
}

func Benchmark10000(b *testing.B) {
	db := withWork(b)
	apply(b, db, many(10000, 0), t0)
	b.Run("Resources", func(b *testing.B) {
		for b.Loop() {
			if got, err := db.Resources(b.Context(), ann); err != nil || len(got) != 10000 {
				b.Fatalf("Resources = %d, %v", len(got), err)
			}
		}
	})
	b.Run("Versions", func(b *testing.B) {
		for b.Loop() {
			if got, err := db.Versions(b.Context(), ann); err != nil || len(got) != 10000 {
				b.Fatalf("Versions = %d, %v", len(got), err)
			}
		}
	})
	b.Run("Known", func(b *testing.B) {
		for b.Loop() {
			if got, err := db.Known(b.Context(), ann, work); err != nil || len(got) != 10000 {
				b.Fatalf("Known = %d, %v", len(got), err)
			}
		}
	})
	b.Run("Resource", func(b *testing.B) {
		href := many(1, 0).Hrefs[0]
		for b.Loop() {
			if _, found, err := db.Resource(b.Context(), ann, work, href); err != nil || !found {
				b.Fatalf("Resource = %v, %v", found, err)
			}
		}
	})
}

func BenchmarkBeginFinish(b *testing.B) {
	db := fresh(b)
	i := 0
	for b.Loop() {
		i++
		a, _, err := db.Begin(b.Context(), move(fmt.Sprint(i), t0))
		if err != nil {
			b.Fatal(err)
		}
		if err := db.Finish(b.Context(), a.ID, Done, "", t0); err != nil {
			b.Fatal(err)
		}
	}
}
