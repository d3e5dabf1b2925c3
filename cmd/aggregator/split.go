package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
	"aggregator/normalize/article"
	"aggregator/storage"
)

func newArticlesSplit(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "split ID [KEY]",
		Short: "Make articles of what was joined with one",
		Long: `Make articles of what was joined with one because it told the same story; they
are never joined again. KEY is that of one joined item, as "articles explain"
tells it; without it all of them are split off.`,
		Example: "  aggregator articles split iktzqtyt6123456",
		Args:    usageArgs(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			key := append(args, "")[1]
			return p.inDaemon(cmd, slog.LevelError, func(_ context.Context, d *daemon.Daemon) error {
				if _, err := d.Store().Article(args[0]); err != nil {
					return unknownArticle(args[0], err)
				}
				split, err := d.Split(args[0], key)
				if errors.Is(err, storage.ErrNotFound) {
					return &failure{code: exitUsage, err: fmt.Errorf("nothing was joined with %s for its story", args[0]),
						hint: "`aggregator articles explain " + args[0] + "` tells what was joined, and by what"}
				}
				for _, a := range split {
					fmt.Fprintf(p.Out, "%s %s\n", a.Key, article.CleanTitle(a.Title))
				}
				return err
			})
		},
	}
}
