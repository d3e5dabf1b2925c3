package daemon

import (
	"sync"
	"time"

	"aggregator/storage"
)

// outcomes has the records of cycles that stored nothing else stored together: one
// transaction for each would be most of the work with a source that has not changed.
// A cycle is not over before its record is stored, so nothing is vouched for
// that is not there.
type outcomes struct {
	save func([]*storage.Source) []error

	mu     sync.Mutex
	cycles int      // that are under way
	next   *records // that wait; nil for none
}

type records struct {
	all    []*storage.Source
	late   *time.Timer
	stored chan struct{} // closed when they are, or cannot be
	errs   []error       // of each
}

const (
	// mostTogether is how many records are waited for: a site's sources bring no more
	// at a time.
	mostTogether = underWay
	// waitTogether is how long one waits for others.
	waitTogether = 50 * time.Millisecond
)

// begin notes a cycle, which may bring a record until it ends.
func (o *outcomes) begin() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.cycles++
}

// end notes that no record of it is to be waited for any more.
func (o *outcomes) end() {
	o.mu.Lock()
	o.cycles--
	o.mu.Unlock()
	o.store(nil)
}

// put stores a record, with those that others bring meanwhile.
func (o *outcomes) put(rec *storage.Source) error {
	o.mu.Lock()
	r := o.next
	if r == nil {
		r = &records{stored: make(chan struct{})}
		r.late = time.AfterFunc(waitTogether, func() { o.store(r) })
		o.next = r
	}
	n := len(r.all)
	r.all = append(r.all, rec)
	o.mu.Unlock()
	o.store(nil)
	<-r.stored
	return r.errs[n]
}

// store stores what waits if nothing more is waited for, or if it is what is late.
func (o *outcomes) store(late *records) {
	o.mu.Lock()
	r := o.next
	if r == nil || r != late && len(r.all) < min(mostTogether, o.cycles) {
		o.mu.Unlock()
		return
	}
	o.next = nil
	o.mu.Unlock()
	r.late.Stop()
	r.errs = o.save(r.all)
	close(r.stored)
}
