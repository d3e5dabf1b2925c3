package storage

import (
	"bytes"
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
)

const (
	// mostMapped is how much more memory may be mapped to files, in bytes, than was at the
	// least since it was given back last. Less of it costs a round of many sources that have
	// not changed some hundredths: of each some pages are mapped again.
	mostMapped = 4 << 20
	// lookEvery is how often it is looked at while the file is used: some MB may be mapped
	// meanwhile,
	lookEvery = time.Millisecond
	// lookLast how long after the last use.
	lookLast = 4 * time.Millisecond
)

// letGo gives back the memory that pages of the file are mapped to, when it is much. The
// kernel maps sixteen for each that is read, and takes none back while there is room, so
// that in time all of the file would be counted as this process's. The pages stay in the
// kernel's cache.
//
// It is called within a transaction, while which bbolt leaves the mapping where it is.
func (f *file) letGo(tx *bolt.Tx) {
	now, last := time.Now().UnixNano(), f.looked.Load()
	if now-last < int64(lookEvery) || !f.looked.CompareAndSwap(last, now) {
		f.lookLater()
		return
	}
	mapped, known := mappedToFiles()
	switch kept := f.kept.Load(); {
	case !known:
	case mapped-kept >= mostMapped:
		f.giveBack(tx)
		mapped, _ = mappedToFiles()
		f.kept.Store(mapped)
	case mapped < kept: // others have given back what was mapped to other files
		f.kept.Store(mapped)
	}
}

// lookLater looks when it was looked at a while ago, for this may be the last transaction
// of a day.
func (f *file) lookLater() {
	if !f.later.CompareAndSwap(false, true) {
		return
	}
	time.AfterFunc(lookLast, func() {
		f.later.Store(false)
		_ = protect(func() error { return f.View(func(Tx) error { return nil }) }) // it may be closed
	})
}

// giveBack does so. A shared mapping is filled from the file again: madvise(2).
func (f *file) giveBack(tx *bolt.Tx) {
	// An error would only say that the memory stays.
	_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, f.db.Info().Data, uintptr(tx.Size()), syscall.MADV_DONTNEED)
}

// statm stays open: it is read up to a thousand times a second.
var statm atomic.Pointer[os.File]

// mappedToFiles is how much of this process's memory is, in bytes: proc_pid_statm(5).
func mappedToFiles() (int64, bool) {
	f := statm.Load()
	if f == nil {
		opened, err := os.Open("/proc/self/statm")
		if err != nil { // perhaps too many are open; it is tried again
			return 0, false
		}
		if f = opened; !statm.CompareAndSwap(nil, opened) {
			f = statm.Load()
			opened.Close()
		}
	}
	var text [128]byte
	n, _ := f.ReadAt(text[:], 0) // the end of it is an error
	fields := bytes.Fields(text[:n])
	if len(fields) < 3 {
		return 0, false
	}
	pages, err := strconv.ParseInt(string(fields[2]), 10, 64)
	return pages * int64(os.Getpagesize()), err == nil
}
