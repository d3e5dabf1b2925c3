//go:build unix && !solaris && !aix

package storage

import (
	"os"
	"syscall"
)

// unlock takes back the lock that bbolt has put on a file.
func unlock(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }
