// Package postgres keeps a store in PostgreSQL, so that several machines share it.
//
// An [Engine] runs the store's transactions: see [storage.Engine]. A [Node] is one
// program among those that share it, and what they agree on: who fetches which
// source, when the next request to a site may start, and that something has
// changed.
//
// Nothing here needs more of PostgreSQL than tables, transactions, row locks with
// SKIP LOCKED, declarative partitions and, to be quick, LISTEN and NOTIFY. Times of
// leases are the server's, so that nodes need not agree on theirs.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"aggregator/storage"
)

const (
	// patience is how long a transaction waits for a server that cannot be
	// reached, as one that is being restarted.
	patience = 10 * time.Second
	// answer is how long a server may take for an answer, and longAnswer for one that
	// waits for others' locks or for its disk. One that hangs says nothing at all.
	answer, longAnswer = 10 * time.Second, 30 * time.Second
	// stale is how long a transaction may stand still before the server ends it:
	// its node is gone, or cut off, and all others wait for its lock.
	stale = 10 * time.Second
)

// Engine is a [storage.Engine] on PostgreSQL.
type Engine struct {
	name string // without secrets
	pool *pgxpool.Pool
	// talk is for what nodes tell each other, which need not be on the disk before
	// they go on.
	talk *pgxpool.Pool

	node    atomic.Pointer[Node] // that this program is; nil where it is none
	away    atomic.Bool          // it could not be reached for long
	probing atomic.Bool          // somebody finds out whether it still is

	ctx  context.Context // ends with Close
	stop context.CancelFunc

	mu    sync.Mutex
	there map[string]bool // tables and partitions
}

// Open connects to the database that a postgres:// URL names, and brings the
// engine's own tables up to date. Parameters are those of libpq, and pool_max_conns
// and the like of pgxpool.
func Open(ctx context.Context, url string) (*Engine, error) {
	e := &Engine{there: map[string]bool{}}
	e.ctx, e.stop = context.WithCancel(context.Background())
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("not a PostgreSQL URL, as postgres://user@host:5432/name") // pgx shows it
	}
	c := cfg.ConnConfig
	e.name = fmt.Sprintf("postgres://%s/%s", net.JoinHostPort(c.Host, fmt.Sprint(c.Port)), c.Database)
	if e.pool, err = e.connect(ctx, cfg, nil); err != nil {
		return nil, fmt.Errorf("open %s: %w", e.name, err)
	}
	if e.talk, err = e.connect(ctx, cfg, map[string]string{"synchronous_commit": "off"}); err != nil {
		e.pool.Close()
		return nil, fmt.Errorf("open %s: %w", e.name, err)
	}
	if err := e.migrate(ctx); err != nil {
		return nil, fmt.Errorf("open %s: %w", e.name, errors.Join(err, e.Close()))
	}
	return e, nil
}

func (e *Engine) connect(ctx context.Context, cfg *pgxpool.Config, settings map[string]string) (*pgxpool.Pool, error) {
	cfg = cfg.Copy()
	p := cfg.ConnConfig.RuntimeParams
	if p["application_name"] == "" {
		p["application_name"] = "aggregator"
	}
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	maps.Copy(p, map[string]string{
		"timezone":                            "UTC",
		"idle_in_transaction_session_timeout": fmt.Sprint(stale.Milliseconds()),
		"tcp_keepalives_idle":                 "5", "tcp_keepalives_interval": "3", "tcp_keepalives_count": "3",
	})
	maps.Copy(p, settings)
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

func (e *Engine) String() string { return e.name }

// Close waits for those who read and write.
func (e *Engine) Close() error {
	e.stop()
	e.pool.Close()
	if e.talk != nil {
		e.talk.Close()
	}
	return nil
}

// View runs fn on a snapshot.
func (e *Engine) View(fn func(storage.Tx) error) error {
	return e.patiently(func() error {
		return e.transact(pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(t *tx) error {
			return final(fn(t))
		})
	})
}

// Update runs fn in the one write transaction of the cluster.
func (e *Engine) Update(fn func(storage.Tx) error) error {
	return e.patiently(func() error {
		var made []string
		err := e.transact(pgx.TxOptions{}, func(t *tx) error {
			if err := t.lock(); err != nil {
				return err
			}
			if err := fn(t); err != nil {
				return final(err)
			}
			if err := t.flush(); err != nil {
				return err
			}
			made = t.made
			return nil
		})
		if err == nil {
			e.know(made)
		}
		return err
	})
}

// transact runs fn in a transaction, and commits it unless fn fails or panics.
func (e *Engine) transact(o pgx.TxOptions, fn func(*tx) error) (err error) {
	ctx, cancel := context.WithTimeout(e.ctx, answer)
	dbtx, err := e.pool.BeginTx(ctx, o)
	cancel()
	if err != nil {
		return err
	}
	e.away.Store(false)
	done := false
	defer func() {
		if done {
			return
		}
		// The context of the engine may have ended: the connection is to be given
		// back all the same.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(e.ctx), time.Second)
		defer cancel()
		_ = dbtx.Rollback(ctx) // a connection that is lost is rolled back
	}()
	t := &tx{engine: e, db: dbtx, writable: o.AccessMode != pgx.ReadOnly, tables: map[string]*table{}}
	if err := fn(t); err != nil {
		return err
	}
	if !t.writable {
		return nil // there is nothing to commit
	}
	done = true
	ctx, cancel = context.WithTimeout(e.ctx, longAnswer)
	defer cancel()
	if err := dbtx.Commit(ctx); err != nil {
		return unsure(err)
	}
	return nil
}

// outcome is an error after which a transaction is not tried again.
type outcome struct{ error }

func (o outcome) Unwrap() error { return o.error }

// final is what the caller of a transaction said.
func final(err error) error {
	if err == nil {
		return nil
	}
	return outcome{err}
}

// unsure is of a commit that may have been done: the caller finds out, or does
// its work again.
func unsure(err error) error {
	if refused := new(pgconn.PgError); errors.As(err, &refused) {
		return err
	}
	return outcome{fmt.Errorf("commit: %w", err)}
}

// patiently tries again what failed for the server's sake. Once it was away for
// long the error is [storage.ErrAway], and nobody waits for it any more: who serves
// from memory is not to be held up by each question that memory does not answer.
func (e *Engine) patiently(do func() error) error {
	if e.away.Load() {
		if !e.probing.CompareAndSwap(false, true) {
			return storage.ErrAway
		}
		defer e.probing.Store(false)
	}
	for began, wait := time.Now(), 50*time.Millisecond; ; wait *= 2 {
		err := caught(do)
		var o outcome
		switch {
		case err == nil, errors.As(err, &o):
			e.away.Store(false)
			return o.error
		case !transient(err):
			return err
		case e.away.Load() || time.Since(began)+wait > patience:
			e.away.Store(true)
			return &awayError{err}
		}
		select {
		case <-time.After(wait):
		case <-e.ctx.Done():
			return err
		}
	}
}

// awayError is of a server that was away for long. What pgx says of it has several lines,
// one for each way to it.
type awayError struct{ error }

func (e *awayError) Error() string {
	return storage.ErrAway.Error() + ": " + strings.Join(strings.Fields(e.error.Error()), " ")
}

func (e *awayError) Unwrap() []error { return []error{storage.ErrAway, e.error} }

// caught turns a failure to read back into an error, as it comes out of a
// transaction.
func caught(do func() error) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case storage.Failure:
			err = r
		default:
			panic(r)
		}
	}()
	return do()
}

// transient tells whether something may go well the next time: the server cannot
// be reached, is starting or stopping, or has ended the transaction for another's
// sake.
func transient(err error) bool {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return !errors.Is(err, context.Canceled)
	}
	switch refused.Code[:2] {
	case "08", "40", "53", "57": // connection, rollback, resources, operator
		return true
	}
	return refused.Code == "25P03" // stood still for too long
}
