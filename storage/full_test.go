//go:build unix

package storage_test

import (
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"aggregator/storage"
)

// A file that may not grow behaves like one on a full disk: what does not fit is
// not stored at all, what was stored stays, and it goes on when there is room.
func TestDiskFull(t *testing.T) {
	path := filled(t)
	s, err := open(t, path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	// go test writes a file as well: each transaction of bbolt's asks the environment,
	// which is noted there.
	allow := limitFiles(t, uint64(max(info.Size(), 8<<20)))
	o := newOrigin()
	stored, err := s.Count()
	for err == nil {
		if _, err = s.Add(o.batch()); err == nil {
			stored += 50
		}
		if o.n > 1<<20 {
			t.Fatal("the disk is never full")
		}
	}
	if errors.Is(err, storage.ErrDamaged) || !strings.Contains(err.Error(), path) {
		t.Errorf("full: %v", err)
	}
	if n := counted(t, s, "aggregator_store_write_failures_total"); n != 1 {
		t.Errorf("%v writes failed", n)
	}
	if n, err := s.Count(); err != nil || n != stored {
		t.Errorf("%d articles, %v, want %d", n, err, stored)
	}
	allow()
	if err := s.Check(); err != nil {
		t.Errorf("check: %v", err)
	}
	if err := s.PutSource(storage.Source{Name: "s"}); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// setLimit sets a limit, whatever number the system has for it.
func setLimit[N int64 | uint64](limit *N, to uint64) { *limit = N(to) }

// limitFiles lets no file grow beyond size until the function it returns is called.
func limitFiles(t *testing.T, size uint64) (allow func()) {
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Skip(err)
	}
	limit := old
	setLimit(&limit.Cur, size)
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Skip(err)
	}
	allow = func() { syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old) }
	t.Cleanup(func() { allow(); signal.Reset(syscall.SIGXFSZ) })
	return allow
}
