package daemon

import (
	"context"
	"strings"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/fetcher"
	"aggregator/normalize"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// Probe is what one look at a source showed. None of it is stored.
type Probe struct {
	Source   config.Source
	URL      string // asked for, without secrets
	Err      error  // why there is no list; what came before it is told all the same
	Document *fetcher.Document
	Feeds    []string // that a page names which came in place of a feed
	List     fetcher.List
	Known    int // items that the store knows
	Pages    []ProbedPage
	Took     time.Duration
	Next     NextTurn
}

// ProbedPage is an article page and what was made of it.
type ProbedPage struct {
	Link    string
	Err     error
	Article article.Article
	Verdict article.Verdict
}

// NextTurn is what politeness does after such an answer.
type NextTurn struct {
	Due         time.Time
	Fresh, TTL  time.Duration // what the answer asks for
	Rest        time.Time     // of the host; zero for none
	Conditional string        // what makes the next request conditional; empty for nothing
	Robots      error         // why pages may not be fetched
}

// Probe fetches a source, by its name or its URL, and the pages of its first
// items, and stores nothing but what hosts ask of everybody: their rests, which
// it respects.
func (d *Daemon) Probe(ctx context.Context, nameOrURL string, pages int) (*Probe, error) {
	s, err := d.probed(nameOrURL)
	if err != nil {
		return nil, err
	}
	if err := d.prime(); err != nil {
		return nil, err
	}
	rec, err := d.store.Source(s.Name)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	c := &cycle{Daemon: d, s: s, began: start, seat: seat{desks: d.desks}, rec: &rec}
	defer c.rise()
	p := &Probe{Source: *s.Source}
	p.Err = s.hideError(c.probe(ctx, p, pages))
	p.Took = time.Since(start)
	p.Next = c.nextTurn(ctx, p)
	return p, ctx.Err()
}

// probed returns the source meant: a configured one, enabled or not, or any URL.
func (d *Daemon) probed(nameOrURL string) (*source, error) {
	if s := d.sourceNamed(nameOrURL); s != nil {
		return s, nil
	}
	if c := d.cfg.SourceNamed(nameOrURL); c != nil {
		return d.source(c)
	}
	if !strings.Contains(nameOrURL, "://") {
		return nil, &UnknownSource{nameOrURL}
	}
	c, err := d.cfg.Adhoc(nameOrURL)
	if err != nil {
		return nil, err
	}
	return d.source(&c)
}

func (c *cycle) probe(ctx context.Context, p *Probe, pages int) (err error) {
	address := c.address(c.s, c.rec)
	p.URL = fetcher.Redact(address)
	if p.Document, err = c.get(ctx, address, fetcher.Validators{}); err != nil {
		return err
	}
	p.List, err = c.s.reader.Read(p.Document)
	if p.Feeds = fetcher.Feeds(err); len(p.Feeds) > 0 {
		var feed *fetcher.Document
		if feed, p.List, err = c.discovered(ctx, p.Feeds[0], err); err == nil {
			p.Document = feed
		}
	}
	if err != nil {
		return err
	}
	c.from = p.Document.URL
	ids := normalize.Identities(p.List.Items, c.options())
	sightings, err := c.store.Sight(c.s.Name, ids)
	for _, s := range sightings {
		if s.Standing != storage.New {
			p.Known++
		}
	}
	for _, it := range p.List.Items[:min(pages, len(p.List.Items))] {
		p.Pages = append(p.Pages, c.probePage(ctx, it))
	}
	return err
}

// probePage makes an article of an item and its page, as a cycle would.
func (c *cycle) probePage(ctx context.Context, it fetcher.Item) ProbedPage {
	page := ProbedPage{Link: it.Link}
	read := func(doc *fetcher.Document) {
		res := normalize.Article(it, doc, c.options(), time.Now())
		page.Article, page.Verdict = res.Article, res.Verdict
	}
	if !c.s.FullText || it.Link == "" {
		read(nil)
		return page
	}
	if _, page.Err = c.client.Get(ctx, fetcher.Request{URL: fetcher.EncryptedPage(c.from, it.Link), Charset: c.s.Charset, Page: true, Use: read}); page.Err != nil {
		read(nil)
	}
	return page
}

func (c *cycle) nextTurn(ctx context.Context, p *Probe) NextTurn {
	now := time.Now()
	next := NextTurn{Rest: c.client.Resting(c.address(c.s, c.rec)), TTL: p.List.TTL}
	asked := next.Rest
	if p.Document != nil {
		next.Fresh, _ = p.Document.Fresh()
		next.Conditional = conditions(p.Document.Validators)
		asked = later(asked, now.Add(max(next.Fresh, min(next.TTL, longestFresh))))
	}
	if p.Err != nil {
		asked = later(asked, now.Add(wait(p.Err, 1)))
	}
	if len(p.List.Items) > 0 && c.s.FullText && p.List.Items[0].Link != "" {
		next.Robots = c.client.Permits(ctx, p.List.Items[0].Link)
	}
	next.Due = c.s.aside(c.s.turn(now, now, asked))
	return next
}

// conditions tells what the next request says to be spared an answer.
func conditions(v fetcher.Validators) string {
	var all []string
	if v.ETag != "" {
		all = append(all, "If-None-Match: "+v.ETag)
	}
	if v.LastModified != "" {
		all = append(all, "If-Modified-Since: "+v.LastModified)
	}
	return strings.Join(all, ", ")
}
