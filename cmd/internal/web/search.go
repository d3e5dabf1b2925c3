package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"aggregator/fetcher"
	"aggregator/normalize/article"
)

const (
	// longestSearch is how long one request looks through articles, ten thousand of
	// them or more; the page leads on from there.
	longestSearch = 2 * time.Second
	// mostSearches run at a time: they must not keep the daemon from its work.
	mostSearches = 2
	// mostFound is how many a page shows.
	mostFound = 30
	// mostWords of a search are looked for, each of at most longestWord characters.
	mostWords, longestWord = 8, 50
)

// errBusy is for a search that found no turn in its time.
var errBusy = errors.New("too many searches")

type searchContent struct {
	Told  string // how many were found
	Found []found
	Older *link
	Saved savedSearch
}

// found is an article with the words marked.
type found struct {
	*article.Article
	Page        string
	Title, Text []part
}

// search is the page of what a search found.
func (p *pages) search(r *http.Request) (*page, error) {
	before, err := parsePlace(r)
	if err != nil {
		return nil, err
	}
	words := searchWords(r.FormValue("q"))
	query := strings.Join(words, " ")
	ctx, cancel := context.WithTimeout(r.Context(), longestSearch)
	defer cancel()
	if !p.turn(ctx) {
		return nil, errBusy
	}
	defer func() { <-p.searches }()
	articles, next, err := p.Feeds.Search(ctx, query, before, mostFound)
	if err != nil {
		return nil, err
	}
	// They come in the order of arrival; a source that was added brings old ones last.
	slices.SortStableFunc(articles, func(a, b article.Article) int { return b.Published.Compare(a.Published) })
	content := searchContent{Told: p.told(len(articles), next), Saved: p.saved(words)}
	for i := range articles {
		a := &articles[i]
		content.Found = append(content.Found, found{
			Article: a, Page: p.Root + articlePath(a.Key), Title: marked(title(a), words), Text: excerpt(a, words),
		})
	}
	if next > 0 {
		content.Older = &link{p.Root + "/?" + url.Values{"q": {query}, "before": {place(next)}}.Encode(), p.Words.SearchOn}
	}
	return &page{
		template: "search", Heading: fmt.Sprintf(p.Words.SearchTitle, query), Query: query, Unlisted: true,
		Alternates: p.alternates("all", p.Title), Content: content,
	}, nil
}

// turn waits for one of the searches that run at a time.
func (p *pages) turn(ctx context.Context) bool {
	select {
	case p.searches <- struct{}{}:
		return true
	default:
	}
	select {
	case p.searches <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// told says what came of a search.
func (p *pages) told(n int, next uint64) string {
	switch {
	case next > 0:
		return fmt.Sprintf(p.Words.FoundMore, n)
	case n == 0:
		return p.Words.FoundNone
	}
	return fmt.Sprintf(p.Words.FoundAll, n)
}

// searchWords are the words looked for. They are shown as they were taken, so
// that nobody wonders what became of the others.
func searchWords(q string) (words []string) {
	for _, w := range strings.Fields(article.CleanTitle(q)) {
		if runes := []rune(w); len(runes) > longestWord {
			w = string(runes[:longestWord])
		}
		if words = article.Union(words, w); len(words) == mostWords {
			break
		}
	}
	return words
}

// savedSearch is what makes a feed of a search: lines of the configuration, and
// the address that it has then.
type savedSearch struct{ YAML, URL string }

// longestSlug is well below what the configuration takes.
const longestSlug = 40

func (p *pages) saved(words []string) savedSearch {
	title := strings.Join(words, " ")
	slug := "search-" + p.Slug(title) // no category's, and none of those that are reserved
	slug = strings.TrimRight(slug[:min(len(slug), longestSlug)], "-_")
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return savedSearch{
		YAML: "feeds:\n  saved:\n    - slug: " + slug + "\n      title: " + quote(title) +
			"\n      all: [" + strings.Join(quoted, ", ") + "]\n      none: []\n",
		URL: p.Feeds.Alternates(slug)[0].URL,
	}
}

// quote writes any text as YAML.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// part is a piece of text; a hit is one of the words looked for.
type part struct {
	Text string
	Hit  bool
}

// beforeHit and afterHit are how many characters are shown around the first hit.
const beforeHit, afterHit = 24, 96

// excerpt is what an article says about the words: the text around the first of
// them, else its beginning.
func excerpt(a *article.Article, words []string) []part {
	text := []rune(strings.Join(strings.Fields(a.Summary+" "+fetcher.PlainText(a.Content)), " "))
	at := 0
	if hits := hitsIn(text, words); len(hits) > 0 {
		at = hits[0].from
	}
	from, to := max(0, at-beforeHit), min(len(text), at+afterHit)
	shown := string(text[from:to])
	if from > 0 {
		shown = "…" + shown
	}
	if to < len(text) {
		shown += "…"
	}
	return marked(shown, words)
}

// marked parts a text into hits and what is between them.
func marked(text string, words []string) (parts []part) {
	runes := []rune(text)
	done := 0
	for _, h := range hitsIn(runes, words) {
		if h.from < done { // two words overlap
			continue
		}
		if h.from > done {
			parts = append(parts, part{string(runes[done:h.from]), false})
		}
		parts = append(parts, part{string(runes[h.from:h.to]), true})
		done = h.to
	}
	if done < len(runes) {
		parts = append(parts, part{string(runes[done:]), false})
	}
	return parts
}

type span struct{ from, to int }

// hitsIn are where words stand in a text, in any case, in order.
func hitsIn(text []rune, words []string) (hits []span) {
	low := lower(text)
	for _, word := range words {
		w := lower([]rune(word))
		for i := 0; i+len(w) <= len(low); i++ {
			if slices.Equal(low[i:i+len(w)], w) {
				hits = append(hits, span{i, i + len(w)})
				i += len(w) - 1
			}
		}
	}
	slices.SortFunc(hits, func(a, b span) int { return a.from - b.from })
	return hits
}

// lower lowers a text character by character, so that places stay the same.
func lower(text []rune) []rune {
	low := make([]rune, len(text))
	for i, c := range text {
		low[i] = unicode.ToLower(c)
	}
	return low
}
