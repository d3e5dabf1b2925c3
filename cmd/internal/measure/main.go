// Measure says what the work of aggregator costs beside the least that does the
// same with the same libraries, and whether the goals for that are met:
//
//	go run ./cmd/internal/measure
//	go run ./cmd/internal/measure -pairs 1 cold incremental
//
// Each row runs two programs in turn against one origin on the loopback interface:
// a floor (floor.go), and aggregator. What each takes is counted by the system: user
// and system time and the largest memory of the process from its start to its end, in
// brackets what it has of its own, without what is mapped of files. Of rows that a
// daemon does in a moment, what it takes to start is taken away: it does that once.
// The table shows the medians of some such pairs. Only ratios hold on another machine,
// or on one that others use too.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) > 2 {
		switch os.Args[1] {
		case "origin":
			return serveOrigin(os.Args[2])
		case "floor":
			return runFloor(os.Args[2], os.Args[3:])
		case "render":
			return runRender(os.Args[2], os.Args[3])
		}
	}
	pairs := flag.Int("pairs", 3, "how many times each row is measured")
	keep := flag.String("keep", "", "directory to work in, which is kept")
	flag.Parse()
	for _, name := range flag.Args() {
		if !slices.ContainsFunc(rows, func(r row) bool { return r.name == name }) {
			return fmt.Errorf("no row is named %q", name)
		}
	}
	b, err := newBench(*pairs, *keep)
	if err != nil {
		return err
	}
	defer b.close()
	fmt.Println("| row | work | floor CPU s | ours | ratio | goal | MB (own) | goal | |\n|---|---|---|---|---|---|---|---|---|")
	for _, r := range rows {
		if len(flag.Args()) > 0 && !slices.Contains(flag.Args(), r.name) {
			continue
		}
		res, err := r.measure(b)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		r.print(res)
	}
	return nil
}

// bench is where rows are measured.
type bench struct {
	pairs   int
	dir     string
	program string // aggregator, as built now
	self    string // this one
	kept    bool
}

func newBench(pairs int, dir string) (*bench, error) {
	b := &bench{pairs: max(1, pairs), dir: dir, kept: dir != ""}
	var err error
	if !b.kept {
		b.dir, err = os.MkdirTemp("", "measure")
	} else {
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		return nil, err
	}
	if b.self, err = os.Executable(); err != nil {
		return nil, err
	}
	b.program = filepath.Join(b.dir, "aggregator")
	if out, err := exec.Command("go", "build", "-o", b.program, "aggregator/cmd/aggregator").CombinedOutput(); err != nil {
		return nil, errors.Join(err, errors.New(string(out)))
	}
	return b, nil
}

func (b *bench) close() {
	if !b.kept {
		_ = os.RemoveAll(b.dir)
	}
}
