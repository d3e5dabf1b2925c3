package storage

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
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
	if _, there := os.Stat(path); before == nil && there == nil && o.Keep {
		return nil, fmt.Errorf("database %s: %w: it is empty", path, ErrDamaged)
	}
	if before == nil && o.Authority == "" {
		return nil, fmt.Errorf("create database %s: no authority to mint ids under", path)
	}
	s, err := newStore(&file{path: path}, o)
	if err != nil {
		return nil, err
	}
	if err := s.openFile(o); err != nil {
		return nil, s.disk.explain(err, before, o.Keep)
	}
	// Who compacts has the lock that is ours now: this is of one that was killed.
	_ = os.Remove(s.disk.compacted())
	if err := s.compactSparse(o); err != nil {
		return nil, s.disk.explain(err, before, o.Keep)
	}
	go s.write()
	return s, nil
}

// On makes a store on an engine, with tables of its own where there are none. The
// engine is the store's from then on, which closes it; on errors too.
func On(e Engine, o Options) (*Store, error) {
	s, err := newStore(e, o)
	if err == nil {
		err = s.wrap(protect(func() error { return s.prepare(o) }))
	}
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	go s.write()
	return s, nil
}

func newStore(e Engine, o Options) (*Store, error) {
	c, err := newCodec()
	if err != nil {
		return nil, err
	}
	s := &Store{
		engine: e, codec: c, now: o.Now, slug: o.Slug, claimed: o.Claimed, metrics: newMetrics(), mostYoung: mostYoung, bundling: make(chan struct{}, 1),
		writes: make(chan write), closing: make(chan struct{}), written: make(chan struct{}),
	}
	s.disk, _ = e.(*file)
	if s.now == nil {
		s.now = time.Now
	}
	return s, nil
}

// openFile opens the file and finds out whether it can be worked with, without
// reading all of it. On errors the file is closed again.
func (s *Store) openFile(o Options) error {
	err := protect(func() error {
		if err := s.disk.open(o.NoSync); err != nil {
			return err
		}
		return s.prepare(o)
	})
	if err != nil && s.disk.db != nil {
		s.disk.Close()
	}
	return err
}

// prepare makes the tables of a new database, and looks at those of an old one.
func (s *Store) prepare(o Options) error {
	version := 0
	head := func(tx Tx) (err error) {
		version, err = s.head(tx)
		return err
	}
	if err := s.engine.View(head); err != nil {
		return err
	}
	if version == 0 {
		if o.Authority == "" {
			return errors.New("no authority to mint ids under")
		}
		create := func(tx Tx) error {
			if err := head(tx); err != nil || version != 0 { // another made them meanwhile
				return err
			}
			version = schema
			s.authority.Store(&o.Authority)
			return s.create(tx)
		}
		if err := s.engine.Update(create); err != nil {
			return err
		}
	}
	if err := s.migrate(version); err != nil {
		return err
	}
	return s.engine.View(s.look)
}

func (s *Store) create(tx Tx) error {
	for _, name := range tableNames() {
		if err := tx.Create(name); err != nil {
			return err
		}
	}
	meta := tx.Table("meta")
	if err := meta.Put([]byte("authority"), []byte(s.Authority())); err != nil {
		return err
	}
	began, err := s.codec.marshal(storedMark{Since: millis(s.now())})
	if err != nil {
		return err
	}
	if err := meta.Put(markKey(""), began); err != nil {
		return err
	}
	return putSchema(meta, schema)
}

// putSchema stores the version of the schema, also as the table's number: that is read
// with every write, and costs nothing.
func putSchema(meta Table, version int) error {
	if err := meta.SetSequence(uint64(version)); err != nil {
		return err
	}
	return meta.Put(schemaKey, strconv.AppendInt(nil, int64(version), 10))
}

func errNewer(version int) error {
	return fmt.Errorf("%w: it has schema %d, this version knows %d", ErrNewer, version, schema)
}

// head reads what a database says of itself, and tells its schema; 0 of an empty
// one.
func (s *Store) head(tx Tx) (version int, err error) {
	meta := tx.Table("meta")
	if meta == nil {
		return 0, nil
	}
	version, err = strconv.Atoi(string(meta.Get([]byte("schema"))))
	if err != nil || version < 1 {
		return 0, errForeign
	}
	if version > schema {
		return 0, errNewer(version)
	}
	authority := string(meta.Get([]byte("authority")))
	s.authority.Store(&authority)
	return version, nil
}

// look reads both ends of each table.
func (s *Store) look(tx Tx) error {
	for _, name := range tableNames() {
		b := tx.Table(name)
		if b == nil {
			return fmt.Errorf("%w: table %s is missing", ErrDamaged, name)
		}
		b.Cursor().First()
		b.Cursor().Last()
	}
	return s.lookAtDictionaries(tx)
}
