package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/storage"
)

func newImport(p *program) *cobra.Command {
	var source string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "import DIR",
		Short: "Read front-matter files back into the database",
		Long: `Read the front-matter files (.md) under DIR back into the database. Those that
export --extra wrote restore their articles whole, with ids, times, versions and
categories; into an empty database, all feeds too. Those of other archives become articles of the source whose
categories they have; nothing of them counts as new, and a file named by a
document id of Sina's, or an article with the same title and time, is
recognised when it is fetched. What is there already is left alone, whatever its
source is called. A file with a date before 1970 or after tomorrow is not read.`,
		Example: `  aggregator export --extra posts
  aggregator import posts
  aggregator import --source sina-china source/_posts`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			caller := *p
			if p.attached == nil {
				caller.Files = articleFiles(args[0])
			}
			return caller.inDaemon(cmd, slog.LevelError, func(ctx context.Context, d *daemon.Daemon) error {
				cfg := d.Config()
				if source != "" && cfg.SourceNamed(source) == nil {
					return &failure{code: exitUsage, err: fmt.Errorf("no source is named %q", source), hint: "`aggregator sources` lists them"}
				}
				return caller.importFiles(ctx, d, &importer{cfg: cfg, source: source, now: time.Now()}, asJSON)
			})
		},
	}
	cmd.Flags().StringVar(&source, "source", "", "the `SOURCE` of files that name none")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print how far it is as JSON objects")
	return cmd
}

// articleFiles are the front-matter files under a directory, and what export --extra
// writes beside them.
func articleFiles(dir string) iter.Seq2[daemon.File, error] {
	return func(yield func(daemon.File, error) bool) {
		err := filepath.WalkDir(dir, func(path string, f fs.DirEntry, err error) error {
			if err != nil || f.IsDir() || filepath.Ext(path) != ".md" && filepath.Base(path) != frameName {
				return err
			}
			data, err := os.ReadFile(path)
			if err == nil && !yield(daemon.File{Name: path, Data: data}, nil) {
				return errEnough
			}
			return err
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(daemon.File{}, err)
		}
	}
}

// errEnough ends a walk whose caller wants no more.
var errEnough = errors.New("enough")

// importStep is how many articles one transaction restores.
const importStep = 200

// importFiles reads all files, then restores their articles in the order in which
// they first arrived. A file that cannot be read is told and left out.
func (p *program) importFiles(ctx context.Context, d *daemon.Daemon, im *importer, asJSON bool) error {
	entries, failed, err := p.readFiles(ctx, im)
	if err != nil {
		return &failure{code: exitCannotRun, err: fmt.Errorf("import: %w", err)}
	}
	slices.SortStableFunc(entries, arrivedBefore)
	if err := d.Store().RestoreFrame(im.frameOf(entries)); err != nil {
		return err
	}
	m := p.measure("articles stored", int64(len(entries)), counted(), asJSON)
	defer m.end()
	added, done := 0, 0
	for step := range slices.Chunk(entries, importStep) {
		n, err := d.Store().Restore(step)
		if err != nil {
			return err
		}
		added += n
		done += len(step)
		m.at(int64(done))
	}
	m.end()
	if added > 0 {
		d.Tell()
	}
	fmt.Fprintf(p.Err, "%d articles imported, %d were there already\n", added, len(entries)-added)
	if failed > 0 {
		return &failure{code: exitFailed, err: fmt.Errorf("import: %d files could not be read", failed)}
	}
	return nil
}

func (p *program) readFiles(ctx context.Context, im *importer) (entries []storage.Entry, failed int, err error) {
	for f, err := range p.Files {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return nil, failed, err
		}
		if filepath.Base(f.Name) == frameName {
			if err := im.readFrame(f.Data); err != nil {
				failed++
				report(p.Err, &failure{err: fmt.Errorf("%s: %w", f.Name, err)})
			}
			continue
		}
		e, err := im.entry(filepath.Base(f.Name), f.Data)
		if err != nil {
			failed++
			report(p.Err, &failure{err: fmt.Errorf("%s: %w", f.Name, err)})
			continue
		}
		entries = append(entries, e)
	}
	return entries, failed, nil
}

func arrivedBefore(a, b storage.Entry) int {
	return cmp.Or(a.Article.Seen.Compare(b.Article.Seen), a.Article.Published.Compare(b.Article.Published),
		cmp.Compare(a.Article.Key, b.Article.Key))
}

// firstFiled are the categories of articles whose own store told when they came
// into them, in the order in which the first came into each.
func firstFiled(entries []storage.Entry) []string {
	first := map[string]uint64{}
	var names []string
	for _, e := range entries {
		for _, name := range e.Article.Categories {
			order := e.Article.Order
			for _, f := range e.Article.Filed {
				if f.Category == name {
					order = f.Order
				}
			}
			if order == 0 {
				continue
			}
			if known, ok := first[name]; !ok {
				names = append(names, name)
				first[name] = order
			} else {
				first[name] = min(known, order)
			}
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(first[a], first[b]) })
	return names
}

// importer makes entries of files.
type importer struct {
	cfg    *config.Config
	source string // of files that name none; empty to find it by their categories
	now    time.Time
	frame  storage.Frame // as told beside the files
}
