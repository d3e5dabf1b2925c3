package storage_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"aggregator/storage"
)

// counted is a counter or gauge of a store, or how many a histogram has counted.
func counted(t *testing.T, s *storage.Store, name string) float64 {
	t.Helper()
	r := prometheus.NewRegistry()
	r.MustRegister(s)
	all, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if f.GetName() == name {
			m := f.GetMetric()[0]
			return m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	t.Fatalf("no %s", name)
	return 0
}

// TestWritesAreCounted: a write that fails for its own reasons is no failure of the
// store, and while one is under way it is known how long.
func TestWritesAreCounted(t *testing.T) {
	s, err := open(t, filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := s.PutSource(storage.Source{Name: "s"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Split("none", ""); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("split of nothing: %v", err)
	}
	if n := counted(t, s, "aggregator_store_write_duration_seconds"); n != 3 {
		t.Errorf("%v writes", n)
	}
	if n := counted(t, s, "aggregator_store_write_failures_total"); n != 0 {
		t.Errorf("%v failures", n)
	}
	if d := s.Writing(); d != 0 {
		t.Errorf("nothing is written, for %s", d)
	}
	if err := s.Update(func() {
		time.Sleep(20 * time.Millisecond)
		if d := s.Writing(); d < 20*time.Millisecond || d > time.Minute {
			t.Errorf("writing for %s", d)
		}
	}); err != nil {
		t.Error(err)
	}
}
