package google_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"oneonone/internal/calendartest"
	"oneonone/internal/store"
)

// A move whose answer is lost made an exception with a name of its own. It is
// found there, and the log has it as made, whether the series itself shows a
// change (its ETag) or not.
func TestLostAnswerIsFoundInTheException(t *testing.T) {
	for _, steady := range []bool{false, true} {
		for nth := 1; nth <= 3; nth++ {
			t.Run(fmt.Sprintf("steady %t, write %d", steady, nth), func(t *testing.T) {
				o := newOffice(t, calendartest.GoogleStyle{SteadyMaster: steady})
				o.g.Script(calendartest.Fault{Method: http.MethodPatch, Nth: nth, Do: calendartest.CutAfter})
				for range 3 {
					o.pass()
				}
				moves, err := o.db.Actions(context.Background(), store.Filter{Kind: store.Move})
				if err != nil {
					t.Fatal(err)
				}
				made := map[int64]int{}
				for _, a := range moves {
					if a.State == store.Done {
						made[a.Original.Unix()]++
					}
				}
				if len(made) != 2 || len(moves) > 3 {
					t.Errorf("the log has %d moves made: %+v\n%s", len(made), moves, &o.log)
				}
				o.wellBehaved()
			})
		}
	}
}
