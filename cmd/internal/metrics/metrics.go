// Package metrics is what Prometheus reads.
//
// The stages count for themselves and hand their collectors up; [New] registers
// them beside those of Go and of the process. The names begin with aggregator_; of
// each source there are two series, what an alert needs.
package metrics

import (
	"log/slog"
	"net/http"
	"runtime"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is the registry, and what counts the requests of readers.
type Metrics struct {
	*prometheus.Registry
	requests *prometheus.CounterVec

	mu       sync.RWMutex
	counters map[[2]string]prometheus.Counter // of requests, as far as there were any
}

// New registers what the present daemon collects, whichever that is.
func New(version string, daemon func() prometheus.Collector) *Metrics {
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "aggregator_build_info",
		Help:        "1, with the version of the program and of the Go that built it.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	})
	info.Set(1)
	m := &Metrics{Registry: prometheus.NewRegistry(), counters: map[[2]string]prometheus.Counter{}, requests: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "aggregator_http_requests_total",
		Help: "Requests of readers by kind of document (atom, rss, json, opml, page, status, probe, asset, other) and class of the answer's status; 304, which sent nothing, stands alone.",
	}, []string{"document", "code"})}
	m.MustRegister(info, m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.MustRegister(present(daemon))
	return m
}

// present is the collector of the present daemon. All describe the same.
type present func() prometheus.Collector

// Describe implements prometheus.Collector.
func (p present) Describe(ch chan<- *prometheus.Desc) { p().Describe(ch) }

// Collect implements prometheus.Collector.
func (p present) Collect(ch chan<- prometheus.Metric) { p().Collect(ch) }

// Count counts a request of a reader. The vector would take five times as long to find
// the counter.
func (m *Metrics) Count(document, code string) {
	key := [2]string{document, code}
	m.mu.RLock()
	c := m.counters[key]
	m.mu.RUnlock()
	if c == nil {
		c = m.requests.WithLabelValues(document, code)
		m.mu.Lock()
		m.counters[key] = c
		m.mu.Unlock()
	}
	c.Inc()
}

// mostScrapes run at a time: anybody may ask.
const mostScrapes = 3

// Handler answers Prometheus.
func (m *Metrics) Handler(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError), ErrorHandling: promhttp.ContinueOnError, DisableCompression: true, MaxRequestsInFlight: mostScrapes,
	})
}
