package daemon_test

import (
	"net/http"
	"strconv"
	"testing"
)

// TestFeedOfAPageIsFound: a source that is given a web page is fetched from the
// feed that this names, at once and from then on; when that is gone, the page is
// asked again.
func TestFeedOfAPageIsFound(t *testing.T) {
	w := newWorld(t, "\n  - {name: site, kind: feed, url: \"https://page.example/\", full_text: false}\n")
	feed, gone := "/one.xml", ""
	var asked []string
	w.transport(func(r *http.Request) string {
		asked = append(asked, r.URL.Path)
		if r.URL.Path == "/" {
			return `<html><head><link rel="alternate" type="application/rss+xml" href="` + feed + `"></head><body>Hello</body></html>`
		}
		return `<rss version="2.0"><channel><title>t</title><item><guid>` + r.URL.Path + `</guid><title>a</title></item></channel></rss>`
	})
	text := w.net
	w.net = roundTripper(func(r *http.Request) (*http.Response, error) {
		res, err := text.RoundTrip(r)
		if r.URL.Path == gone {
			res.StatusCode = http.StatusNotFound
		}
		return res, err
	})
	if r := w.fetch()["site"]; r.Err != nil || r.New != 1 || len(asked) != 2 {
		t.Fatalf("%v, %+v", asked, r)
	}
	asked = nil
	if r := w.fetch()["site"]; !r.NotModified || len(asked) != 1 || asked[0] != "/one.xml" {
		t.Errorf("%v, %+v", asked, r)
	}
	feed, gone = "/two.xml", "/one.xml"
	w.fetch()
	if r := w.fetch()["site"]; r.Err != nil || r.New != 1 {
		t.Errorf("%v, %+v", asked, r)
	}
}

// TestPageInTheFeedsPlace: a page that answers for a while where a feed was, and names
// another feed, is a failure, and the feed is asked again.
func TestPageInTheFeedsPlace(t *testing.T) {
	w := newWorld(t, "\n  - {name: site, kind: feed, url: \"https://page.example/feed\", full_text: false}\n")
	maintenance, items := false, 1
	w.transport(func(r *http.Request) string {
		if r.URL.Path == "/feed" && maintenance {
			return `<html><head><link rel="alternate" type="application/rss+xml" href="/comments"></head><body>Back soon</body></html>`
		}
		return `<rss version="2.0"><channel><title>t</title><item><guid>` + r.URL.Path + strconv.Itoa(items) + `</guid><title>a</title></item></channel></rss>`
	})
	w.fetch()
	maintenance = true
	if r := w.fetch()["site"]; r.Err == nil || r.New != 0 {
		t.Errorf("a page: %+v", r)
	}
	maintenance, items = false, 2
	if r := w.fetch()["site"]; r.Err != nil || r.New != 1 {
		t.Errorf("the feed again: %+v", r)
	}
}
