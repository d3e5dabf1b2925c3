package web

import (
	"strings"
	"testing"

	"aggregator/cmd/internal/daemon"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// TestHostileArticle: whatever strangers put into an article, its page runs and
// breaks nothing.
func TestHostileArticle(t *testing.T) {
	w := newWorld(t, plain)
	evil := `"'><script>alert(1)</script>{{.}}<!--`
	w.add(article.Article{
		Key: "a", Title: evil, Link: "javascript:alert(1)", Via: []string{"javascript:alert(1)", "data:text/html,x", `https://e.org/"><script>`},
		Categories: []string{evil}, Tags: []string{evil}, Stocks: []string{evil}, Author: evil, Origin: evil, Image: "javascript:alert(1)", Summary: evil,
		Enclosures: []article.Enclosure{{URL: "javascript:alert(1)", Type: evil}, {URL: "https://e.org/%2F..%2F\"><script>", Length: -1}},
	})
	for _, path := range []string{"/", "/a/a", "/?q=script", "/c/" + slugOf(t, w, evil) + "/"} {
		rec := w.get(path)
		body := rec.Body.String()
		if rec.Code != 200 || strings.Contains(body, "<script") || strings.Contains(body, `="javascript`) || strings.Contains(body, "data:text") || strings.Contains(body, "<!--") {
			t.Errorf("%s: %d\n%s", path, rec.Code, body)
		}
	}
}

func slugOf(t *testing.T, w *world, name string) string {
	t.Helper()
	list, err := w.store.Categories()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.Name == name {
			return c.Slug
		}
	}
	t.Fatalf("no category %q", name)
	return ""
}

// TestSecretsStayHidden: a password in the address of a source, or in those that
// it gives, is on no page.
func TestSecretsStayHidden(t *testing.T) {
	w := newWorld(t, `
site: {base_url: "https://feeds.example.net/"}
fetch: {per_host: {interval: 0s}, full_text: false}
sources:
  - {name: own, kind: feed, url: "https://reader:hunter2@example.org/feed.xml?token=hunter2", headers: {X-Key: hunter2}, categories: [自己]}
`)
	w.net = roundTrip(`<rss version="2.0"><channel><title>x</title><item><guid>1</guid><link>/a</link><title>t</title>
<enclosure url="https://reader:hunter2@example.org/f.mp3" length="1" type="audio/mpeg"/>
<description>&lt;p&gt;text &lt;a href="b"&gt;b&lt;/a&gt; &lt;img src="https://reader:hunter2@example.org/c.png"&gt;&lt;/p&gt;</description></item></channel></rss>`)
	err := w.daemon.Once(t.Context(), nil, daemon.Options{}, func(r daemon.Report) {
		if r.Err != nil {
			t.Error(r.Err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w.add(article.Article{Key: "more", Title: "t", Link: "https://reader:hunter2@example.org/", Via: []string{"https://reader:hunter2@example.org/2"}, Image: "https://reader:hunter2@example.org/i.png"})
	paths := []string{"/", "/?q=t", "/c/zi-ji/"}
	for a, err := range w.store.Articles(storage.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, articlePath(a.Key))
	}
	if len(paths) != 5 {
		t.Errorf("pages %q", paths)
	}
	for _, path := range paths {
		if rec := w.get(path); rec.Code != 200 || strings.Contains(rec.Body.String(), "hunter2") {
			t.Errorf("%s: %d\n%s", path, rec.Code, rec.Body)
		}
	}
}
