package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// BenchmarkServe asks the daemon for a feed of 50 entries, and a server that has the
// same bytes in memory and knows nothing else. Both are processes of their own and are
// asked in turn, for others may be at work on the machine, by a client that costs as
// little as it can. Requests a second are to be at least 0.9 of those of the bare server.
// Where the system counts it, the processor time of a request is told as well, as a
// multiple of the bare server's: that is less disturbed.
//
//	go test ./cmd/aggregator -run - -bench Serve -benchtime 200x
func BenchmarkServe(b *testing.B) {
	ours := startDaemon(b)
	for _, bm := range []struct{ name, header string }{
		{"304", "Accept-Encoding: gzip\r\nIf-None-Match: ETAG\r\n"},
		{"gzip", "Accept-Encoding: gzip\r\n"},
		{"identity", ""},
	} {
		b.Run(bm.name, func(b *testing.B) {
			etag := ours.response(b, "Accept-Encoding: gzip\r\n").Header.Get("Etag")
			header := strings.ReplaceAll(bm.header, "ETAG", etag)
			bare := startBare(b, ours.response(b, header))
			our, floor := newAskers(b, ours, header), newAskers(b, bare, header)
			for b.Loop() {
				our.ask(b)
				floor.ask(b)
			}
			took := median(our.took)
			b.ReportMetric(median(floor.took)/took, "of-the-bare")
			b.ReportMetric(1e9/took, "requests/s")
			b.ReportMetric(median(our.cpu)/median(floor.cpu), "cpu-of-the-bare")
		})
	}
}

// startDaemon starts a daemon that has fetched 50 articles.
func startDaemon(b *testing.B) *served {
	var feed strings.Builder
	feed.WriteString(`<rss version="2.0"><channel><title>news</title>`)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 50 {
		fmt.Fprintf(&feed, `<item><guid isPermaLink="false">%[1]d</guid><title>美联储宣布维持利率不变 %[1]d</title><link>https://news.example/%[1]d</link><description>&lt;p&gt;%[2]s&lt;/p&gt;</description></item>`,
			i, words(r, 2000))
	}
	feed.WriteString(`</channel></rss>`)
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, feed.String()) }))
	defer origin.Close()
	address := free(b)
	dir := b.TempDir()
	config := fmt.Sprintf("listen: %s\nsite: {base_url: \"http://%[1]s\"}\ndatabase: a.db\nfetch: {allow_private: [127.0.0.0/8]}\nsources:\n  - {name: news, kind: feed, url: \"%s/\", full_text: false, schedule: \"@yearly\"}\n", address, origin.URL)
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	once := exec.Command("aggregator", "fetch", "--once")
	once.Dir = dir
	if out, err := once.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command("aggregator", "serve", "--log-level", "error")
	cmd.Dir = dir
	return start(b, cmd, address)
}

// words are so many characters, which compress as news do.
func words(r *rand.Rand, n int) string {
	var text strings.Builder
	for zipf := rand.NewZipf(r, 1.15, 8, 20000); n > 0; n-- {
		text.WriteRune(0x4e00 + rune(zipf.Uint64()*7919%20000))
	}
	return text.String()
}

// startBare starts a server that gives an answer of this status and body.
func startBare(b *testing.B, res *http.Response) *served {
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(b.TempDir(), "body")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		b.Fatal(err)
	}
	address := free(b)
	return start(b, exec.Command("bare", address, strconv.Itoa(res.StatusCode), file), address)
}

// serveBare is the process of the bare server.
func serveBare() {
	status, _ := strconv.Atoi(os.Args[2])
	body, err := os.ReadFile(os.Args[3])
	if err == nil {
		err = http.ListenAndServe(os.Args[1], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
			if status == http.StatusOK {
				w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			}
			w.WriteHeader(status)
			w.Write(body)
		}))
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
