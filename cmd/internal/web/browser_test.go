package web

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher/simulated"
	"aggregator/normalize/article"
	"aggregator/storage"
)

var pictures = flag.String("pictures", "", "write what the browser shows as PNG files into this `DIR`")

// looks is what a browser has to say of a page.
type looks struct {
	Lang, Title, Face    string
	Scripts, Wide        int
	Landmarks, Headings  []string
	Unnamed, Pale, Small []string
}

// look looks for what people would stumble over, all that folds being open. Pale are texts with less contrast
// than WCAG 2 wants of them (AA, 1.4.3), Small are links on a phone, outside of
// running text, that a finger cannot hit (2.5.8).
const look = `(() => {
	document.querySelectorAll('details').forEach(d => d.open = true);
	const seen = e => { const b = e.getBoundingClientRect(); return b.width > 2 && b.height > 2 && b.right > 0 };
	const rgb = s => { const m = s.match(/[\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m };
	const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
	const under = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c } return [255, 255, 255, 1] };
	const pale = [];
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement;
		if (!walk.currentNode.data.trim() || !seen(e)) continue;
		const [a, b] = [light(rgb(getComputedStyle(e).color)), light(under(e))].sort((x, y) => y - x);
		if ((a + 0.05) / (b + 0.05) < 4.5) pale.push(e.tagName + ' ' + walk.currentNode.data.trim().slice(0, 20) + ' ' + ((a + 0.05) / (b + 0.05)).toFixed(2));
	}
	const name = e => (e.getAttribute('aria-label') || e.textContent || e.title || '').trim();
	return {
		Lang: document.documentElement.lang, Title: document.title, Scripts: document.scripts.length,
		Face: getComputedStyle(document.body).backgroundColor,
		Wide: document.documentElement.scrollWidth - window.innerWidth,
		Landmarks: [...document.querySelectorAll('body > header, nav, main, [role=search], aside')].map(e => e.tagName.toLowerCase()),
		Headings: [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(e => !e.closest('.body')).map(e => e.tagName),
		Unnamed: [...document.querySelectorAll('a, button, input, th')].filter(e => !name(e)).map(e => e.outerHTML.slice(0, 80)),
		Pale: pale,
		Small: [...document.querySelectorAll('nav a, .formats a, button, input, summary')].filter(e => seen(e) && e.getBoundingClientRect().height < 24).map(e => e.outerHTML.slice(0, 80)),
	}
})()`

// TestInBrowser: every page, as a real browser shows it on a desk and on a phone, by
// day and by night: nothing is wider than the screen, everything is legible, no
// script is there or needed, nothing of what others could learn is asked for, and
// the browser has nothing to complain of, such as breaches of our own policy.
func TestInBrowser(t *testing.T) {
	c := newChromium(t)
	srv := httptest.NewServer(nil)
	defer srv.Close()
	w := newsWorld(t, srv.URL)
	srv.Config.Handler = w
	samples := w.samples()
	for _, s := range []screen{{1280, 900, "light"}, {1280, 900, "dark"}, {360, 740, "light"}, {360, 740, "dark"}} {
		b := c.open(s)
		for _, p := range samples {
			where := fmt.Sprint(s, " ", p.name)
			if status := b.visit(srv.URL + p.path); status != p.status {
				t.Errorf("%s: status %d, want %d", where, status, p.status)
			}
			var l looks
			b.eval(look, &l)
			checkLooks(t, where, s, b, &l)
			for _, r := range b.requests {
				kind, address, _ := strings.Cut(r, " ")
				ours := strings.HasPrefix(address, srv.URL+"/") || strings.HasPrefix(address, "data:")
				if !ours && !(strings.HasPrefix(p.path, "/a/") && (kind == "Image" || kind == "Media")) {
					t.Errorf("%s: asks for %s", where, r)
				}
			}
			if *pictures != "" {
				if err := os.WriteFile(filepath.Join(*pictures, p.name+"-"+s.String()+".png"), b.picture(), 0o644); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

func checkLooks(t *testing.T, where string, s screen, b *tab, l *looks) {
	t.Helper()
	if len(b.complaints) > 0 {
		t.Errorf("%s: the browser complains: %q", where, b.complaints)
	}
	if l.Lang != "zh-CN" || !strings.HasSuffix(l.Title, "新浪财经") {
		t.Errorf("%s: lang %q, title %q", where, l.Lang, l.Title)
	}
	if l.Scripts > 0 || l.Wide > 0 || len(l.Unnamed) > 0 || len(l.Pale) > 0 || len(l.Small) > 0 {
		t.Errorf("%s: %d scripts, %d pixels too wide, without a name %q, too pale %q, too small %q", where, l.Scripts, l.Wide, l.Unnamed, l.Pale, l.Small)
	}
	for _, want := range []string{"header", "nav", "main", "form"} {
		if !slices.Contains(l.Landmarks, want) {
			t.Errorf("%s: landmarks %q lack %s", where, l.Landmarks, want)
		}
	}
	if len(l.Headings) == 0 || l.Headings[0] != "H1" || slices.Contains(l.Headings[1:], "H1") {
		t.Errorf("%s: headings %q", where, l.Headings)
	}
	for i := 1; i < len(l.Headings); i++ {
		if l.Headings[i][1] > l.Headings[i-1][1]+1 {
			t.Errorf("%s: headings skip a level: %q", where, l.Headings)
		}
	}
	if dark := l.Face == "rgb(24, 23, 21)"; dark != (s.scheme == "dark") {
		t.Errorf("%s: background %s", where, l.Face)
	}
}

// newsWorld has a day of a simulated origin's news, and an article of everything
// that pages have to cope with.
func newsWorld(t *testing.T, base string) *world {
	start := time.Now().Add(-24 * time.Hour).Truncate(time.Hour)
	clock := start.Add(24 * time.Hour)
	origin := simulated.New(simulated.Options{Seed: 5, Start: start, Now: func() time.Time { return clock }, Every: 10 * time.Minute, Backlog: 120})
	w := newWorld(t, fmt.Sprintf(`
site: {base_url: "%s"}
fetch: {per_host: {concurrency: 8, interval: 0s}}
feeds: {saved: [{slug: news, title: 央行与利率, any: [的]}]}
sources:
  - {name: china, title: 新浪财经－国內, kind: sina-roll, params: {pageid: 155, lid: 1686}, categories: [金融, 新浪财经, 新浪财经－国內]}
  - {name: usstock, title: 美股, kind: sina-roll, params: {pageid: 384, lid: 2672}, categories: [金融, 新浪财经, 美股]}
  - {name: off, title: 停用的来源, url: "https://off.example/feed.xml", enabled: false}
  - {name: a-source-with-a-name-that-goes-on-and-on, title: 名字特别特别长的一个来源，用来看看表格怎么换行, url: "https://new.example/feed.xml"}
  - {name: quiet, title: 安静的来源, url: "https://quiet.example/feed.xml"}
  - {name: broken, title: 坏掉的来源, url: "https://broken.example/feed.xml"}
categories: {金融: {slug: finance, description: 国内外的财经要闻，来自新浪财经。}, 新浪财经: {slug: sina}, 新浪财经－国內: {slug: china}, 美股: {slug: usstock}}
`, base))
	w.net = missing404{"broken.example", origin.Transport()}
	for clock = start.Add(2 * time.Hour); !clock.After(start.Add(24 * time.Hour)); clock = clock.Add(2 * time.Hour) {
		w.clock = clock
		err := w.daemon.Once(t.Context(), []string{"china", "usstock", "broken"}, daemon.Options{}, func(r daemon.Report) {
			if r.Err != nil && r.Source != "broken" {
				t.Error(r.Source, r.Err)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	w.silence("quiet")
	everything := article.Article{
		Key: "everything", Title: "央行今日开展1000亿元7天期逆回购操作 中标利率1.40%与此前持平，LongUnbreakableWordsInTheTitleToo",
		Link: "https://finance.sina.com.cn/china/2026-11-20/doc-iktzqtyt6123456.shtml", Via: []string{"https://k.sina.cn/article_1.html"},
		Categories: []string{"金融", "新浪财经", "新浪财经－国內"}, Tags: []string{"央行", "逆回购", "R&D"}, Stocks: []string{"sh600519", "usAAPL"},
		Author: "新浪财经", Origin: "证券时报", Summary: "为维护银行体系流动性合理充裕", Enclosures: []article.Enclosure{{URL: "https://example.org/公告.pdf", Type: "application/pdf", Length: 1 << 20}},
		Content: everyElement,
	}
	w.add(everything)
	everything.Content = strings.Replace(everyElement, "合理充裕", "充裕", 1)
	w.add(everything)
	w.add(article.Article{Key: "bare", Title: "只有标题"}, article.Article{Key: "gone", Title: "已撤回的文章", Withdrawn: w.clock})
	return w
}

// silence has a source bring nothing new for a day.
func (w *world) silence(source string) {
	w.t.Helper()
	now := time.Now()
	err := w.store.PutSource(storage.Source{
		Name: source, LastFetch: now, LastSuccess: now, LastNew: now.Add(-26 * time.Hour),
		Expected: now.Add(-20 * time.Hour), Usual: 42 * time.Minute, Due: now.Add(time.Hour),
	})
	if err == nil {
		_, err = w.store.PutCondition(storage.Condition{Source: source, State: "silent", Since: now.Add(-26 * time.Hour), Text: "nothing new, which usually comes every 42 minutes"})
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// missing404 answers 404 for a host, and lets another answer for all others.
type missing404 struct {
	host string
	http.RoundTripper
}

func (m missing404) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == m.host {
		return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	}
	return m.RoundTripper.RoundTrip(r)
}

// sample is a page to be looked at.
type sample struct {
	name, path string
	status     int
}

// samples are a page of each kind, and an article of the origin.
func (w *world) samples() []sample {
	list := []sample{
		{"home", "/", 200}, {"category", "/c/china/", 200}, {"saved", "/c/news/", 200},
		{"search", "/?q=央行+逆回购", 200}, {"nothing", "/?q=鱻龘", 200},
		{"everything", "/a/everything", 200}, {"bare", "/a/bare", 200}, {"withdrawn", "/a/gone", 410}, {"missing", "/none", 404},
		{"status", "/status", 200}, {"status-none", "/status?q=none", 200},
	}
	for a, err := range w.store.Articles(storage.Query{Source: "china"}) {
		if err != nil {
			w.t.Fatal(err)
		}
		if strings.Contains(a.Content, "<img") && len(a.Content) > 2000 {
			return append(list, sample{"article", articlePath(a.Key), 200})
		}
	}
	w.t.Error("no article has pictures")
	return list
}

const everyElement = `<p>　　新华社北京11月20日电（记者 张三）为维护银行体系流动性合理充裕，中国人民银行20日以固定利率、数量招标方式开展了1000亿元7天期逆回购操作，中标利率为1.40%，与此前持平。Wind数据显示，当日有<strong>1200亿元</strong>逆回购到期，据此计算，单日净回笼<a href="https://example.org/">200亿元</a>。</p>
<p>　　“今年以来，货币政策的支持力度持续加大。”一位市场人士说，“LPR（贷款市场报价利率）有望在 2026 年第四季度下行 10bp。”</p>
<h2>市场反应</h2>
<figure><img src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='1200' height='500'%3E%3Crect width='1200' height='500' fill='%23789'/%3E%3C/svg%3E" alt="走势" width="1200" height="500" referrerpolicy="no-referrer"><figcaption>图为中国人民银行大楼。新华社记者 李四 摄</figcaption></figure>
<table><tr><th scope="col">品种</th><th scope="col">利率</th><th scope="col">较前日</th><th scope="col">一个月</th><th scope="col">三个月</th><th scope="col">六个月</th><th scope="col">一年期</th></tr>
<tr><td>DR001</td><td>1.3214%</td><td>-0.56bp</td><td>1.3214%</td><td>1.3214%</td><td>1.3214%</td><td>1.3214%</td></tr><tr><td>DR007</td><td>1.4402%</td><td>+1.20bp</td><td>1.4402%</td><td>1.4402%</td><td>1.4402%</td><td>1.4402%</td></tr></table>
<blockquote><p>稳健的货币政策要灵活适度、精准有效。</p></blockquote>
<ol><li>第一项</li><li>第二项<ul><li>其中一点</li></ul></li></ol>
<pre>7D  1.40%   100000000000000000000000000000000000000000000000000000000000000000000000000000000</pre>
<p>https://example.org/a/very/long/address/without/any/break/in/it/that/has/to/go/somewhere/on/a/phone/too.html</p>
<p>责任编辑：王五</p>`
