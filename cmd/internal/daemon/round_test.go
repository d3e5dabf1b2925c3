package daemon_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
)

// TestFirstInTheConfigurationOwns: of lists that share articles the first owns
// them, though the other's answer comes first.
func TestFirstInTheConfigurationOwns(t *testing.T) {
	w := newWorld(t, china+`
  - name: finance
    kind: sina-roll
    params: {pageid: 384, lid: 2519}
    categories: [金融, 财经]
`)
	w.origin.Fail("/api/", simulated.Fault{Kind: simulated.Delay, Delay: 300 * time.Millisecond, Only: func(r *http.Request) bool {
		return r.URL.Query().Get("lid") == "1686"
	}})
	w.fetch()
	both := 0
	for _, a := range w.articles() {
		if slices.Contains(a.Categories, "国内") && slices.Contains(a.Categories, "财经") {
			both++
			if got := strings.Join(a.Categories, " "); got != "金融 国内 财经" || a.Source != "china" {
				t.Errorf("%s of %s: categories %s", a.Key, a.Source, got)
			}
		}
	}
	if both == 0 {
		t.Error("no article is in both lists: the test shows nothing")
	}
}

// TestEmptyItemIsNoArticle: a bare <item/> is not published.
func TestEmptyItemIsNoArticle(t *testing.T) {
	w := newWorld(t, "\n  - {name: site, kind: feed, url: \"https://feed.example/rss\", full_text: false}\n")
	w.transport(func(*http.Request) string {
		return `<rss version="2.0"><channel><title>t</title><item/><item><title>a</title></item><item><description> </description></item></channel></rss>`
	})
	if r := w.fetch()["site"]; r.Err != nil || r.New != 1 {
		t.Errorf("%+v", r)
	}
}

// TestChallengeIsNoArticle: a page for people that came with status 200 is a
// page that failed.
func TestChallengeIsNoArticle(t *testing.T) {
	w := newWorld(t, china)
	w.origin.Fail("/", simulated.Fault{Kind: simulated.Challenge, Only: isPage})
	r := w.fetch()["china"]
	if r.New == 0 || r.FailedPages != r.New {
		t.Errorf("%+v", r)
	}
}
