package storage

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const (
	// copyRows and copyBytes bound what one transaction of a copy takes.
	copyRows  = 5000
	copyBytes = 8 << 20
)

// NewFile makes the engine of a file, to copy a store to.
func NewFile(path string) (Engine, error) {
	f := &file{path: path}
	return f, f.open(false)
}

// errOccupied is of a copy to where something is.
var errOccupied = errors.New("there is something in it already")

// CopyTo copies all tables, as they are at one moment, to an engine that has none.
// What is there is a database only when all of it is. CopyTo calls at now and then
// with the number of articles copied, if it is not nil.
func (s *Store) CopyTo(to Engine, at func(articles int64)) error {
	err := s.engine.View(func(from Tx) error {
		c := copying{from: from, to: to, at: at}
		if err := to.Update(c.begin); err != nil {
			return err
		}
		for _, name := range tableNames() {
			if err := c.table(name); err != nil {
				return fmt.Errorf("table %s: %w", name, err)
			}
		}
		return to.Update(c.end)
	})
	if err != nil {
		return fmt.Errorf("copy to %s: %w", to, err)
	}
	return nil
}

type copying struct {
	from     Tx
	to       Engine
	at       func(int64)
	articles int64
}

// schemaKey is what makes tables a database: it is copied last.
var schemaKey = []byte("schema")

func (c *copying) begin(to Tx) error {
	if to.Table("meta") != nil {
		return errOccupied
	}
	for _, name := range tableNames() {
		if err := to.Create(name); err != nil {
			return err
		}
	}
	return nil
}

func (c *copying) end(to Tx) error {
	return to.Table("meta").Put(schemaKey, c.from.Table("meta").Get(schemaKey))
}

// table copies one, in transactions of a bounded size.
func (c *copying) table(name string) error {
	from := c.from.Table(name)
	cur := from.Cursor()
	k, v := cur.First()
	for {
		var keys, values [][]byte
		for size := 0; k != nil && len(keys) < copyRows && size < copyBytes; k, v = cur.Next() {
			if name == "meta" && bytes.Equal(k, schemaKey) {
				continue
			}
			keys, values = append(keys, bytes.Clone(k)), append(values, append(nothing(), v...))
			size += len(k) + len(v)
		}
		err := c.to.Update(func(to Tx) error {
			tb := to.Table(name)
			for i, key := range keys {
				if err := tb.Put(key, values[i]); err != nil {
					return err
				}
			}
			return tb.SetSequence(from.Sequence())
		})
		if err != nil {
			return err
		}
		if name == "articles" && c.at != nil {
			c.articles += int64(len(keys))
			c.at(c.articles)
		}
		if k == nil {
			return nil
		}
	}
}

// backupElsewhere is Backup of what is no file: a copy that is one.
func (s *Store) backupElsewhere(w io.Writer) error {
	dir, err := os.MkdirTemp("", "aggregator-backup")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	f := &file{path: filepath.Join(dir, "copy")}
	if err := f.open(true); err != nil {
		return err
	}
	if err := errors.Join(s.CopyTo(f, nil), f.Close()); err != nil {
		return err
	}
	copied, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer copied.Close()
	_, err = io.Copy(w, copied)
	return err
}
