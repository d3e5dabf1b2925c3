package daemon

import (
	"errors"
	"fmt"
	"time"

	"aggregator/storage"
)

const (
	// longestWrite is how long one write may take.
	longestWrite = time.Minute
	// storeAnswers is how long the store may take to answer.
	storeAnswers = 2 * time.Second
)

// Ready tells whoever asks what keeps the daemon from its work, in a line that names no
// address: that is in the log. Unlike [Daemon.Alive] it writes nothing to find that out.
func (d *Daemon) Ready() error {
	if !d.runs() {
		return errors.New("the scheduler has not run yet")
	}
	if err := d.moves(); err != nil {
		return err
	}
	if took := d.store.Writing(); took > longestWrite {
		return fmt.Errorf("the store has been writing for %s: look at its disk", took.Round(time.Second))
	}
	if text := d.Pauses(); text != "" {
		return errors.New(text)
	}
	_, err := d.answer.get(time.Second, d.askStore)
	return err
}

// Pauses tells in a line since when nobody is fetched, and what this machine lacks; ""
// while it lacks nothing.
func (d *Daemon) Pauses() string {
	reason, since := d.shortage.now()
	if reason == "" {
		return ""
	}
	return fmt.Sprintf("fetching pauses since %s: %s", since.In(d.Zone()).Format(time.DateTime), reason)
}

// complain tells the operator why a read failed that began at a time, as often as he
// is told of a shortage.
func (d *Daemon) complain(err error, began time.Time) {
	if errors.Is(err, storage.ErrAway) {
		d.lack("", unstored(err), began)
		return
	}
	now, last := time.Now(), d.complained.Load()
	if (last == nil || now.Sub(*last) >= tellAgain) && d.complained.CompareAndSwap(last, &now) {
		d.log.Error("store unreadable", "err", oneLine(err))
	}
}

// askStore is called once at a time, so that a store that hangs holds up few.
func (d *Daemon) askStore() (none struct{}, err error) {
	began := time.Now()
	answered := make(chan error, 1)
	go func() {
		_, err := d.store.Count()
		answered <- err
	}()
	timer := time.NewTimer(storeAnswers)
	defer timer.Stop()
	select {
	case err := <-answered:
		if err != nil {
			d.complain(err, began)
			return none, fmt.Errorf("the store does not answer: %s", brief(err))
		}
		return none, nil
	case <-timer.C:
		return none, fmt.Errorf("the store has not answered within %s", storeAnswers)
	}
}
