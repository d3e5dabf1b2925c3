package storage

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count what the writer does.
type metrics struct {
	writes   prometheus.Histogram
	failures prometheus.Counter
	began    atomic.Int64 // the write under way, in nanoseconds since 1970; 0 for none
}

func newMetrics() *metrics {
	return &metrics{
		writes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "aggregator_store_write_duration_seconds",
			Help:    "How long write transactions took, from the first of the writes that share one until it is on the disk.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "aggregator_store_write_failures_total",
			Help: "Write transactions that the disk or the file did not take. What they held is fetched again.",
		}),
	}
}

// write times a transaction. What fails for its own reasons is no failure of the
// store.
func (m *metrics) write(transaction func() (failed int, err error)) (int, error) {
	began := time.Now()
	m.began.Store(began.UnixNano())
	defer m.began.Store(0)
	failed, err := transaction()
	switch {
	case err == nil:
		m.writes.Observe(time.Since(began).Seconds())
	case failed < 0 || errors.Is(err, ErrDamaged):
		m.failures.Inc()
	}
	return failed, err
}

// Writing tells how long the write transaction under way has taken so far; 0 where
// there is none.
func (s *Store) Writing() time.Duration {
	if began := s.metrics.began.Load(); began != 0 {
		return time.Since(time.Unix(0, began))
	}
	return 0
}

var (
	sizeDesc = prometheus.NewDesc("aggregator_store_size_bytes", "Size of the database file.", nil, nil)
	freeDesc = prometheus.NewDesc("aggregator_store_free_bytes", "Part of the database file that is free for what is written next.", nil, nil)
	keptDesc = prometheus.NewDesc("aggregator_store_articles", "Articles that are stored.", nil, nil)
)

// Describe implements prometheus.Collector.
func (s *Store) Describe(ch chan<- *prometheus.Desc) {
	s.metrics.writes.Describe(ch)
	s.metrics.failures.Describe(ch)
	ch <- sizeDesc
	ch <- freeDesc
	ch <- keptDesc
}

// Collect implements prometheus.Collector. Of a store that cannot be read it tells
// what it counted itself.
func (s *Store) Collect(ch chan<- prometheus.Metric) {
	s.metrics.writes.Collect(ch)
	s.metrics.failures.Collect(ch)
	size, err := s.Size()
	if err != nil {
		return
	}
	gauge := func(d *prometheus.Desc, v float64) { ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	gauge(sizeDesc, float64(size.Bytes))
	gauge(freeDesc, float64(size.Free))
	gauge(keptDesc, float64(size.Articles))
}
