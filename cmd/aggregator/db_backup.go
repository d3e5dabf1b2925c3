package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/storage"
)

func newDBBackup(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database, also while the daemon runs",
		Long: `Copy the database as it is at this moment, also while the daemon runs. FILE is
checked, and appears only when it is whole; it can be opened as a database.`,
		Example: "  aggregator db backup /backup/aggregator.db",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if p.attached != nil {
				return p.attached.Store().Backup(pieces{p.File, args[0]})
			}
			return p.backup(cmd, args[0])
		},
	}
}

// pieces sends a file through a daemon's stream in the pieces in which it is
// written, so that neither end ever holds all of it. Whoever calls for them
// must put them together: see backup.
type pieces struct {
	send func(name string, data []byte) error
	name string
}

// piece is how much of a file one message carries.
const piece = 256 << 10

func (s pieces) Write(b []byte) (n int, err error) {
	for n < len(b) {
		end := min(n+piece, len(b))
		if err := s.send(s.name, b[n:end]); err != nil {
			return n, err
		}
		n = end
	}
	return n, nil
}

// backup writes the copy beside its place and moves it there once it is whole.
func (p *program) backup(cmd *cobra.Command, name string) error {
	if p.isDatabase(name) {
		return usage(cmd, fmt.Errorf("%s is the database itself", name))
	}
	file, err := renameio.NewPendingFile(name, renameio.WithPermissions(0o640))
	if err != nil {
		return &failure{code: exitCannotRun, err: fmt.Errorf("backup: %w", err)}
	}
	defer file.Cleanup()
	if err := p.backupTo(cmd, file); err != nil {
		return err
	}
	if err := storage.Verify(file.Name()); err != nil {
		return &failure{code: exitCannotRun, err: fmt.Errorf("backup: the copy is not whole: %w", err)}
	}
	if err := file.CloseAtomicallyReplace(); err != nil {
		return &failure{code: exitCannotRun, err: fmt.Errorf("backup: %w", err)}
	}
	_, err = fmt.Fprintf(p.Err, "%s written\n", name)
	return err
}

func (p *program) isDatabase(name string) bool {
	cfg, err := p.peek()
	if err != nil {
		return false
	}
	database, err := os.Stat(cfg.Database.Reveal())
	if err != nil {
		return false
	}
	target, err := os.Stat(name)
	return err == nil && os.SameFile(database, target)
}

// backupTo copies what the daemon has open, else the file.
func (p *program) backupTo(cmd *cobra.Command, file *renameio.PendingFile) error {
	caller := *p
	caller.File = func(_ string, data []byte) error {
		_, err := file.Write(data)
		return err
	}
	if err := caller.passOn(cmd.Context()); !errors.Is(err, daemon.ErrNoDaemon) {
		return err
	}
	cfg, err := p.load()
	if err != nil {
		return err
	}
	db, err := openDatabase(func() *config.Config { return cfg }, true)
	if err != nil {
		return err
	}
	defer db.close()
	return db.store.Backup(file)
}
