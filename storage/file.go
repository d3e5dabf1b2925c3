package storage

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

const (
	// fileMode lets a backup group read the file but not the world: addresses
	// of sources may hold tokens.
	fileMode = 0o640
	// lockWait is how long Open waits for another process to let go.
	lockWait = time.Second
)

// file is the engine of one machine.
type file struct {
	path         string
	db           *bolt.DB
	opened       *os.File
	size         int64      // that it had at least: it never becomes smaller
	writing      sync.Mutex // by the one who writes
	beginning    sync.Mutex // by the one who begins a transaction
	stuck        *stuck
	looked, kept atomic.Int64 // see letGo
	later        atomic.Bool
}

// open opens the file, and makes it where there is none. On errors it is closed
// again.
func (f *file) open(noSync bool) (err error) {
	f.beginning.Lock() // somebody may look later what is mapped of the file that it was before
	defer f.beginning.Unlock()
	f.opened, f.size, f.stuck = nil, 0, newStuck()
	defer func() {
		if err != nil && f.opened != nil {
			// bbolt closes the file with its own errors, not with its panics, and
			// what it has mapped then keeps the lock. Doing so twice does no harm.
			unlock(f.opened)
			f.opened.Close()
		}
	}()
	err = protect(func() error {
		f.db, err = bolt.Open(f.path, fileMode, &bolt.Options{
			Timeout:      lockWait,
			FreelistType: bolt.FreelistMapType,
			PageSize:     pageSize,
			NoSync:       noSync,
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				opened, err := os.OpenFile(name, flag, mode)
				f.opened = opened
				return opened, err
			},
		})
		return err
	})
	if err != nil {
		return err
	}
	if err = stillThere(f.path, f.opened); err == nil {
		err = protect(func() error { return f.db.View(f.ours) })
	}
	if err != nil {
		f.db.Close()
	}
	return err
}

// ours tells whether the file is empty or has a head of ours, and is whole.
func (f *file) ours(tx *bolt.Tx) error {
	if k, _ := tx.Cursor().First(); k != nil && tx.Bucket([]byte("meta")) == nil {
		return errForeign
	}
	if info, err := os.Stat(f.path); err == nil && info.Size() < tx.Size() {
		return fmt.Errorf("%w: it was cut from %d bytes to %d", ErrDamaged, tx.Size(), info.Size())
	}
	return nil
}

// explain tells what became of a file that could not be opened.
func (f *file) explain(err error, before os.FileInfo, keep bool) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout), errors.Is(err, ErrLocked):
		return fmt.Errorf("open %s: %w", f.path, ErrLocked)
	case before == nil:
		return fmt.Errorf("create database: %w", err)
	case errors.Is(err, ErrDamaged), errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum),
		before.Size() < 2*pageSize:
		if keep {
			if !errors.Is(err, ErrDamaged) {
				err = fmt.Errorf("%w: %w", ErrDamaged, err)
			}
			return fmt.Errorf("open %s: %w", f.path, err)
		}
		return setAside(f.path, before, err)
	}
	return fmt.Errorf("open database %s: %w", f.path, err)
}

func (f *file) String() string { return f.path }

func (f *file) Close() error {
	if f.stuck.now() { // bbolt would wait for its own lock
		unlock(f.opened)
		return f.opened.Close()
	}
	return f.db.Close()
}

func (f *file) View(fn func(Tx) error) error {
	tx, err := f.begin()
	if err != nil {
		return err
	}
	defer func() { _ = f.stuck.guard(tx.Rollback) }()
	return f.work(tx, fn)
}

// begin begins to read. One begins at a time, here and in Update: nobody waits for a lock
// that bbolt may keep.
func (f *file) begin() (tx *bolt.Tx, err error) {
	f.beginning.Lock()
	defer f.beginning.Unlock()
	if err := f.whole(); err != nil {
		return nil, err
	}
	err = f.stuck.guard(func() (err error) { tx, err = f.db.Begin(false); return err })
	return tx, closed(err)
}

func (f *file) Update(fn func(Tx) error) error {
	f.writing.Lock()
	defer f.writing.Unlock()
	f.beginning.Lock()
	begun := sync.OnceFunc(f.beginning.Unlock)
	defer begun()
	if err := f.whole(); err != nil {
		return err
	}
	var tx *bolt.Tx
	ended := false
	defer func() {
		if !ended && (tx == nil || tx.DB() != nil) { // of others that panic bbolt takes back what they did
			f.stuck.stick()
		}
	}()
	err := f.db.Update(func(its *bolt.Tx) error {
		tx = its
		begun()
		return f.work(tx, fn)
	})
	ended = true
	return closed(err)
}

func (f *file) work(tx *bolt.Tx, fn func(Tx) error) error {
	defer f.letGo(tx)
	return fn(fileTx{tx})
}

// whole tells of a file that was cut. To read what it lost would fault, and to write would
// hide that.
func (f *file) whole() error {
	if info, err := f.opened.Stat(); err == nil {
		if info.Size() < f.size {
			f.stuck.stick()
		}
		f.size = info.Size()
	}
	return f.stuck.err()
}

func closed(err error) error {
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}

// Space counts those pages as free as well that are once their last reader is gone.
func (f *file) Space() (s Space, err error) {
	err = f.View(func(tx Tx) error {
		s.PageSize, s.Bytes = f.db.Info().PageSize, tx.(fileTx).Size()
		return nil
	})
	st := f.db.Stats()
	s.Free = int64(st.FreePageN+st.PendingPageN) * int64(s.PageSize)
	return s, err
}

type fileTx struct{ *bolt.Tx }

func (tx fileTx) Table(name string) Table {
	b := tx.Bucket([]byte(name))
	if b == nil {
		return nil
	}
	b.FillPercent = fillPercent(name)
	return &fileTable{Bucket: b}
}

func (tx fileTx) Create(name string) error {
	_, err := tx.CreateBucketIfNotExists([]byte(name))
	return err
}

func (tx fileTx) Empty(name string) error {
	if err := tx.DeleteBucket([]byte(name)); err != nil {
		return err
	}
	return tx.Create(name)
}

// fillPercent tells how full bbolt leaves a page that it splits; half full, its
// default, is for keys that come in no order. Tables that grow at their end leave
// full ones behind: a record that becomes longer later finds room in most of them,
// since the next one did not fit in there. Those that grow at many ends leave
// pages behind that get some more. (Fuller ones of these are split so often
// that they take more room, measured.)
func fillPercent(table string) float64 {
	switch {
	case slices.Contains([]string{"articles", "bundles", "told", "raw", "versions", "changes", "index"}, table):
		return 1
	case slices.Contains([]string{"runs", "aliases", "seen", "sources", "fetched"}, table):
		return 0.7
	}
	return bolt.DefaultFillPercent
}

type fileTable struct {
	*bolt.Bucket
	at *bolt.Cursor // of Get: bbolt's own makes one for each key, which needs room
}

func (b *fileTable) Get(key []byte) []byte {
	if b.at == nil {
		b.at = b.Bucket.Cursor()
	}
	if k, v := b.at.Seek(key); bytes.Equal(k, key) {
		return v
	}
	return nil
}

func (b *fileTable) Cursor() Cursor { return b.Bucket.Cursor() }

func (*fileTable) Expect([][]byte) {} // it is near
