package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jmoiron/sqlx"

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

// TestOpenAgain also tries a path with everything that means something in an address.
func TestOpenAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?mode=memory&c#d%20ü.db")
	db := openAt(t, path)
	if err := db.PutAccountStatus(t.Context(), AccountStatus{Account: ann, LastPull: t0}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the database is somewhere else: %v", err)
	}
	got, err := openAt(t, path).AccountStatuses(t.Context())
	if err != nil || len(got) != 1 || !got[0].LastPull.Equal(t0) {
		t.Errorf("AccountStatuses after reopening = %v, %v, want ann's of %v", got, err, t0)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.bak*"))
	if err != nil || len(left) != 0 {
		t.Errorf("reopening left %v, %v", left, err)
	}
}

// TestOrphanedLog: whoever deletes the database to start afresh leaves the
// write-ahead log of a killed process behind.
func TestOrphanedLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "oneonone.db")
	db := openAt(t, path)
	begin(t, db, move("old", t0))
	wal, err := os.ReadFile(path + "-wal")
	if err != nil || len(wal) == 0 {
		t.Fatalf("the log has %d bytes, %v", len(wal), err)
	}
	if err := errors.Join(db.Close(), os.Remove(path), os.WriteFile(path+"-wal", wal, 0o600)); err != nil {
		t.Fatal(err)
	}
	if a := begin(t, openAt(t, path), move("new", t0)); a.ID != 1 {
		t.Errorf("the first action of the new database has the number %d", a.ID)
	}
}

func TestOpenRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	openAt(t, "oneonone.db")
	if _, err := os.Stat("oneonone.db"); err != nil {
		t.Error(err)
	}
}

func TestFileMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "oneonone.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil { // made by touch, say
		t.Fatal(err)
	}
	db := openAt(t, path)
	if err := db.PutAccountStatus(t.Context(), AccountStatus{Account: ann}); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode of the file%s = %v, %v, want 0600", suffix, info.Mode(), err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, bytes.Repeat([]byte("this is no database\n"), 100), 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.db")
	foreign, err := sqlx.Open("sqlite3", other)
	if err != nil {
		t.Fatal(err)
	}
	foreign.MustExec(`CREATE TABLE songs (title TEXT)`)
	if err := foreign.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, dsn, want string }{
		{"nothing", "", "no database is named"},
		{"PostgreSQL", "postgres://localhost/x", "PostgreSQL is not supported yet in this version"},
		{"another address", "mysql://localhost/x", "neither the path of a file nor a postgres:// address"},
		{"a directory", dir, "it is a directory"},
		{"a device", "/dev/null", "it is not a regular file"},
		{"no such directory", filepath.Join(dir, "no", "x.db"), "does not exist; make it, or name another place"},
		{"a directory that is a file", filepath.Join(text, "x.db"), "the file cannot be made"},
		{"a directory nobody may write to, not even root", "/sys/oneonone.db", "the file cannot be made: "},
		{"no database", text, "the file is not a database"},
		{"another program's", other, "it belongs to another program; nothing was changed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, _ := os.ReadFile(c.dsn)
			db, err := Open(t.Context(), c.dsn)
			if err == nil {
				db.Close()
				t.Fatalf("Open(%q) succeeded", c.dsn)
			}
			t.Log(err)
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("Open(%q) = %q, want %q in it", c.dsn, err, c.want)
			}
			if after, _ := os.ReadFile(c.dsn); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

// TestOpenGivesUp: nobody waits for ever for another process that is opening
// a database.
func TestOpenGivesUp(t *testing.T) {
	dir := t.TempDir()
	unlock, err := lockDirectory(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := filepath.Join(dir, "oneonone.db")
	if _, err := Open(ctx, path); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "another process") {
		t.Errorf("Open beside another = %v", err)
	}
	unlock()
	openAt(t, path)
}

// TestMemory: every Open of memory is a database of its own, and a call that
// is given up does not lose it.
func TestMemory(t *testing.T) {
	a, b := openAt(t, memory), openAt(t, memory)
	if err := a.PutAccountStatus(t.Context(), AccountStatus{Account: ann}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.AccountStatuses(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("another database in memory has %v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	a.transact(ctx, func(*tx) error { cancel(); return ctx.Err() })
	if got, err := a.AccountStatuses(t.Context()); err != nil || len(got) != 1 {
		t.Errorf("after a cancelled transaction there are %v, %v", got, err)
	}
}

// TestSettings: every connection has them, not only the first.
func TestSettings(t *testing.T) {
	db := fresh(t)
	pragma := func(conn *sqlx.Conn, name string) (value string) {
		t.Helper()
		if err := conn.GetContext(t.Context(), &value, `PRAGMA `+name); err != nil {
			t.Fatal(err)
		}
		return value
	}
	check := func(pool *sqlx.DB, want map[string]string) {
		t.Helper()
		conn, err := pool.Connx(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		// A connection learns the journal mode when it first reads.
		if _, err := conn.ExecContext(t.Context(), `SELECT 1 FROM actions`); err != nil {
			t.Fatal(err)
		}
		for name, w := range want {
			if got := pragma(conn, name); got != w {
				t.Errorf("PRAGMA %s = %s, want %s", name, got, w)
			}
		}
	}
	const full = "2"
	check(db.write, map[string]string{"journal_mode": "wal", "synchronous": full, "foreign_keys": "1", "busy_timeout": "5000", "query_only": "0"})
	for range readers {
		check(db.read, map[string]string{"journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "5000", "query_only": "1"})
	}
	if n := db.write.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d connections may write, want 1", n)
	}
}

// TestSlowDatabase: who waits too long is told so in words.
func TestSlowDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := openAt(t, memory)
		defer db.Close()
		held, err := db.write.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer held.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, readErr := db.AccountStatuses(ctx)
		_, _, beginErr := db.Begin(ctx, move("k", t0))
		for _, err := range []error{readErr, db.PutAccountStatus(ctx, AccountStatus{}), beginErr} {
			if !errors.Is(err, errSlow) || strings.Contains(err.Error(), "deadline") {
				t.Errorf("waiting for the database = %v, want %v", err, errSlow)
			}
		}
		ctx, cancel = context.WithCancel(t.Context())
		cancel()
		if err := db.PutAccountStatus(ctx, AccountStatus{}); !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled call = %v, want %v", err, context.Canceled)
		}
	})
}
