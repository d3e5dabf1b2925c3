package main

import (
	"encoding/xml"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"aggregator/fetcher/simulated"
)

var newGolden = flag.String("golden", "", "fetch a golden database and its feeds, under this `NAME` of its schema; those of a release are never made anew")

// TestGoldenFeeds: what earlier versions stored is published under the ids, at the
// times and in the order that readers know, whatever is done to the database.
// Beside each database lie its feeds as they were when it was made.
func TestGoldenFeeds(t *testing.T) {
	if *newGolden != "" {
		makeGolden(t, *newGolden)
	}
	files, err := filepath.Glob("testdata/golden/*.db.zst")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden databases: %v", err)
	}
	for _, file := range files {
		want, err := os.ReadFile(strings.TrimSuffix(file, ".db.zst") + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		packed, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		config := goldenConfig(t, "http://127.0.0.1:9")
		if err := os.WriteFile(filepath.Join(filepath.Dir(config), "a.db"), unpacked(t, packed), 0o640); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"db", "check"}, {"db", "reprocess"}, {"db", "compact"}, {"db", "prune"}} {
			if got := goldenFeeds(t, config); got != string(want) {
				t.Errorf("%s before %v: the feeds are\n%s\nwere\n%s", file, args, got, want)
			}
			command(t, exitOK, append([]string{"--config", config}, args...)...)
		}
		if got := goldenFeeds(t, config); got != string(want) {
			t.Errorf("%s at last: the feeds are\n%s\nwere\n%s", file, got, want)
		}
	}
}

// goldenConfig is a configuration with the sources of the golden databases.
func goldenConfig(t *testing.T, origin string) string {
	t.Helper()
	config := filepath.Join(t.TempDir(), "config.yaml")
	err := os.WriteFile(config, fmt.Appendf(nil, `
site: {tag_authority: "feeds.example.net,2026", base_url: "https://feeds.example.net/"}
database: %s/a.db
fetch: {allow_private: [127.0.0.0/8], per_host: {concurrency: 8, interval: 0s}}
feeds: {formats: [atom], entries: 12}
sources:
  - {name: china, kind: sina-roll, endpoint: "%[2]s/api/roll/get", params: {pageid: 155, lid: 1686}, max_pages: 1, limit: 8, categories: [金融, 国内]}
  - {name: site, kind: feed, url: "%[2]s/site/1/rss.xml", full_text: false, limit: 6, categories: [综合]}
`, filepath.Dir(config), origin), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// goldenFeeds is what must stay of the feeds: ids, times, titles, and order.
func goldenFeeds(t *testing.T, config string) string {
	t.Helper()
	dir := t.TempDir()
	command(t, exitOK, "--config", config, "feeds", "write", dir)
	var b strings.Builder
	for _, name := range []string{"all", "source/china", "source/site"} {
		data, err := os.ReadFile(filepath.Join(dir, "feeds", name+".atom"))
		if err != nil {
			t.Fatal(err)
		}
		var feed struct {
			ID    string `xml:"id"`
			Entry []struct {
				ID        string `xml:"id"`
				Published string `xml:"published"`
				Updated   string `xml:"updated"`
				Title     string `xml:"title"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal(data, &feed); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, feed.ID)
		for _, e := range feed.Entry {
			fmt.Fprintln(&b, "\t"+e.ID, e.Published, e.Updated, e.Title)
		}
	}
	return b.String()
}

func unpacked(t *testing.T, packed []byte) []byte {
	t.Helper()
	dec, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer dec.Close()
	data, err := dec.DecodeAll(packed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// makeGolden fetches a day of a simulated origin, edits included.
func makeGolden(t *testing.T, name string) {
	t.Helper()
	c := &clock{now: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}
	srv := httptest.NewServer(simulated.New(simulated.Options{Seed: 7, Start: c.Now(), Now: c.Now, Every: time.Minute, Backlog: 240}))
	defer srv.Close()
	config := goldenConfig(t, srv.URL)
	for range 4 {
		command(t, exitOK, "--config", config, "fetch", "--once")
		c.advance(10 * time.Minute)
	}
	command(t, exitOK, "--config", config, "db", "compact")
	data, err := os.ReadFile(filepath.Join(filepath.Dir(config), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		t.Fatal(err)
	}
	for file, data := range map[string][]byte{name + ".db.zst": enc.EncodeAll(data, nil), name + ".txt": []byte(goldenFeeds(t, config))} {
		if err := os.WriteFile(filepath.Join("testdata/golden", file), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
