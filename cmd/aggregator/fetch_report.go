package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
)

// reportFetch reports a source. That this machine lacks something may have been told.
func (p *program) reportFetch(r daemon.Report, o daemon.Options, lines *fetchLines, m *meter, told bool) {
	if lines != nil {
		lines.add(r)
		if !r.Failed() {
			return
		}
	}
	switch {
	case errors.Is(r.Err, context.Canceled):
	case r.Lacks() != "":
		if !told { // the hint comes in the end
			report(m.over(p.Err), &failure{err: fmt.Errorf("source %s: %w", r.Source, r.Err)})
		}
	case m != nil && !r.Failed(): // the bar counts it
	case r.Failed():
		report(m.over(p.Err), &failure{err: fmt.Errorf("source %s: %w", r.Source, r.Err), hint: r.Hint()})
	case r.Resting:
		fmt.Fprintf(p.Out, "%s: resting: %v\n", r.Source, r.Err)
	case o.DryRun:
		p.reportPreview(r)
	default:
		fmt.Fprintf(p.Out, "%s: %s (%s)\n", r.Source, outcome(r), r.Took.Round(time.Millisecond))
	}
}

// outcome says in a line what a cycle brought.
func outcome(r daemon.Report) string {
	if r.NotModified && r.Pages == 0 {
		return "not modified"
	}
	parts := []string{fmt.Sprintf("%d items, %d new", r.Items, r.New)}
	for _, n := range []struct {
		count int
		what  string
	}{{r.Edited, "edited"}, {r.Filed, "filed"}, {r.FailedPages, "pages failed, to be tried again"}} {
		if n.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.count, n.what))
		}
	}
	for _, remark := range []string{r.Gap, r.Note} {
		if remark != "" {
			parts = append(parts, remark)
		}
	}
	return strings.Join(parts, ", ")
}

func (p *program) reportPreview(r daemon.Report) {
	fmt.Fprintf(p.Out, "%s: %s\n", r.Source, outcome(r))
	for _, a := range r.Articles {
		fmt.Fprintf(p.Out, "  %s  %s\n    %s\n", a.Published.Format(time.RFC3339), a.Title, a.Link)
	}
}

// fetchLines are those of fetch --once --json.
type fetchLines struct {
	gathered
	last fetchJSON
	enc  *json.Encoder
}

func newFetchLines(to io.Writer) *fetchLines {
	l := &fetchLines{gathered: gathered{to: to}}
	l.enc = json.NewEncoder(&l.gathered)
	return l
}

func (l *fetchLines) add(r daemon.Report) {
	l.last = reportJSON(r)
	_ = l.enc.Encode(&l.last) // what is gathered is written later
}

// fetchJSON is a line of fetch --once --json.
type fetchJSON struct {
	Source      string   `json:"source"`
	Outcome     string   `json:"outcome"` // ok, not modified, resting or failed
	Items       int      `json:"items"`
	New         int      `json:"new"`
	Edited      int      `json:"edited"`
	Filed       int      `json:"filed"`
	Pages       int      `json:"pages"`
	FailedPages int      `json:"failed_pages"`
	Gap         string   `json:"gap,omitempty"`
	Note        string   `json:"note,omitempty"` // what was wrong with the list, though it was read
	Error       string   `json:"error,omitempty"`
	Reason      string   `json:"reason,omitempty"`
	Seconds     float64  `json:"seconds"`
	Titles      []string `json:"titles,omitempty"` // of a dry run: what would be new
}

func reportJSON(r daemon.Report) fetchJSON {
	j := fetchJSON{
		Source: r.Source, Outcome: "ok", Items: r.Items, New: r.New, Edited: r.Edited, Filed: r.Filed,
		Pages: r.Pages, FailedPages: r.FailedPages, Gap: r.Gap, Note: r.Note, Seconds: r.Took.Seconds(),
	}
	switch {
	case r.Resting:
		j.Outcome = "resting"
	case r.Err != nil:
		j.Outcome, j.Error, j.Reason = "failed", r.Err.Error(), string(fetcher.ReasonOf(r.Err))
	case r.NotModified:
		j.Outcome = "not modified"
	}
	for _, a := range r.Articles {
		j.Titles = append(j.Titles, a.Title)
	}
	return j
}
