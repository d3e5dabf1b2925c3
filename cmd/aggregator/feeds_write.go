package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
	"aggregator/cmd/internal/web"
	"aggregator/feedout"
)

func newFeedsWrite(p *program) *cobra.Command {
	var archives bool
	cmd := &cobra.Command{
		Use:   "write DIR",
		Short: "Write the published feeds as static files",
		Long: `Write every feed to DIR in all formats: those of "aggregator feeds", of saved
searches, of sources and of the stocks that the newest articles mention, and
feeds.opml. They are the bytes that are served, with .gz and .br files beside
them, for a web server that sends those. Archive documents are written too, and a
plain page for each that feeds link to, so that no link leads nowhere.

Files that would not change are left alone, and nothing is deleted. What a
document links to is written before it. Archives hold every article once for each
of its feeds; which of them are there is noted in ` + thereName + `, so that only
those that changed are made again.

With --archives=false and --pages=false these are left out: somebody else must
answer for their addresses then, such as "aggregator serve".`,
		Example: `  aggregator feeds write /var/www/news
  aggregator feeds write --archives=false --pages=false /var/cache/news`,
		Args: usageArgs(cobra.ExactArgs(1)),
	}
	pages := cmd.Flags().Bool("pages", true, "write the pages that feeds link to")
	cmd.Flags().BoolVar(&archives, "archives", true, "write the archive documents of all months")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		caller, done := *p, tally{}
		if p.attached == nil {
			caller.Files = noted(args[0])
			caller.File = done.put
		}
		err := caller.inDaemon(cmd, slog.LevelError, func(ctx context.Context, d *daemon.Daemon) error {
			return caller.writeFeeds(ctx, d, args[0], archives, *pages)
		})
		if err == nil && p.attached == nil {
			_, err = fmt.Fprintf(p.Err, "%s in %s\n", &done, args[0])
		}
		return err
	}
	return cmd
}

// tally counts what became of files, where they are written: that is with the caller,
// whoever makes them.
type tally struct{ written, unchanged int }

// put writes a file that is not there as it is to be; no data are those of one that is.
func (t *tally) put(name string, data []byte) error {
	if data == nil || sameFile(name, data) {
		t.unchanged++
		return nil
	}
	t.written++
	return writeFile(name, data)
}

func (t *tally) String() string {
	return fmt.Sprintf("%d files written, %d unchanged", t.written, t.unchanged)
}

func (p *program) writeFeeds(ctx context.Context, d *daemon.Daemon, dir string, archives, pages bool) error {
	there, err := p.readThere()
	if err != nil {
		return err
	}
	out := &directory{program: p, path: dir, meter: p.measure("files made", 0, counted(), false)}
	defer out.meter.end()
	load := d.Feeds()
	for file, err := range load.Files(ctx, daemon.Extent{Archives: archives, There: there}) {
		if err := out.put(ctx, file, err); err != nil {
			return err
		}
	}
	if pages {
		site := d.Config().Site
		for file, err := range web.Static(ctx, web.Site{Title: site.Title, Language: site.Language, BaseURL: site.BaseURL, Zone: d.Zone(), Feeds: load}) {
			if err := out.put(ctx, file, err); err != nil {
				return err
			}
		}
	}
	if archives && len(there) > 0 {
		if err := out.put(ctx, feedout.File{Name: thereName, Data: formatThere(there)}, nil); err != nil {
			return err
		}
	}
	return nil
}

// directory is where files are written.
type directory struct {
	*program
	path  string
	meter *meter
	n     int // files that are there now
}

// put has a file written, if it was made; one without data is there already.
func (d *directory) put(ctx context.Context, f feedout.File, err error) error {
	if ctx.Err() != nil {
		return &failure{code: exitFailed, err: fmt.Errorf("interrupted after %d files", d.n)}
	}
	if err != nil {
		return err
	}
	d.n++
	d.meter.at(int64(d.n))
	if err := d.File(filepath.Join(d.path, filepath.FromSlash(f.Name)), f.Data); err != nil {
		return &failure{code: exitCannotRun, err: fmt.Errorf("feeds write: %w", err)}
	}
	return nil
}
