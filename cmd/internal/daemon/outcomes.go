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
	// saving holds something meanwhile: no more is brought then than is waited for.
	saving chan struct{}

	mu     sync.Mutex
	cycles int      // under way that may yet bring a record
	next   *records // that wait; nil for none
}

type records struct {
	all    []*storage.Source
	stored []func(error) // of each
	late   *time.Timer
}

const (
	// mostTogether is how many records are waited for.
	mostTogether = 1024
	// waitTogether is how long one waits for others.
	waitTogether = 150 * time.Millisecond
)

// begin notes a cycle, which is to bring a record or to end.
func (o *outcomes) begin() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.cycles++
}

// end notes that no record of a cycle is to be waited for.
func (o *outcomes) end() {
	o.mu.Lock()
	o.cycles--
	o.mu.Unlock()
	o.store(nil)
}

// put brings the record of a cycle. It is stored with those that others bring meanwhile,
// and then, or when it cannot be, stored is called, which is to be quick.
func (o *outcomes) put(rec *storage.Source, stored func(error)) {
	o.mu.Lock()
	r := o.next
	if r == nil {
		r = &records{}
		r.late = time.AfterFunc(waitTogether, func() { o.store(r) })
		o.next = r
	}
	r.all, r.stored = append(r.all, rec), append(r.stored, stored)
	o.cycles--
	o.mu.Unlock()
	o.store(nil)
}

// store stores what waits if nothing more is waited for, or if it is what is late.
func (o *outcomes) store(late *records) {
	if o.due(late, false) == nil {
		return
	}
	o.saving <- struct{}{}
	var errs []error
	r := o.due(late, true)
	if r != nil { // else another has taken it meanwhile
		r.late.Stop()
		errs = o.save(r.all)
	}
	<-o.saving
	for i, err := range errs {
		r.stored[i](err)
	}
}

// due is what is to be stored now; nil for nothing.
func (o *outcomes) due(late *records, take bool) *records {
	o.mu.Lock()
	defer o.mu.Unlock()
	r := o.next
	if r == nil || r != late && len(r.all) < mostTogether && o.cycles > 0 {
		return nil
	}
	if take {
		o.next = nil
	}
	return r
}
