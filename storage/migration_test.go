package storage

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"aggregator/normalize/article"

	bolt "go.etcd.io/bbolt"
)

// TestMigrationGoesOnWhereItWas: a migration that is interrupted between its
// transactions takes each record once, and counts only when it came to the end.
func TestMigrationGoesOnWhereItWas(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "a.db"), Options{Authority: "example.net,2026"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range 7 {
		e := Entry{Identity: article.Identity{Keys: []string{fmt.Sprint(i)}}}
		if _, err := s.Add(Batch{Source: "s", Entries: []Entry{e}}); err != nil {
			t.Fatal(err)
		}
	}
	var taken [][]byte
	interrupted := errors.New("interrupted")
	calls := 0
	m := migration{tables: []string{"more"}, step: func(tb *tables, after []byte) ([]byte, error) {
		if calls++; calls == 3 {
			return nil, interrupted
		}
		c := tb.articles.Cursor()
		k, _ := c.Seek(append(bytes.Clone(after), 0))
		for range 2 {
			if k == nil {
				return nil, nil
			}
			taken, after = append(taken, bytes.Clone(k)), bytes.Clone(k)
			k, _ = c.Next()
		}
		return after, nil
	}}
	version := func() (text string) {
		_ = s.db.View(func(tx *bolt.Tx) error {
			text = string(tx.Bucket([]byte("meta")).Get([]byte("schema")))
			return nil
		})
		return text
	}
	before := version()
	if err := s.leadOn(schema, m); !errors.Is(err, interrupted) || version() != before || len(taken) != 4 {
		t.Fatalf("%v, schema %s, %d taken", err, version(), len(taken))
	}
	if err := s.leadOn(schema, m); err != nil || version() != fmt.Sprint(schema+1) {
		t.Errorf("%v, schema %s", err, version())
	}
	if len(taken) != 7 || len(slices.CompactFunc(slices.Clone(taken), bytes.Equal)) != 7 {
		t.Errorf("%d records taken, want each of 7 once", len(taken))
	}
}
