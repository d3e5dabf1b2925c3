package main

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestHelp: every command says what it does and shows how, in words that are
// commands and flags.
func TestHelp(t *testing.T) {
	root := newRoot(newProgram(io.Discard, io.Discard, nil))
	var all func(*cobra.Command)
	all = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			all(sub)
		}
		if !c.IsAvailableCommand() || c.Parent() != nil && c.Parent().Name() == "completion" || c.Name() == "help" {
			return
		}
		if c.Short == "" || strings.HasSuffix(c.Short, ".") || c.Example == "" {
			t.Errorf("%s: short %q, example %q", c.CommandPath(), c.Short, c.Example)
		}
		for line := range strings.Lines(c.Example) {
			shown(t, root, strings.TrimSpace(line))
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s: --%s says nothing", c.CommandPath(), f.Name)
			}
		})
	}
	all(root)
}

// runs matches what an example runs of this program, up to the next command.
var runs = regexp.MustCompile(`(?:^|[( ])aggregator( [^&|>)]*)?`)

// shown looks for the commands and flags of an example.
func shown(t *testing.T, root *cobra.Command, line string) {
	t.Helper()
	all := runs.FindAllStringSubmatch(line, -1)
	if len(all) == 0 {
		t.Errorf("%q does not run the program", line)
	}
	for _, run := range all {
		words := strings.Fields(run[1])
		if len(words) > 0 && words[0] == "aggregator" || strings.Contains(line, "systemctl") && !strings.Contains(run[1], "db") {
			continue // its service
		}
		c, rest, err := root.Find(words)
		if err != nil || c == root {
			t.Errorf("%s: aggregator%s: %v", line, run[1], err)
			continue
		}
		for _, word := range rest {
			word, _, _ = strings.Cut(word, "=")
			if name, ok := strings.CutPrefix(word, "--"); ok && c.Flag(name) == nil && root.PersistentFlags().Lookup(name) == nil {
				t.Errorf("%s: no flag --%s", line, name)
			}
		}
	}
}
