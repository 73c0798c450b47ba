package store

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"oneonone/internal/calendar"
)

// TestQuietPassWritesNothing: a pass that finds everything as it was must not
// wear out the disk once a minute.
func TestQuietPassWritesNothing(t *testing.T) {
	db := fresh(t)
	ctx := t.Context()
	facts := Agenda{Pair: "ann|bob", Names: [2]string{"Ann", "Bob"}, NextStart: t0, Held: 3}
	pass := func() {
		t.Helper()
		if err := db.PutCalendars(ctx, ann, []calendar.Calendar{{ID: work, Name: "Work"}}); err != nil {
			t.Fatal(err)
		}
		apply(t, db, calendar.Changes{Cursor: "1", Changed: []calendar.Resource{res("a", "a1", "A")}, Removed: []string{"b"}}, t0)
		if _, _, err := db.Begin(ctx, move("k", t0)); err != nil {
			t.Fatal(err)
		}
		if _, err := db.EnsureAgenda(ctx, facts.Pair, "", giving(token("t"))); err != nil {
			t.Fatal(err)
		}
		if err := db.PutAgendaFacts(ctx, facts); err != nil {
			t.Fatal(err)
		}
		if err := db.PutTopics(ctx, facts.Pair, []Topic{topicOf("ann", "Release", t0, 0)}, t0); err != nil {
			t.Fatal(err)
		}
	}
	changes := func() (n int) {
		t.Helper()
		if err := db.write.Get(&n, `SELECT total_changes()`); err != nil {
			t.Fatal(err)
		}
		return n
	}
	pass()
	before := changes()
	pass()
	if n := changes() - before; n != 0 {
		t.Errorf("the second pass changed %d rows, want none", n)
	}
}

// TestManyAtOnce uses one DB as the daemon does: accounts beside each other
// and the web pages reading. It proves most under the race detector.
func TestManyAtOnce(t *testing.T) {
	db := fresh(t)
	ctx := context.Background()
	var wg sync.WaitGroup
	must := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	for i := range 4 {
		account := fmt.Sprint("account-", i)
		wg.Go(func() {
			for n := range 10 {
				must(db.PutCalendars(ctx, account, []calendar.Calendar{{ID: work}}))
				_, err := db.ApplyChanges(ctx, account, work, generation(n), t0)
				must(err)
				a := move(fmt.Sprint(account, n), t0)
				a.Account = account
				a, _, err = db.Begin(ctx, a)
				must(err)
				must(db.Finish(ctx, a.ID, Done, "", t0))
				_, err = db.EnsureAgenda(ctx, "ann|bob", "", giving(token(account)))
				must(err)
				must(db.PutAccountStatus(ctx, AccountStatus{Account: account, LastPass: t0}))
			}
		})
		wg.Go(func() {
			for range 20 {
				_, err := db.Resources(ctx, account)
				must(err)
				_, err = db.Actions(ctx, Filter{Account: account})
				must(err)
				_, _, err = db.AgendaByToken(ctx, token("account-0"))
				must(err)
			}
		})
	}
	wg.Wait()
	if all, err := db.Actions(ctx, Filter{State: Done}); err != nil || len(all) != 40 {
		t.Errorf("%d actions are done, %v, want 40", len(all), err)
	}
}
