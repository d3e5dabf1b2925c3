package main

import (
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// man is where the manual pages are to stay; systemd/package takes them from there:
// they are made by a test so that the program itself need not be able to.
var man = flag.String("man", "", "write the manual pages into this `DIR`")

// TestManPages makes a manual page of every command, which mandoc, where it is
// installed, has nothing to say against.
func TestManPages(t *testing.T) {
	dir := *man
	if dir == "" {
		dir = t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	root := newRoot(newProgram(io.Discard, io.Discard, nil))
	root.DisableAutoGenTag = true
	for _, c := range documented(root) {
		c.DisableAutoGenTag = true
		name := strings.ReplaceAll(c.CommandPath(), " ", "-")
		var page strings.Builder
		header := doc.GenManHeader{Title: strings.ToUpper(name), Section: "1", Source: "aggregator " + release, Manual: "Feed aggregator"}
		if err := doc.GenMan(c, &header, &page); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".1"), []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		if plain := strings.ReplaceAll(page.String(), `\`, ""); !strings.Contains(plain, "fB"+c.CommandPath()) {
			t.Errorf("%s.1 does not say how it is called:\n%s", name, plain)
		}
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil || len(pages) < 20 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	if mandoc, err := exec.LookPath("mandoc"); err == nil {
		if said, err := exec.Command(mandoc, append([]string{"-T", "lint", "-W", "error"}, pages...)...).CombinedOutput(); err != nil {
			t.Errorf("mandoc: %v\n%s", err, said)
		}
	}
}

// documented are a command and all below it that help shows.
func documented(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && !sub.IsAdditionalHelpTopicCommand() {
			all = append(all, documented(sub)...)
		}
	}
	return all
}
