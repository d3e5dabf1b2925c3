package storage

import (
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
)

// letGoEvery is how often the memory that the file is mapped to is given back, while
// the file is used: often enough that what is read meanwhile is little, and so seldom
// that reading it again costs nothing.
const letGoEvery = 100 * time.Millisecond

// letGo gives back the memory that pages of the file are mapped to. The kernel maps
// sixteen for each that is read, and takes none back while there is room, so that in
// time all of the file would be counted as this process's. The pages stay in the
// kernel's cache (madvise(2): a shared mapping is filled from the file again).
//
// It is called within a transaction, while which bbolt leaves the mapping where it is.
func (f *file) letGo(tx *bolt.Tx) {
	now, last := time.Now().UnixNano(), f.gone.Load()
	if now-last < int64(letGoEvery) || !f.gone.CompareAndSwap(last, now) {
		return
	}
	// An error would only say that the memory stays.
	_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, f.db.Info().Data, uintptr(tx.Size()), syscall.MADV_DONTNEED)
}
