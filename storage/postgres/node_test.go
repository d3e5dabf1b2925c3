package postgres_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"aggregator/storage"
	"aggregator/storage/postgres"
	"aggregator/storage/postgres/postgrestest"
)

// pair are two nodes of one database, and a store to write records with.
func pair(t *testing.T) (a, b *postgres.Node, s *storage.Store) {
	url := postgrestest.Start(t, "fsync=off").Database()
	s = nodes(t, url, 1, time.Now)[0]
	open := func() *postgres.Node {
		e, err := postgres.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		n := e.NewNode(time.Now)
		t.Cleanup(func() { n.Close(); e.Close() })
		return n
	}
	return open(), open(), s
}

func lease(t *testing.T, n *postgres.Node, source string, known time.Time) postgres.Lease {
	t.Helper()
	given, err := n.Lease(t.Context(), []postgres.Wish{{Source: source, Due: known}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return given[source]
}

// TestLease: a due source is one node's at a time, and nobody's before it is due again.
func TestLease(t *testing.T) {
	a, b, s := pair(t)
	if l := lease(t, a, "news", time.Time{}); l.Ctx == nil || l.Held {
		t.Fatalf("not given: %+v", l)
	}
	if l := lease(t, b, "news", time.Time{}); l.Ctx != nil || !l.Held {
		t.Errorf("given to two: %+v", l)
	}
	due := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	if err := s.PutSource(storage.Source{Name: "news", Due: due}); err != nil {
		t.Fatal(err)
	}
	a.Release("news")
	l := lease(t, b, "news", time.Time{})
	if l.Ctx != nil || l.Held || !l.Due.Equal(due) {
		t.Errorf("given before it is due: %+v", l)
	}
	// A node that knows the record has its reasons, such as another schedule.
	if l := lease(t, b, "news", l.Due); l.Ctx == nil || l.Orphaned {
		t.Errorf("not given: %+v", l)
	}
}

// TestLateOutcome: what a node stores of a source is refused where another has the
// source by then, though it had it when the write began to wait; what others store
// with it is not, and the source's record stays what the other one made of it.
func TestLateOutcome(t *testing.T) {
	url := postgrestest.Start(t, "fsync=off").Database()
	var nodes [2]*postgres.Node
	var stores [2]*storage.Store
	for i := range nodes {
		e, err := postgres.Open(t.Context(), url)
		if err == nil {
			nodes[i] = e.NewNode(time.Now)
			stores[i], err = storage.On(e, storage.Options{Authority: "example.net,2026"})
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { nodes[i].Close(); stores[i].Close() })
	}
	for _, source := range []string{"news", "live", "other"} {
		if lease(t, nodes[0], source, time.Time{}).Ctx == nil {
			t.Fatal("not given")
		}
	}
	unlock := lockWriting(t, url)
	old, now := time.Now().Add(-time.Minute).UTC().Truncate(time.Millisecond), time.Now().UTC().Truncate(time.Millisecond)
	var put [2]error // one is refused, and not the other that is stored together with it
	var added error
	var group sync.WaitGroup
	group.Go(func() {
		put = [2]error(stores[0].PutSources([]*storage.Source{{Name: "news", LastFetch: old}, {Name: "other", LastFetch: old}}))
	})
	group.Go(func() {
		_, added = stores[0].Add(storage.Batch{Source: "live", State: &storage.Source{LastFetch: old}, Entries: []storage.Entry{entry("x", "text", old)}})
	})
	time.Sleep(200 * time.Millisecond) // they wait
	for _, source := range []string{"news", "live"} {
		nodes[0].Release(source) // as if it had lapsed
		if lease(t, nodes[1], source, time.Time{}).Ctx == nil {
			t.Fatal("not given")
		}
		group.Go(func() {
			if err := stores[1].PutSource(storage.Source{Name: source, LastFetch: now}); err != nil {
				t.Error(err)
			}
		})
	}
	unlock()
	group.Wait()
	if !errors.Is(put[0], storage.ErrLost) || !errors.Is(added, storage.ErrLost) || put[1] != nil {
		t.Errorf("put: %v; added: %v", put, added)
	}
	for source, want := range map[string]time.Time{"news": now, "live": now, "other": old} {
		if rec, err := stores[0].Source(source); err != nil || !rec.LastFetch.Equal(want) {
			t.Errorf("%s was fetched at %s, want %s; %v", source, rec.LastFetch, want, err)
		}
	}
	if n, err := stores[0].Count(); err != nil || n != 0 {
		t.Errorf("%d articles, %v", n, err)
	}
}

// TestRenewedWhileWriting: leases are renewed though a transaction that stores outcomes
// of their sources takes long.
func TestRenewedWhileWriting(t *testing.T) {
	t.Parallel()
	a, b, _ := pair(t)
	e := a.Engine()
	mine := map[string]postgres.Lease{}
	for _, source := range []string{"news", "other"} {
		if mine[source] = lease(t, a, source, time.Time{}); mine[source].Ctx == nil {
			t.Fatal("not given")
		}
	}
	writing, done := make(chan struct{}), make(chan error)
	go func() {
		done <- e.Update(func(tx storage.Tx) error {
			_, err := tx.(storage.Timetable).Lost([]string{"news"})
			close(writing)
			time.Sleep(5 * time.Second)
			return err
		})
	}()
	<-writing
	began := time.Now()
	if !a.Renew(t.Context()) || time.Since(began) > 2*time.Second {
		t.Errorf("not renewed after %s", time.Since(began))
	}
	for source, l := range mine {
		if l.Ctx.Err() != nil || lease(t, b, source, time.Time{}).Ctx != nil {
			t.Errorf("%s is lost", source)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// lockWriting keeps all from writing until unlock.
func lockWriting(t *testing.T, url string) (unlock func()) {
	conn, err := pgx.Connect(t.Context(), url)
	if err == nil {
		t.Cleanup(func() { conn.Close(context.Background()) })
		_, err = conn.Exec(t.Context(), "BEGIN; SELECT FROM counters FOR UPDATE", pgx.QueryExecModeSimpleProtocol)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := conn.Exec(t.Context(), "COMMIT"); err != nil {
			t.Error(err)
		}
	}
}

// TestLeaseOfMany: each of many nodes' wishes is given once.
func TestLeaseOfMany(t *testing.T) {
	a, b, _ := pair(t)
	var wishes []postgres.Wish
	for n := range 500 {
		wishes = append(wishes, postgres.Wish{Source: time.Duration(n).String()})
	}
	var mu sync.Mutex
	given := map[string]int{}
	var group sync.WaitGroup
	for _, n := range []*postgres.Node{a, b} {
		group.Go(func() {
			for part := range slices.Chunk(wishes, 50) {
				got, err := n.Lease(t.Context(), part, time.Now())
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				for source, l := range got {
					if l.Ctx != nil {
						given[source]++
					}
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if len(given) != len(wishes) {
		t.Errorf("%d of %d given", len(given), len(wishes))
	}
	for source, n := range given {
		if n != 1 {
			t.Errorf("%s given %d times", source, n)
		}
	}
}

// TestTidy: rows of sources and sites that nobody has asked for half a year are removed,
// others stay, and who asks again has what it asks for.
func TestTidy(t *testing.T) {
	url := postgrestest.Start(t, "fsync=off").Database()
	e, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	n := e.NewNode(time.Now)
	t.Cleanup(func() { n.Close(); e.Close() })
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, name := range []string{"old", "young", "new"} {
		lease(t, n, name, time.Time{})
		n.Release(name)
		turn, err := n.Turn(t.Context(), name, 2, 0, false)
		if err != nil {
			t.Fatal(err)
		}
		turn.Done()
	}
	for _, sql := range []string{
		"UPDATE leases SET due = now() - interval '181 days' WHERE source = 'old'",
		"UPDATE leases SET due = now() - interval '179 days' WHERE source = 'young'",
		"UPDATE sites SET next = now() - interval '181 days' WHERE site = 'old'",
		"UPDATE sites SET next = now() - interval '179 days' WHERE site = 'young'",
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	n.Tidy(t.Context())
	for sql, want := range map[string]string{
		"SELECT string_agg(source, ' ' ORDER BY source) FROM leases":      "new young",
		"SELECT string_agg(site, ' ' ORDER BY site) FROM sites":           "new young",
		"SELECT string_agg(DISTINCT site, ' ' ORDER BY site) FROM places": "new young",
	} {
		var got string
		if err := conn.QueryRow(t.Context(), sql).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %s, want %s; %v", sql, got, want, err)
		}
	}
	if lease(t, n, "old", time.Time{}).Ctx == nil {
		t.Error("not given again")
	}
	if turn, err := n.Turn(t.Context(), "old", 2, 0, false); err != nil || turn.Done == nil {
		t.Errorf("no turn again: %v", err)
	}
}

// TestTurn: at a site so many requests are under way at a time, so much time lies
// between their starts, and it is left alone when it asks for that, whichever node
// it told.
func TestTurn(t *testing.T) {
	a, b, _ := pair(t)
	const interval = 100 * time.Millisecond
	var mu sync.Mutex
	var starts []time.Time
	under, most := 0, 0
	var group sync.WaitGroup
	for i := range 12 {
		n := []*postgres.Node{a, b}[i%2]
		group.Go(func() {
			for {
				turn, err := n.Turn(t.Context(), "example.org", 2, interval, false)
				if err != nil {
					t.Error(err)
					return
				}
				if turn.Done == nil {
					time.Sleep(turn.Wait)
					continue
				}
				mu.Lock()
				starts = append(starts, time.Now())
				under++
				most = max(most, under)
				mu.Unlock()
				time.Sleep(150 * time.Millisecond)
				mu.Lock()
				under--
				mu.Unlock()
				turn.Done()
				return
			}
		})
	}
	group.Wait()
	slices.SortFunc(starts, time.Time.Compare)
	for i := range starts[1:] {
		if apart := starts[i+1].Sub(starts[i]); apart < interval/2 { // it is the server that keeps the time
			t.Errorf("%s apart", apart)
		}
	}
	if took := starts[len(starts)-1].Sub(starts[0]); most != 2 || took < 11*interval-interval/2 {
		t.Errorf("%d at a time, %s in all", most, took)
	}
	until := time.Now().Add(time.Minute).Truncate(time.Millisecond)
	if err := a.Rest(t.Context(), "example.org", until); err != nil {
		t.Fatal(err)
	}
	time.Sleep(interval)
	if turn, err := b.Turn(t.Context(), "example.org", 2, interval, false); err != nil || turn.Done != nil || !turn.Rest.Equal(until) {
		t.Errorf("%+v, %v", turn, err)
	}
	if turn, err := b.Turn(t.Context(), "example.org", 2, interval, true); err != nil || turn.Done == nil {
		t.Errorf("forced: %+v, %v", turn, err)
	}
}

// TestClaim: an item is one node's at a time.
func TestClaim(t *testing.T) {
	a, b, _ := pair(t)
	if mine, err := a.Claim(t.Context(), []string{"x", "y"}); err != nil || len(mine) != 2 {
		t.Fatal(mine, err)
	}
	if mine, err := b.Claim(t.Context(), []string{"y", "z", "z"}); err != nil || len(mine) != 1 || !mine["z"] {
		t.Fatal(mine, err)
	}
	if held, err := b.Claimed(t.Context(), []string{"y"}); err != nil || !held {
		t.Error(held, err)
	}
	if held, err := a.Claimed(t.Context(), []string{"y"}); err != nil || held {
		t.Error(held, err)
	}
	a.Disclaim([]string{"x", "y"})
	if held, err := b.Claimed(t.Context(), []string{"y"}); err != nil || held {
		t.Error(held, err)
	}
}

// TestNotice: what a node tells reaches the others within a second, and not itself.
func TestNotice(t *testing.T) {
	a, b, _ := pair(t)
	heard, own := make(chan []string, 10), make(chan []string, 10)
	go b.Listen(t.Context(), func(slugs ...string) { heard <- slugs })
	go a.Listen(t.Context(), func(slugs ...string) { own <- slugs })
	time.Sleep(300 * time.Millisecond) // both listen
	if err := a.Tell("all", "finance"); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-heard:
		if !slices.Equal(got, []string{"all", "finance"}) {
			t.Errorf("heard %v", got)
		}
	case <-time.After(time.Second):
		t.Error("not heard within a second")
	}
	many := make([]string, 2000)
	for i := range many {
		many[i] = "stock/sz000931"
	}
	if err := a.Tell(many...); err != nil {
		t.Fatal(err)
	}
	if got := <-heard; len(got) != 0 {
		t.Errorf("heard %d slugs, want none for all", len(got))
	}
	if len(own) != 0 {
		t.Errorf("heard itself: %v", <-own)
	}
}

// TestAhead: a clock that is wrong is found out by the server's.
func TestAhead(t *testing.T) {
	e, err := postgres.Open(t.Context(), postgrestest.Start(t, "fsync=off").Database())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, want := range []time.Duration{0, 3 * time.Hour, -3 * time.Hour} {
		got, err := e.Ahead(t.Context(), func() time.Time { return time.Now().Add(want) })
		if err != nil || (got-want).Abs() > 5*time.Second {
			t.Errorf("ahead by %s, %v; want %s", got, err, want)
		}
	}
}

// TestCutOff: a node that does not reach the server any more gives up what it holds
// before another may have it, though nobody tells it that nothing comes through.
func TestCutOff(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t, "fsync=off")
	url := server.Database()
	var cut atomic.Bool
	e, err := postgres.Open(t.Context(), strings.Replace(url, server.Addr(), relay(t, server.Addr(), &cut), 1))
	if err != nil {
		t.Fatal(err)
	}
	a := e.NewNode(time.Now)
	t.Cleanup(func() { cut.Store(false); a.Close(); e.Close() })
	other, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	b := other.NewNode(time.Now)
	t.Cleanup(func() { b.Close(); other.Close() })

	mine := lease(t, a, "news", time.Time{})
	time.Sleep(5 * time.Second) // it has been renewed
	var group sync.WaitGroup
	for range 20 { // so that several connections are there, each of which may hang
		group.Go(func() {
			if _, err := a.Claimed(t.Context(), []string{"x"}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	cut.Store(true)
	began := time.Now()
	for lease(t, b, "news", time.Time{}).Ctx == nil {
		if time.Since(began) > 30*time.Second {
			t.Fatal("it is nobody's")
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Logf("another has it after %s", time.Since(began))
	if mine.Ctx.Err() == nil {
		t.Error("both hold it")
	}
}

// relay passes on to a server what comes; while it is cut nothing gets through, and
// nobody is told.
func relay(t *testing.T, to string, cut *atomic.Bool) (addr string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	pass := func(to, from net.Conn) {
		defer to.Close()
		b := make([]byte, 32<<10)
		for {
			n, err := from.Read(b)
			for cut.Load() {
				time.Sleep(20 * time.Millisecond)
			}
			if _, writeErr := to.Write(b[:n]); err != nil || writeErr != nil {
				return
			}
		}
	}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				return
			}
			go pass(out, in)
			go pass(in, out)
		}
	}()
	return l.Addr().String()
}
