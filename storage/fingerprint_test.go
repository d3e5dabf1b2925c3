package storage

import (
	"html"
	"strings"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
	"aggregator/normalize/article"
)

// TestSameStory judges every pair within the window against the ledger of the
// simulated origin, which knows which articles tell one story.
func TestSameStory(t *testing.T) {
	end := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	o := simulated.New(simulated.Options{Now: func() time.Time { return end }})
	var told []simulated.Article
	var prints []fingerprint
	for a := range o.Articles(0, end.Add(-storyWindow), time.Time{}) {
		content := "<p>" + html.EscapeString(strings.Join(a.Paragraphs, "\n")) + "</p>"
		f, ok := newFingerprint(&article.Article{Title: a.Title, Content: content, Stocks: a.Stocks})
		if ok {
			told, prints = append(told, a), append(prints, f)
		}
	}
	var right, wrong, missed int
	for i := range prints {
		for j := range i {
			reason, distance := prints[i].same(prints[j])
			switch same := told[i].Story == told[j].Story; {
			case same && reason != "":
				right++
			case same:
				missed++
			case reason != "":
				wrong++
				t.Errorf("joined (%s, %d): %q and %q", reason, distance, told[i].Title, told[j].Title)
			}
		}
	}
	t.Logf("%d articles: %d pairs joined rightly, %d wrongly, %d missed; recall %.3f",
		len(told), right, wrong, missed, float64(right)/float64(max(1, right+missed)))
	if right == 0 {
		t.Error("no copy was recognised")
	}
}

func TestFactsKeepStoriesApart(t *testing.T) {
	text := strings.Repeat("央行决定下调金融机构存款准备金率以支持实体经济发展", 8)
	half := article.Article{Title: "央行降准", Content: "<p>" + text + "降准0.5%</p>"}
	quarter := article.Article{Title: "央行降准", Content: "<p>" + text + "降准0.25%</p>"}
	f, _ := newFingerprint(&half)
	g, _ := newFingerprint(&quarter)
	if reason, d := f.same(g); reason != "" {
		t.Errorf("0.5%% and 0.25%% joined: %s, %d", reason, d)
	}
	if reason, _ := f.same(f); reason == "" {
		t.Error("an article is not its own story")
	}
}
