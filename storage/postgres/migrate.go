package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"aggregator/storage"
)

// migrations are taken in the order of their names, each once and each in a
// transaction; one that a release had is never changed.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the engine's own tables up to date. Nodes may start at the same
// time: one does it, and the others find it done.
func (e *Engine) migrate(ctx context.Context) error {
	for attempt := 0; ; attempt++ {
		err := e.tryMigrate(ctx)
		refused := new(pgconn.PgError)
		if attempt >= 10 || !errors.As(err, &refused) {
			return err
		}
		switch refused.Code {
		case "23505", "42P07", "40001", "40P01": // another one made it, or was in the way
		default:
			return err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (e *Engine) tryMigrate(ctx context.Context) error {
	all, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	for i, name := range all {
		if err := e.take(ctx, i+1, len(all), name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// take takes the n-th migration unless it was taken.
func (e *Engine) take(ctx context.Context, n, last int, name string) error {
	sql, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, e.pool, func(t pgx.Tx) error {
		var version int
		if _, err := t.Exec(ctx, "CREATE TABLE IF NOT EXISTS migrations (version integer PRIMARY KEY, taken timestamptz NOT NULL)"); err != nil {
			return err
		}
		if err := t.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM migrations").Scan(&version); err != nil {
			return err
		}
		switch {
		case version > last:
			return fmt.Errorf("%w: its tables have version %d, this version knows %d", storage.ErrNewer, version, last)
		case version >= n:
			return nil
		}
		if _, err := t.Exec(ctx, string(sql), pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
		_, err := t.Exec(ctx, "INSERT INTO migrations VALUES ($1, now())", n)
		return err
	})
}
