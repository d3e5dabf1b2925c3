package fetcher

import (
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count the requests that reached the network, each hop of a redirect as
// one.
type metrics struct {
	requests *prometheus.CounterVec
	bytes    *prometheus.CounterVec
	duration *prometheus.HistogramVec

	// unchanged and took are two of these, of lists: most answers are a 304 of one.
	unchanged prometheus.Counter
	took      prometheus.Observer
}

func newMetrics() *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aggregator_origin_requests_total",
			Help: "Requests to the hosts of sources, by what was asked for (list, page, robots) and class of the answer's status; 304 stands alone, none is no answer.",
		}, []string{"kind", "code"}),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aggregator_origin_received_bytes_total",
			Help: "Bytes of answers' bodies from the hosts of sources, compressed as they came.",
		}, []string{"kind"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "aggregator_origin_request_duration_seconds",
			Help:    "How long requests to the hosts of sources took, from their turn to the end of the answer.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"kind"}),
	}
	m.unchanged, m.took = m.requests.WithLabelValues("list", "304"), m.duration.WithLabelValues("list")
	return m
}

// Follow lets the client go on with the counts of the one that it replaces. It is
// called before the client is used, unless the two are one.
func (c *Client) Follow(before *Client) {
	if c == before {
		return
	}
	c.metrics = before.metrics
	c.transport.metrics = before.metrics
}

// Describe implements prometheus.Collector.
func (c *Client) Describe(ch chan<- *prometheus.Desc) {
	c.metrics.requests.Describe(ch)
	c.metrics.bytes.Describe(ch)
	c.metrics.duration.Describe(ch)
}

// Collect implements prometheus.Collector.
func (c *Client) Collect(ch chan<- prometheus.Metric) {
	c.metrics.requests.Collect(ch)
	c.metrics.bytes.Collect(ch)
	c.metrics.duration.Collect(ch)
}

// what names what a request asks for.
func (m manners) what() string {
	switch {
	case m.robots:
		return "robots"
	case m.kind == forPage:
		return "page"
	}
	return "list"
}

// answer counts an answer, nil where there was none, and its body as it is read.
func (m *metrics) answer(kind string, began time.Time, res *http.Response) {
	if kind == "list" && res != nil && res.StatusCode == http.StatusNotModified && res.Body == http.NoBody {
		m.unchanged.Inc()
		m.took.Observe(time.Since(began).Seconds())
		return
	}
	code := "none"
	if res != nil {
		code = codeOf(res.StatusCode)
	}
	m.requests.WithLabelValues(kind, code).Inc()
	took := func() { m.duration.WithLabelValues(kind).Observe(time.Since(began).Seconds()) }
	if res == nil || res.Body == http.NoBody {
		took()
		return
	}
	res.Body = countedBody{res.Body, m.bytes.WithLabelValues(kind), sync.OnceFunc(took)}
}

// codeOf is the class of a status. There are hosts that make up numbers of their
// own.
func codeOf(status int) string {
	switch {
	case status == http.StatusNotModified:
		return "304"
	case status < 100 || status > 599:
		return "other"
	}
	return strconv.Itoa(status/100) + "xx"
}

// countedBody counts what is read, and when that is over.
type countedBody struct {
	io.ReadCloser
	bytes prometheus.Counter
	took  func()
}

func (b countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes.Add(float64(n))
	if err != nil {
		b.took()
	}
	return n, err
}

func (b countedBody) Close() error {
	b.took()
	return b.ReadCloser.Close()
}
