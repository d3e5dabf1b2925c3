package storage_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// sentences are what bodies are made of. So made, bodies compress as 103 real
// articles of Sina's do: to 0.57 of their size, with a dictionary to 0.41 (real
// ones 0.53 and 0.40).
func sentences(n int) []string {
	r := rand.New(rand.NewPCG(1, 1))
	words := rand.NewZipf(r, 1.15, 8, 30000)
	list := make([]string, n)
	for i := range list {
		var b strings.Builder
		for range 20 {
			w := rune(words.Uint64())
			b.WriteRune(0x4e00 + w*7919%20000)
			b.WriteRune(0x4e00 + w*104729%20000)
		}
		list[i] = b.String() + "。"
	}
	return list
}

// body is one of about 6.9 KB, of 3 to 10.6, that no other article has.
func (o *origin) body() string {
	var b strings.Builder
	for size := 3000 + o.r.IntN(7600); b.Len() < size; {
		b.WriteString("<p>" + o.text[o.r.IntN(len(o.text))] + o.text[o.r.IntN(len(o.text))] + "</p>")
	}
	return b.String()
}

// text is the body of an article: about 6.9 KB that compress like news do, to
// somewhat under half.
func text(seed int64) string {
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	words := rand.NewZipf(r, 1.15, 8, 30000)
	var b strings.Builder
	for b.Len() < 6900 {
		b.WriteString("<p>")
		for range 60 {
			w := rune(words.Uint64())
			b.WriteRune(0x4e00 + w*7919%20000)
			b.WriteRune(0x4e00 + w*104729%20000)
		}
		b.WriteString("。</p>")
	}
	return b.String()
}

// origin makes documents of 50 items of 40 sources, as a news site does: ids that
// ascend roughly with time, addresses with section and day.
type origin struct {
	n    int
	day  time.Time
	text []string
	r    *rand.Rand
}

func newOrigin() *origin {
	return &origin{day: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), text: sentences(8000), r: rand.New(rand.NewPCG(2, 2))}
}

func (o *origin) batch() storage.Batch {
	source := o.n / 50 % 40
	b := storage.Batch{Source: fmt.Sprint("source-", source), State: &storage.Source{ETag: fmt.Sprint(o.n)}}
	for range 50 {
		day := o.day.Add(time.Duration(o.n) * 90 * time.Second)
		id := fmt.Sprintf("in%c%c%c%c%c%c%07d", 'a'+o.n/400000%26, 'a'+o.n/20000%26, 'a'+rand.IntN(26), 'a'+rand.IntN(26), 'a'+rand.IntN(26), 'a'+rand.IntN(26), o.n*7%10000000)
		link := fmt.Sprintf("https://finance.sina.com.cn/section%d/%s/doc-%s.shtml", source, day.Format("2006-01-02"), id)
		b.Entries = append(b.Entries, storage.Entry{
			Identity: article.Identity{Keys: []string{"sina:" + id, "url:" + link}, Print: uint64(o.n), Revision: day, Name: id},
			Article: article.Article{
				Title: fmt.Sprint("美联储宣布维持利率不变 市场反应平淡 ", o.n), Link: link, Published: day, Updated: day,
				GUID: id, Author: "新浪财经", Origin: "证券时报", Image: "https://n.sinaimg.cn/finance/" + id + ".png",
				Categories: []string{"金融", "新浪财经", fmt.Sprint("新浪财经－", source)}, Stocks: []string{fmt.Sprintf("sz%06d", o.n%5000)},
				Content: o.body(),
			},
		})
		o.n++
	}
	return b
}
