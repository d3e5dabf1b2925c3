package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"aggregator/cmd/internal/daemon"
	"aggregator/feedout"
)

// thereName is the file in which "feeds write" notes which archive documents are in a
// directory: a line for each, its revision, a blank and its path.
const thereName = ".archives"

// noted reads that file, without the documents that somebody has deleted since. It is
// the caller's: the daemon may not see the directory.
func noted(dir string) iter.Seq2[daemon.File, error] {
	return func(yield func(daemon.File, error) bool) {
		text, err := os.ReadFile(filepath.Join(dir, thereName))
		if errors.Is(err, fs.ErrNotExist) || err != nil && !isDir(dir) {
			return // the first file written tells what is wrong
		}
		there := parseThere(text)
		maps.DeleteFunc(there, func(path, _ string) bool { return !whole(dir, path) })
		yield(daemon.File{Name: thereName, Data: formatThere(there)}, err)
	}
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// whole tells whether a document is there in all its forms.
func whole(dir, path string) bool {
	for _, f := range feedout.Forms(strings.TrimPrefix(path, "/")) {
		if info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(f))); err != nil || !info.Mode().IsRegular() {
			return false
		}
	}
	return true
}

// readThere reads what the caller sent.
func (p *program) readThere() (map[string]string, error) {
	there := map[string]string{}
	if p.Files == nil {
		return there, nil
	}
	for f, err := range p.Files {
		if err != nil {
			return nil, &failure{code: exitCannotRun, err: fmt.Errorf("feeds write: %w", err)}
		}
		maps.Copy(there, parseThere(f.Data))
	}
	return there, nil
}

func parseThere(text []byte) map[string]string {
	there := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if revision, path, ok := strings.Cut(lines.Text(), " "); ok && fs.ValidPath(strings.TrimPrefix(path, "/")) {
			there[path] = revision
		}
	}
	return there
}

func formatThere(there map[string]string) []byte {
	var b bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(there)) {
		fmt.Fprintf(&b, "%s %s\n", there[path], path)
	}
	return b.Bytes()
}
