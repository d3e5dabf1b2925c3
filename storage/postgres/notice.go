package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// longestNotice is what PostgreSQL takes, less some room.
	longestNotice = 7000
	// lookEvery is how often a node looks by itself whether something has changed,
	// for notices get lost with the connection.
	lookEvery = 5 * time.Second
)

// notice is what nodes tell each other. They are numbered, so that one that was
// missed is noticed.
type notice struct {
	Node  string   `json:"node"`
	Slugs []string `json:"slugs,omitempty"`
}

// Tell lets the other nodes know which feeds show something else; of none that any
// may. Their channel has the name of the schema, for several databases of ours may be
// in one of the server's.
func (n *Node) Tell(slugs ...string) error {
	text, err := json.Marshal(notice{n.id, slugs})
	if err == nil && len(text) > longestNotice {
		text, err = json.Marshal(notice{Node: n.id})
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(n.e.ctx, beat)
	defer cancel()
	_, err = n.e.talk.Exec(ctx, "SELECT pg_notify('aggregator_' || current_schema(), nextval('notices') || ' ' || $1)", string(text))
	if err != nil {
		return fmt.Errorf("tell other nodes: %w", err)
	}
	return nil
}

// Listen calls do with what other nodes tell, until ctx ends. Where a notice may have
// been missed it is called with nothing: any feed may show something else.
func (n *Node) Listen(ctx context.Context, do func(slugs ...string)) {
	for missed := false; ctx.Err() == nil; missed = true {
		l := listener{node: n, do: do}
		if err := l.listen(ctx, missed); err != nil && ctx.Err() == nil {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
		}
	}
}

// listener is one connection that listens.
type listener struct {
	node *Node
	do   func(slugs ...string)
	seen int64 // the greatest number that came
}

func (l *listener) listen(ctx context.Context, missed bool) error {
	pooled, err := l.node.e.talk.Acquire(ctx)
	if err != nil {
		return err
	}
	conn := pooled.Hijack() // it goes on listening: nobody else is to have it
	defer conn.Close(context.WithoutCancel(ctx))
	var channel string
	if err := conn.QueryRow(ctx, "SELECT 'aggregator_' || current_schema()").Scan(&channel); err != nil {
		return err
	}
	refused := new(pgconn.PgError)
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil && !errors.As(err, &refused) {
		return err // refused, as by a pool in between, it looks by itself all the same
	}
	if l.seen, err = l.last(ctx, conn); err != nil {
		return err
	}
	if missed {
		l.do()
	}
	for {
		wait, cancel := context.WithTimeout(ctx, lookEvery)
		got, err := conn.WaitForNotification(wait)
		cancel()
		switch {
		case err == nil:
			l.hear(got.Payload)
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return err
		default:
			if err := l.look(ctx, conn); err != nil {
				return err
			}
		}
	}
}

func (l *listener) hear(payload string) {
	number, text, _ := strings.Cut(payload, " ")
	n, _ := strconv.ParseInt(number, 10, 64)
	l.seen = max(l.seen, n)
	var what notice
	if json.Unmarshal([]byte(text), &what) == nil && what.Node != l.node.id {
		l.do(what.Slugs...)
	}
}

// look finds out whether something was told that did not come.
func (l *listener) look(ctx context.Context, conn *pgx.Conn) error {
	last, err := l.last(ctx, conn)
	if err == nil && last > l.seen {
		l.seen = last
		l.do()
	}
	return err
}

func (l *listener) last(ctx context.Context, conn *pgx.Conn) (n int64, err error) {
	err = conn.QueryRow(ctx, "SELECT last_value FROM notices").Scan(&n)
	return n, err
}
