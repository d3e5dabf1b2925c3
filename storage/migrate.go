package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

// errOlder is returned by [Verify], which changes nothing, of a file that Open
// would bring forward.
var errOlder = errors.New("database was written by an older version, open it first")

// migration brings a file from one schema to the next. A release never changes
// one that an earlier release had.
type migration struct {
	tables []string // that the next schema has more
	// step rewrites some records after a position, which is empty at first, and
	// tells where it got to; empty at the end. It is one transaction, so that
	// a kill loses little work and memory is bounded: a thousand are enough.
	// nil where no record changes.
	step func(t *tables, after []byte) (position []byte, err error)
}

// migrations lead on from schema 1, 2 and so on.
func migrations() []migration {
	return []migration{
		{tables: []string{"versions"}},
		{tables: []string{"copies"}},
		{tables: []string{"dictionaries"}},
		{tables: []string{"runs"}, step: toRuns},
		{step: toPeriods},
		{tables: []string{"health"}},
		{tables: []string{"told"}},
		{tables: []string{"bundles"}},
		{}, // bodies are stored beside their contents from here on, which older versions take for damaged
		{}, // and coded as a delta, and young articles with s2
		{step: toSpans},
		{tables: []string{"fetched"}},
	}
}

// migrate brings the database to this version's schema. A copy of a file as it was
// is made first, and stays for the owner to delete.
func (s *Store) migrate(from int) error {
	if from >= schema {
		return nil
	}
	if s.verifying {
		return fmt.Errorf("%w: it has schema %d, this version makes %d", errOlder, from, schema)
	}
	if s.disk != nil {
		if err := s.disk.keepOld(from); err != nil {
			return fmt.Errorf("copy before migration: %w", err)
		}
	}
	if err := s.engine.View(s.loadDictionaries); err != nil {
		return err
	}
	for ; from < schema; from++ {
		if err := s.leadOn(from, migrations()[from-1]); err != nil {
			return fmt.Errorf("migrate from schema %d: %w", from, err)
		}
	}
	return nil
}

// keepOld copies the file beside itself. A copy that is there already is of an
// earlier attempt, and older than what that has changed.
func (f *file) keepOld(version int) error {
	target := fmt.Sprintf("%s.schema-%d", f.path, version)
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	part := target + ".part"
	err := f.db.View(func(tx *bolt.Tx) error { return tx.CopyFile(part, fileMode) })
	if err == nil {
		err = syncFile(part)
	}
	if err == nil {
		err = os.Rename(part, target)
	}
	if err != nil {
		os.Remove(part)
		return err
	}
	return syncDir(filepath.Dir(target))
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// leadOn takes one migration in transactions of a bounded size. Where it has got
// to is stored with what it did, so that an interrupted one goes on there.
func (s *Store) leadOn(from int, m migration) error {
	for done := false; !done; {
		err := s.engine.Update(func(tx Tx) (err error) {
			done, err = s.migrateSome(tx, from, m)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) migrateSome(tx Tx, from int, m migration) (done bool, err error) {
	meta := tx.Table("meta")
	if now, err := strconv.Atoi(string(meta.Get(schemaKey))); err == nil && now > from {
		return true, nil // another node has done it meanwhile
	}
	for _, name := range m.tables {
		if err := tx.Create(name); err != nil {
			return false, err
		}
	}
	var position []byte
	if m.step != nil {
		if position, err = m.step(s.tables(tx), meta.Get([]byte("migrated"))); err != nil {
			return false, err
		}
	}
	if len(position) > 0 {
		return false, meta.Put([]byte("migrated"), position)
	}
	if err := meta.Delete([]byte("migrated")); err != nil {
		return false, err
	}
	return true, putSchema(meta, from+1)
}

// migrationStep is how many entries one transaction of a migration takes.
const migrationStep = 1000

// some are entries of a table after a position, which is their last key.
func some(b Table, after []byte) (entries [][2][]byte) {
	c := b.Cursor()
	for k, v := c.Seek(append(bytes.Clone(after), 0)); k != nil && len(entries) < migrationStep; k, v = c.Next() {
		entries = append(entries, [2][]byte{bytes.Clone(k), append(nothing(), v...)})
	}
	return entries
}

// toRuns takes the runs out of "index", where each lay by itself.
func toRuns(t *tables, after []byte) (position []byte, err error) {
	for _, e := range some(t.index, after) {
		position = e[0]
		if position[0] == 'p' {
			continue
		}
		end := len(position) - 8
		key := term(position[:end]).at(fromNumber(position[end:]))
		if err := errors.Join(t.runs.Put(key, e[1]), t.index.Delete(position)); err != nil {
			return nil, err
		}
	}
	return position, nil
}

// toPeriods puts the period into the keys of "seen", which had the source number
// and the hash only. Those that it made are longer.
func toPeriods(t *tables, after []byte) (position []byte, err error) {
	for _, e := range some(t.seen, after) {
		position = e[0]
		if len(position) != 4+8 {
			continue
		}
		arrival, item := fromNumber(e[1]), fromNumber(position[4:])
		if !t.known(arrival, item) {
			arrival = 0
		}
		key := seenKey(binary.BigEndian.Uint32(position), arrival, item)
		if err := errors.Join(t.seen.Delete(position), t.seen.Put(key, e[1])); err != nil {
			return nil, err
		}
	}
	return position, nil
}

// known tells whether the first key of an item leads to an article.
func (t *tables) known(arrival, item uint64) bool {
	if arrival == 0 {
		return false
	}
	r, err := t.record(arrival)
	return err == nil && slices.ContainsFunc(r.Keys, func(key string) bool { return itemHash(key) == item })
}

// toSpans puts the span in front of the arrival in the order of publication, where the
// whole time was. It begins at the beginning each time, until there is nothing left: an
// older version may have written meanwhile, one that was started again, or of another node.
func toSpans(t *tables, _ []byte) (position []byte, err error) {
	for _, e := range some(t.index, []byte{'p'}) {
		position = e[0]
		if position[0] != 'p' { // of an older run, which was interrupted as well: a check tells
			return nil, nil
		}
		if len(position) != 1+8+8 {
			return nil, fmt.Errorf("%w: index: %x", ErrDamaged, position)
		}
		p := published{int64(fromNumber(position[1:]) ^ 1<<63), fromNumber(position[9:])}
		if err := errors.Join(t.index.Put(p.key(), p.value()), t.index.Delete(position)); err != nil {
			return nil, err
		}
	}
	return position, nil
}
