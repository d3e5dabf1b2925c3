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
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is the registry, and what counts the requests of readers.
type Metrics struct {
	*prometheus.Registry
	requests *prometheus.CounterVec
	watched  current
}

// New registers what a daemon collects.
func New(version string, daemon prometheus.Collector) *Metrics {
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "aggregator_build_info",
		Help:        "1, with the version of the program and of the Go that built it.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	})
	info.Set(1)
	m := &Metrics{Registry: prometheus.NewRegistry(), requests: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "aggregator_http_requests_total",
		Help: "Requests of readers by kind of document (atom, rss, json, opml, page, status, probe, asset, other) and class of the answer's status; 304, which sent nothing, stands alone.",
	}, []string{"document", "code"})}
	m.MustRegister(info, m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.Watch(daemon)
	m.MustRegister(&m.watched)
	return m
}

// Watch lets another daemon take the place of the one before, whose work it goes on
// with.
func (m *Metrics) Watch(daemon prometheus.Collector) { m.watched.Store(&daemon) }

// current is the collector of the present daemon. All describe the same.
type current struct {
	atomic.Pointer[prometheus.Collector]
}

// Describe implements prometheus.Collector.
func (c *current) Describe(ch chan<- *prometheus.Desc) { (*c.Load()).Describe(ch) }

// Collect implements prometheus.Collector.
func (c *current) Collect(ch chan<- prometheus.Metric) { (*c.Load()).Collect(ch) }

// Count counts a request of a reader.
func (m *Metrics) Count(document, code string) { m.requests.WithLabelValues(document, code).Inc() }

// mostScrapes run at a time: anybody may ask.
const mostScrapes = 3

// Handler answers Prometheus.
func (m *Metrics) Handler(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError), ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: mostScrapes,
	})
}
