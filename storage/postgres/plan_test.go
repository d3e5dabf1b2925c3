package postgres_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"aggregator/storage"
	"aggregator/storage/postgres"
	"aggregator/storage/postgres/postgrestest"
)

// TestPlans has the engine and a node do all that the program has them do, on tables of
// 100,000 rows, and looks at the plans that PostgreSQL made for it, which its module
// auto_explain logs: each goes by an index, and none takes longer the more there is.
func TestPlans(t *testing.T) {
	server := postgrestest.Start(t, "fsync=off", "session_preload_libraries=auto_explain", "auto_explain.log_min_duration=0",
		"auto_explain.log_format=json", "autovacuum=off")
	url := server.Database()
	e, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	fill(t, e, url)
	before := len(server.Log())
	work(t, e)

	var plans []plan
	for _, p := range plansIn(t, server.Log()[before:]) {
		p.check(t)
		plans = append(plans, p)
	}
	for _, want := range []string{
		`^SELECT key, value FROM "articles" WHERE key = \$1$`,
		`^SELECT key, value FROM "articles" WHERE key = ANY\(\$1\)$`,
		`^SELECT key, value FROM "articles" WHERE key >= \$1 ORDER BY key LIMIT `,
		`^SELECT key, value FROM "articles" WHERE key > \$1 ORDER BY key LIMIT `,
		`^SELECT key, value FROM "articles" ORDER BY key DESC LIMIT `,
		`^SELECT key, value FROM "articles" WHERE key < \$1 ORDER BY key DESC LIMIT `,
		`^DELETE FROM "articles" `, `^INSERT INTO "articles" .* ON CONFLICT `,
		`^SELECT key, value FROM "index" WHERE key = \$1$`,
		`^SELECT key, value FROM "index" WHERE key = ANY\(\$1\)$`,
		`^SELECT key, value FROM "index" WHERE key >= \$1 ORDER BY key LIMIT `,
		`^SELECT key, value FROM "index" ORDER BY key DESC LIMIT `,
		`^SELECT key, value FROM "index" WHERE key < \$1 ORDER BY key DESC LIMIT `,
		`^DELETE FROM "index" `, `^INSERT INTO "index" .* ON CONFLICT `,
		`INSERT INTO leases \(source, due\) `, `UPDATE leases l SET node = \$4`, `UPDATE leases l SET until = `, `^SELECT source FROM leases .* FOR NO KEY UPDATE`, `^UPDATE leases SET node = ''`,
		`UPDATE places p SET node = \$3`, `^UPDATE places SET until = `, `^UPDATE places SET node = ''`, `INSERT INTO sites \(site, rest\)`,
		`INSERT INTO claims `, `FROM claims WHERE item = ANY`, `^UPDATE claims SET until = `, `^DELETE FROM claims `,
	} {
		is := regexp.MustCompile(want)
		if !slices.ContainsFunc(plans, func(p plan) bool { return is.MatchString(p.Text) }) {
			t.Errorf("no plan of %s", want)
		}
	}
}

const (
	planRows   = 100_000
	planMonths = 5
)

// planKey is of the n-th row: an order number, which tells the time, and a name.
func planKey(n int) []byte {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * planMonths * 30 * 24 * time.Hour / planRows)
	return fmt.Appendf(binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli())<<20), "%06d", n)
}

// fill makes tables as large as those of a great store, and lets the server know how
// large they are.
func fill(t *testing.T, e *postgres.Engine, url string) {
	t.Helper()
	tables := []string{"articles", "index"}
	err := e.Update(func(tx storage.Tx) error {
		for _, name := range tables {
			if err := tx.Create(name); err != nil {
				return err
			}
		}
		return nil
	})
	for rows := range slices.Chunk(slices.Collect(count(planRows)), 10_000) {
		if err == nil {
			err = e.Update(func(tx storage.Tx) error {
				for _, name := range tables {
					tb := tx.Table(name)
					for _, n := range rows {
						if err := tb.Put(planKey(n), []byte(strings.Repeat("value ", 20))); err != nil {
							return err
						}
					}
				}
				return nil
			})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, sql := range []string{
		"INSERT INTO leases (source, due) SELECT 'source ' || n, now() FROM generate_series(1, $1::integer) AS n",
		"INSERT INTO sites (site) SELECT 'site ' || n FROM generate_series(1, $1::integer) AS n",
		"INSERT INTO places (site, place) SELECT 'site ' || n, p FROM generate_series(1, $1::integer) AS n, generate_series(0, 1) AS p",
		"INSERT INTO claims SELECT 'item ' || n, '', '-infinity' FROM generate_series(1, $1::integer) AS n",
	} {
		if _, err := conn.Exec(t.Context(), sql, planRows); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Exec(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
}

func count(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// work does everything often enough that the server makes plans without regard to
// what is asked for, too.
func work(t *testing.T, e *postgres.Engine) {
	t.Helper()
	for round := range 8 {
		at := round * planRows / 8
		if err := e.View(func(tx storage.Tx) error { walk(t, tx, at); return nil }); err != nil {
			t.Fatal(err)
		}
		err := e.Update(func(tx storage.Tx) error {
			for _, name := range []string{"articles", "index"} {
				tb := tx.Table(name)
				for n := range 50 {
					if err := tb.Put(planKey(at+n), []byte("other")); err != nil {
						return err
					}
				}
				if err := tb.Delete(planKey(at + 50)); err != nil {
					return err
				}
			}
			tx.(storage.Timetable).Due(fmt.Sprint("source ", round+1), time.Now())
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	n := e.NewNode(time.Now)
	defer n.Close()
	agree(t, n)
	err := e.Update(func(tx storage.Tx) error {
		_, err := tx.(storage.Timetable).Lost([]string{"source 1", "source 2"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// walk reads by key, several keys at once, and both ways.
func walk(t *testing.T, tx storage.Tx, at int) {
	for _, name := range []string{"articles", "index"} {
		tb := tx.Table(name)
		if tb.Get(planKey(at)) == nil {
			t.Errorf("%s has no row %d", name, at)
		}
		var keys [][]byte
		for n := range 100 {
			keys = append(keys, planKey(at+100+n))
		}
		tb.Expect(keys)
		up, down := tb.Cursor(), tb.Cursor()
		up.Seek(planKey(at))
		down.Last()
		for range 50 {
			up.Next()
			down.Prev()
		}
		down.Seek(planKey(at + 1000))
		for range 50 {
			down.Prev()
		}
	}
}

// agree takes leases, turns and claims, and holds them until they have been renewed.
func agree(t *testing.T, n *postgres.Node) {
	t.Helper()
	for round := range 8 {
		var wishes []postgres.Wish
		var items []string
		for i := range 128 {
			wishes = append(wishes, postgres.Wish{Source: fmt.Sprint("source ", round*128+i+1)})
			items = append(items, fmt.Sprint("item ", round*128+i+1))
		}
		given, err := n.Lease(t.Context(), wishes, time.Now())
		if err != nil || given[wishes[0].Source].Ctx == nil {
			t.Fatal(given[wishes[0].Source], err)
		}
		if _, err := n.Claim(t.Context(), items); err != nil {
			t.Fatal(err)
		}
		if _, err := n.Claimed(t.Context(), items); err != nil {
			t.Fatal(err)
		}
		turn, err := n.Turn(t.Context(), fmt.Sprint("site ", round+1), 2, time.Millisecond, false)
		if err != nil || turn.Done == nil {
			t.Fatal(turn, err)
		}
		if err := n.Rest(t.Context(), fmt.Sprint("site ", round+1), time.Now()); err != nil {
			t.Fatal(err)
		}
		if round == 7 {
			time.Sleep(6 * time.Second) // longer than a node is silent
		}
		turn.Done()
		if round == 7 {
			return // the end of the node lets go of the rest
		}
		n.Disclaim(items)
		for _, w := range wishes {
			n.Release(w.Source)
		}
	}
}

// plan is what auto_explain logs.
type plan struct {
	Text string  `json:"Query Text"`
	Plan planned `json:"Plan"`
}

type planned struct {
	Type     string    `json:"Node Type"`
	Relation string    `json:"Relation Name"`
	Removed  int       `json:"Subplans Removed"`
	Plans    []planned `json:"Plans"`
}

func (p planned) all(yield func(planned) bool) bool {
	if !yield(p) {
		return false
	}
	for _, sub := range p.Plans {
		if !sub.all(yield) {
			return false
		}
	}
	return true
}

// plansIn finds the plans in a server's log, each but once.
func plansIn(t *testing.T, log string) []plan {
	t.Helper()
	found := map[string]plan{}
	for _, text := range regexp.MustCompile(`(?m)^.*  plan:\n((?:\t.*\n)+)`).FindAllStringSubmatch(log, -1) {
		var p plan
		if err := json.Unmarshal([]byte(text[1]), &p); err != nil {
			t.Fatalf("%v in\n%s", err, text[1])
		}
		p.Text = strings.Join(strings.Fields(p.Text), " ")
		key, _ := json.Marshal(p)
		found[string(key)] = p
	}
	return slices.Collect(maps.Values(found))
}

// check looks for what takes longer the more there is: a scan of a whole table, the
// sorting of one, and one row looked for in all partitions.
func (p plan) check(t *testing.T) {
	t.Helper()
	big := regexp.MustCompile(`^(articles.*|index|leases|sites|places|claims)$`)
	partitions := map[string]bool{}
	fails := func(why string) {
		t.Helper()
		text, _ := json.MarshalIndent(p, "", " ")
		t.Errorf("%s\n%s", why, text)
	}
	p.Plan.all(func(n planned) bool {
		switch {
		case n.Type == "Seq Scan" && big.MatchString(n.Relation):
			fails("all of " + n.Relation + " is read")
		case n.Type == "Sort" && strings.Contains(p.Text, " LIMIT "):
			fails("all is sorted for a few")
		case strings.HasPrefix(n.Relation, "articles_"):
			partitions[n.Relation] = true
		}
		return true
	})
	if strings.HasSuffix(p.Text, `"articles" WHERE key = $1`) && len(partitions) > 1 {
		fails("one row is looked for in all partitions")
	}
}
