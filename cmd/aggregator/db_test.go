package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// TestClockWasAhead: db check tells that it was, and db compact mends what is left of it.
func TestClockWasAhead(t *testing.T) {
	dir := t.TempDir()
	config, database := filepath.Join(dir, "config.yaml"), filepath.Join(dir, "a.db")
	if err := os.WriteFile(config, fmt.Appendf(nil, "database: %s\nsources: []\n", database), 0o644); err != nil {
		t.Fatal(err)
	}
	now := time.Now().AddDate(3, 0, 0)
	s, err := storage.Open(database, storage.Options{Authority: "example.net,2026", Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"ahead", "since"} {
		e := storage.Entry{Identity: article.Identity{Keys: []string{key}, Name: key}, Article: article.Article{Title: key}}
		if _, err := s.Add(storage.Batch{Source: "s", Entries: []storage.Entry{e}}); err != nil {
			t.Fatal(err)
		}
		now = time.Now().Add(-time.Minute)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, said := command(t, exitOK, "--config", config, "db", "check"); !strings.Contains(said, "as of 1095 days from now") && !strings.Contains(said, "as of 1096 days from now") {
		t.Errorf("check says %q", said)
	}
	if _, said := command(t, exitOK, "--config", config, "db", "compact"); !strings.Contains(said, "2 articles stand in time again") {
		t.Errorf("compact says %q", said)
	}
	if _, said := command(t, exitOK, "--config", config, "db", "check"); said != "" {
		t.Errorf("check says %q after it", said)
	}
}
