package daemon

import (
	"time"

	"aggregator/fetcher"
	"aggregator/storage"
)

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
	var out []Status
	for _, c := range d.cfg.Sources {
		rec, err := d.store.Source(c.Name)
		if err != nil {
			return nil, err
		}
		if s := d.sourceNamed(c.Name); s != nil {
			rec.Due = s.dueBy(&rec)
		}
		s := Status{Source: rec, Title: c.Title, Kind: c.Kind, URL: d.shownURL(c.Name, c.URL.String()), Enabled: c.Enabled}
		s.Health = s.healthOf(held[c.Name], time.Now())
		out = append(out, s)
	}
	return out, nil
}

// shownURL is where a source is fetched from, for people.
func (d *Daemon) shownURL(name, configured string) string {
	if s := d.sourceNamed(name); s != nil {
		return fetcher.Redact(s.reader.URL(1))
	}
	return configured
}
