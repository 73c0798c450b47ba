package store

import (
	"bytes"
	"context"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// TestSchema shows reviewers what the migrations amount to.
func TestSchema(t *testing.T) {
	db := fresh(t)
	var parts []string
	err := db.read.Select(&parts, `
		SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite_%'
		ORDER BY tbl_name, type DESC, name`)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(parts, ";\n") + ";\n"
	golden := filepath.Join("testdata", "schema.sql")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the schema is another (-want +got); if that is meant, run with -update:\n%s", diff)
	}
}

// next returns the migrations of a program one version further on.
func next(t *testing.T, sql string) fs.FS {
	t.Helper()
	all := fstest.MapFS{"00099_next.sql": {Data: []byte("-- +goose Up\n" + sql)}}
	names, err := fs.Glob(embedded(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(embedded(), name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = &fstest.MapFile{Data: data}
	}
	return all
}

// latest is the schema that this program writes.
func latest(t *testing.T) int {
	t.Helper()
	names, err := fs.Glob(embedded(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(slices.Max(names)[:5])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// backup is how the copy that is made before an upgrade is called.
func backup(t *testing.T) string { return ".bak-" + strconv.Itoa(latest(t)) }

// oldDatabase is a file with one action in it, closed.
func oldDatabase(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "oneonone.db")
	db := openAt(t, path)
	begin(t, db, move("kept", t0))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

const widen = `ALTER TABLE actions ADD COLUMN mood TEXT NOT NULL DEFAULT 'fine';`

func TestUpgradeKeepsACopy(t *testing.T) {
	path := oldDatabase(t)
	// What an earlier, broken attempt left behind is replaced.
	for _, name := range []string{backup(t), backup(t) + ".part"} {
		if err := os.WriteFile(path+name, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	db, err := open(t.Context(), path, next(t, widen))
	if err != nil {
		t.Fatalf("upgrading: %v", err)
	}
	defer db.Close()
	var mood string
	if err := db.read.Get(&mood, `SELECT mood FROM actions WHERE key = 'kept'`); err != nil || mood != "fine" {
		t.Errorf("after the upgrade mood = %q, %v", mood, err)
	}

	copied := path + backup(t)
	info, err := os.Stat(copied)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the copy: %v, %v, want mode 0600", info, err)
	}
	if got := stored(t, openAt(t, copied), 1); got.Key != "kept" {
		t.Errorf("the copy holds %+v", got)
	}
	if _, err := os.Stat(copied + ".part"); err == nil {
		t.Error("the upgrade left the unfinished copy behind")
	}
}

func TestFailedUpgradeChangesNothing(t *testing.T) {
	path := oldDatabase(t)
	_, err := open(t.Context(), path, next(t, widen+"\nINSERT INTO nowhere VALUES (1);"))
	if err == nil || !strings.Contains(err.Error(), "upgrading it to schema 99") {
		t.Fatalf("a migration that fails: %v", err)
	}
	if got := stored(t, openAt(t, path), 1); got.Key != "kept" {
		t.Errorf("after the failed upgrade the database holds %+v", got)
	}
}

// TestUpgradeForgetsSuggestionsInTheLog: they have a table of their own now, and what was
// never begun would otherwise stand in the way of the move it spoke of.
func TestUpgradeForgetsSuggestionsInTheLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "oneonone.db")
	old := next(t, "SELECT 1;").(fstest.MapFS)
	maps.DeleteFunc(old, func(name string, _ *fstest.MapFile) bool { return name > "00006" })
	db, err := open(t.Context(), path, old)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"open", "dropped", "begun"} {
		begin(t, db, move(key, t0))
	}
	if _, err := db.exec(t.Context(), `UPDATE actions SET attempts = 0, state = CASE key WHEN 'open' THEN 'suggested' ELSE 'dropped' END WHERE key <> 'begun'`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = openAt(t, path)
	all, err := db.Actions(t.Context(), Filter{})
	if err != nil || len(all) != 1 || all[0].Key != "begun" {
		t.Errorf("after the upgrade the log holds %v, %v, want the one that was begun", all, err)
	}
	if got := begin(t, db, move("open", t0)); got.State != Doing {
		t.Errorf("the move that was suggested once is %+v", got)
	}
}

func TestUpgradeWithoutRoomForACopy(t *testing.T) {
	path := oldDatabase(t)
	// Nobody can write a file where a full directory stands, not even root.
	if err := os.MkdirAll(path+backup(t)+".part/full", 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := open(t.Context(), path, next(t, widen))
	if err == nil || !strings.Contains(err.Error(), "copying it before the upgrade") || !strings.HasSuffix(err.Error(), "nothing was changed") {
		t.Fatalf("an upgrade that cannot be backed up: %v", err)
	}
	openAt(t, path)
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	path := oldDatabase(t)
	db, err := open(t.Context(), path, next(t, widen))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), path)
	if err == nil || !strings.Contains(err.Error(), "written by a newer version of this program (schema 99, this version knows "+strconv.Itoa(latest(t))+")") {
		t.Fatalf("Open of a newer database = %v", err)
	}
	t.Log(err)
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the newer database was changed (%v)", err)
	}
}

// TestOpenRace makes and upgrades one file from many sides at once.
func TestOpenRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "oneonone.db")
	for _, migrations := range []fs.FS{embedded(), next(t, widen)} {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				db, err := open(context.Background(), path, migrations)
				if err != nil {
					t.Errorf("Open: %v", err)
					return
				}
				db.Close()
			})
		}
		wg.Wait()
	}
}
