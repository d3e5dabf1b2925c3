package simulated_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
)

func TestSiteFeeds(t *testing.T) {
	o, _ := world(simulated.Options{})
	want := newest(o, 1)
	var rss struct {
		Items []struct {
			Title string `xml:"title"`
			Link  string `xml:"link"`
			GUID  string `xml:"guid"`
		} `xml:"channel>item"`
	}
	_, body := get(t, o, "http://localhost:1/site/1/rss.xml")
	if err := xml.Unmarshal([]byte(body), &rss); err != nil || len(rss.Items) != 20 || rss.Items[0].GUID != want.ID || rss.Items[0].Title != want.Title {
		t.Errorf("rss: %v, %d items, %+v, want %s", err, len(rss.Items), rss.Items[:1], want.ID)
	}
	var atom struct {
		Entries []struct {
			Title string `xml:"title"`
		} `xml:"entry"`
	}
	_, body = get(t, o, "http://localhost:1/site/1/atom.xml")
	if err := xml.Unmarshal([]byte(body), &atom); err != nil || len(atom.Entries) != 20 || atom.Entries[0].Title != want.Title {
		t.Errorf("atom: %v, %d entries", err, len(atom.Entries))
	}
	var feed struct {
		Items []struct{ ID, URL, Title string }
	}
	_, body = get(t, o, "http://localhost:1/site/1/feed.json")
	if err := json.Unmarshal([]byte(body), &feed); err != nil || len(feed.Items) != 20 || feed.Items[0].ID != want.ID {
		t.Errorf("json: %v, %d items", err, len(feed.Items))
	}
	for _, link := range []string{rss.Items[3].Link, feed.Items[3].URL, strings.Replace(want.Path, "/site/1/", "http://site1.example/", 1)} {
		if res, _ := get(t, o, link); res.StatusCode != 200 {
			t.Errorf("%s answers %d", link, res.StatusCode)
		}
	}
}

func newest(o *simulated.Origin, n int) (last simulated.Article) {
	for a := range o.SiteArticles(n, time.Time{}, time.Time{}) {
		last = a
	}
	return last
}

func TestConditionalRequests(t *testing.T) {
	o, c := world(simulated.Options{})
	const url = "http://localhost:1/site/1/atom.xml"
	packed, _ := get(t, o, url, "Accept-Encoding", "gzip")
	plain, _ := get(t, o, url, "Accept-Encoding", "identity")
	tag, modified := plain.Header.Get("ETag"), plain.Header.Get("Last-Modified")
	if tag == packed.Header.Get("ETag") || packed.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("tags %s and %s, encoding %q", tag, packed.Header.Get("ETag"), packed.Header.Get("Content-Encoding"))
	}
	for _, header := range [][]string{
		{"If-None-Match", tag}, {"If-None-Match", `"x", W/` + tag}, {"If-None-Match", "*"}, {"If-Modified-Since", modified},
		{"If-None-Match", tag, "If-Modified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"},
	} {
		res, body := get(t, o, url, append(header, "Accept-Encoding", "identity")...)
		if res.StatusCode != http.StatusNotModified || body != "" || res.Header.Get("ETag") != tag {
			t.Errorf("%q: %d", header, res.StatusCode)
		}
	}
	if res, _ := get(t, o, url, "If-None-Match", `"other"`, "If-Modified-Since", modified); res.StatusCode != 200 {
		t.Errorf("If-None-Match does not win: %d", res.StatusCode)
	}
	c.advance(3 * time.Hour)
	if res, _ := get(t, o, url, "If-None-Match", tag, "If-Modified-Since", modified, "Accept-Encoding", "identity"); res.StatusCode != 200 {
		t.Errorf("nothing new after three hours: %d", res.StatusCode)
	}
}

func TestSitesWithoutValidators(t *testing.T) {
	o, _ := world(simulated.Options{Sites: []simulated.Site{{Title: "A", NoETag: true, NoLastModified: true, NoGzip: true}, {Title: "B", NoETag: true}}})
	a, _ := get(t, o, "http://localhost:1/site/1/rss.xml", "Accept-Encoding", "gzip")
	if h := a.Header; h.Get("ETag")+h.Get("Last-Modified")+h.Get("Content-Encoding") != "" {
		t.Errorf("site 1 sends %v", h)
	}
	b, _ := get(t, o, "http://localhost:1/site/2/rss.xml")
	if h := b.Header; h.Get("ETag") != "" || h.Get("Last-Modified") == "" {
		t.Errorf("site 2 sends %v", h)
	}
	if res, _ := get(t, o, "http://localhost:1/site/3/rss.xml"); res.StatusCode != 404 {
		t.Errorf("site 3 answers %d, want 404", res.StatusCode)
	}
}

func TestSiteCopies(t *testing.T) {
	o, _ := world(simulated.Options{})
	copies, own := 0, 0
	for a := range o.SiteArticles(4, time.Time{}, time.Time{}) {
		if a.Kind == simulated.Original {
			own++
			continue
		}
		copies++
		source, ok := o.Find(a.Source)
		if !ok || source.Story != a.Story || source.Published.After(a.Published) {
			t.Errorf("%s copies %s: %s, %s", a.ID, a.Source, a.Story, source.Story)
		}
		if score := alike(shingles(&a), shingles(&source)); score < 0.6 {
			t.Errorf("%s is only %.2f like its source", a.ID, score)
		}
	}
	if copies < own {
		t.Errorf("%d copies and %d own stories at the copying site", copies, own)
	}
}
