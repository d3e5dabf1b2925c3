package daemon

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/storage"
)

// TestRecordsAreStoredTogether: those of cycles that end at about the same time are,
// at once when no other is waited for, and soon when another takes long.
func TestRecordsAreStoredTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var all [][]*storage.Source
		told, failure := 0, errors.New("disk full")
		// stored is what was stored since it was asked last.
		stored := func() (some [][]*storage.Source) {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			some, all = all, nil
			return some
		}
		o := outcomes{saving: make(chan struct{}, 1), save: func(recs []*storage.Source) []error {
			mu.Lock()
			defer mu.Unlock()
			all = append(all, recs)
			return slices.Repeat([]error{failure}, len(recs))
		}}
		cycle := func(takes time.Duration) {
			o.begin()
			time.AfterFunc(takes, func() {
				o.put(&storage.Source{Name: "s"}, func(err error) {
					mu.Lock()
					defer mu.Unlock()
					if told++; err != failure {
						t.Errorf("got %v", err)
					}
				})
			})
		}
		for range 3 {
			cycle(time.Second)
		}
		o.begin() // one that stores articles and brings no record of its own
		time.AfterFunc(time.Second+waitTogether/2, o.end)
		time.Sleep(2 * time.Second)
		if got := stored(); len(got) != 1 || len(got[0]) != 3 {
			t.Errorf("stored %v, want three together", got)
		}

		cycle(time.Minute)
		cycle(time.Second)
		time.Sleep(time.Second + waitTogether + time.Millisecond)
		if got := stored(); len(got) != 1 || len(got[0]) != 1 {
			t.Errorf("stored %v, want one that does not wait for what takes long", got)
		}

		start := time.Now()
		for range mostTogether {
			cycle(0)
		}
		if got := stored(); len(got) != 1 || len(got[0]) != mostTogether || time.Since(start) != 0 {
			t.Errorf("stored %d after %s", len(got), time.Since(start))
		}
		time.Sleep(time.Hour)
		stored()
		mu.Lock()
		defer mu.Unlock()
		if o.cycles != 0 || o.next != nil {
			t.Errorf("%d cycles are left, waiting %v", o.cycles, o.next)
		}
		if want := 3 + 1 + mostTogether + 1; told != want {
			t.Errorf("%d were told, want %d", told, want)
		}
	})
}

// TestRecordsWaitForThoseBefore: while a store takes long, no more is brought than is to
// be stored next, however many cycles there are.
func TestRecordsWaitForThoseBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var brought, told atomic.Int32
		o := outcomes{saving: make(chan struct{}, 1), save: func(recs []*storage.Source) []error {
			time.Sleep(time.Hour)
			return make([]error, len(recs))
		}}
		const workers, each = 16, mostTogether
		for range workers {
			go func() {
				for range each {
					o.begin()
					o.put(&storage.Source{}, func(error) { told.Add(1) })
					brought.Add(1)
				}
			}()
		}
		time.Sleep(time.Minute)
		if n := brought.Load(); n > 2*mostTogether {
			t.Errorf("%d were brought while none is stored", n)
		}
		time.Sleep(time.Duration(workers*each) * time.Hour)
		if n := told.Load(); n != workers*each {
			t.Errorf("%d were told, want %d", n, workers*each)
		}
	})
}
