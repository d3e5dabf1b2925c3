package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"
)

const (
	// compactStep is how many bytes one transaction of a compaction takes, for
	// it is held in memory.
	compactStep = 16 << 20
	// worthCompacting is how large a file is at least that Open compacts by
	// itself: a small one soon needs its free pages again.
	worthCompacting = 32 << 20
)

// Compact writes the database anew, without its free pages, and closes the
// store. The new file takes the place of the old one only after it was checked
// and is on the disk; whatever fails before leaves the old one as it was. Compact
// calls at now and then with the bytes written, if it is not nil. What is some days old
// is put in bundles first.
func (s *Store) Compact(at func(written int64)) error {
	if _, err := s.Bundle(context.Background()); errors.Is(err, ErrClosed) {
		return ErrClosed
	} else if err != nil {
		return fmt.Errorf("compact: %w", err)
	}
	err := ErrClosed
	s.once.Do(func() {
		close(s.closing)
		<-s.written
		s.bundling <- struct{}{} // for good
		err = errors.Join(s.disk.rewrite(at), s.wrap(s.engine.Close()))
	})
	return err
}

// compactSparse compacts a file of which more than half is free, and opens it
// again. A compaction that fails, on a full disk for one, is no reason not to
// start: the file is good as it is.
func (s *Store) compactSparse(o Options) error {
	space, err := s.engine.Space()
	if err != nil || space.Bytes < worthCompacting || space.Free <= space.Bytes/2 {
		return nil
	}
	if err := s.disk.rewrite(nil); err != nil {
		return nil
	}
	if err := s.engine.Close(); err != nil {
		return err
	}
	return s.openFile(o)
}

// compacted is where a compact copy is written.
func (f *file) compacted() string { return f.path + ".compact" }

// rewrite puts a compact copy in the place of the file. Its lock stays on the
// old file; see stillThere.
func (f *file) rewrite(at func(written int64)) error {
	target := f.compacted()
	if err := os.Remove(target); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("compact: %w", err)
	}
	stop := watch(target, at)
	err := protect(func() error { return f.copyTo(target) })
	stop()
	if err == nil {
		err = Verify(target)
	}
	if err == nil {
		err = os.Rename(target, f.path)
	}
	if err != nil {
		os.Remove(target)
		return fmt.Errorf("compact %s: %w; the file is as it was", f.path, err)
	}
	return syncDir(filepath.Dir(f.path))
}

// watch tells how long a file is, until it is stopped.
func watch(name string, at func(size int64)) (stop func()) {
	if at == nil {
		return func() {}
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			case <-time.After(200 * time.Millisecond):
			}
			if info, err := os.Stat(name); err == nil {
				at(info.Size())
			}
		}
	}()
	return func() { close(end); <-ended }
}

// copyTo writes the tables to a new file and has it on the disk at its return.
func (f *file) copyTo(target string) error {
	mode := os.FileMode(fileMode)
	if info, err := os.Stat(f.path); err == nil {
		mode = info.Mode().Perm()
	}
	dst, err := bolt.Open(target, mode, &bolt.Options{
		Timeout: lockWait, FreelistType: bolt.FreelistMapType, PageSize: pageSize, NoSync: true,
	})
	if err != nil {
		return err
	}
	var size int64
	if err = bolt.Compact(dst, f.db, compactStep); err == nil {
		err = dst.View(func(tx *bolt.Tx) error { size = tx.Size(); return nil })
	}
	if err = errors.Join(err, dst.Close()); err != nil {
		return err
	}
	// bbolt makes a file grow by more than it needs, which nothing would ever use
	// here but the next growth.
	return errors.Join(os.Truncate(target, size), syncFile(target))
}

// syncDir has the entries of a directory on the disk, so that a power cut does
// not bring back what was renamed.
func syncDir(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// stillThere tells that the opened file is the one at the path. Who waited for
// the lock while another process compacted holds a file that nobody will see
// again, and must not write to it.
func stillThere(path string, file *os.File) error {
	opened, err := file.Stat()
	if err != nil {
		return err
	}
	now, err := os.Stat(path)
	if err != nil || !os.SameFile(opened, now) {
		return fmt.Errorf("%w: it was replaced while it was being opened", ErrLocked)
	}
	return nil
}
