package storage

import (
	"bytes"
	"crypto/rand"
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

// Errors of CopyTo.
var (
	ErrOccupied = errors.New("there is something in it already")
	errTwo      = errors.New("another copy to it was begun")
)

// CopyTo copies all tables, as they are at one moment, to an engine that has none, or
// what a copy has left that did not end. What is there is a database only when all of it
// is. CopyTo calls at now and then with the number of articles copied, if it is not nil.
func (s *Store) CopyTo(to Engine, at func(articles int64)) error {
	// An engine that could not read may run it again, which then begins anew.
	err := s.engine.View(func(from Tx) error {
		c := copying{from: from, to: to, at: at, mark: []byte(rand.Text())}
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

// Unfinished tells whether an engine has what a copy has left that did not end.
func Unfinished(e Engine) (is bool, err error) {
	err = e.View(func(tx Tx) error {
		is = unfinished(tx)
		return nil
	})
	return is, err
}

func unfinished(tx Tx) bool {
	meta := tx.Table("meta")
	return meta != nil && meta.Get(copyingKey) != nil && meta.Get(schemaKey) == nil
}

type copying struct {
	from     Tx
	mark     []byte // of this copy
	to       Engine
	at       func(int64)
	articles int64
}

var (
	// schemaKey is what makes tables a database: it is copied last.
	schemaKey = []byte("schema")
	// copyingKey is whose the tables are until then.
	copyingKey = []byte("copying")
)

func (c *copying) begin(to Tx) error {
	again := unfinished(to)
	if to.Table("meta") != nil && !again {
		return ErrOccupied
	}
	for _, name := range tableNames() {
		err := to.Create(name)
		if err == nil && again {
			err = to.Empty(name)
		}
		if err != nil {
			return err
		}
	}
	return to.Table("meta").Put(copyingKey, c.mark)
}

func (c *copying) end(to Tx) error {
	if err := c.own(to); err != nil {
		return err
	}
	meta := to.Table("meta")
	return errors.Join(meta.Delete(copyingKey), meta.Put(schemaKey, c.from.Table("meta").Get(schemaKey)))
}

// own tells of tables that another copy has begun anew.
func (c *copying) own(to Tx) error {
	if !bytes.Equal(to.Table("meta").Get(copyingKey), c.mark) {
		return errTwo
	}
	return nil
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
			if err := c.own(to); err != nil {
				return err
			}
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
