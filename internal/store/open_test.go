package store

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"oneonone/internal/calendar"
)

// t0 is the instant most tests happen at.
var t0 = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

const (
	ann  = "ann"
	work = "https://dav.example.org/ann/work/"
)

// fresh opens a new database in a file that ends with the test.
func fresh(tb testing.TB) *DB {
	tb.Helper()
	return openAt(tb, filepath.Join(tb.TempDir(), "oneonone.db"))
}

func openAt(tb testing.TB, path string) *DB {
	tb.Helper()
	db, err := Open(tb.Context(), path)
	if err != nil {
		tb.Fatalf("Open(%q): %v", path, err)
	}
	tb.Cleanup(func() { db.Close() })
	return db
}

// withWork is a new database in which ann has the calendar work.
func withWork(tb testing.TB) *DB {
	tb.Helper()
	db := fresh(tb)
	if err := db.PutCalendars(tb.Context(), ann, []calendar.Calendar{{ID: work, Name: "Work", Writable: true}}); err != nil {
		tb.Fatalf("PutCalendars: %v", err)
	}
	return db
}

func TestOpenTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "oneonone.db")
	db := openAt(t, path)
	if err := db.PutAccountStatus(t.Context(), AccountStatus{Account: ann, LastPull: t0}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	got, err := openAt(t, path).AccountStatuses(context.Background())
	if err != nil || len(got) != 1 || !got[0].LastPull.Equal(t0) {
		t.Errorf("AccountStatuses after reopening = %v, %v, want ann's of %v", got, err, t0)
	}
}
