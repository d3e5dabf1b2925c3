package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// edition says what the feeds of an origin hold now.
type edition struct {
	Feeds   int
	Lists   int           // Sina's, with pages
	Items   int           // of each
	Shift   int           // how many of a feed's items are new since the first edition
	Touched int           // seconds by which lastBuildDate has moved on
	Silent  bool          // no validators
	Delay   time.Duration // before each answer
}

// corpus is the text that bodies are made of: sentences whose characters are as
// unevenly frequent as those of Chinese news.
type corpus []string

func newCorpus() corpus {
	r := rand.New(rand.NewPCG(1, 1))
	words := rand.NewZipf(r, 1.15, 200, 30000)
	list := make(corpus, 60000)
	for i := range list {
		var b strings.Builder
		for range 20 {
			w := words.Uint64()
			b.WriteRune(rune(0x4e00 + w*7919%20000))
			b.WriteRune(rune(0x4e00 + w*104729%20000))
		}
		list[i] = b.String() + "。"
	}
	return list
}

// body is an item's HTML, of 4 to 8 KB.
func (c corpus) body(feed, item int) string {
	r := rand.New(rand.NewPCG(uint64(feed), uint64(item)))
	var b strings.Builder
	fmt.Fprintf(&b, `<p><img src="https://img.example/%d/%d.jpg" width="550" height="366" alt="图"></p>`, feed, item)
	for size := 4000 + r.IntN(4000); b.Len() < size; {
		b.WriteString("<p>")
		for range 2 + r.IntN(3) {
			b.WriteString(c[r.IntN(len(c))])
		}
		switch r.IntN(4) {
		case 0:
			fmt.Fprintf(&b, `<a href="https://site%d.example/t/%d?a=1&amp;b=2" target="_blank">%d.%02d%%</a>`, feed, r.IntN(1000), r.IntN(90), r.IntN(100))
		case 1:
			fmt.Fprintf(&b, `<strong>%s</strong>`, c[r.IntN(len(c))][:30])
		}
		b.WriteString("</p>\n")
	}
	return b.String()
}

var newest = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// feed is the RSS of a feed, newest item first.
func (c corpus) feed(feed int, e edition) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>要闻 %d</title><link>https://site%[1]d.example/</link><description>每日要闻</description><lastBuildDate>%s</lastBuildDate>
`, feed, newest.Add(time.Duration(e.Touched)*time.Second).Format(time.RFC1123Z))
	for i := range e.Items {
		n := e.Items + e.Shift - 1 - i
		title := c[(feed*7919+n*104729)%len(c)]
		at := newest.Add(time.Duration(n-e.Items) * 10 * time.Minute)
		fmt.Fprintf(&b, `<item><title>%s %d-%d</title><link>https://site%[2]d.example/2026/%[3]d.html</link><guid isPermaLink="false">tag:site%[2]d.example,2026:%[3]d</guid><pubDate>%s</pubDate><dc:creator>记者 %[3]d</dc:creator><category>股市</category><description>%[5]s</description><content:encoded><![CDATA[%[6]s]]></content:encoded></item>
`, title[:60], feed, n, at.Format(time.RFC1123Z), title, c.body(feed, n))
	}
	b.WriteString("</channel></rss>\n")
	return b.Bytes()
}

// packed is a feed as servers send it.
func (c corpus) packed(feed int, e edition) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(c.feed(feed, e)) // to memory
	_ = w.Close()
	return b.Bytes()
}
