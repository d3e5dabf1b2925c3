package daemon_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aggregator/feedout"
	"aggregator/normalize/article"
	"aggregator/storage"
)

const few = "feeds: {entries: 5, window: 1h}\ncategories: {金融: {slug: finance}, 别的: {slug: other}}\n"

// past stores n articles that were seen from a time on, an hour apart.
func (w *world) past(n int, seen time.Time, categories ...string) {
	w.t.Helper()
	var entries []storage.Entry
	for i := range n {
		at := seen.Add(time.Duration(i) * time.Hour)
		key := fmt.Sprintf("a%d-%d", at.Unix(), i)
		entries = append(entries, storage.Entry{
			Identity: article.Identity{Keys: []string{key}, Name: key},
			Article: article.Article{
				Title: key, Link: "https://example.org/" + key, Content: "<p>文</p>", Source: "china",
				Categories: categories, Published: at.Add(-time.Minute), Seen: at, Stocks: []string{"sz000931"},
			},
		})
	}
	if added, err := w.store.Restore(entries); err != nil || added != n {
		w.t.Fatal(added, err)
	}
}

// chain follows the archives of a feed back and returns their slugs and all keys.
// Each link names the revision of what it leads to.
func (w *world) chain(slug string) (slugs, keys []string) {
	w.t.Helper()
	links, keys := w.links(slug)
	for _, l := range links {
		slugs = append(slugs, l[:strings.Index(l, "?r=")])
	}
	return slugs, keys
}

// links is chain with ?r= in the slugs.
func (w *world) links(slug string) (slugs, keys []string) {
	w.t.Helper()
	at, next, r := slug, "", ""
	for {
		f, err := w.Feeds().Feed(w.t.Context(), at)
		if err != nil {
			w.t.Fatalf("%s: %v", at, err)
		}
		if f.ID != must(w.Feeds().Feed(w.t.Context(), slug)).ID {
			w.t.Errorf("%s has another id", at)
		}
		if at != slug && !strings.HasSuffix(f.History.Current, "/"+slug+".atom") || !strings.HasSuffix(f.History.Next, next) || (next == "") != (f.History.Next == "") {
			w.t.Errorf("%s: %+v, want next %q", at, f.History, next)
		}
		if s := f.History.Settled; s != "" && s != r || at != slug && r == "" {
			w.t.Errorf("%s: settled as %q under ?r=%q", at, s, r)
		}
		for _, a := range f.Articles {
			keys = append(keys, a.Key)
		}
		if f.History.Previous == "" {
			slices.Sort(keys)
			return slugs, slices.Compact(keys)
		}
		if at != slug {
			next = "/" + at + ".atom"
		}
		_, link, _ := strings.Cut(f.History.Previous, "/feeds/")
		slugs = append(slugs, strings.Replace(link, ".atom", "", 1))
		at, r, _ = strings.Cut(slugs[len(slugs)-1], "?r=")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestArchives: from the document readers subscribe to, the archives lead back
// through the months, as the site counts them, to every article.
func TestArchives(t *testing.T) {
	w := newWorld(t, china+few)
	zone := w.Zone()
	w.past(3, time.Date(2025, time.November, 30, 22, 0, 0, 0, zone), "金融") // one of them in December
	w.past(1200, time.Date(2026, time.January, 1, 0, 0, 0, 0, zone), "金融")
	w.past(4, time.Date(2026, time.March, 31, 20, 0, 0, 0, zone), "金融", "别的")
	for slug, want := range map[string]string{
		"finance":        "2026-03 2026-02 2026-01 2025-12 2025-11",
		"all":            "2026-03 2026-02 2026-01 2025-12 2025-11",
		"source/china":   "2026-03 2026-02 2026-01 2025-12 2025-11",
		"stock/sz000931": "2026-03 2026-02 2026-01 2025-12 2025-11",
	} {
		slugs, keys := w.chain(slug)
		if got := strings.ReplaceAll(strings.Join(slugs, " "), slug+"/", ""); got != want || len(keys) != 1207 {
			t.Errorf("%s: got %s with %d articles", slug, got, len(keys))
		}
	}
	december := must(w.Feeds().Feed(t.Context(), "finance/2025-12"))
	if len(december.Articles) != 1 || december.History.Settled == "" || !december.History.Archive {
		t.Errorf("december: %d articles, %+v", len(december.Articles), december.History)
	}
	other := must(w.Feeds().Feed(t.Context(), "other"))
	if !other.History.Complete || other.History.Previous != "" {
		t.Errorf("a feed that shows everything: %+v", other.History)
	}
	if alone := must(w.Feeds().Feed(t.Context(), "other/2026-03")).History; alone.Archive || alone.Settled == "" {
		t.Errorf("a month alone: %+v", alone)
	}
	for _, slug := range []string{
		"finance/2025-10", "finance/2026-01-2", "finance/2026-13", "finance/2026-1", "finance/2026-01-1", "finance/2026-01-02",
		"none/2026-01", "stock/2026-01", "source/2026-01", "stock/x/2026-01", "all/0000-01", "all/9999-12",
	} {
		if _, err := w.Feeds().Feed(t.Context(), slug); !errors.Is(err, feedout.ErrNoFeed) {
			t.Errorf("%s: %v, want no feed", slug, err)
		}
	}
}

// TestParts: a month of many articles is spread over parts, of which those that
// are full never change.
func TestParts(t *testing.T) {
	w := newWorld(t, china+few)
	w.past(743, time.Date(2026, time.January, 1, 0, 0, 0, 0, w.Zone()), "金融")
	w.past(743, time.Date(2026, time.January, 1, 0, 30, 0, 0, w.Zone()), "金融")
	slugs, keys := w.chain("finance")
	if got := strings.Join(slugs, " "); got != "finance/2026-01-2 finance/2026-01" || len(keys) != 1486 {
		t.Errorf("got %s with %d articles", got, len(keys))
	}
	if first := must(w.Feeds().Feed(t.Context(), "finance/2026-01")); len(first.Articles) != 1000 || first.History.Settled == "" {
		t.Errorf("%d articles, %+v", len(first.Articles), first.History)
	}
}

// TestArchiveEdited: an edit of an old article gives its document a new address, and
// those that lead there, but not those before it.
func TestArchiveEdited(t *testing.T) {
	w := newWorld(t, china+few)
	for m := range 3 {
		w.past(6, time.Date(2026, time.January+time.Month(m), 9, 0, 0, 0, 0, w.Zone()), "金融")
	}
	f := must(w.Feeds().Feed(t.Context(), "finance/2026-02"))
	old := f.Articles[0]
	before, _ := w.links("finance")
	old.Title = "更正"
	_, err := w.store.Add(storage.Batch{Source: "china", Entries: []storage.Entry{{
		Identity: article.Identity{Keys: []string{old.Key}, Print: 1, Name: old.Key}, Article: old,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	after, keys := w.links("finance")
	if len(after) != 3 || after[0] == before[0] || after[1] == before[1] || after[2] != before[2] || len(keys) != 18 {
		t.Errorf("%q, then %q, %d articles", before, after, len(keys))
	}
	if f := must(w.Feeds().Feed(t.Context(), "finance/2026-02")); f.Articles[0].Title != "更正" {
		t.Errorf("got %q", f.Articles[0].Title)
	}
}

// TestArchivePruned: pruning moves the articles of a month from part to part. All
// documents get new addresses, and nothing is missing in between.
func TestArchivePruned(t *testing.T) {
	w := newWorld(t, china+few+"retention: {max_articles: 1207}\n")
	first := time.Date(2026, time.January, 1, 0, 0, 0, 0, w.Zone())
	w.past(740, first, "金融")
	w.past(740, first.Add(30*time.Minute), "金融")
	w.past(7, first.AddDate(0, 1, 0), "金融")
	before, _ := w.links("finance")
	if p, err := w.Prune(t.Context()); err != nil || p.Articles != 280 {
		t.Fatal(p, err)
	}
	after, keys := w.links("finance")
	if len(before) != 3 || len(after) != 3 || after[0] == before[0] || after[1] == before[1] || after[2] == before[2] || len(keys) != 1207 {
		t.Errorf("%q, then %q, %d articles", before, after, len(keys))
	}
	again, _ := w.links("finance")
	if !slices.Equal(again, after) {
		t.Errorf("%q, then %q", after, again)
	}
}

// TestArchiveGrows: each arrival gives the part that still grows a new address,
// and it is never settled.
func TestArchiveGrows(t *testing.T) {
	w := newWorld(t, china+few)
	now := time.Now()
	var last string
	for i := range 3 {
		w.past(6, now.Add(time.Duration(i-9)*time.Second-5*time.Hour), "金融")
		slugs, _ := w.links("finance")
		if slugs[0] == last {
			t.Errorf("%q after more came", slugs)
		}
		last = slugs[0]
	}
	if h := must(w.Feeds().Feed(t.Context(), "finance/"+now.In(w.Zone()).Format("2006-01"))).History; h.Settled != "" {
		t.Errorf("%+v", h)
	}
}

// TestSettledArchivesNeverChange: whatever becomes of old articles, under the address
// of a settled document there are never other bytes, and the links back lead through
// settled documents, but for the first, to each article once.
func TestSettledArchivesNeverChange(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	w := newWorld(t, china)
	w.open(china+few, file)
	month := func(m int) time.Time { return time.Date(2026, time.January+time.Month(m), 9, 0, 0, 0, 0, w.Zone()) }
	for m := range 4 {
		w.past(6, month(m), "金融")
	}
	w.past(1200, month(4).AddDate(0, 0, -8).Add(time.Minute), "金融")
	edit := func(m int, change func(*storage.Entry)) {
		f := must(w.Feeds().Feed(t.Context(), "finance/"+month(m).Format("2006-01")))
		old := f.Articles[0]
		e := storage.Entry{Identity: article.Identity{Keys: []string{old.Key}, Print: uint64(time.Now().UnixNano()), Name: old.Key}, Article: old}
		change(&e)
		if _, err := w.store.Add(storage.Batch{Source: "china", Entries: []storage.Entry{e}}); err != nil {
			t.Fatal(err)
		}
	}
	bytesAt := map[string]string{}
	follow := func(what, slug string) {
		p := feedout.New(w.Feeds(), feedout.Options{})
		seen := map[string]string{}
		for at, n := slug, 0; at != ""; n++ {
			f := must(w.Feeds().Feed(t.Context(), strings.Split(at, "?")[0]))
			path, r, _ := strings.Cut("/feeds/"+strings.Replace(at, "?", ".atom?", 1), "?r=")
			if n == 0 {
				path += ".atom"
				f.Articles = nil // they are in the archives as well
			}
			for _, a := range f.Articles {
				if seen[a.Key] != "" {
					t.Errorf("%s: %s is in %s and %s", what, a.Key, seen[a.Key], at)
				}
				seen[a.Key] = at
			}
			body := string(must(p.Document(t.Context(), path)).Body)
			switch address := path + "?r=" + r; {
			case n == 0, n == 1 && f.History.Settled == "":
			case f.History.Settled != r:
				t.Errorf("%s: %s is not settled: %q", what, at, f.History.Settled)
			case bytesAt[address] != "" && bytesAt[address] != body:
				t.Errorf("%s: %s has changed", what, address)
			default:
				bytesAt[address] = body
			}
			_, next, _ := strings.Cut(f.History.Previous, "/feeds/")
			at = strings.Replace(next, ".atom", "", 1)
		}
		total := 0
		for a, err := range w.store.Articles(storage.Query{}) {
			if err != nil {
				t.Fatal(err)
			}
			if a.Withdrawn.IsZero() && (slug != "finance" || slices.Contains(a.Categories, "金融")) && (slug != "stock/sz000931" || len(a.Stocks) > 0) {
				total++
			}
		}
		if len(seen) != total {
			t.Errorf("%s: %s leads to %d articles of %d", what, slug, len(seen), total)
		}
	}
	for _, step := range []struct {
		what string
		do   func()
	}{
		{"as it was", func() {}},
		{"edited", func() { edit(1, func(e *storage.Entry) { e.Article.Title = "更正" }) }},
		{"edited again", func() { edit(1, func(e *storage.Entry) { e.Article.Title = "再更正" }) }},
		{"without its stock", func() { edit(0, func(e *storage.Entry) { e.Article.Stocks = nil; e.Article.Content = "<p>无</p>" }) }},
		{"withdrawn", func() { edit(2, func(e *storage.Entry) { e.Article.Withdrawn = time.Now() }) }},
		{"restored", func() { w.past(1, month(1).AddDate(0, 0, 3), "金融") }},
		{"copied", func() {
			w.past(1, month(2).AddDate(0, 0, 5), "别的")
			key := fmt.Sprintf("a%d-0", month(2).AddDate(0, 0, 5).Unix())
			must(w.store.Add(storage.Batch{Source: "china", Entries: []storage.Entry{{Copy: true,
				Identity: article.Identity{Keys: []string{key}, Name: key}, Article: article.Article{Categories: []string{"金融"}}}}}))
		}},
		{"pruned", func() { must(w.store.Prune(t.Context(), storage.Retention{MaxArticles: 1217})) }},
		{"called otherwise", func() {
			w.store.Close()
			w.open(china+strings.Replace(few, "slug: finance", "slug: finance, title: 财经", 1), file)
		}},
	} {
		step.do()
		for _, slug := range []string{"all", "finance", "source/china", "stock/sz000931"} {
			follow(step.what, slug)
		}
	}
}

// TestArchiveServed: over HTTP, past and present months, in all formats, under
// a former slug too.
func TestArchiveServed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	w := newWorld(t, china)
	w.open(china+few, file)
	w.past(6, time.Date(2026, time.January, 9, 0, 0, 0, 0, w.Zone()), "金融")
	w.past(6, time.Now().Add(-5*time.Hour).Truncate(time.Second), "金融")
	w.Feeds()
	w.store.Close()
	w.open(china+strings.Replace(few, "slug: finance", "slug: money", 1), file)
	p := feedout.New(w.Feeds(), feedout.Options{})
	now := time.Now().In(w.Zone()).Format("2006-01")
	slugs, _ := w.links("money")
	_, r, _ := strings.Cut(slugs[len(slugs)-1], "?")
	for path, want := range map[string]string{
		"/feeds/money/2026-01.atom?" + r:  "200 public, max-age=31536000, immutable",
		"/feeds/money/2026-01.json?" + r:  "200 public, max-age=31536000, immutable",
		"/feeds/money/2026-01.rss?" + r:   "200 public, max-age=31536000, immutable",
		"/feeds/money/2026-01.atom":       "200 public, max-age=3600, stale-if-error=86400",
		"/feeds/money/2026-01.json?r=5":   "200 public, max-age=3600, stale-if-error=86400",
		"/feeds/finance/2026-01.rss":      "308 no-cache",
		"/feeds/money/" + now + ".atom":   "200 public, max-age=3600, stale-if-error=86400",
		"/feeds/money/2026-02.atom":       "404 no-cache",
		"/feeds/source/none/2026-01.atom": "404 no-cache",
	} {
		rec := httptest.NewRecorder()
		p.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if got := fmt.Sprint(rec.Code, " ", rec.Header().Get("Cache-Control")); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
		if to := rec.Header().Get("Location"); rec.Code == 308 && to != "../money/2026-01.rss" {
			t.Errorf("%s: sent to %s", path, to)
		}
	}
}
