package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"aggregator/cmd/internal/daemon"
	"aggregator/cmd/internal/health"
	"aggregator/feedout"
)

const (
	// mostRows is how many sources a page shows; it leads on to the others.
	mostRows = 200
	// mostChanges is how many changes of state it tells.
	mostChanges = 20
)

type statusContent struct {
	*daemon.Overview
	Version, Size string
	Counts        []stateCount
	Charts        []chart
	Query, Told   string
	Rows          []sourceRow
	More          *link
	Changes       []stateChange
	Feed          string // of the changes
}

type stateCount struct {
	State health.State
	Word  string
	N     int
}

// sourceRow is a source in the table.
type sourceRow struct {
	*daemon.Status
	Word, Feed, Gap, Trouble string
}

// stateChange is a source that got into trouble, or out of it.
type stateChange struct {
	At                        time.Time
	State, Source, Word, Text string
}

// status is the page that shows how the sources fare.
func (p *pages) status(r *http.Request) (*page, error) {
	o, err := p.Daemon.Overview()
	if err != nil {
		return nil, err
	}
	from, err := parseFrom(r)
	if err != nil {
		return nil, err
	}
	content := statusContent{
		Overview: o, Version: p.Version, Size: humanize.IBytes(uint64(o.Bytes)), Query: strings.TrimSpace(r.FormValue("q")),
		Feed: p.Feeds.Alternates("health")[0].URL,
	}
	for _, state := range append(health.States(), daemon.Disabled) {
		if n := o.States[state]; n > 0 {
			content.Counts = append(content.Counts, stateCount{state, p.Words.states[state], n})
		}
	}
	if content.Charts, err = p.charts(o); err != nil {
		return nil, err
	}
	p.fillRows(&content, from)
	if content.Changes, err = p.stateChanges(o); err != nil {
		return nil, err
	}
	return &page{
		template: "status", Heading: p.Words.Status, Path: "/status", Unlisted: true,
		Alternates: p.alternates("health", p.Words.Status+" · "+p.Title), Content: content,
	}, nil
}

// parseFrom is how many rows were shown on the pages before.
func parseFrom(r *http.Request) (int, error) {
	s := r.FormValue("from")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n <= 0 || strconv.Itoa(n) != s {
		return 0, feedout.ErrNoFeed
	}
	return n, nil
}

// fillRows finds the sources that are asked for: those in trouble first.
func (p *pages) fillRows(c *statusContent, from int) {
	found := troubleFirst(c.Sources, searchWords(c.Query))
	end := min(from+mostRows, len(found))
	for _, s := range found[min(from, end):end] {
		c.Rows = append(c.Rows, p.row(s))
	}
	c.Told = fmt.Sprintf(p.Words.SourcesFound, len(found))
	if len(c.Rows) < len(found) {
		c.Told = fmt.Sprintf(p.Words.SourcesShown, len(found), min(from+1, end), end)
	}
	if end < len(found) {
		query := url.Values{"from": {strconv.Itoa(end)}}
		if c.Query != "" {
			query.Set("q", c.Query)
		}
		c.More = &link{p.Root + "/status?" + query.Encode(), p.Words.MoreSources}
	}
}

// troubleFirst are the sources whose names or titles have all the words, the worst
// first, and those of one state in their order, but one that failed just now before
// the others.
func troubleFirst(all []daemon.Status, words []string) (found []*daemon.Status) {
	for i := range all {
		name := strings.ToLower(all[i].Name + "\n" + all[i].Title)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, strings.ToLower(w)) }) {
			found = append(found, &all[i])
		}
	}
	rank := map[health.State]int{daemon.Disabled: len(health.States())}
	for i, state := range health.States() {
		rank[state] = i
	}
	hitch := func(s *daemon.Status) int { return min(len(s.Error), 1) }
	slices.SortStableFunc(found, func(a, b *daemon.Status) int {
		return cmp.Or(rank[a.Health.State]-rank[b.Health.State], hitch(b)-hitch(a))
	})
	return found
}

func (p *pages) row(s *daemon.Status) sourceRow {
	row := sourceRow{Status: s, Word: p.Words.states[s.Health.State], Feed: p.Feeds.Alternates("source/" + s.Name)[0].URL, Gap: p.Words.span(s.Usual)}
	row.Trouble = cmp.Or(s.Health.Text, s.Error, s.Note)
	return row
}

func (p *pages) stateChanges(o *daemon.Overview) (list []stateChange, err error) {
	titles := make(map[string]string, len(o.Sources))
	for i := range o.Sources {
		titles[o.Sources[i].Name] = o.Sources[i].Title
	}
	changes, err := p.Daemon.Changes(mostChanges)
	for _, c := range changes {
		word := p.Words.states[health.State(c.State)]
		if health.State(c.State) == health.OK {
			word = p.Words.Recovered
		}
		list = append(list, stateChange{c.At, c.State, cmp.Or(titles[c.Source], c.Source), word, c.Text})
	}
	return list, err
}

// charts are those of the last hours.
func (p *pages) charts(o *daemon.Overview) ([]chart, error) {
	hours, err := p.Daemon.Hours()
	if err != nil {
		return nil, err
	}
	articles := p.bars(p.newChart("articles", p.Words.ArticlesHourly, hours), hours, "bar", p.Words.ArticlesHour, func(h daemon.Hour) int { return h.Articles })
	latency := p.latencies(p.newChart("latency", p.Words.Latency, hours), hours)
	failures := p.bars(p.newChart("failures", p.Words.FailuresHourly, hours), hours, "bad", p.Words.FailuresHour, func(h daemon.Hour) int { return h.Failures })
	came, failed, last := 0, 0, daemon.Hour{}
	for _, h := range hours {
		came, failed = came+h.Articles, failed+h.Failures
		if h.Articles > 0 {
			last = h
		}
	}
	articles.Text = fmt.Sprintf(p.Words.ArticlesText, came)
	latency.Text = p.Words.LatencyText
	if last.Articles > 0 {
		latency.Text += fmt.Sprintf(p.Words.LatencyLast, p.short(last.Begin), p.Words.span(last.Half), p.Words.span(last.Most))
	}
	failures.Text = fmt.Sprintf(p.Words.FailuresText, failed, p.short(o.Started))
	return []chart{articles, latency, failures}, nil
}
