package storage_test

import (
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"aggregator/fetcher/simulated"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// labelled is an article of which it is known what story it tells.
type labelled struct {
	at    time.Time
	story string
	entry storage.Entry
}

// judge adds articles one by one, as if each were listed alone, and counts what
// was joined rightly, wrongly, and missed: a story that was told within the
// three days before.
func judge(t *testing.T, set []labelled) (right, wrong, missed int) {
	t.Helper()
	now := set[0].at
	s, err := storage.Open(filepath.Join(t.TempDir(), "a.db"), storage.Options{Authority: "example.net,2026", NoSync: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	storyOf := map[string]string{} // by Key of the article
	last := map[string]time.Time{} // when a story's article was stored
	for _, l := range set {
		now = l.at
		changes, err := s.Add(storage.Batch{Source: "s", Entries: []storage.Entry{l.entry}, Similar: true})
		if err != nil {
			t.Fatal(err)
		}
		c := changes[0]
		told, known := last[l.story]
		switch {
		case c.Outcome == storage.Stored && known && now.Sub(told) <= 72*time.Hour:
			missed++
		case c.Outcome == storage.Stored:
		case storyOf[c.Article.Key] == l.story:
			right++
		default:
			wrong++
			e, _ := s.Explain(c.Article.Key)
			t.Errorf("joined (%+v): %q with %q", e.Joins[len(e.Joins)-1], l.entry.Article.Title, c.Article.Title)
		}
		if c.Outcome == storage.Stored {
			storyOf[c.Article.Key], last[l.story] = l.story, now
		}
	}
	t.Logf("%d articles: %d joined rightly, %d wrongly, %d missed; recall %.3f",
		len(set), right, wrong, missed, float64(right)/float64(max(1, right+missed)))
	return right, wrong, missed
}

func storyEntry(key, title, content string, stocks []string) storage.Entry {
	return storage.Entry{
		Identity: article.Identity{Keys: []string{key}, Name: key},
		Article:  article.Article{Title: title, Content: content, Stocks: stocks, Link: "https://example.org/" + key},
	}
}

// TestStoriesOfTheSimulatedOrigin: of copies that papers take over from each
// other, 95 of 100 are recognised, and nothing else is taken for one.
func TestStoriesOfTheSimulatedOrigin(t *testing.T) {
	end := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	var right, missed int
	for seed := range uint64(4) {
		o := simulated.New(simulated.Options{Seed: seed + 1, Now: func() time.Time { return end }})
		var set []labelled
		for a := range o.Articles(0, end.Add(-96*time.Hour), time.Time{}) {
			content := "<p>" + html.EscapeString(strings.Join(a.Paragraphs, "\n")) + "</p>"
			set = append(set, labelled{a.Published, a.Story, storyEntry(fmt.Sprint("a", a.ID), a.Title, content, a.Stocks)})
		}
		r, _, m := judge(t, set)
		right, missed = right+r, missed+m
	}
	if recall := float64(right) / float64(right+missed); recall < 0.95 {
		t.Errorf("recall %.3f of %d", recall, right+missed)
	}
}

// realData opens a file of the captured data, if it is here.
func realData(t *testing.T, name string) *json.Decoder {
	t.Helper()
	dir := os.Getenv("AGGREGATOR_SINA_DATA")
	f, err := os.Open(filepath.Join(dir, name))
	if dir == "" || err != nil {
		t.Skipf("no real data: %v; AGGREGATOR_SINA_DATA names their folder", err)
	}
	t.Cleanup(func() { f.Close() })
	return json.NewDecoder(f)
}

// label is the story of a real article: its title, or that of another article
// where both were read and found to be one.
func label(title string) string {
	for _, same := range [][2]string{
		{"华安保险董事长李光荣低调回归", "华安保险董事长李光荣"},
		{"华安保险董事长李光荣已低调回归", "华安保险董事长李光荣"},
		{"互联网的下半场属于产业互联网", "互联网的下半场"},
		{"中国移动换帅", "中国移动换帅"},
		{"风险勘探年度投资将增4倍", "风险勘探"},
		{"率先构建现代化经济体系", "率先构建现代化经济体系"},
		{"坚持北京证券交易所上市公司由创新层公司产生", "北京证券交易所"},
		{"中俄飞机往返两国加油费用将用人民币和", "中俄飞机加油"},
		{"支持将国家扩大金融业对外开放的政策措施在前海合作区落地实施", "前海合作区"},
	} {
		if strings.Contains(title, same[0]) {
			return same[1]
		}
	}
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return -1
	}, title)
}

// TestStoriesOfRealArticles: of articles of two days, among them many reports on
// the same events, none is taken for another.
func TestStoriesOfRealArticles(t *testing.T) {
	var set []labelled
	for d := realData(t, "article_text/roll_2019-03-04_05.jsonl"); d.More(); {
		var a struct{ URL, Title, Article string }
		if err := d.Decode(&a); err != nil {
			t.Fatal(err)
		}
		at := time.Date(2019, 3, 4, 8, len(set), 0, 0, time.UTC)
		set = append(set, labelled{at, label(a.Title), storyEntry(fmt.Sprint("a", len(set)), a.Title, "<p>"+html.EscapeString(a.Article)+"</p>", nil)})
	}
	judge(t, set)
}

// TestStoriesOfTheLiveWire: its items are short and written by patterns. Those
// that repeat an earlier one do so word for word.
func TestStoriesOfTheLiveWire(t *testing.T) {
	var set []labelled
	for d := realData(t, "zhibo/polls_2021-09.jsonl"); d.More(); {
		var item struct {
			Time string `json:"commit_time"`
			Text string `json:"rich_text"`
		}
		if err := d.Decode(&item); err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, item.Time)
		if err != nil {
			t.Fatal(err)
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(item.Text, "【"), "】")
		set = append(set, labelled{at, label(title), storyEntry(fmt.Sprint("a", len(set)), title, "<p>"+html.EscapeString(item.Text)+"</p>", nil)})
	}
	slices.SortStableFunc(set, func(a, b labelled) int { return a.at.Compare(b.at) })
	judge(t, set)
}
