package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/storage"
	"aggregator/storage/postgres"
)

// database is an opened store and, where several machines share it, the node that
// this program is among them.
type database struct {
	store *storage.Store
	node  *postgres.Node
}

func (db *database) close() {
	if db.node != nil {
		db.node.Close()
	}
	db.store.Close()
}

// openDatabase opens the database of a configuration that may be another later. Who
// keeps it leaves a damaged file where it is.
func openDatabase(now func() *config.Config, keep bool) (*database, error) {
	cfg := now()
	options := storage.Options{
		Keep:      keep,
		Authority: cfg.TagAuthority(time.Now()),
		Slug:      func(category string) string { return now().Slug(category) },
		Claimed:   func(slug, category string) bool { return now().Claims(slug, category) },
	}
	name := cfg.Database.Reveal()
	if !isServer(name) {
		store, err := storage.Open(name, options)
		if err != nil {
			return nil, cannotOpen(err)
		}
		return &database{store: store}, nil
	}
	engine, err := openServer(name)
	if err != nil {
		return nil, err
	}
	store, err := storage.On(engine, options)
	if err != nil {
		return nil, cannotOpen(err)
	}
	return &database{store, engine.NewNode(time.Now)}, nil
}

// warnOfDamaged tells of a database that was set aside, for as long as it is there: what
// was begun in its place has all of it but what only that had.
func warnOfDamaged(path string, log *slog.Logger) {
	aside, _ := filepath.Glob(path + ".damaged-*")
	for _, name := range aside {
		log.Warn("a damaged database was set aside", "file", name,
			"hint", "what only it had is missing: stop, and put a backup in the place of "+path+"; or delete it")
	}
}

// isServer tells a database that is a server's from a file. A URL with a slash too few
// is none, but no file either: its password is not to be shown as a path.
func isServer(name string) bool {
	return strings.Contains(name, "://") || strings.HasPrefix(name, "postgres:") || strings.HasPrefix(name, "postgresql:")
}

// serverWait is how long to wait for a server that does not answer.
const serverWait = 10 * time.Second

func openServer(name string) (*postgres.Engine, error) {
	ctx, cancel := context.WithTimeout(context.Background(), serverWait)
	defer cancel()
	engine, err := postgres.Open(ctx, name)
	if err != nil {
		return nil, &failure{code: exitCannotRun, err: err, hint: serverHint(err)}
	}
	if err := engine.SameTime(ctx, time.Now); err != nil {
		engine.Close()
		return nil, &failure{code: exitCannotRun, err: err, hint: "have all machines keep the same time, by NTP"}
	}
	return engine, nil
}

// serverHint says what is to be done about a server that cannot be used.
func serverHint(err error) string {
	var refused interface{ SQLState() string }
	if errors.As(err, &refused) {
		switch refused.SQLState() {
		case "42501", "3F000": // insufficient privilege, no such schema
			return "the user makes tables: have it own the database, or GRANT USAGE, CREATE ON SCHEMA to it; search_path in the URL names another schema"
		case "3D000":
			return "make it with CREATE DATABASE; see the README on several machines"
		}
	}
	return "look whether PostgreSQL runs and lets this user in: try psql with the same URL; see `database` in the configuration"
}

// cannotOpen says what is to be done about a database that cannot be opened.
func cannotOpen(err error) error {
	hint := "see `database` in the configuration"
	switch {
	case errors.Is(err, storage.ErrLocked):
		hint = "another program has it open, or a daemon with another control socket: see `control` in the configuration"
	case errors.Is(err, storage.ErrDamaged):
		hint = "restore a backup in its place, or start anew: `serve` and `fetch` then make an empty database"
	case errors.Is(err, storage.ErrNewer):
		hint = "install the newer version again, or go back to a backup from before"
	}
	return &failure{code: exitCannotRun, err: err, hint: hint}
}
