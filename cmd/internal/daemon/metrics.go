package daemon

import (
	"errors"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"aggregator/cmd/internal/health"
	"aggregator/fetcher"
	"aggregator/storage"
)

// metrics count what comes of cycles. They begin with the daemon.
type metrics struct {
	fetches  *prometheus.CounterVec
	outcomes map[string]prometheus.Counter // of fetches
	reasons  *prometheus.CounterVec
	pages    *prometheus.CounterVec
	articles *prometheus.CounterVec
	took     prometheus.Histogram
	latency  prometheus.Histogram
	failures hourly
}

func newMetrics(now time.Time) *metrics {
	m := &metrics{
		fetches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aggregator_fetches_total",
			Help: "Fetches of sources by outcome: ok, not_modified, failed, resting (the host asked for rest) or link_down (nobody to blame but our own link).",
		}, []string{"outcome"}),
		reasons: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aggregator_fetch_failures_total",
			Help: "Failed fetches of sources by reason; internal is a reason of our own, such as a full disk.",
		}, []string{"reason"}),
		pages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aggregator_article_pages_total",
			Help: "Article pages that were asked for: fetched, or failed, which are tried again.",
		}, []string{"outcome"}),
		articles: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aggregator_articles_total",
			Help: "What became of listed items that were new or changed: stored (a new article), edited, filed (a known one under another source or category), joined (a copy of an article that came another way) or same.",
		}, []string{"outcome"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "aggregator_fetch_duration_seconds",
			Help:    "How long fetches of sources took: list, article pages and storing, with the waits that politeness asks for.",
			Buckets: []float64{.1, .5, 1, 5, 15, 60, 300, 1800},
		}),
		latency: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "aggregator_article_latency_seconds",
			Help:    "How long after publication new articles were stored, without those that a source listed when it was first fetched.",
			Buckets: []float64{30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21600, 86400},
		}),
		failures: hourly{began: now}, outcomes: map[string]prometheus.Counter{},
	}
	// A counter that is not there yet cannot be seen to rise.
	for _, o := range []string{"ok", "not_modified", "failed", "resting", "link_down"} {
		m.outcomes[o] = m.fetches.WithLabelValues(o)
	}
	for _, o := range []string{"fetched", "failed"} {
		m.pages.WithLabelValues(o)
	}
	for _, o := range []string{"stored", "edited", "filed", "joined", "same"} {
		m.articles.WithLabelValues(o)
	}
	return m
}

// cycle counts what came of one. One that was stopped from outside is none.
func (m *metrics) cycle(c *cycle) {
	r := &c.rep
	if r.Pages+r.FailedPages > 0 {
		m.pages.WithLabelValues("fetched").Add(float64(r.Pages))
		m.pages.WithLabelValues("failed").Add(float64(r.FailedPages))
	}
	outcome := "ok"
	switch {
	case c.interrupted:
		return
	case c.excused && !shortOf(r.Err):
		outcome = "link_down"
	case r.Resting:
		outcome = "resting"
	case r.Err != nil:
		outcome = "failed"
		m.reasons.WithLabelValues(reason(r.Err)).Inc()
		m.failures.add(time.Now())
	case r.NotModified:
		outcome = "not_modified"
	}
	m.outcomes[outcome].Inc()
	m.took.Observe(r.Took.Seconds())
}

// reason is that of an error as a label.
func reason(err error) string {
	var fe *fetcher.Error
	if shortOf(err) || !errors.As(err, &fe) {
		return "internal"
	}
	return strings.ReplaceAll(string(fe.Reason), " ", "_")
}

// change counts what became of an entry; fresh is whether it was news.
func (m *metrics) change(ch storage.Change, fresh bool) {
	outcome := "same"
	switch {
	case ch.Outcome == storage.Stored:
		outcome = "stored"
		if fresh {
			m.latency.Observe(max(0, ch.Article.Seen.Sub(ch.Article.Published).Seconds()))
		}
	case ch.Joined:
		outcome = "joined"
	case ch.Outcome == storage.Edited:
		outcome = "edited"
	case ch.Outcome == storage.Filed:
		outcome = "filed"
	}
	m.articles.WithLabelValues(outcome).Inc()
}

var (
	linkDesc      = prometheus.NewDesc("aggregator_link_up", "Whether our own connection to the network is up, as far as the hosts of sources show it.", nil, nil)
	scheduledDesc = prometheus.NewDesc("aggregator_scheduler_last_run_timestamp_seconds", "When the scheduler last looked at what is due, which it does every minute.", nil, nil)
	newestDesc    = prometheus.NewDesc("aggregator_last_article_timestamp_seconds", "When the newest article was stored.", nil, nil)
	sourcesDesc   = prometheus.NewDesc("aggregator_sources", "Configured sources by state.", []string{"state"}, nil)
	stateDesc     = prometheus.NewDesc("aggregator_source_state", "1 for the state that a source is in, with the source's name.", []string{"source", "state"}, nil)
	successDesc   = prometheus.NewDesc("aggregator_source_last_success_timestamp_seconds", "When a source was last fetched with success, with its name; none of one that never was or is disabled.", []string{"source"}, nil)
)

func (m *metrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.fetches, m.reasons, m.pages, m.articles, m.took, m.latency}
}

// Describe implements prometheus.Collector.
func (d *Daemon) Describe(ch chan<- *prometheus.Desc) {
	d.client.Describe(ch)
	d.store.Describe(ch)
	for _, c := range d.metrics.collectors() {
		c.Describe(ch)
	}
	for _, desc := range []*prometheus.Desc{linkDesc, scheduledDesc, newestDesc, sourcesDesc, stateDesc, successDesc} {
		ch <- desc
	}
}

// Collect implements prometheus.Collector: what the stages count, and how things
// stand.
func (d *Daemon) Collect(ch chan<- prometheus.Metric) {
	d.client.Collect(ch)
	d.store.Collect(ch)
	for _, c := range d.metrics.collectors() {
		c.Collect(ch)
	}
	gauge := func(desc *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
	}
	at := func(desc *prometheus.Desc, t time.Time, labels ...string) {
		if !t.IsZero() {
			gauge(desc, float64(t.UnixMilli())/1000, labels...)
		}
	}
	at(scheduledDesc, d.pulse.last())
	o, err := d.Overview()
	if err != nil { // the store's own metrics are missing then as well
		return
	}
	up := 1.0
	if !o.LinkDown.IsZero() {
		up = 0
	}
	gauge(linkDesc, up)
	at(newestDesc, o.Newest)
	for _, state := range append(health.States(), Disabled) {
		gauge(sourcesDesc, float64(o.States[state]), string(state))
	}
	for _, s := range o.Sources {
		gauge(stateDesc, 1, s.Name, string(s.Health.State))
		if s.Enabled {
			at(successDesc, s.LastSuccess, s.Name)
		}
	}
}
