package feedout

import (
	"strings"
	"testing"
)

// past is the archive document of a month.
func past() *Feed {
	f := sample(2)
	base := strings.TrimSuffix(f.Self, ".atom")
	f.History = History{
		Archive: true, Settled: "7", Current: f.Self,
		Previous: base + "/2026-01-2.atom?r=5", Next: base + "/2026-03.atom",
	}
	f.Self = base + "/2026-02.atom"
	return f
}

// TestGoldenHistory: the bytes of what says where a document stands.
func TestGoldenHistory(t *testing.T) {
	archive, complete := past(), small()
	archive.Articles = nil
	complete.Articles, complete.History.Complete = nil, true
	for name, f := range map[string]*Feed{"archive": archive, "complete": complete} {
		for _, suffix := range suffixes() {
			_, document, err := f.in(suffix)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+suffix, document)
		}
	}
}

// TestArchive: an archive document is the same feed, says where it belongs in
// each format, and may be kept for ever under the address of its revision.
func TestArchive(t *testing.T) {
	p := New(oneFeed(past()), Options{})
	for suffix, kind := range map[string]string{".atom": atomType, ".rss": rssType} {
		doc := get(t, p, "/feeds/finance"+suffix)
		validate := validateAtom
		if suffix == ".rss" {
			validate = validateRSS
		}
		feed, problems := validate(doc.Body)
		if problems != nil {
			t.Fatalf("%s: %q", suffix, problems)
		}
		if len(feed.all("archive")) != 1 || suffix == ".atom" && feed.text("id") != sample(0).ID {
			t.Errorf("%s: %s", suffix, doc.Body[:800])
		}
		for rel, want := range map[string]string{
			"self": "/2026-02" + suffix, "current": "/feeds/finance" + suffix,
			"prev-archive": "/feeds/finance/2026-01-2" + suffix + "?r=5", "next-archive": "/2026-03" + suffix,
		} {
			l := links(feed, rel)
			if len(l) != 1 || !strings.HasSuffix(l[0].attr("href"), want) || l[0].attr("type") != kind {
				t.Errorf("%s: %s: %v, want %s", suffix, rel, l, want)
			}
		}
	}
	read, problems := validateJSON(get(t, p, "/feeds/finance.json").Body)
	if problems != nil || !strings.HasSuffix(read.Next, "/2026-01-2.json?r=5") {
		t.Errorf("next_url %q, %q", read.Next, problems)
	}
	for query, want := range map[string]bool{"?r=7": true, "": false, "?r=6": false, "?r=": false} {
		if got := ask(p, "GET", financePath+query).Header.Get("Cache-Control"); (got == "public, max-age=31536000, immutable") != want {
			t.Errorf("%q: Cache-Control %q", query, got)
		}
	}
}

// TestComplete: a feed that shows everything says so, and has no neighbours.
func TestComplete(t *testing.T) {
	f := sample(2)
	f.History.Complete = true
	for suffix, validate := range map[string]func([]byte) (*node, []string){".atom": validateAtom, ".rss": validateRSS} {
		_, document, err := f.in(suffix)
		if err != nil {
			t.Fatal(err)
		}
		if feed, problems := validate(document); problems != nil || len(feed.all("complete")) != 1 {
			t.Errorf("%s: %q\n%s", suffix, problems, document[:800])
		}
	}
}

// TestArchivesFollow: a change of a feed is one of its archives, and no other
// feed's; one that only settles keeps its bytes.
func TestArchivesFollow(t *testing.T) {
	load := &numbered{}
	p := New(load, Options{})
	paths := []string{"/feeds/finance/2026-02.atom", "/feeds/finance2/2026-02.atom", "/feeds/source/finance.atom"}
	var before []*Document
	for _, path := range paths {
		before = append(before, get(t, p, path))
	}
	load.number.Add(1)
	p.Changed("finance")
	for i, path := range paths {
		if changed := get(t, p, path) != before[i]; changed != (i == 0) {
			t.Errorf("%s: changed %v", path, changed)
		}
	}
	f := past()
	f.History.Settled = ""
	p = New(oneFeed(f), Options{})
	doc := get(t, p, financePath)
	f.History.Settled = "7"
	p.Changed("finance")
	again := get(t, p, financePath)
	if again.settled != "7" || doc.settled != "" || again.ETag != doc.ETag || &again.In("gzip").Body[0] != &doc.In("gzip").Body[0] {
		t.Error("a document that settled is another one, or was changed under its readers")
	}
}
