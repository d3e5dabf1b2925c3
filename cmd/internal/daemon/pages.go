package daemon

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/sync/errgroup"

	"aggregator/fetcher"
	"aggregator/normalize"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// pagesAtOnce bounds the article pages of one source that are waited for at
// a time; the host's gate bounds what is really asked of it.
const pagesAtOnce = 8

// entries makes the batch of some wanted items: pages are fetched, articles
// made.
func (c *cycle) entries(ctx context.Context, batch []wanted) (storage.Batch, error) {
	b := storage.Batch{Source: c.s.Name, Entries: make([]storage.Entry, len(batch))}
	got := make([]page, len(batch))
	if c.s.FullText {
		c.rise() // what is made of pages counts among the requests under way
	}
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(pagesAtOnce)
	for i, w := range batch {
		if !c.hasPage(w) { // a new goroutine would take a tenth of the time for its stack
			got[i], b.Entries[i] = c.page(ctx, w)
			continue
		}
		group.Go(func() error {
			got[i], b.Entries[i] = c.page(within, w)
			return within.Err()
		})
	}
	if err := cmp.Or(group.Wait(), ctx.Err()); err != nil {
		return b, err
	}
	for i, g := range got {
		switch {
		case g.err != nil:
			c.rep.FailedPages++
			c.s.log().Debug("page failed", "link", fetcher.Redact(batch[i].item.Link), "attempt", batch[i].attempts+1, "err", g.err)
		case g.got:
			c.rep.Pages++
		}
	}
	return b, nil
}

// page tells of an article page whether it was got, or why not; neither of an
// item that needs none.
type page struct {
	got bool
	err error
}

// page fetches the page of an item, if it needs one, and makes what is stored
// of the two.
func (c *cycle) page(ctx context.Context, w wanted) (p page, e storage.Entry) {
	if !c.hasPage(w) {
		return p, c.entry(w, nil, &p)
	}
	_, err := c.client.Get(ctx, fetcher.Request{
		URL: fetcher.EncryptedPage(c.from, w.item.Link), Charset: c.s.Charset, Page: true, Force: c.o.Force,
		Use: func(doc *fetcher.Document) {
			p.got = true
			e = c.entry(w, doc, &p)
		},
	})
	if ctx.Err() == nil {
		c.link.note(w.item.Link, err, time.Now())
	}
	if err != nil {
		p.err = err
		e = c.entry(w, nil, &p)
	}
	return p, e
}

// hasPage tells whether the page of an item is to be fetched.
func (c *cycle) hasPage(w wanted) bool {
	return c.s.FullText && w.item.Link != "" && !w.item.Withdrawn && w.standing != storage.Copy
}

// entry makes what is stored of one item, and of its page where there is one.
func (c *cycle) entry(w wanted, doc *fetcher.Document, p *page) storage.Entry {
	e := storage.Entry{Identity: w.id}
	if w.standing == storage.Copy {
		e.Copy, e.Of = true, w.of
		e.Article = article.Article{Source: c.s.Name, Link: w.item.Link, Categories: c.s.Source.Categories}
		return e
	}
	res := normalize.Article(w.item, doc, c.options(), time.Now())
	e.Article, e.Raw, e.Verdict = res.Article, res.Raw, res.Verdict
	if doc != nil && doc.NoArchive() && e.Raw.OfPage() {
		e.Raw = article.Raw{} // the article is ours, the page as it came is not
	}
	if res.Verdict.Refused != "" {
		p.err = &refusedPage{res.Verdict.Refused}
	} else if p.err != nil {
		e.Verdict.Failed = p.err.Error()
	}
	if !c.wants(&e.Article) {
		return storage.Entry{Identity: w.id, Skip: true}
	}
	if p.err != nil {
		e.Retry = c.retry(w, p.err)
		if w.standing == storage.Changed {
			e.Article.Content, e.Raw = "", article.Raw{} // the list's few words are no edit of the full text
			e.Gone = e.Retry == nil && gone(p.err)
		}
	}
	return e
}

// wants looks at the text of an article only where something is asked of it.
func (c *cycle) wants(a *article.Article) bool {
	if len(c.s.Include)+len(c.s.Exclude) == 0 {
		return true
	}
	return c.s.Wants(a.Title, a.Summary+"\n"+fetcher.PlainText(a.Content))
}

// retry plans when a page is tried again: nil once it has been tried enough.
// Where the host rests, or our own link or machine is to blame, that is no attempt.
func (c *cycle) retry(w wanted, err error) *storage.Retry {
	attempts := w.attempts + 1
	wait := 10 * time.Minute << (2 * (attempts - 1))
	if fe := asError(err); fe != nil && fe.Reason == fetcher.ReasonResting {
		attempts, wait = w.attempts, max(fe.RetryAfter, time.Minute)
	} else if shortOf(err) {
		attempts, wait = w.attempts, tick
	} else if unreachable(err) && c.link.isDown() {
		attempts, wait = w.attempts, outageRetry
	}
	if attempts > tries(err) {
		c.s.log().Warn("page given up", "link", fetcher.Redact(w.item.Link), "attempts", w.attempts, "err", err)
		return nil
	}
	var item bytes.Buffer
	if err := cbor.NewEncoder(&item).Encode(w.item); err != nil {
		panic(fmt.Sprintf("encode item: %v", err)) // the type has nothing that cannot be encoded
	}
	return &storage.Retry{Keys: w.id.Keys, Item: item.Bytes(), Attempts: attempts, Due: time.Now().Add(min(wait, 24*time.Hour))}
}

// refusedPage is the error of a page that came, but is none of an article.
type refusedPage struct{ kind article.Refusal }

func (e *refusedPage) Error() string { return "the page shows no article: " + string(e.kind) }

// tries is how often a page is tried again after such an error.
func tries(err error) int {
	var refused *refusedPage
	if errors.As(err, &refused) && slices.Contains([]article.Refusal{article.NotFound, article.Paywall, article.Login}, refused.kind) {
		return 2
	}
	fe := asError(err)
	if fe != nil && fe.Reason == fetcher.ReasonStatus && fe.Status == http.StatusGone {
		return 0
	}
	if fe != nil && fe.Reason == fetcher.ReasonStatus &&
		slices.Contains([]int{http.StatusNotFound, http.StatusForbidden, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusUnavailableForLegalReasons}, fe.Status) {
		return 2
	}
	return 6
}

// gone tells whether a page that was tried again and again is there no more.
func gone(err error) bool {
	var refused *refusedPage
	if errors.As(err, &refused) {
		return refused.kind == article.NotFound
	}
	fe := asError(err)
	return fe != nil && fe.Reason == fetcher.ReasonStatus && (fe.Status == http.StatusNotFound || fe.Status == http.StatusGone)
}

// retries returns the items whose pages are to be tried again now.
func (c *cycle) retries() ([]wanted, error) {
	if c.o.DryRun || !c.wishes {
		return nil, nil
	}
	again, err := c.store.Retries(c.s.Name, c.began, batchSize)
	if err != nil {
		return nil, unstored(err)
	}
	var out []wanted
	for _, r := range again {
		w := wanted{standing: storage.Changed, attempts: r.Attempts}
		if err := cbor.Unmarshal(r.Item, &w.item); err != nil {
			return nil, fmt.Errorf("stored item: %w", err)
		}
		w.id = normalize.Identities([]fetcher.Item{w.item}, c.options())[0]
		w.id.Keys = r.Keys
		out = append(out, w)
	}
	return out, nil
}

// preview fills the report of a dry run.
func (c *cycle) preview(f found) {
	for _, w := range f.wanted {
		a := normalize.Article(w.item, nil, c.options(), time.Now()).Article
		switch w.standing {
		case storage.New:
			c.rep.New++
			c.rep.Articles = append(c.rep.Articles, a)
		case storage.Changed:
			c.rep.Edited++
		case storage.Copy:
			c.rep.Filed++
		}
	}
}
