package cadence_test

import (
	"fmt"
	"testing"
	"time"

	. "oneonone/internal/cadence"
)

func BenchmarkPropose(b *testing.B) {
	f := Facts{}
	for i := range 200 {
		p, now := pairOf(25, 12, 15, 9, 30, 45, 12, 15, 9)
		p.Key, f.Now = fmt.Sprint(i), now
		f.Pairs = append(f.Pairs, p)
	}
	for b.Loop() {
		if len(Propose(f, usual())) != 200 {
			b.Fatal("not every pair has a proposal")
		}
	}
}

func BenchmarkSucceed(b *testing.B) {
	e := event(b, "FREQ=WEEKLY;BYDAY=TU")
	now := on(b, e, "14 Oct 09:00")
	for b.Loop() {
		if _, err := Succeed(e, nil, Change{Rhythm: Biweekly, Length: time.Hour}, now, now.Add(8*week)); err != nil {
			b.Fatal(err)
		}
	}
}
