package storage

import (
	"errors"
	"fmt"
	"os"
	"strconv"
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

// Open opens the database at path, and makes it where there is none. A damaged
// file is set aside and the error says where; the next Open then starts afresh.
// A file that is no database of ours is left alone. One of which more than half
// is free is compacted first.
func Open(path string, o Options) (*Store, error) {
	before, err := inspect(path)
	if err != nil {
		return nil, err
	}
	if before == nil && o.Authority == "" {
		return nil, fmt.Errorf("create database %s: no authority to mint ids under", path)
	}
	s, err := newStore(path, o)
	if err != nil {
		return nil, err
	}
	if err := s.open(o); err != nil {
		s.codec.close()
		return nil, s.explain(err, before)
	}
	if err := s.compactSparse(o); err != nil {
		s.codec.close()
		return nil, s.explain(err, before)
	}
	go s.write()
	return s, nil
}

func newStore(path string, o Options) (*Store, error) {
	c, err := newCodec()
	if err != nil {
		return nil, err
	}
	s := &Store{
		path: path, codec: c, now: o.Now, slug: o.Slug, claimed: o.Claimed, metrics: newMetrics(),
		writes: make(chan write), closing: make(chan struct{}), written: make(chan struct{}),
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s, nil
}

// open opens the file and finds out whether it can be worked with, without
// reading all of it. On errors the file is closed again.
func (s *Store) open(o Options) error {
	var file *os.File
	err := protect(func() (err error) {
		s.db, err = bolt.Open(s.path, fileMode, &bolt.Options{
			Timeout:      lockWait,
			FreelistType: bolt.FreelistMapType,
			PageSize:     pageSize,
			NoSync:       o.NoSync,
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				f, err := os.OpenFile(name, flag, mode)
				file = f
				return f, err
			},
		})
		if err != nil {
			return err
		}
		if err := stillThere(s.path, file); err != nil {
			return err
		}
		return s.prepare(o)
	})
	switch {
	case err != nil && s.db != nil:
		s.db.Close()
	case err != nil && file != nil:
		// bbolt closes the file with its own errors, not with its panics;
		// closing twice does no harm, keeping the lock would.
		file.Close()
	}
	return err
}

// prepare makes the tables of a new file, and looks at those of an old one.
func (s *Store) prepare(o Options) error {
	empty, version := false, 0
	err := s.db.View(func(tx *bolt.Tx) (err error) {
		if k, _ := tx.Cursor().First(); k == nil {
			empty = true
			return nil
		}
		version, err = s.head(tx)
		return err
	})
	switch {
	case err != nil:
		return err
	case !empty:
		if err := s.migrate(version); err != nil {
			return err
		}
		return s.db.View(s.look)
	}
	if o.Authority == "" {
		return errors.New("no authority to mint ids under")
	}
	s.authority = o.Authority
	return s.db.Update(s.create)
}

func (s *Store) create(tx *bolt.Tx) error {
	for _, name := range bucketNames() {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return err
		}
	}
	meta := tx.Bucket([]byte("meta"))
	if err := meta.Put([]byte("authority"), []byte(s.authority)); err != nil {
		return err
	}
	began, err := s.codec.marshal(storedMark{Since: millis(s.now())})
	if err != nil {
		return err
	}
	if err := meta.Put(markKey(""), began); err != nil {
		return err
	}
	return meta.Put([]byte("schema"), strconv.AppendInt(nil, schema, 10))
}

// head reads what a file says of itself, and tells its schema.
func (s *Store) head(tx *bolt.Tx) (version int, err error) {
	meta := tx.Bucket([]byte("meta"))
	if meta == nil {
		return 0, errForeign
	}
	version, err = strconv.Atoi(string(meta.Get([]byte("schema"))))
	if err != nil || version < 1 {
		return 0, errForeign
	}
	if version > schema {
		return 0, fmt.Errorf("%w: it has schema %d, this version knows %d", ErrNewer, version, schema)
	}
	s.authority = string(meta.Get([]byte("authority")))
	if info, err := os.Stat(s.path); err == nil && info.Size() < tx.Size() {
		return 0, fmt.Errorf("%w: it was cut from %d bytes to %d", ErrDamaged, tx.Size(), info.Size())
	}
	return version, nil
}

// look reads both ends of each table.
func (s *Store) look(tx *bolt.Tx) error {
	for _, name := range bucketNames() {
		b := tx.Bucket([]byte(name))
		if b == nil {
			return fmt.Errorf("%w: table %s is missing", ErrDamaged, name)
		}
		b.Cursor().First()
		b.Cursor().Last()
	}
	return s.loadDictionaries(tx)
}

// explain tells what became of a file that could not be opened.
func (s *Store) explain(err error, before os.FileInfo) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout), errors.Is(err, ErrLocked):
		return fmt.Errorf("open %s: %w", s.path, ErrLocked)
	case before == nil:
		return fmt.Errorf("create database: %w", err)
	case errors.Is(err, ErrDamaged), errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum),
		before.Size() < 2*pageSize:
		return setAside(s.path, before, err)
	}
	return fmt.Errorf("open database %s: %w", s.path, err)
}
