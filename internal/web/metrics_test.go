package web

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestMetrics(t *testing.T) {
	o := testOptions(t)
	m := o.Metrics
	m.Add("ann")
	m.Add("old")
	m.Pass("ann", 250*time.Millisecond, time.Unix(1795500000, 0), false)
	m.Pass("ann", time.Second, time.Unix(1795500060, 0), true)
	m.Pass("old", time.Second, time.Unix(1795500060, 0), true)
	m.Write("ann")
	m.Write("ann")
	m.Move("ann")
	m.Conflict("ann")
	m.Remove("old")
	want := `
# HELP oneonone_conflicts_total Writes given up because somebody else had changed the event (412).
# TYPE oneonone_conflicts_total counter
oneonone_conflicts_total{account="ann"} 1
# HELP oneonone_failures_total Passes that failed.
# TYPE oneonone_failures_total counter
oneonone_failures_total{account="ann"} 1
# HELP oneonone_last_success_timestamp_seconds When the last pass that went well ended, in Unix time.
# TYPE oneonone_last_success_timestamp_seconds gauge
oneonone_last_success_timestamp_seconds{account="ann"} 1.7955e+09
# HELP oneonone_moves_total Meetings moved.
# TYPE oneonone_moves_total counter
oneonone_moves_total{account="ann"} 1
# HELP oneonone_passes_total Passes that ended, well or not.
# TYPE oneonone_passes_total counter
oneonone_passes_total{account="ann"} 2
# HELP oneonone_writes_total Changes written to a calendar, moves and upkeep.
# TYPE oneonone_writes_total counter
oneonone_writes_total{account="ann"} 2
`
	names := []string{
		"oneonone_conflicts_total", "oneonone_failures_total", "oneonone_last_success_timestamp_seconds",
		"oneonone_moves_total", "oneonone_passes_total", "oneonone_writes_total",
	}
	if err := testutil.GatherAndCompare(m.registry, strings.NewReader(want), names...); err != nil {
		t.Error(err)
	}
	text := body(t, get(New(o), "GET", "/metrics", "127.0.0.1:1"))
	if !strings.Contains(text, `oneonone_pass_duration_seconds_count{account="ann"} 2`) {
		t.Errorf("no duration of passes in:\n%s", text)
	}
	problems, err := testutil.GatherAndLint(m.registry, names...)
	if err != nil || len(problems) > 0 {
		t.Errorf("promlint: %v, %v", problems, err)
	}
}
