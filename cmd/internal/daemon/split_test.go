package daemon_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
	"aggregator/storage"
)

// TestCopiesAreJoinedAndSplit: what tells a story again, in the same list or in
// another, is the article of that story, as the origin's ledger has it; and is an article of
// its own once it was split off, however often it is listed again.
func TestCopiesAreJoinedAndSplit(t *testing.T) {
	const sources = `
  - {name: china, kind: sina-roll, params: {pageid: 155, lid: 1686}, categories: [国内]}
  - {name: finance, kind: sina-roll, params: {pageid: 384, lid: 2519}, categories: [财经]}
`
	w := newWorld(t, sources)
	w.store.Close()
	w.similar = true
	w.open(sources, filepath.Join(t.TempDir(), "b.db"))
	for range 12 {
		w.now.advance(time.Hour)
		w.fetch()
	}
	stories := map[string]simulated.Article{}
	for a := range w.origin.Articles(0, time.Time{}, w.now.Now()) {
		stories["sina:i"+a.ID] = a
	}
	joins := 0
	var split string
	for key := range w.articles() {
		e, err := w.store.Explain(key)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range e.Joins {
			joins++
			split = key
			if a, b := stories["sina:"+key], stories[j.Key]; a.Story != b.Story || a.Story == "" {
				t.Errorf("%s (%s) was joined with %s (%s): %+v", b.ID, b.Title, a.ID, a.Title, j)
			}
		}
	}
	t.Logf("%d joins in %d articles", joins, len(w.articles()))
	if joins == 0 {
		t.Fatal("nothing was joined: the test shows nothing")
	}
	var told []string
	w.Changed = func(slugs ...string) { told = slugs }
	before := len(w.articles())
	got, err := w.Split(split, "")
	if err != nil || !slices.Contains(told, "all") {
		t.Fatalf("%v, told %v", err, told)
	}
	for range 3 {
		w.now.advance(5 * time.Minute)
		reports := w.fetch()
		before += reports["china"].New + reports["finance"].New
	}
	if n := len(w.articles()); n != before+len(got) {
		t.Errorf("%d articles, want %d", n, before+len(got))
	}
	if e, err := w.store.Explain(split); err != nil || slices.ContainsFunc(e.Joins, func(j storage.Join) bool { return j.Step == storage.ByStory }) {
		t.Errorf("%+v, %v", e.Joins, err)
	}
}
