package daemon

import (
	"errors"
	"slices"
	"sync"
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
		var saved [][]*storage.Source
		stored := func() (since [][]*storage.Source) {
			mu.Lock()
			defer mu.Unlock()
			since, saved = saved, nil
			return since
		}
		failure := errors.New("disk full")
		o := outcomes{save: func(recs []*storage.Source) []error {
			mu.Lock()
			defer mu.Unlock()
			saved = append(saved, recs)
			return slices.Repeat([]error{failure}, len(recs))
		}}
		cycle := func(takes time.Duration) {
			o.begin()
			go func() {
				defer o.end()
				time.Sleep(takes)
				if err := o.put(&storage.Source{Name: "s"}); err != failure {
					t.Errorf("got %v", err)
				}
			}()
		}
		for range 3 {
			cycle(time.Second)
		}
		o.begin() // one that stores articles and brings no record of its own
		time.AfterFunc(time.Second+waitTogether/2, o.end)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if all := stored(); len(all) != 1 || len(all[0]) != 3 {
			t.Errorf("stored %v, want three together", all)
		}

		cycle(time.Minute)
		cycle(time.Second)
		time.Sleep(time.Second + waitTogether + time.Millisecond)
		synctest.Wait()
		if all := stored(); len(all) != 1 || len(all[0]) != 1 {
			t.Errorf("stored %v, want one that does not wait for what takes long", all)
		}

		start := time.Now()
		for range mostTogether {
			cycle(0)
		}
		synctest.Wait()
		if all := stored(); len(all) != 1 || len(all[0]) != mostTogether || time.Since(start) != 0 {
			t.Errorf("stored %d after %s", len(all), time.Since(start))
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if o.cycles != 0 || o.next != nil {
			t.Errorf("%d cycles are left, waiting %v", o.cycles, o.next)
		}
	})
}
