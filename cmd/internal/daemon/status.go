package daemon

import (
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/fetcher"
	"aggregator/storage"
)

// Config returns what the daemon was configured with.
func (d *Daemon) Config() *config.Config { return d.cfg }

// Store returns the daemon's store.
func (d *Daemon) Store() *storage.Store { return d.store }

// Zone returns the civil time that people read and file names are made of.
func (d *Daemon) Zone() *time.Location { return d.cfg.Site.Timezone.Location }

// Status is a configured source and how it fares.
type Status struct {
	storage.Source
	Title   string
	Kind    string
	URL     string // without secrets
	Enabled bool
	Health  Health
}

// Status returns all configured sources in the order of the configuration.
func (d *Daemon) Status() ([]Status, error) {
	held, err := d.store.Holding()
	if err != nil {
		return nil, err
	}
	records, err := d.store.Sources()
	if err != nil {
		return nil, err
	}
	known := make(map[string]storage.Source, len(records))
	for _, rec := range records {
		known[rec.Name] = rec
	}
	enabled := make(map[string]*source, len(d.sources))
	for _, s := range d.sources {
		enabled[s.Name] = s
	}
	now := time.Now()
	out := make([]Status, 0, len(d.cfg.Sources))
	for i := range d.cfg.Sources {
		c := &d.cfg.Sources[i]
		s := Status{Source: known[c.Name], Title: c.Title, Kind: c.Kind, URL: c.URL.String(), Enabled: c.Enabled}
		s.Name = c.Name
		if src := enabled[c.Name]; src != nil {
			s.URL = src.hide(fetcher.Redact(src.reader.URL(1)))
			s.Due = src.dueBy(&s.Source)
		} else {
			h := newHider(c, d.cfg.Secrets())
			s.URL = h.hide(s.URL)
		}
		s.Health = s.healthOf(held[c.Name], now)
		out = append(out, s)
	}
	return out, nil
}
