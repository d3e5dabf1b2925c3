package daemon_test

import (
	"path"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/fetcher/simulated"
)

// TestFiledLate: what is filed into a list an hour after it was written, pages below
// what is known, is found all the same; and a list costs few requests for that.
func TestFiledLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := newWard(t, 20*time.Second, "\n  - {name: rolling, kind: sina-roll, params: {pageid: 384, lid: 2519}, schedule: \"*/4 * * * *\", full_text: false}\n")
		const hours = 15
		time.Sleep((hours + 3) * time.Hour)
		w.stop()
		known := map[string]bool{}
		for _, a := range w.articles() {
			for _, link := range append(a.Via, a.Link) {
				known[path.Base(link)] = true
			}
		}
		var late, lost int
		w.origin.Articles(2519, start, start.Add(hours*time.Hour))(func(a simulated.Article) bool {
			late++
			if !known[path.Base(a.Path)] {
				lost++
				t.Errorf("%s, written %s after the start, is lost", a.Path, a.Published.Sub(start))
			}
			return true
		})
		asked := w.requests("/api/roll/get")
		t.Logf("%d of %d articles lost, %d requests for the list", lost, late, asked)
		if turns := 15 * (hours + 3); asked == 0 || asked > 3*turns {
			t.Errorf("%d requests for %d turns", asked, turns)
		}
	})
}
