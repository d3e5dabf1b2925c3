package feedout

import (
	"crypto/sha256"
	"encoding/base64"
	"sync"
	"time"

	"aggregator/normalize/article"
)

// Rendering names how this program writes documents: another name, other bytes of
// the same articles. It belongs into the address of what may be kept for ever
// ([History.Settled]), or an upgrade of the program would be seen by nobody who kept
// it. Nobody needs to count it up: it is made of a specimen's documents.
var Rendering = sync.OnceValue(func() string { return renderingOf(specimen()) })

func renderingOf(f *Feed) string {
	sum := sha256.New()
	for _, suffix := range suffixes() {
		_, body, err := f.in(suffix)
		if err != nil {
			panic(err) // only what has no id fails
		}
		sum.Write(body)
	}
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:9])
}

// specimen is an archive document in which every element occurs that an archive
// document can have, and text of each kind that is not written as it is.
func specimen() *Feed {
	at := time.Date(2026, time.March, 4, 8, 0, 0, 0, time.UTC)
	full := article.Article{
		ID: "tag:example.org,2026:a/1", Key: "1", Source: "s", Link: "https://user@例.example/文?a=1&b=[2]#c",
		Via:   []string{"https://example.org/copy"},
		Title: "T & </b> <i>\x01\uFFFD", Published: at, Updated: at.Add(time.Hour), Seen: at, Author: "A <b>b</b>", Origin: "O",
		Categories: []string{"金融", "A&B"}, Stocks: []string{"sz000931"}, Image: "https://example.org/i.png", Summary: "S &amp; s",
		Content:    "<p>]]&gt; <video src=\"https://example.org/v.mp4\" controls=\"\"></video></p>",
		Enclosures: []article.Enclosure{{URL: "https://example.org/a.mp3", Type: "audio/mpeg", Length: 9}, {URL: "https://example.org/b"}},
	}
	bare := article.Article{ID: "tag:example.org,2026:a/2", Key: "2", Published: at, Updated: full.Updated}
	return &Feed{
		ID: "tag:example.org,2026:feed", Title: "F & f", Subtitle: "D", Language: "zh-CN", Rights: "©",
		Self: "https://example.org/feeds/f/2026-03.atom", Site: "https://example.org/", Generator: "https://example.org/g",
		Scheme: "tag:example.org,2026:category", Icon: "https://example.org/icon.png", Hub: "https://example.org/hub",
		Sources: map[string]Outline{"s": {Title: "S", Feed: "https://example.org/feeds/s.rss"}},
		History: History{
			Archive: true, Complete: true, Current: "https://example.org/feeds/f.atom",
			Previous: "https://example.org/feeds/f/2026-02.atom?r=1", Next: "https://example.org/feeds/f/2026-04.atom",
		},
		Articles: []article.Article{full, bare},
	}
}
