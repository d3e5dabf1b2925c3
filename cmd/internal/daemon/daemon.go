// Package daemon ties the stages together: the cycle of one source, rounds of
// all of them now or on schedule, and the control socket through which other
// commands use a running daemon's store.
//
// Make a [Daemon] with [New]; [Daemon.Once] fetches every source now,
// [Daemon.Run] fetches on schedule until its context ends. [Daemon.Feeds] is
// what the publisher reads its feeds from.
package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/fetcher"
	"aggregator/storage"
	"aggregator/storage/postgres"
)

// Daemon runs cycles. Its methods may be called at the same time.
type Daemon struct {
	cfg     *config.Config
	log     *slog.Logger
	client  *fetcher.Client
	store   *storage.Store
	sources []*source
	archive *archive
	*inheritance
	timetables map[uint64]*timetable // by their prints
	retired    chan struct{}
	door       chan struct{} // holds something for each cycle that waits for a place

	overview kept[*Overview]
	hours    kept[[]Hour]
	answer   kept[struct{}] // of the store
	// complained is when the operator was told last that the store cannot be read.
	complained atomic.Pointer[time.Time]
	// unarchived is when he was told last that the archive cannot be written; nil while it can.
	unarchived atomic.Pointer[time.Time]

	// Changed is told which feeds show something new, and with no names that
	// any may show something else, which is no news; nil to tell nobody.
	Changed func(slugs ...string)
	// Renewed is told the same of what other nodes have stored, which they have
	// told to whom it is news; nil to tell nobody.
	Renewed func(slugs ...string)
	// Alarm is told when a source gets into trouble or out of it; nil to tell
	// nobody.
	Alarm func(storage.Condition)
	// Offline tells of a failure to reach a host that this machine is cut off. By
	// default it asks the machine itself.
	Offline func(context.Context, error) bool
	// Now is the wall clock by which Run decides what is due; tests let it jump.
	Now func() time.Time
}

// source is a configured source, ready to be fetched.
type source struct {
	*config.Source
	reader *fetcher.Reader
	site   string // whom the list is fetched from
	when   *timetable
	share  float64 // its own place between 0 and 1, among those that are due together
	// known is when the source was due by its record, as Run has read it last; lease
	// is what Run took of it for its next cycle. See peers.go.
	known time.Time
	lease atomic.Pointer[postgres.Lease]
	all   *slog.Logger // of all sources
	hider
}

// log is the source's own. Most have nothing to say for days.
func (s *source) log() *slog.Logger { return s.all.With("source", s.Name) }

// inheritance is what daemons of one store have in common when one follows the
// other.
type inheritance struct {
	node   *postgres.Node // nil where the store is this program's alone
	claims claims
	link   link
	// shortage is what the machine lacks.
	shortage shortage
	names    stockNames
	wards    ward
	pulse    pulse
	// metrics go on, whoever counts.
	metrics *metrics
	desks   desks
	// running are the sources of which a cycle runs, by whatever configuration.
	running  running
	outcomes outcomes

	archiving sync.Mutex
}

// New makes a daemon of a valid configuration. It neither fetches nor stores
// anything yet.
func New(log *slog.Logger, cfg *config.Config, client *fetcher.Client, store *storage.Store) (*Daemon, error) {
	d, err := inherit(&inheritance{metrics: newMetrics(time.Now()), link: newLink(0), shortage: newShortage(), desks: newDesks(), running: newRunning(), outcomes: outcomes{save: store.PutSources, saving: make(chan struct{}, 1)}}, log, cfg, client, store)
	if err == nil {
		client.OnRest(d.rested)
	}
	return d, err
}

// Follow makes a daemon of another configuration for the same store, which goes on
// where d is: what both know of articles, sources and our own link is one, both count
// together, and no source is fetched by both at a time. Have d [Daemon.Retire] when
// the other one runs.
func (d *Daemon) Follow(cfg *config.Config, client *fetcher.Client) (*Daemon, error) {
	client.Follow(d.client)
	next, err := inherit(d.inheritance, d.log, cfg, client, d.store)
	if err == nil && client != d.client { // one that is at work tells d, of the same store
		client.OnRest(next.rested)
	}
	return next, err
}

// Retire ends [Daemon.Run] without interrupting a cycle: no other begins.
func (d *Daemon) Retire() { close(d.retired) }

func inherit(i *inheritance, log *slog.Logger, cfg *config.Config, client *fetcher.Client, store *storage.Store) (*Daemon, error) {
	d := &Daemon{cfg: cfg, log: log, client: client, store: store, inheritance: i, timetables: map[uint64]*timetable{}, retired: make(chan struct{}), door: make(chan struct{}, 2*max(1, cfg.Fetch.Concurrency)), Offline: offline, Now: time.Now}
	for i := range cfg.Sources {
		if !cfg.Sources[i].Enabled {
			continue
		}
		s, err := d.source(&cfg.Sources[i])
		if err != nil {
			return nil, err
		}
		d.sources = append(d.sources, s)
	}
	d.link.widen(len(d.sites()))
	if cfg.Archive != "" {
		d.archive = &archive{dir: cfg.Archive, daemon: d, mu: &d.archiving}
	}
	return d, nil
}

func (d *Daemon) source(c *config.Source) (*source, error) {
	reader, err := d.client.NewReader(c.Fetcher())
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", c.Name, err)
	}
	return &source{Source: c, reader: reader, site: siteOf(reader, c.Name), when: d.timetable(c), share: share(c.Name), all: d.log, hider: newHider(c, d.cfg.Secrets())}, nil
}

// sites are whom lists are fetched from.
func (d *Daemon) sites() map[string]bool {
	sites := map[string]bool{}
	for _, s := range d.sources {
		sites[s.site] = true
	}
	return sites
}

// UnknownSource is an error for a name that no enabled source has.
type UnknownSource struct{ Name string }

func (e *UnknownSource) Error() string { return fmt.Sprintf("no enabled source is named %q", e.Name) }

// named returns the sources with these names; all of them for no names.
func (d *Daemon) named(names []string) ([]*source, error) {
	if len(names) == 0 {
		return d.sources, nil
	}
	var out []*source
	for _, name := range names {
		s := d.sourceNamed(name)
		if s == nil {
			return nil, &UnknownSource{name}
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out, nil
}

// Sources tells how many sources Once would fetch.
func (d *Daemon) Sources(names []string) int {
	sources, _ := d.named(names) // Once tells what is wrong with them
	return len(sources)
}

func (d *Daemon) sourceNamed(name string) *source {
	for _, s := range d.sources {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// Once fetches the named sources now, due or not; all enabled ones if none is
// named. It calls report after each, never twice at a time. The error is about
// the names, or [ErrArchive]; failures of sources are in their reports.
func (d *Daemon) Once(ctx context.Context, names []string, o Options, report func(Report)) error {
	sources, err := d.named(names)
	if err != nil {
		return err
	}
	if err := d.prime(); err != nil {
		return err
	}
	// Whoever takes the reports may be slow, or stopped. The records of many cycles, of
	// other rounds too, are stored together, and these are told of one after the other.
	reports := make(chan *Report, len(sources))
	go func() {
		defer close(reports)
		d.round(ctx, sources, o, func(_ *source, rep Report) { reports <- &rep })
	}()
	for rep := range reports {
		report(*rep)
	}
	if o.DryRun || ctx.Err() != nil {
		return nil
	}
	err = d.archive.writeUntil(ctx)
	d.tidy(ctx)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: %w", ErrArchive, err)
	}
	return nil
}
