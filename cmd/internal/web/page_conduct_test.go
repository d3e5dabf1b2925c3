package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"aggregator/normalize/article"
)

// TestPageConduct: a page in each coding has a tag of its own, and is not sent to
// who has it; HEAD says what GET does; nothing but these is allowed.
func TestPageConduct(t *testing.T) {
	w := newWorld(t, plain)
	w.add(article.Article{Key: "a", Title: "央行降息", Categories: []string{"金融"}, Content: "<p>降息</p>"})
	sheet := regexp.MustCompile(`href="/news(/style-[0-9a-f]{12}\.css)"`).FindStringSubmatch(w.get("/").Body.String())
	if sheet == nil {
		t.Fatal("no style sheet")
	}
	for path, cache := range map[string]string{
		"/": "no-cache", "/c/finance/": "no-cache", "/a/a": "no-cache", "/?q=降息": "no-cache",
		sheet[1]: "public, max-age=31536000, immutable",
	} {
		tags := map[string]bool{}
		plainBody := w.get(path).Body.Bytes()
		for _, coding := range []string{"", "gzip", "br"} {
			rec := w.get(path, "Accept-Encoding", coding)
			tag := rec.Header().Get("Etag")
			if rec.Code != 200 || tags[tag] || !strings.HasPrefix(tag, `"`) || rec.Header().Get("Content-Encoding") != coding ||
				rec.Header().Get("Vary") != "Accept-Encoding" || rec.Header().Get("Content-Length") != fmt.Sprint(rec.Body.Len()) || rec.Header().Get("Cache-Control") != cache {
				t.Errorf("%s as %q: %d %v", path, coding, rec.Code, rec.Header())
			}
			tags[tag] = true
			if coding == "gzip" {
				zr, err := gzip.NewReader(rec.Body)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := io.ReadAll(zr); err != nil || !bytes.Equal(got, plainBody) {
					t.Errorf("%s: gzip is another page: %v", path, err)
				}
			}
			for _, have := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
				again := w.get(path, "Accept-Encoding", coding, "If-None-Match", have)
				if again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("Etag") != tag || again.Header().Get("Cache-Control") != cache {
					t.Errorf("%s with %s: %d %v", path, have, again.Code, again.Header())
				}
			}
			head := w.ask(http.MethodHead, path, "Accept-Encoding", coding)
			if head.Code != 200 || head.Body.Len() > 0 || head.Header().Get("Etag") != tag || head.Header().Get("Content-Length") != rec.Header().Get("Content-Length") {
				t.Errorf("HEAD %s: %d %v", path, head.Code, head.Header())
			}
		}
		for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
			if rec := w.ask(method, path); rec.Code != 405 || rec.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d %v", method, path, rec.Code, rec.Header())
			}
		}
	}
	if rec := w.ask(http.MethodHead, "/none"); rec.Code != 404 || rec.Body.Len() > 0 {
		t.Errorf("HEAD of nothing: %d", rec.Code)
	}
	if rec := w.get("/", "Accept-Encoding", "identity;q=0"); rec.Code != 200 || rec.Header().Get("Content-Encoding") != "" {
		t.Errorf("nothing acceptable: %d %v", rec.Code, rec.Header())
	}
}
