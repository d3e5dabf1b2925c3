package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
)

func newFeedsWrite(p *program) *cobra.Command {
	var archives bool
	cmd := &cobra.Command{
		Use:   "write DIR",
		Short: "Write the published feeds as static files",
		Long: `Write every feed of "aggregator feeds", of the saved searches and of the
sources, in all formats, feeds.opml and icon.png, to DIR: the bytes that are
served, with .gz and .br files beside them, for a web server that sends those.
Files that would not change are left alone, and nothing is deleted.

With --archives the archive documents of all months are written too: every
article there is, once for each of its feeds. Without it somebody else must
answer for their addresses, such as "aggregator serve".`,
		Example: "  aggregator feeds write /var/www/news",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inDaemon(cmd, slog.LevelError, func(ctx context.Context, d *daemon.Daemon) error {
				return p.writeFeeds(ctx, d, args[0], archives)
			})
		},
	}
	cmd.Flags().BoolVar(&archives, "archives", false, "write the archive documents of all months too")
	return cmd
}

func (p *program) writeFeeds(ctx context.Context, d *daemon.Daemon, dir string, archives bool) error {
	n := 0
	for file, err := range d.Feeds().Files(ctx, archives) {
		if ctx.Err() != nil {
			return &failure{code: exitFailed, err: fmt.Errorf("interrupted after %d files", n)}
		}
		if err != nil {
			return err
		}
		if err := p.File(filepath.Join(dir, filepath.FromSlash(file.Name)), file.Data); err != nil {
			return &failure{code: exitCannotRun, err: fmt.Errorf("feeds write: %w", err)}
		}
		n++
	}
	_, err := fmt.Fprintf(p.Err, "%d files are up to date in %s\n", n, dir)
	return err
}
