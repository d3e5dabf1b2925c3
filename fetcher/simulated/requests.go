package simulated

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Request is a request that was answered.
type Request struct {
	Time   time.Time
	Method string
	Host   string
	Path   string // with the query, as it was asked for
	Header http.Header
	Status int   // 0 where the connection was broken off before an answer
	Bytes  int64 // of the body, as sent
	Fault  FaultKind
}

// Counts are sums over all requests, those that the log has dropped too.
type Counts struct {
	Requests    int
	NotModified int
	Faults      int
	Bytes       int64
	ByStatus    map[int]int
}

// requestLog keeps the newest requests.
type requestLog struct {
	mu     sync.Mutex
	keep   int // at most; none if not positive
	all    []Request
	counts Counts
}

// Requests returns the requests kept, oldest first.
func (o *Origin) Requests() []Request {
	o.log.mu.Lock()
	defer o.log.mu.Unlock()
	return slices.Clone(o.log.all)
}

// Counts returns the sums over all requests.
func (o *Origin) Counts() Counts {
	o.log.mu.Lock()
	defer o.log.mu.Unlock()
	c := o.log.counts
	c.ByStatus = make(map[int]int, len(o.log.counts.ByStatus))
	for status, n := range o.log.counts.ByStatus {
		c.ByStatus[status] = n
	}
	return c
}

// ForgetRequests empties the log and its sums.
func (o *Origin) ForgetRequests() {
	o.log.mu.Lock()
	defer o.log.mu.Unlock()
	o.log.all, o.log.counts = nil, Counts{}
}

// KeepRequests bounds the log anew; n <= 0 switches it off.
func (o *Origin) KeepRequests(n int) {
	o.log.mu.Lock()
	defer o.log.mu.Unlock()
	o.log.keep = n
}

func (l *requestLog) add(q *request, rec *recorder, f *Fault) {
	e := Request{Time: q.now, Method: q.Method, Host: q.Host, Path: q.URL.RequestURI(), Status: rec.status, Bytes: rec.bytes}
	if f != nil {
		e.Fault = f.Kind
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.add(&e)
	if l.keep <= 0 {
		return
	}
	e.Header = q.Header.Clone()
	if drop := len(l.all) + 1 - l.keep; drop > 0 {
		// A quarter more at once, so that a full log does not move for each one.
		l.all = slices.Delete(l.all, 0, min(drop+l.keep/4, len(l.all)))
	}
	l.all = append(l.all, e)
}

func (c *Counts) add(e *Request) {
	if c.ByStatus == nil {
		c.ByStatus = make(map[int]int)
	}
	c.Requests++
	c.Bytes += e.Bytes
	c.ByStatus[e.Status]++
	if e.Status == http.StatusNotModified {
		c.NotModified++
	}
	if e.Fault != "" {
		c.Faults++
	}
}

// recorder notes what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController find what it needs.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
