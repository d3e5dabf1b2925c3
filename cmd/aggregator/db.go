package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/storage"
)

func newDB(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "db",
		Short:   "Look after the database",
		Example: "  aggregator db stats\n  aggregator db backup /var/backups/aggregator.db",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDBCheck(p), newDBStats(p), newDBBackup(p), newDBCompact(p), newDBCopy(p), newDBPrune(p), newDBReprocess(p))
	return cmd
}

func newDBCheck(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "check",
		Short:   "Read the whole database and tell what is wrong with it",
		Example: "  aggregator db check",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inDaemon(cmd, slog.LevelError, func(_ context.Context, d *daemon.Daemon) error {
				if err := d.Store().Check(); err != nil {
					return &failure{code: exitCannotRun, err: err, hint: checkHint(err)}
				}
				n, err := d.Store().Count()
				if err != nil {
					return err
				}
				if ahead, err := d.Store().Ahead(); err != nil {
					return err
				} else if ahead > 0 {
					fmt.Fprintf(p.Err, "aggregator: hint: the clock was ahead once, and what came last is stored as of %d days from now; `aggregator db compact` puts it where it belongs, if the clock is right now\n", int(ahead.Hours()/24))
				}
				_, err = fmt.Fprintf(p.Out, "the database is in order: %d articles\n", n)
				return err
			})
		},
	}
}

// checkHint says what is to be done about a database that is not in order.
func checkHint(err error) string {
	if errors.Is(err, storage.ErrHead) {
		return "nothing is lost, and what is written next mends it; so does `aggregator db compact`"
	}
	return "stop what uses it, and put a backup in its place"
}

func newDBStats(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "stats",
		Short:   "Tell how large the database is and what is in it",
		Example: "  aggregator db stats --json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inDaemon(cmd, slog.LevelError, func(_ context.Context, d *daemon.Daemon) error {
				st, err := d.Store().Stats()
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(p.Out).Encode(statsJSON(st))
				}
				return p.statsTable(st)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}

// statsJSON is what db stats --json prints.
type statsJSON struct {
	Bytes     int64 `json:"bytes"`
	PageSize  int   `json:"page_size"`
	Pages     int   `json:"pages"`
	FreePages int   `json:"free_pages"`
	Articles  int   `json:"articles"`
	Sources   int   `json:"sources"`
	Retries   int   `json:"retries"`
}

func (p *program) statsTable(st storage.Stats) error {
	size := uint64(st.Bytes)
	free := uint64(st.FreePages) * uint64(st.PageSize)
	t := newTable("WHAT", "HOW MUCH")
	t.AppendRow([]any{"size", humanize.IBytes(size)})
	t.AppendRow([]any{"free in it", fmt.Sprintf("%s (%d of %d pages)", humanize.IBytes(free), st.FreePages, st.Pages)})
	t.AppendRow([]any{"articles", st.Articles})
	t.AppendRow([]any{"sources", st.Sources})
	t.AppendRow([]any{"retries", st.Retries})
	return p.print(t)
}

func newDBCompact(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "compact",
		Short:   "Write the database anew without its free pages",
		Example: "  systemctl stop aggregator && aggregator db compact && systemctl start aggregator",
		Long: `Write the database anew without its free pages. The new file is checked before
it takes the place of the old one. A database of which more than half is free
is also compacted when it is opened.

What was stored while the clock was ahead, and since, is put where it belongs in
time first: "db check" tells whether there is any. Be sure that the clock is right.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if p.attached != nil {
				return &failure{code: exitCannotRun, err: errors.New("the running daemon uses the database"),
					hint: "stop the daemon first; its next start also compacts, where more than half is free"}
			}
			if err := p.passOn(cmd.Context()); !errors.Is(err, daemon.ErrNoDaemon) {
				return err
			}
			cfg, err := p.load()
			if err != nil {
				return err
			}
			if isServer(cfg.Database.Reveal()) {
				return &failure{code: exitUsage, err: errors.New("the database is PostgreSQL's, which looks after its space by itself"),
					hint: "see VACUUM in its manual"}
			}
			db, err := openDatabase(func() *config.Config { return cfg }, true)
			if err != nil {
				return err
			}
			return p.compact(db.store, cfg.Database.Reveal(), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print how far it is as JSON objects")
	return cmd
}

func (p *program) compact(store *storage.Store, path string, asJSON bool) error {
	before, err := os.Stat(path)
	if err != nil {
		return errors.Join(err, store.Close())
	}
	st, err := store.Stats()
	if err != nil {
		return errors.Join(err, store.Close())
	}
	mended, err := store.Mend()
	if err != nil {
		return &failure{code: exitCannotRun, err: errors.Join(err, store.Close()), hint: "is the clock of this machine right?"}
	}
	if mended > 0 {
		fmt.Fprintf(p.Err, "%d articles stand in time again: they came when the clock was ahead, or since\n", mended)
	}
	m := p.measure("written", st.Bytes-int64(st.FreePages)*int64(st.PageSize), bytesOf(), asJSON)
	defer m.end()
	if err := store.Compact(m.at); err != nil {
		return &failure{code: exitCannotRun, err: err, hint: "it takes as much room again as the database holds"}
	}
	after, err := os.Stat(path)
	if err != nil {
		return err
	}
	m.at(after.Size())
	m.end()
	if asJSON {
		return nil
	}
	_, err = fmt.Fprintf(p.Out, "from %s to %s\n", humanize.IBytes(uint64(before.Size())), humanize.IBytes(uint64(after.Size())))
	return err
}
