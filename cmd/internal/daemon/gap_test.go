package daemon_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// archived is a feed of one item an hour, ten to a document, that tells where
// its older part is, by a link of the relation given; hours counts them.
type archived struct {
	pinned bool // an old item stands above all, on the newest document
	rel    string
	start  time.Time
	hours  int
	asked  []string
	loop   bool // every part leads to the newest
	ring   bool // the second leads to the first
}

func (a *archived) answer(r *http.Request) string {
	a.asked = append(a.asked, r.URL.Path)
	newest := a.hours
	if n, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/before/")); err == nil {
		newest = n
	}
	var b strings.Builder
	b.WriteString(`<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>urn:f</id>`)
	switch {
	case a.ring && newest < a.hours:
		fmt.Fprintf(&b, `<link rel="%s" href="/now"/>`, a.rel)
	case a.loop:
		fmt.Fprintf(&b, `<link rel="%s" href="/before/%d"/>`, a.rel, a.hours)
	case newest > 10 && a.rel != "":
		fmt.Fprintf(&b, `<link rel="%s" href="/before/%d"/>`, a.rel, newest-10)
	}
	if a.pinned && newest == a.hours {
		fmt.Fprintf(&b, `<entry><id>urn:pinned</id><title>Pinned</title><published>%s</published><updated>%[1]s</updated><content>text</content></entry>`, a.start.UTC().Format(time.RFC3339))
	}
	for n := newest; n > newest-10 && n > 0; n-- {
		at := a.start.Add(time.Duration(n) * time.Hour).UTC().Format(time.RFC3339)
		fmt.Fprintf(&b, `<entry><id>urn:%d</id><title>Hour %[1]d</title><published>%s</published><updated>%[2]s</updated><content>text</content></entry>`, n, at)
	}
	b.WriteString("</feed>")
	return b.String()
}

func newArchived(t *testing.T, rel, options string) (*world, *archived) {
	w := newWorld(t, "\n  - {name: site, kind: feed, url: \"https://feed.example/now\", full_text: false"+options+"}\n")
	// Its clock is so far behind that what is to come is later than the first fetch.
	a := &archived{rel: rel, start: time.Now().Add(-30 * time.Hour).Truncate(time.Second), hours: 30}
	w.transport(a.answer)
	return w, a
}

// TestFeedIsFollowedBackOverAGap: where all of a feed is new, its older parts are
// read until something known; where not, and at first, it costs one request.
func TestFeedIsFollowedBackOverAGap(t *testing.T) {
	for _, rel := range []string{"next", "prev-archive"} {
		w, a := newArchived(t, rel, "")
		if w.fetch(); len(a.asked) != 1 || len(w.articles()) != 10 {
			t.Errorf("%s: at first %v, %d articles", rel, a.asked, len(w.articles()))
		}
		a.hours, a.asked = 33, nil
		if r := w.fetch()["site"]; len(a.asked) != 1 || r.New != 3 || r.Gap != "" {
			t.Errorf("%s: without a gap %v, %+v", rel, a.asked, r)
		}
		a.hours, a.asked = 61, nil
		if r := w.fetch()["site"]; r.New != 28 || r.Gap != "gap closed" || len(a.asked) != 3 {
			t.Errorf("%s: over a gap %v, %+v", rel, a.asked, r)
		}
		if got := len(w.articles()); got != 41 {
			t.Errorf("%s: %d articles, want 41", rel, got)
		}
	}
}

// TestGapThatCannotBeClosedIsTold: with no way back, or none that is short enough.
func TestGapThatCannotBeClosedIsTold(t *testing.T) {
	for _, tt := range []struct {
		rel, options string
		pages        int
		why          string
	}{{"", "", 1, "it names no older part"}, {"next", ", max_pages: 2", 2, "max_pages is 2"}} {
		w, a := newArchived(t, tt.rel, tt.options)
		w.fetch()
		a.hours, a.asked = 80, nil
		r := w.fetch()["site"]
		if want := fmt.Sprintf("gap not closable, %d hours missing: %s", 80-30-10*tt.pages+1, tt.why); r.Gap != want || len(a.asked) != tt.pages {
			t.Errorf("%v: %q, want %q", a.asked, r.Gap, want)
		}
	}
}

// TestFeedThatLeadsToItselfEnds: a part that brings nothing new is the last.
func TestFeedThatLeadsToItselfEnds(t *testing.T) {
	w, a := newArchived(t, "next", "")
	w.fetch()
	a.hours, a.loop, a.asked = 45, true, nil
	if r := w.fetch()["site"]; r.New != 10 || len(a.asked) != 2 {
		t.Errorf("%v, %+v", a.asked, r)
	}
}

// TestHeadersStayWithTheConfiguredHost: neither the older part of a feed on
// another host nor an adopted address is sent the source's headers.
func TestHeadersStayWithTheConfiguredHost(t *testing.T) {
	w, a := newArchived(t, "next", ", headers: {X-Key: secret}")
	w.transport(func(r *http.Request) string {
		if key := r.Header.Get("X-Key"); (key != "") != (r.URL.Host == "feed.example") {
			t.Errorf("%s: X-Key %q", r.URL, key)
		}
		return strings.ReplaceAll(a.answer(r), `href="/before`, `href="https://old.example/before`)
	})
	w.fetch()
	a.hours, a.asked = 60, nil
	w.fetch()
	if len(a.asked) < 2 {
		t.Errorf("%v: the test shows nothing", a.asked)
	}
}

// TestRingOfPartsClosesNoGap: a part that leads back to one that was read is no
// known ground.
func TestRingOfPartsClosesNoGap(t *testing.T) {
	w, a := newArchived(t, "next", "")
	w.fetch()
	a.hours, a.ring, a.asked = 80, true, nil
	r := w.fetch()["site"]
	if want := "gap not closable, 31 hours missing: its older parts lead back to the newer ones"; r.Gap != want || len(a.asked) != 2 {
		t.Errorf("%v: %q, want %q", a.asked, r.Gap, want)
	}
}

// TestEndOfAListIsNoKnownGround: where all that is left of a numbered list is new,
// what lay between is missing.
func TestEndOfAListIsNoKnownGround(t *testing.T) {
	w := newWorld(t, `
  - {name: site, kind: json, url: "https://api.example/{page}", items: ".[]", fields: {id: .id, title: .title, published: .at}, full_text: false}
`)
	newest, start := 30, time.Now().Add(-30*time.Hour)
	w.transport(func(r *http.Request) string {
		page, _ := strconv.Atoi(r.URL.Path[1:])
		var items []string
		for n := newest - 10*(page-1); n > newest-10*page && page <= 3; n-- {
			items = append(items, fmt.Sprintf(`{"id":%d,"title":"Hour %[1]d","at":%d}`, n, start.Add(time.Duration(n)*time.Hour).Unix()))
		}
		return "[" + strings.Join(items, ",") + "]"
	})
	w.fetch()
	newest = 33
	if r := w.fetch()["site"]; r.New != 3 || strings.Contains(r.Gap, "missing") {
		t.Errorf("%+v", r)
	}
	newest = 80
	if r := w.fetch()["site"]; r.New != 30 || r.Gap != "gap not closable, 21 hours missing: the list is no longer" {
		t.Errorf("%+v", r)
	}
}

// TestEncryptedSourceLeadsToNoPlainOne: what a document that came by https links to
// is asked for by https: the feed of a page, the older part of a feed, and pages of
// its own host.
func TestEncryptedSourceLeadsToNoPlainOne(t *testing.T) {
	w := newWorld(t, "\n  - {name: site, kind: feed, url: \"https://page.example/\"}\n")
	a := &archived{rel: "next", start: time.Now().Add(-30 * time.Hour).Truncate(time.Second), hours: 30}
	var plain []string
	var mu sync.Mutex // pages come together
	w.transport(func(r *http.Request) string {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.URL.Scheme != "https":
			plain = append(plain, r.URL.String())
		case r.URL.Path == "/robots.txt":
			return ""
		case r.URL.Path == "/":
			return `<html><head><link rel="alternate" type="application/atom+xml" href="http://page.example/now"></head></html>`
		case strings.HasPrefix(r.URL.Path, "/page/"):
			a.asked = append(a.asked, r.URL.Path)
			return "<html><body><article><p>" + strings.Repeat("A page of an article, with a text. ", 20) + "</p></article></body></html>"
		}
		doc := strings.ReplaceAll(a.answer(r), `href="/before`, `href="http://page.example:80/before`)
		return strings.ReplaceAll(doc, "<content>", `<link href="http://page.example/page/1"/><content>`)
	})
	w.fetch()
	a.hours = 45
	w.fetch()
	if len(plain) > 0 {
		t.Errorf("asked for %v", plain)
	}
	for _, path := range []string{"/now", "/page/1", "/before/35"} {
		if !slices.Contains(a.asked, path) {
			t.Errorf("%s was not asked for: the test shows nothing", path)
		}
	}
	for _, article := range w.articles() {
		if article.Link != "http://page.example/page/1" {
			t.Errorf("link %s, want it as the origin gave it", article.Link)
		}
	}
}

// TestGapBelowAPinnedItem: an old item that stays on top of a feed is no known ground.
func TestGapBelowAPinnedItem(t *testing.T) {
	w, a := newArchived(t, "next", "")
	a.pinned = true
	w.fetch()
	a.hours, a.asked = 31, nil
	if r := w.fetch()["site"]; len(a.asked) != 1 || r.New != 1 || r.Gap != "" {
		t.Errorf("without a gap %v, %+v", a.asked, r)
	}
	a.hours, a.asked = 75, nil
	if r := w.fetch()["site"]; r.New != 44 || r.Gap != "gap closed" {
		t.Errorf("over a gap %v, %+v", a.asked, r)
	}
}
