package daemon_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"aggregator/fetcher"
	"aggregator/fetcher/simulated"
	"aggregator/normalize/article"
)

const china = `
  - name: china
    kind: sina-roll
    params: {pageid: 155, lid: 1686}
    categories: [金融, 国内]
    author: 新浪财经
`

// TestNothingIsLostAndNothingTwice compares what is stored with what the
// origin holds, over hours of news with edits, late entries and an outage.
func TestNothingIsLostAndNothingTwice(t *testing.T) {
	w := newWorld(t, china)
	for _, pause := range []time.Duration{0, 10 * time.Minute, 10 * time.Minute, 10 * time.Hour, 10 * time.Minute} {
		w.now.advance(pause)
		w.fetch()
	}
	stored := w.articles()
	missing := 0
	for a := range w.origin.Articles(1686, time.Time{}, w.now.Now()) {
		if a.Listed.After(w.now.Now()) {
			continue
		}
		got, ok := stored["i"+a.ID]
		if !ok {
			missing++
			t.Errorf("%s %s of %s is missing", a.ID, a.Title, a.Published)
			continue
		}
		if !got.Published.Equal(a.Published.Truncate(time.Second)) {
			t.Errorf("%s: published %s, want %s", a.ID, got.Published, a.Published)
		}
		if !strings.Contains(fetcher.PlainText(got.Content), a.Mark) && !a.Updated.After(a.Published) {
			t.Errorf("%s: the text lacks %q: %s", a.ID, a.Mark, got.Content)
		}
	}
	t.Logf("%d stored, %d missing", len(stored), missing)
}

// TestKnownItemsCostNoPage: a cycle asks for the pages of new and edited items
// only, and one in which nothing changed for the list alone.
func TestKnownItemsCostNoPage(t *testing.T) {
	w := newWorld(t, china)
	first := w.fetch()["china"]
	if pages := w.requests("doc-i"); pages != first.New || first.New == 0 {
		t.Errorf("%d pages for %d new articles", pages, first.New)
	}
	second := w.fetch()["china"]
	if n := w.requests("/"); n != 1 || !second.NotModified {
		t.Errorf("%d requests and %+v where nothing changed", n, second)
	}
	w.now.advance(20 * time.Minute)
	third := w.fetch()["china"]
	lists := w.requests("/api/")
	if third.New == 0 || third.Pages != third.New+third.Edited || lists > 2 {
		t.Errorf("%d list pages, %+v", lists, third)
	}
}

// TestEditMovesUpdatedOnly: an edited title or body is the same article with a
// later update.
func TestEditMovesUpdatedOnly(t *testing.T) {
	w := newWorld(t, china)
	w.fetch()
	before := w.articles()
	for range 30 {
		w.now.advance(20 * time.Minute)
		w.fetch()
		if edited(before, w.articles()) {
			break
		}
		before = w.articles()
	}
	if !edited(before, w.articles()) {
		t.Fatal("the origin edited nothing: the test shows nothing")
	}
	for key, a := range w.articles() {
		b, known := before[key]
		if !known {
			continue
		}
		if a.ID != b.ID || !a.Published.Equal(b.Published) || a.Link != b.Link || !a.Seen.Equal(b.Seen) {
			t.Errorf("%s: what must not move moved: %+v, was %+v", key, a, b)
		}
		if changed := a.Title != b.Title || a.Content != b.Content; changed != a.Updated.After(b.Updated) {
			t.Errorf("%s: changed %t, updated %s, was %s", key, changed, a.Updated, b.Updated)
		}
	}
}

func edited(before, after map[string]article.Article) bool {
	for key, a := range after {
		if b, known := before[key]; known && a.Print() != b.Print() {
			return true
		}
	}
	return false
}

// TestSecondColumnAddsItsCategories: one article in two lists is one article
// with the categories of both, and one page request.
func TestSecondColumnAddsItsCategories(t *testing.T) {
	w := newWorld(t, china+`
  - name: finance
    kind: sina-roll
    params: {pageid: 384, lid: 2519}
    categories: [金融, 财经]
`)
	w.fetch()
	both := 0
	for a := range w.origin.Articles(1686, time.Time{}, w.now.Now()) {
		got, ok := w.articles()["i"+a.ID]
		if !ok || !slices.Contains(a.Columns, 2519) || !slices.Contains(got.Categories, "国内") {
			continue
		}
		if slices.Contains(got.Categories, "财经") {
			both++
		}
		if both > 3 {
			break
		}
	}
	if both == 0 {
		t.Error("no article has the categories of both columns")
	}
	seen := map[string]int{}
	for _, r := range w.origin.Requests() {
		if strings.Contains(r.Path, "doc-i") {
			if seen[r.Path]++; seen[r.Path] == 2 {
				t.Errorf("%s was fetched twice", r.Path)
			}
		}
	}
}

func isPage(r *http.Request) bool { return strings.Contains(r.URL.Path, "doc-i") }

// TestFailedPageIsTriedAgain: the article is there at once with what the list
// says of it, and whole as soon as its page can be had.
func TestFailedPageIsTriedAgain(t *testing.T) {
	w := newWorld(t, china)
	w.origin.Fail("/", simulated.Fault{Kind: simulated.StatusCode, Status: http.StatusInternalServerError, Only: isPage})
	r := w.fetch()["china"]
	if r.Err != nil || r.New == 0 || r.FailedPages != r.New {
		t.Fatalf("%+v", r)
	}
	w.origin.Clear("")
	w.fetch() // too early
	if n := w.requests("doc-i"); n != r.New {
		t.Errorf("%d requests for pages, want one each", n)
	}
	retries, err := w.store.Retries("china", time.Now().Add(time.Hour), 1000)
	if err != nil || len(retries) != r.New {
		t.Errorf("%d retries, %v; want %d", len(retries), err, r.New)
	}
}

// TestPartOfALongListIsNotTakenForAll: while a page of the list cannot be had,
// nothing newer is stored, since that would hide the hole.
func TestPartOfALongListIsNotTakenForAll(t *testing.T) {
	w := newWorld(t, china)
	w.fetch()
	known := len(w.articles())
	w.now.advance(10 * time.Hour)
	w.origin.Fail("/api/roll/get", simulated.Fault{Kind: simulated.StatusCode, Only: func(r *http.Request) bool {
		return r.URL.Query().Get("page") == "2"
	}})
	if r := w.fetch()["china"]; r.Err == nil || len(w.articles()) != known {
		t.Errorf("%+v: %d stored, %d before", r, len(w.articles()), known)
	}
}

// TestPageThatIsGoneMarksItsArticle: an article whose page was there and is
// gone when it is looked at again is withdrawn, with its text; one whose page
// was never there is not.
func TestPageThatIsGoneMarksItsArticle(t *testing.T) {
	w := newWorld(t, china)
	withdrawn, never := 0, 0
	for range 20 {
		w.origin.Clear("")
		w.now.advance(20 * time.Minute)
		w.fetch()
		known := w.articles()
		w.origin.Fail("/", simulated.Fault{Kind: simulated.StatusCode, Status: http.StatusGone, Only: isPage})
		w.now.advance(20 * time.Minute)
		w.fetch()
		for key, a := range w.articles() {
			switch before, had := known[key]; {
			case !had && !a.Withdrawn.IsZero():
				t.Errorf("%s is withdrawn, though its page never was there", key)
			case !had:
				never++
			case before.Withdrawn.IsZero() && !a.Withdrawn.IsZero():
				if withdrawn++; a.Content != before.Content {
					t.Errorf("%s is withdrawn and lost its text", key)
				}
			}
		}
	}
	if withdrawn == 0 || never == 0 {
		t.Errorf("%d withdrawn, %d never there: the test shows nothing", withdrawn, never)
	}
}
