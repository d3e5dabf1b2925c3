package storage

import (
	"path/filepath"
	"testing"
	"time"
)

// TestPauses: pauses outlive the program, and are forgotten when they are old.
func TestPauses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	day := func(n int) time.Time { return time.Date(2026, time.March, n, 0, 0, 0, 0, time.UTC) }
	for n := range 3 {
		s, err := Open(file, Options{Authority: "x.example,2026"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.PutPause(Pause{day(2 + n), day(3 + n)}, day(4)); err != nil {
			t.Fatal(err)
		}
		all, err := s.Pauses()
		if want := []int{0, 1, 2}[n]; err != nil || len(all) != want || want > 0 && all[0] != (Pause{day(3), day(4)}) {
			t.Errorf("%d: %v, %v", n, all, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
