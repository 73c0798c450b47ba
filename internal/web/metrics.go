package web

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what the program does, by account. The account's name in the
// configuration is the only label: no person, address or title can appear.
// All methods are safe for concurrent use.
type Metrics struct {
	registry    *prometheus.Registry
	passes      *prometheus.CounterVec
	duration    *prometheus.HistogramVec
	moves       *prometheus.CounterVec
	writes      *prometheus.CounterVec
	conflicts   *prometheus.CounterVec
	failures    *prometheus.CounterVec
	lastSuccess *prometheus.GaugeVec
}

// NewMetrics returns metrics with a registry of their own.
func NewMetrics() *Metrics {
	label := []string{"account"}
	counter := func(name, help string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "oneonone_" + name, Help: help}, label)
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		passes:   counter("passes_total", "Passes that ended, well or not."),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "oneonone_pass_duration_seconds",
			Help:    "How long a pass took.",
			Buckets: []float64{.01, .03, .1, .3, 1, 3, 10, 30, 100},
		}, label),
		moves:     counter("moves_total", "Meetings moved."),
		writes:    counter("writes_total", "Changes written to a calendar, moves and upkeep."),
		conflicts: counter("conflicts_total", "Writes given up because somebody else had changed the event (412)."),
		failures:  counter("failures_total", "Passes that failed."),
		lastSuccess: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "oneonone_last_success_timestamp_seconds",
			Help: "When the last pass that went well ended, in Unix time.",
		}, label),
	}
	m.registry.MustRegister(
		m.passes, m.duration, m.moves, m.writes, m.conflicts, m.failures, m.lastSuccess,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Add makes the account's series appear, at zero, so that a rate over the first
// event is right.
func (m *Metrics) Add(account string) {
	for _, c := range []*prometheus.CounterVec{m.passes, m.moves, m.writes, m.conflicts, m.failures} {
		c.WithLabelValues(account)
	}
}

// Remove takes away the series of an account that is no longer configured.
func (m *Metrics) Remove(account string) {
	for _, c := range []*prometheus.CounterVec{m.passes, m.moves, m.writes, m.conflicts, m.failures} {
		c.DeleteLabelValues(account)
	}
	m.duration.DeleteLabelValues(account)
	m.lastSuccess.DeleteLabelValues(account)
}

// Pass counts a pass that took the time and ended at an instant; failed says
// that it did not do what it should.
func (m *Metrics) Pass(account string, took time.Duration, ended time.Time, failed bool) {
	m.passes.WithLabelValues(account).Inc()
	m.duration.WithLabelValues(account).Observe(took.Seconds())
	if failed {
		m.failures.WithLabelValues(account).Inc()
		return
	}
	m.lastSuccess.WithLabelValues(account).Set(float64(ended.UnixMilli()) / 1000)
}

// Write counts a change written to a calendar.
func (m *Metrics) Write(account string) { m.writes.WithLabelValues(account).Inc() }

// Move counts a meeting moved; its writes count beside it.
func (m *Metrics) Move(account string) { m.moves.WithLabelValues(account).Inc() }

// Conflict counts a write that was given up because the event had changed.
func (m *Metrics) Conflict(account string) { m.conflicts.WithLabelValues(account).Inc() }

func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
