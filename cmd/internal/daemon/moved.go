package daemon

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"aggregator/fetcher"
	"aggregator/storage"
)

const (
	// A new address is adopted when so many answers in a row, over so long,
	// gave it for good (CONDUCT 18): redirects are also set by mistake.
	movedAnswers = 10
	movedFor     = 5 * 24 * time.Hour
)

// address returns where the first page of a source's list is asked for. An
// adopted address lapses when the configuration names another.
func (d *Daemon) address(s *source, rec *storage.Source) string {
	if rec.Address != "" && rec.Configured == s.reader.URL(1) {
		return rec.Address
	}
	return s.reader.URL(1)
}

// noteMove counts permanent redirects to one place.
func (c *cycle) noteMove(doc *fetcher.Document) {
	r, now := c.rec, doc.FetchedAt
	if r.Configured != c.s.reader.URL(1) {
		r.Address, r.Configured = "", c.s.reader.URL(1)
	}
	if doc.Moved == "" || doc.Moved != r.Moved {
		r.Moved, r.MovedCount, r.MovedSince = doc.Moved, 0, now
	}
	if doc.Moved == "" {
		r.MovedSince = time.Time{}
		return
	}
	r.MovedCount++
	if r.MovedCount >= movedAnswers && now.Sub(r.MovedSince) >= movedFor {
		c.s.log().Info("source moved", "to", fetcher.Redact(doc.Moved))
		r.Address, r.Moved, r.MovedCount, r.MovedSince = doc.Moved, "", 0, time.Time{}
	}
}

// discovered reads the feed that a page names which the source's address leads to.
// From then on that is where the source is fetched from. Where there is no feed
// either, the error is the page's.
func (c *cycle) discovered(ctx context.Context, feed string, page error) (*fetcher.Document, fetcher.List, error) {
	doc, err := c.get(ctx, feed, fetcher.Validators{})
	if err != nil {
		return nil, fetcher.List{}, err
	}
	list, err := c.s.reader.Read(doc)
	if err != nil {
		return nil, fetcher.List{}, page
	}
	c.s.log().Info("feed found", "at", fetcher.Redact(feed))
	c.rec.Address, c.rec.Configured = feed, c.s.reader.URL(1)
	return doc, list, nil
}

// lapse gives up an address that the source was not configured with, where
// nothing is there any more.
func lapse(rec *storage.Source, err error) {
	if fe := asError(err); fe != nil && fe.Reason == fetcher.ReasonStatus && (fe.Status == http.StatusNotFound || fe.Status == http.StatusGone) {
		rec.Address = ""
	}
}

func host(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Host
}
