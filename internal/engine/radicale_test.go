package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"oneonone/internal/calendartest"
)

// TestRandomWeeksOnRadicale is TestRandomWeeks over a real server, which rewrites
// what it is sent. Each week is put in place of the one before.
func TestRandomWeeksOnRadicale(t *testing.T) {
	server := calendartest.Radicale(t)
	for seed := range uint64(4) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			w := randomWeek(seed, "alice", "bob")
			d := newDesk(t, w.adjust, "alice", "bob")
			d.real, d.kept = server, map[string]bool{}
			d.restart()
			w.fill(d, seed)
			w.run(d)
			for range 2 {
				before := d.snapshot()
				if r := d.pass(); r.Writes != 0 {
					t.Errorf("a further pass made %d writes", r.Writes)
				}
				if c := changed(before, d.snapshot()); len(c) != 0 {
					t.Errorf("a further pass changed %v", c)
				}
				d.settle()
			}
			for key := range d.kept {
				who, name, _ := strings.Cut(key, "/")
				server.Account(who).Delete(d, name+".ics")
			}
		})
	}
}
