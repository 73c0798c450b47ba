package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oneonone/internal/calendar"
)

func TestLockedDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "oneonone.db")
	holder, waiter := openAt(t, path), openAt(t, path)
	if _, err := waiter.write.Exec(`PRAGMA busy_timeout = 1`); err != nil {
		t.Fatal(err)
	}
	err := holder.transact(t.Context(), func(*tx) error {
		err := waiter.PutAccountStatus(t.Context(), AccountStatus{Account: ann})
		if err == nil || !strings.Contains(err.Error(), "another process keeps the database locked") {
			t.Errorf("writing beside a writer = %v", err)
		}
		_, err = waiter.AccountStatuses(t.Context())
		return err // readers never wait
	})
	if err != nil {
		t.Errorf("reading beside a writer: %v", err)
	}
}

func TestDamagedDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "oneonone.db")
	db := openAt(t, path)
	if err := db.PutCalendars(t.Context(), ann, []calendar.Calendar{{ID: work}}); err != nil {
		t.Fatal(err)
	}
	apply(t, db, many(500, 0), t0)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for i := len(data) / 2 / page * page; i < len(data); i++ {
		data[i] = 0xff
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	db = openAt(t, path)
	if _, err := db.Resources(t.Context(), ann); err == nil || !strings.Contains(err.Error(), "the database is damaged") {
		t.Errorf("reading a damaged database = %v", err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	db := fresh(t)
	if _, err := db.read.Exec(`DELETE FROM actions`); err == nil {
		t.Error("a connection for reading deleted from the action log")
	}
}
