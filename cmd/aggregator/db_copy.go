package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"aggregator/storage"
)

func newDBCopy(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "copy FROM TO",
		Short: "Move everything to another database",
		Long: `Copy all that is in one database to another one, in which there must be nothing,
or what a copy has left that was interrupted and is begun anew:
from a file to PostgreSQL, back, or from one of a kind to another. Each is the path
of a file or a postgres:// URL. Ids and feeds stay what they are, byte for byte. It is
one moment's copy: stop what fetches into FROM before.

A URL with a password is seen by all who list processes: leave it out, and give it
in PGPASSWORD or a .pgpass file.`,
		Example: "  systemctl stop aggregator\n  aggregator db copy /var/lib/aggregator/aggregator.db postgres://aggregator@db.example/news",
		Args:    usageArgs(cobra.ExactArgs(2)),
		RunE: func(_ *cobra.Command, args []string) error {
			return p.copyDatabase(args[0], args[1], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print how far it is as JSON objects")
	return cmd
}

func (p *program) copyDatabase(from, to string, asJSON bool) error {
	source, err := openAny(from)
	if err != nil {
		return err
	}
	defer source.Close()
	n, err := source.Count()
	if err != nil {
		return cannotOpen(err)
	}
	target, err := newEngine(to)
	if err != nil {
		return err
	}
	m := p.measure("articles copied", int64(n), counted(), asJSON)
	defer m.end()
	err = source.CopyTo(target, m.at)
	if err = errors.Join(err, target.Close()); err != nil {
		return notCopied(to, err)
	}
	m.end()
	if asJSON {
		return nil
	}
	_, err = fmt.Fprintf(p.Out, "%d articles copied; name the new database in the configuration\n", n)
	return err
}

// notCopied says what is to be done about a copy that did not end. A file that it has
// made is removed.
func notCopied(to string, err error) error {
	hint := "what it has copied is no database, and the next copy to the same place begins anew"
	switch {
	case errors.Is(err, storage.ErrOccupied):
		hint = "TO is to be an empty database, or a file that is not there"
	case !isServer(to) && os.Remove(to) == nil:
		hint = "nothing is left of it"
	}
	return &failure{code: exitCannotRun, err: fmt.Errorf("copy: %w", err), hint: hint}
}

// openAny opens a database that must be there.
func openAny(name string) (*storage.Store, error) {
	if isServer(name) {
		engine, err := openServer(name)
		if err != nil {
			return nil, err
		}
		store, err := storage.On(engine, storage.Options{})
		if err != nil {
			return nil, cannotOpen(err)
		}
		return store, nil
	}
	if _, err := os.Stat(name); err != nil {
		return nil, cannotOpen(fmt.Errorf("database: %w", err))
	}
	store, err := storage.Open(name, storage.Options{})
	if err != nil {
		return nil, cannotOpen(err)
	}
	return store, nil
}

// newEngine makes room for a copy, or takes what one has left that did not end.
func newEngine(name string) (storage.Engine, error) {
	if isServer(name) {
		return openServer(name)
	}
	if info, err := os.Stat(name); err == nil && info.Size() > 0 {
		if engine, err := storage.NewFile(name); err == nil {
			if is, err := storage.Unfinished(engine); err == nil && is {
				return engine, nil
			}
			engine.Close()
		}
		return nil, &failure{code: exitUsage, err: fmt.Errorf("%s is there already", name), hint: "name a file that is not"}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &failure{code: exitCannotRun, err: err}
	}
	engine, err := storage.NewFile(name)
	if err != nil {
		return nil, cannotOpen(err)
	}
	return engine, nil
}
