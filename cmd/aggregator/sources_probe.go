package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
)

func newSourcesTest(p *program) *cobra.Command {
	var asJSON bool
	var pages, items int
	cmd := &cobra.Command{
		Use:   "test NAME|URL",
		Short: "Fetch one source and show what it lists, without storing anything",
		Long: `Fetch one source, configured or any URL of a feed or of a page that names one,
and show the answer, what it lists, what would be made of its first article page,
and when politeness would have it asked again. Nothing is stored.`,
		Example: `  aggregator sources test sina-china
  aggregator sources test --pages 3 https://example.org/`,
		Args:                  usageArgs(cobra.ExactArgs(1)),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inDaemon(cmd, slog.LevelError, func(ctx context.Context, d *daemon.Daemon) error {
				return p.testSource(ctx, cmd, d, args[0], pages, probeView{asJSON, items})
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object per item, after one of the answer")
	cmd.Flags().IntVar(&pages, "pages", 1, "fetch the article pages of the first `N` items")
	cmd.Flags().IntVar(&items, "limit", 10, "show `N` items")
	return cmd
}

// probeView is how a probe is shown.
type probeView struct {
	asJSON bool
	items  int
}

func (p *program) testSource(ctx context.Context, cmd *cobra.Command, d *daemon.Daemon, name string, pages int, view probeView) error {
	probe, err := d.Probe(ctx, name, pages)
	var unknown *daemon.UnknownSource
	switch {
	case errors.As(err, &unknown):
		return &failure{code: exitUsage, err: err, hint: "`aggregator sources` lists them; an address begins with http:// or https://"}
	case ctx.Err() != nil:
		return &failure{code: exitFailed, err: errors.New("interrupted")}
	case err != nil:
		return usage(cmd, err)
	}
	if view.asJSON {
		err = p.probeJSON(probe, view)
	} else {
		_, err = fmt.Fprint(p.Out, probed(probe, d.Zone(), view))
	}
	if err == nil && probe.Err != nil {
		return &failure{code: exitFailed, err: fmt.Errorf("source %s: %w", probe.Source.Name, probe.Err), hint: fetcher.Hint(probe.Err)}
	}
	return err
}

// probed is a probe for people.
func probed(p *daemon.Probe, zone *time.Location, view probeView) string {
	var l factLines
	l.add("address", "%s", p.URL)
	l.add("kind", "%s", p.Source.Kind)
	l.answer(p)
	l.list(p, zone, view)
	for _, page := range p.Pages {
		l.probedPage(page, zone)
	}
	l.next(p, zone)
	return l.String()
}

// answer tells of what came over the wire.
func (l *factLines) answer(p *daemon.Probe) {
	for _, feed := range p.Feeds {
		l.add("feed", "%s is named by the page there", fetcher.Redact(feed))
	}
	doc := p.Document
	if doc == nil {
		return
	}
	for _, hop := range doc.Hops {
		l.add("redirect", "%d %s from %s", hop.Status, http.StatusText(hop.Status), hop.URL)
	}
	if doc.Moved != "" {
		l.add("moved", "for good to %s: adopted after many such answers over days", fetcher.Redact(doc.Moved))
	}
	l.add("answer", "%d %s from %s, %s in %s", doc.Status, http.StatusText(doc.Status), fetcher.Redact(doc.URL), humanize.IBytes(uint64(len(doc.Body))), p.Took.Round(time.Millisecond))
	l.add("type", "%s", cmp.Or(doc.Header.Get("Content-Type"), "not told"))
	said := "by the document or its bytes"
	if p.Source.Charset != "" {
		said = "by the configuration"
	}
	l.add("charset", "%s, %s", doc.Charset, said)
}

// list tells what the document lists.
func (l *factLines) list(p *daemon.Probe, zone *time.Location, view probeView) {
	if p.Err != nil {
		return
	}
	l.some("title", p.List.Title)
	l.add("items", "%d, of which %d are known", len(p.List.Items), p.Known)
	l.some("partial", p.List.Partial)
	l.some("note", p.List.Note)
	l.some("older", fetcher.Redact(p.List.Next))
	for _, it := range p.List.Items[:min(view.items, len(p.List.Items))] {
		l.add("item", "%s %s", civil(it.Published, zone), cmp.Or(it.Title, "(no title)"))
		l.add("  id", "%s", cmp.Or(it.ID, "none of its own"))
		l.some("  link", fetcher.Redact(it.Link))
	}
}

// probedPage tells what was made of an article page.
func (l *factLines) probedPage(page daemon.ProbedPage, zone *time.Location) {
	l.add("page", "%s", cmp.Or(fetcher.Redact(page.Link), "none"))
	if page.Err != nil {
		l.add("page", "failed: %v", page.Err)
	}
	l.body(page.Verdict)
	a := &page.Article
	l.add("article", "%s %s, %d characters", civil(a.Published, zone), a.Title, len([]rune(fetcher.PlainText(a.Content))))
}

// next tells what politeness does next.
func (l *factLines) next(p *daemon.Probe, zone *time.Location) {
	n := p.Next
	if n.Fresh > 0 {
		l.add("fresh", "for %s, say its headers", n.Fresh)
	}
	if n.TTL > 0 {
		l.add("ttl", "%s, says the document", n.TTL)
	}
	if !n.Rest.IsZero() {
		l.add("rest", "the host asked for it until %s", civil(n.Rest, zone))
	}
	if n.Robots != nil {
		l.add("robots", "no pages: %v", n.Robots)
	}
	if p.Document != nil {
		l.add("validators", "%s", cmp.Or(n.Conditional, "none: the whole list each time, compared with the last"))
	}
	l.add("next turn", "%s", civil(n.Due, zone))
}

// probeJSON is the first line of sources test --json.
type probeJSON struct {
	Source    string           `json:"source"`
	Kind      string           `json:"kind"`
	URL       string           `json:"url"`
	FinalURL  string           `json:"final_url"`
	Status    int              `json:"status"`
	Redirects []fetcher.Hop    `json:"redirects"`
	Type      string           `json:"content_type"`
	Charset   string           `json:"charset"`
	Feeds     []string         `json:"feeds"`
	Items     int              `json:"items"`
	Known     int              `json:"known"`
	Note      string           `json:"note"`
	Error     string           `json:"error"`
	Reason    string           `json:"reason"`
	Pages     []probedPageJSON `json:"pages"`
	Due       string           `json:"due"`
	Rest      string           `json:"rest"`
	Robots    string           `json:"robots"`
	Seconds   float64          `json:"seconds"`
}

type probedPageJSON struct {
	Link  string   `json:"link"`
	Error string   `json:"error"`
	Body  bodyJSON `json:"body"`
}

// probedItemJSON is a line for each item.
type probedItemJSON struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Link      string `json:"link"`
	Published string `json:"published"`
	Updated   string `json:"updated"`
}

func (p *program) probeJSON(probe *daemon.Probe, view probeView) error {
	enc := json.NewEncoder(p.Out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(probeJSONOf(probe)); err != nil {
		return err
	}
	for _, it := range probe.List.Items[:min(view.items, len(probe.List.Items))] {
		if err := enc.Encode(probedItemJSON{it.ID, it.Title, it.Link, utc(it.Published), utc(it.Updated)}); err != nil {
			return err
		}
	}
	return nil
}

func probeJSONOf(p *daemon.Probe) probeJSON {
	j := probeJSON{
		Source: p.Source.Name, Kind: p.Source.Kind, URL: p.URL, Redirects: []fetcher.Hop{}, Feeds: append([]string{}, p.Feeds...),
		Items: len(p.List.Items), Known: p.Known, Note: cmp.Or(p.List.Partial, p.List.Note), Pages: []probedPageJSON{},
		Due: utc(p.Next.Due), Rest: utc(p.Next.Rest), Robots: message(p.Next.Robots), Seconds: p.Took.Seconds(), Error: message(p.Err),
	}
	if p.Err != nil {
		j.Reason = string(fetcher.ReasonOf(p.Err))
		if e := (*fetcher.Error)(nil); errors.As(p.Err, &e) {
			j.Status = e.Status
		}
	}
	if doc := p.Document; doc != nil {
		j.Status, j.FinalURL, j.Charset, j.Type = doc.Status, fetcher.Redact(doc.URL), doc.Charset, doc.Header.Get("Content-Type")
		j.Redirects = append(j.Redirects, doc.Hops...)
	}
	for _, page := range p.Pages {
		j.Pages = append(j.Pages, probedPageJSON{page.Link, message(page.Err), verdictJSON(page.Verdict)})
	}
	return j
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
