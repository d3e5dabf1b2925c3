package main

import (
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestJournalMessage: what the journal shows to people has the attributes too.
func TestJournalMessage(t *testing.T) {
	var said strings.Builder
	log := slog.New(newJournalHandler(slog.NewTextHandler(&said, &slog.HandlerOptions{ReplaceAttr: journalField})))
	log.With("source", "a").Warn("fetch failed", "err", fs.ErrNotExist, "took", 1500*time.Millisecond)
	log.Info("stopping")
	log.Debug("not heard")
	_, got, _ := strings.Cut(said.String(), "LEVEL=")
	got, rest, _ := strings.Cut(got, "\n")
	if want := `WARN MSG="fetch failed source=a err=\"file does not exist\" took=1.5s" SOURCE=a ERR="file does not exist" TOOK=1.5s`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !strings.HasSuffix(rest, "LEVEL=INFO MSG=stopping\n") {
		t.Errorf("got %s", rest)
	}
}
