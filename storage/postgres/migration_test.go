package postgres_test

import (
	"errors"
	"strconv"
	"testing"

	"aggregator/storage"
	"aggregator/storage/postgres"
	"aggregator/storage/postgres/postgrestest"
)

// between is an engine on which something happens after its first write.
type between struct {
	storage.Engine
	happens func()
}

func (b *between) Update(fn func(storage.Tx) error) error {
	err := b.Engine.Update(fn)
	if happens := b.happens; happens != nil {
		b.happens = nil
		happens()
	}
	return err
}

// TestMigrationByTwo: of two nodes of a new version that bring the tables forward at
// the same time, the slower one undoes nothing; and one of an old version that runs on
// writes no more, though nothing else was written.
func TestMigrationByTwo(t *testing.T) {
	url := postgrestest.Start(t, "fsync=off").Database()
	open := func() *postgres.Engine {
		e, err := postgres.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	o := storage.Options{Authority: "example.net,2026"}
	running, err := storage.On(open(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	raw := open()
	defer raw.Close()
	version := func() (n int) {
		err := raw.View(func(tx storage.Tx) (err error) {
			n, err = strconv.Atoi(string(tx.Table("meta").Get([]byte("schema"))))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	today := version()
	set := func(version int) {
		err := raw.Update(func(tx storage.Tx) error {
			meta := tx.Table("meta")
			return errors.Join(meta.SetSequence(uint64(version)), meta.Put([]byte("schema"), []byte(strconv.Itoa(version))))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	set(today - 3)
	slow := &between{Engine: open()}
	slow.happens = func() {
		quick, err := storage.On(open(), o)
		if err != nil {
			t.Error(err)
			return
		}
		quick.Close()
		slow.happens = func() {
			if got := version(); got != today {
				t.Errorf("schema %d after another node made %d", got, today)
			}
		}
	}
	s, err := storage.On(slow, o)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()

	set(today + 1)
	if err := running.PutSource(storage.Source{Name: "s"}); !errors.Is(err, storage.ErrNewer) {
		t.Errorf("an old node writes into newer tables: %v", err)
	}
}
