package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"oneonone/internal/calendar"
)

// childDatabase names, for the test program started as a child of itself, the
// database to write to until it is killed.
const childDatabase = "ONEONONE_STORE_TEST_DATABASE"

// generation is a full answer whose resources and cursor all tell n.
func generation(n int) calendar.Changes {
	text := fmt.Sprint(n)
	ch := calendar.Changes{Cursor: text, Full: true}
	for i := range 50 {
		href := fmt.Sprintf("%d.ics", i)
		ch.Hrefs = append(ch.Hrefs, href)
		ch.Changed = append(ch.Changed, calendar.Resource{
			Calendar: work, Href: href, ETag: calendar.ETag(text), Data: []byte(text + strings.Repeat(" ", 2000)),
		})
	}
	return ch
}

// checkGeneration reads cursor and resources at one instant of the database
// and fails when they tell different generations.
func checkGeneration(t *testing.T, db *DB) {
	t.Helper()
	var rows []struct {
		Cursor, ETag string
		N            int
	}
	err := db.selectAll(t.Context(), &rows, `
		SELECT c.cursor AS cursor, r.etag AS etag, count(*) AS n FROM calendars c
		LEFT JOIN resources r ON r.account = c.account AND r.calendar = c.id GROUP BY c.cursor, r.etag`)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0].Cursor != rows[0].ETag || rows[0].N != 50 {
		t.Fatalf("cursor and resources do not belong together: %v", rows)
	}
}

// writeForEver applies one generation after the other and tells each on
// standard output when it is stored.
func writeForEver(path string) {
	db, err := Open(context.Background(), path)
	for n := 0; err == nil; n++ {
		if _, err = db.ApplyChanges(context.Background(), ann, work, generation(n), t0); err == nil {
			fmt.Println(n)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// TestKilledWriter kills a process in the middle of its writing, again and
// again, and finds cursor and resources of one generation, never older than
// what the process said was stored.
func TestKilledWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "oneonone.db")
	db := openAt(t, path)
	if err := db.PutCalendars(t.Context(), ann, []calendar.Calendar{{ID: work}}); err != nil {
		t.Fatal(err)
	}
	for lines := range 8 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childDatabase+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		told, last := bufio.NewScanner(out), ""
		for range lines + 1 {
			if !told.Scan() {
				t.Fatal("the child gave up")
			}
			last = told.Text()
		}
		child.Process.Kill()
		child.Wait()

		checkGeneration(t, db)
		cals, err := db.Calendars(t.Context(), ann)
		if err != nil {
			t.Fatal(err)
		}
		var stored, said int
		fmt.Sscan(cals[0].Cursor, &stored)
		fmt.Sscan(last, &said)
		if stored < said {
			t.Errorf("generation %d is stored, the killed process had stored %d", stored, said)
		}
	}
	var verdict string
	if err := db.read.Get(&verdict, `PRAGMA integrity_check`); err != nil || verdict != "ok" {
		t.Errorf("integrity_check = %q, %v", verdict, err)
	}
}

// TestReaderSeesWholeGenerations reads while another handle on the same file
// writes.
func TestReaderSeesWholeGenerations(t *testing.T) {
	db := withWork(t)
	apply(t, db, generation(0), t0)
	var path string
	if err := db.read.Get(&path, `SELECT file FROM pragma_database_list WHERE name = 'main'`); err != nil {
		t.Fatal(err)
	}
	reader := openAt(t, path)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range 40 {
			if _, err := db.ApplyChanges(context.Background(), ann, work, generation(n), t0); err != nil {
				t.Errorf("ApplyChanges: %v", err)
				return
			}
		}
	}()
	for reads := 0; ; reads++ {
		select {
		case <-done:
			t.Logf("%d reads beside 40 writes", reads)
			return
		default:
			checkGeneration(t, reader)
		}
	}
}

// TestCancelledApply leaves everything as it was.
func TestCancelledApply(t *testing.T) {
	db := withWork(t)
	apply(t, db, generation(1), t0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := db.ApplyChanges(ctx, ann, work, generation(2), t0); err == nil {
		t.Fatal("ApplyChanges with a cancelled context succeeded")
	}
	checkGeneration(t, db)
	// A resource that cannot be stored takes the others and the cursor with it.
	bad := generation(3)
	if _, err := db.write.Exec(`CREATE TRIGGER full BEFORE UPDATE ON resources WHEN new.href = '40.ics'
		BEGIN SELECT raise(ABORT, 'no room'); END`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ApplyChanges(t.Context(), ann, work, bad, t0); err == nil {
		t.Fatal("ApplyChanges succeeded against the trigger")
	}
	checkGeneration(t, db)
}
