package engine_test

import (
	"strings"
	"testing"

	"oneonone/internal/engine"
)

func TestWeeklyStatus(t *testing.T) {
	d := talkingPair(t, func(o *engine.Options) { o.WeeklyStatus = true })
	d.put("busy", block("busy", wednesday, 60), "ann")
	d.pass()
	d.settle()
	d.pass()
	d.pass()
	told := d.meetings("ann", "Your 1:1s this week")
	if len(told) != 1 || len(d.meetings("bob", "Your 1:1s this week")) != 1 {
		t.Fatalf("Ann is told %d times", len(told))
	}
	for _, want := range []string{"DTSTART;VALUE=DATE:20261123", "TRANSP:TRANSPARENT", "Wed 25 Nov", "Bob (moved from Wed 25 Nov 10:00)"} {
		if !strings.Contains(told[0], want) {
			t.Errorf("no %q in\n%s", want, told[0])
		}
	}
	if strings.Contains(told[0], "secret") {
		t.Errorf("it tells another event:\n%s", told[0])
	}
	d.quiet()
	d.loseDatabase()
	d.pass()
	d.pass()
	if n := len(d.meetings("ann", "Your 1:1s this week")); n != 1 {
		t.Errorf("after the database was lost Ann is told %d times", n)
	}
	d.now = at("2026-11-30 07:00")
	d.pass()
	told = d.meetings("ann", "Your 1:1s this week")
	if len(told) != 1 || !strings.Contains(told[0], "Wed 2 Dec 10:00-10:30 Bob") {
		t.Errorf("a week later: %v", told)
	}
	d.check()
}
