package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// realData returns the folder of data captured from the sources, or skips.
func realData(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("AGGREGATOR_SINA_DATA")
	if dir == "" {
		dir = "../../../shared/sina/data" // beside the checkout
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no real data: %v; AGGREGATOR_SINA_DATA names their folder", err)
	}
	return dir
}

// post is a finished article of the archive that this program continues.
type post struct {
	name  string
	head  string // from --- to ---
	body  string // what stands in its <div>
	title string
	image string
	date  time.Time
	docid string
}

func readPosts(t *testing.T) []post {
	files, err := filepath.Glob(filepath.Join(realData(t), "posts", "s*.md"))
	if err != nil || len(files) == 0 {
		t.Skipf("no posts: %v", err)
	}
	var posts []post
	for i, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		posts = append(posts, parsePost(t, filepath.Base(file), string(data), fmt.Sprintf("ktzqtyt%07d", i)))
	}
	return posts
}

func parsePost(t *testing.T, name, data, docid string) post {
	t.Helper()
	head, rest, ok := strings.Cut(strings.TrimPrefix(data, "\n"), "---\n\n")
	body, _, ok2 := strings.Cut(rest, "  \n</div>\n            ")
	if !ok || !ok2 {
		t.Fatalf("%s: not the seed's format", name)
	}
	field := func(key string) string {
		m := regexp.MustCompile(`(?m)^` + key + `: (.*)$`).FindStringSubmatch(head)
		if m == nil {
			t.Fatalf("%s: no %s", name, key)
		}
		return strings.ReplaceAll(strings.Trim(m[1], "'"), "''", "'")
	}
	date, err := http.ParseTime(field("date"))
	if err != nil {
		t.Fatal(err)
	}
	return post{name: name, head: head + "---\n", body: strings.TrimPrefix(body, "<div>   \n"),
		title: field("title"), image: field("headimg"), date: date, docid: docid}
}

// page is the article page the post was made of: its body as Sina served it,
// with furniture around.
func (p post) page() string {
	body := strings.NewReplacer("&#123;", "{", "&#125;", "}", ` referrerpolicy="no-referrer"`, "").Replace(p.body)
	return `<!DOCTYPE html><html><head><meta charset="utf-8"><title>` + html.EscapeString(p.title) + `_新浪财经_新浪网</title></head>
<body><div class="nav"><a href="/">首页</a> <a href="/stock/">股票</a></div>
<h1 class="main-title">` + html.EscapeString(p.title) + `</h1>
<div class="share">分享到微博</div>
<!-- 原始正文begin --><div class="article" id="artibody">` + body + `</div><!-- 原始正文end -->
<div class="article-bottom">相关阅读</div><div class="blkComment">网友评论</div>
<script>track()</script></body></html>`
}

// sinaOf serves a roll list of the posts and their pages.
func sinaOf(t *testing.T, posts []post) *httptest.Server {
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	var items []map[string]any
	for _, p := range posts {
		path := "/china/" + p.date.Format("2006-01-02") + "/doc-i" + p.docid + ".shtml"
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, p.page())
		})
		items = append(items, map[string]any{
			"docid": "comos:" + p.docid, "url": srv.URL + path, "title": p.title,
			"ctime": fmt.Sprint(p.date.Unix()), "mtime": fmt.Sprint(p.date.Unix()), "img": []any{}, "author": "0",
		})
	}
	mux.HandleFunc("GET /api/roll/get", func(w http.ResponseWriter, r *http.Request) {
		page := items
		if r.URL.Query().Get("page") != "1" {
			page = []map[string]any{}
		}
		json.NewEncoder(w).Encode(map[string]any{"result": map[string]any{"status": map[string]any{"code": 0}, "data": page}})
	})
	return srv
}

// command runs a command line as main does and fails the test if it exits
// with another code.
func command(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := execute(t.Context(), newProgram(&out, &errs, nil), args); code != want {
		t.Fatalf("aggregator %s: exit %d, want %d\n%s%s", strings.Join(args, " "), code, want, &out, &errs)
	}
	return out.String(), errs.String()
}

// TestRealPosts pulls every real post through the whole program, in both
// bodies: list and page in, front-matter file out.
func TestRealPosts(t *testing.T) {
	posts := readPosts(t)
	for _, body := range []string{"clean", "verbatim"} {
		t.Run(body, func(t *testing.T) {
			dir := t.TempDir()
			config := filepath.Join(dir, "config.yaml")
			err := os.WriteFile(config, fmt.Appendf(nil, `
database: %[1]s/a.db
fetch: {allow_private: [127.0.0.0/8], per_host: {concurrency: 8, interval: 0s}}
sources:
  - name: sina-china
    kind: sina-roll
    endpoint: %[2]s/api/roll/get
    params: {pageid: 155, lid: 1686}
    categories: [金融, 新浪财经, 新浪财经－国內]
    author: 新浪财经
    default_image: https://n.sinaimg.cn/finance/cece9e13/20200514/343233024.png
    body: %[3]s
`, dir, sinaOf(t, posts).URL, body), 0o644)
			if err != nil {
				t.Fatal(err)
			}
			command(t, exitOK, "--config", config, "fetch", "--once")
			command(t, exitOK, "--config", config, "export", filepath.Join(dir, "out"))
			for _, p := range posts {
				path := filepath.Join(dir, "out", p.date.In(time.FixedZone("", 8*3600)).Format("2006/01/02"), "i"+p.docid+".md")
				file, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				p.compare(t, body, string(file))
			}
		})
	}
}

func (p post) compare(t *testing.T, body, file string) {
	t.Helper()
	head, rest, ok := strings.Cut(file, "---\n\n")
	if head += "---\n"; !ok || head != p.head {
		t.Errorf("%s: head is\n%s\nwant\n%s", p.name, head, p.head)
	}
	got, want := parse(t, rest), parse(t, "<div>   \n"+p.body+"  \n</div>")
	if body == "verbatim" {
		if g, w := dump(got), dump(want); g != w {
			t.Errorf("%s: body is\n%s\nwant\n%s", p.name, g, w)
		}
		return
	}
	if g, w := visible(got), visible(want); g != w {
		t.Errorf("%s: visible text is\n%s\nwant\n%s", p.name, g, w)
	}
}

func parse(t *testing.T, body string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// dump writes a tree, a node a line, without white space around it.
func dump(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node, int)
	walk = func(n *html.Node, depth int) {
		if n.Type != html.TextNode || strings.TrimSpace(n.Data) != "" {
			fmt.Fprintf(&b, "%*s%d %q %q\n", depth, "", n.Type, strings.TrimSpace(n.Data), n.Attr)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1)
		}
	}
	walk(n, 0)
	return b.String()
}

// visible is the text of a tree without the boxes that clean takes out, and
// without white space.
func visible(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Data == "style" || n.Data == "script" || isBox(n) {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(strings.Join(strings.Fields(n.Data), ""))
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return b.String()
}

func isBox(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "class" && (strings.Contains(a.Val, "appendQr_wrap") || strings.Contains(a.Val, "app-kaihu-qr")) {
			return true
		}
	}
	return false
}
