package daemon_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
	"aggregator/storage"
)

// month is the scored month: a publisher, and daemons that fetch from it one
// after the other.
type month struct {
	*testing.T
	*publisher
	cfg  *config.Config
	file string
	// store of the daemon that runs, for a look at its records.
	store  *storage.Store
	daemon *daemon.Daemon
	stop   func()
	// offline is what the machine knows of its own link.
	offline bool
}

// character is a kind of host and how many lists of it there are.
type character struct {
	host     string
	lists    int
	schedule string
	every    time.Duration
	serve    func(*listing, *asked) reply
	healthy  bool // it is fetched at every turn
	options  string
}

var characters = []character{
	{"both", 2, `"*/30 * * * *"`, 6 * time.Hour, both, true, ""},
	{"tagged", 1, `"15 */2 * * *"`, 6 * time.Hour, tagged, true, ""},
	{"dated", 1, `"15 */2 * * *"`, 6 * time.Hour, dated, true, ""},
	{"bare", 1, `"15 */2 * * *"`, 6 * time.Hour, bare, true, ""},
	{"renewing", 1, `"@hourly"`, 5 * time.Hour, renewing, true, ""},
	{"vanishing", 1, `"15 */2 * * *"`, 5 * time.Hour, vanishing, true, ""},
	{"maxage", 1, `"*/30 * * * *"`, 6 * time.Hour, maxAge, false, ""},
	{"expiring", 1, `"@hourly"`, 6 * time.Hour, expiring, false, ""},
	{"expiring-too", 1, `"@every 25m"`, 6 * time.Hour, expiring, false, ""},
	{"nocache", 1, `"15 */2 * * *"`, 6 * time.Hour, noCache, true, ""},
	{"ttl", 1, `"15 */2 * * *"`, 6 * time.Hour, ttl, false, ""},
	{"syndication", 1, `"15 */2 * * *"`, 6 * time.Hour, syndication, false, ""},
	{"busy", 3, `"@hourly"`, 6 * time.Hour, busy, false, ""},
	{"until", 2, `"15 */2 * * *"`, 6 * time.Hour, busyUntil, false, ""},
	{"down", 2, `"*/40 * * * *"`, 6 * time.Hour, down, false, ""},
	{"forbidding", 2, `"15 */2 * * *"`, 6 * time.Hour, forbidding, false, ""},
	{"missing", 1, `"*/30 * * * *"`, 6 * time.Hour, missing, false, ""},
	{"gone", 1, `"15 */2 * * *"`, 6 * time.Hour, gone, false, ""},
	{"moving", 1, `"@hourly"`, 6 * time.Hour, moving, false, ""},
	{"elsewhere", 1, `"15 */2 * * *"`, 6 * time.Hour, elsewhere, false, ""},
	{"slow", 6, `"10 */3 * * *"`, 6 * time.Hour, slow, false, ""},
	{"stuck", 24, `"@every 12h"`, 6 * time.Hour, stuck, false, ""},
	{"spoilt", 2, `"15 */2 * * *"`, 7 * time.Hour, spoilt, false, ""},
	{"odd", 1, `"15 */2 * * *"`, 6 * time.Hour, odd, false, ""},
	{"pages", 2, `"*/30 * * * *"`, 9 * time.Hour, both, true, ", full_text: true"},
	{"trading", 1, `["2-59/5 9-15 * * 1-5", "12,42 * * * *"]`, 6 * time.Hour, both, true, ""},
	{"interval", 3, `"@every 50m"`, 6 * time.Hour, both, true, ""},
	{"daily", 1, `"0 9 * * *"`, 12 * time.Hour, both, true, ""},
}

// monday is when months begin, in Shanghai.
var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.FixedZone("CST", 8*3600))

// newMonth makes a month of such hosts.
func newMonth(t *testing.T, start time.Time, characters ...character) *month {
	time.Sleep(time.Until(start))
	m := &month{T: t, publisher: &publisher{start: start, score: newScore(), lists: map[string]*listing{}}, file: filepath.Join(t.TempDir(), "a.db")}
	m.out = func(time.Duration) bool { return false }
	var yaml strings.Builder
	fmt.Fprint(&yaml, "site: {tag_authority: \"feeds.example.net,2026\"}\nfetch: {full_text: false}\nsources:\n")
	for _, c := range characters {
		for n := range c.lists {
			name := fmt.Sprintf("%s%d", c.host, n)
			at := fmt.Sprintf("www%d.%s.example/feed%d", n, c.host, n)
			l := &listing{name: name, every: c.every + time.Duration(n)*time.Minute, serve: c.serve, told: map[int]bool{}, partner: "https://new." + c.host + ".example/feed"}
			l.pages = strings.Contains(c.options, "full_text")
			m.lists[at] = l
			m.lists["new."+c.host+".example/feed"] = &listing{name: name, every: l.every, serve: both, told: l.told}
			fmt.Fprintf(&yaml, "  - {name: %s, kind: feed, url: \"https://%s\", schedule: %s%s}\n", name, at, c.schedule, c.options)
		}
	}
	var err error
	if m.cfg, err = config.Parse("config.yaml", []byte(yaml.String())); err != nil {
		t.Fatal(err)
	}
	return m
}

// begin runs a daemon on the store until stop.
func (m *month) begin() {
	m.open()
	m.run()
}

// run runs the daemon that was opened.
func (m *month) run() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- m.daemon.Run(ctx) }()
	closeStore := m.stop
	m.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			m.Error(err)
		}
		closeStore()
	}
}

// open makes a daemon on the store that does nothing yet.
func (m *month) open() {
	store, err := storage.Open(m.file, storage.Options{Authority: "feeds.example.net,2026", NoSync: true})
	if err != nil {
		m.Fatal(err)
	}
	client, err := fetcher.NewClient(fetcher.Options{UserAgent: m.cfg.UserAgent("test"), Transport: m.publisher, Interval: 500 * time.Millisecond})
	if err != nil {
		m.Fatal(err)
	}
	m.daemon, err = daemon.New(slog.New(slog.DiscardHandler), m.cfg, client, store)
	if err != nil {
		m.Fatal(err)
	}
	m.daemon.Offline = func(context.Context, error) bool { return m.offline }
	m.store = store
	m.stop = func() {
		if err := store.Close(); err != nil {
			m.Error(err)
		}
	}
}

// visits are the requests for the n-th list of a host.
func (m *month) visits(host string, n int) []time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.lists[fmt.Sprintf("www%d.%s.example/feed%d", n, host, n)].visits)
}

// until lets the month go on.
func (m *month) until(at time.Duration) { time.Sleep(time.Until(m.start.Add(at))) }

// TestManners runs the scheduler and the client against a simulated publisher
// for thirty simulated days and scores every request by CONDUCT's rules for
// fetchers. What needs real sockets (rules 5, 7, 17, 25) is in the fetcher's own
// tests.
func TestManners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday.Add(17*time.Second), characters...)
		m.out = func(at time.Duration) bool { return at > 20*day+90*time.Minute && at < 20*day+5*time.Hour }
		m.begin()
		m.until(12*day + 6*time.Hour)
		m.stop()
		m.until(12*day + 8*time.Hour + 55*time.Minute)
		m.score.restart = time.Now()
		m.begin()
		m.until(20*day + 5*time.Hour - time.Minute)
		m.noneBlamed()
		m.until(30 * day)
		m.turns()
		m.redirects()
		m.failures()
		m.outage()
		m.stored()
		m.stop()
		m.score.print(t)
	})
}

// noneBlamed: while our own link is down, no source is in trouble for it.
func (m *month) noneBlamed() {
	for _, c := range characters {
		if !c.healthy {
			continue
		}
		rec := m.record(c.host + "0")
		m.score.check(14, rec.Error == "" && rec.Failures == 0, "%s is blamed: %s", rec.Name, rec.Error)
	}
}

func (m *month) record(name string) storage.Source {
	rec, err := m.store.Source(name)
	if err != nil {
		m.Fatal(err)
	}
	return rec
}

// asleep are the hours in which the daemon does not run, or reaches nobody.
func (m *month) asleep(from, to time.Time) bool {
	for _, gap := range [][2]time.Duration{{12*day + 6*time.Hour, 12*day + 10*time.Hour + 30*time.Minute}, {20*day + 80*time.Minute, 20*day + 6*time.Hour}} {
		if from.Before(m.start.Add(gap[1])) && to.After(m.start.Add(gap[0])) {
			return true
		}
	}
	return false
}

// turns: no source is fetched more often than its schedule says, nor right
// after another fetch; and a source that is well, at every turn.
func (m *month) turns() {
	for _, c := range characters {
		for n := range c.lists {
			src := m.cfg.SourceNamed(fmt.Sprintf("%s%d", c.host, n))
			when := m.cfg.Schedule(src)
			visits := m.visits(c.host, n)
			var due []time.Time
			for t := when.Next(m.start); t.Before(m.start.Add(30 * day)); t = when.Next(t) {
				due = append(due, t)
			}
			m.score.check(9, len(visits) <= len(due)+1, "%s: %d turns, %d due", src.Name, len(visits), len(due))
			for i, v := range visits[1:] {
				gap := v.Sub(visits[i])
				m.score.check(9, gap >= min(rhythm(due, v)*9/20, 10*time.Minute), "%s: %s after %s", src.Name, gap, visits[i])
			}
			if !c.healthy || c.host == "interval" {
				continue
			}
			for _, t := range due[1 : len(due)-1] {
				if late := t.Add(2 * time.Minute); !m.asleep(t, late) {
					m.score.check(12, between(visits, t, late) == 1, "%s: not fetched within two minutes of %s", src.Name, t)
				}
			}
		}
	}
}

// rhythm is the shortest time between two turns around t.
func rhythm(due []time.Time, t time.Time) time.Duration {
	shortest := day
	for i := range due[1:] {
		if gap := due[i+1].Sub(due[i]); due[i+1].After(t.Add(-2*time.Hour)) && due[i].Before(t.Add(2*time.Hour)) {
			shortest = min(shortest, gap)
		}
	}
	return shortest
}

// redirects: a new address is adopted after days, one that is only for today never.
func (m *month) redirects() {
	old := m.visits("moving", 0)
	lasted := old[len(old)-1].Sub(m.start) - 2*day
	m.score.check(18, lasted >= 5*day && lasted < 8*day, "the old address was asked for %s more", lasted)
	m.score.check(18, len(m.lists["new.moving.example/feed"].visits) > 20*24, "the new address was not fetched on")
	old = m.visits("elsewhere", 0)
	m.score.check(18, len(old) > 28*12, "%d requests for the address that redirects for today", len(old))
}

// failures: what is no feed is a failure, and one that has recovered is none.
func (m *month) failures() {
	for name, want := range map[string]bool{"gone0": true, "stuck0": true, "missing0": false, "both0": false, "down0": false} {
		rec := m.record(name)
		m.score.check(20, (rec.Error != "") == want, "%s: error %q", name, rec.Error)
	}
}

// outage: while nobody can be reached there are a few attempts, and soon after
// it everybody is fetched again.
func (m *month) outage() {
	tried := m.score.tried()
	m.score.check(14, tried > 5 && tried < 100, "%d attempts while the link was down", tried)
	back := m.start.Add(20*day + 5*time.Hour)
	for _, c := range characters {
		if c.healthy && c.host != "daily" {
			visits := m.visits(c.host, 0)
			m.score.check(14, between(visits, back, back.Add(70*time.Minute)) > 0, "%s0 is not fetched again", c.host)
		}
	}
}

// stored: all that a whole list has told is in the store, once.
func (m *month) stored() {
	count := map[string]int{}
	for a, err := range m.store.Articles(storage.Query{}) {
		if err != nil {
			m.Fatal(err)
		}
		count[a.Source]++
	}
	for _, l := range m.lists {
		if len(l.told) > 0 {
			m.score.check(6, count[l.name] == len(l.told), "%s: %d articles of %d", l.name, count[l.name], len(l.told))
		}
	}
}
