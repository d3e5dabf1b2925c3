package normalize_test

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"aggregator/fetcher"
	"aggregator/normalize"
)

const page = "https://finance.sina.com.cn/china/2026-11-24/doc-iabcdefg1234567.shtml"

// TestClean shows what cleaning makes of the things that bodies hold.
func TestClean(t *testing.T) {
	const img = ` referrerpolicy="no-referrer"/>`
	for _, test := range []struct{ name, in, want string }{
		{"paragraphs keep their indent", "<p>　　甲</p>\n\n\n<p>　　乙</p>", "<p>　　甲</p>\n<p>　　乙</p>"},
		{"attributes of layout go", `<p cms-style="font-L" class="x" id="y" style="color:red">甲</p>`, "<p>甲</p>"},
		{"bold font is strong", `<p><font cms-style="font-L strong-Bold">甲</font><font>乙</font></p>`, "<p><strong>甲</strong>乙</p>"},
		{"comments go, markup in them too", `<p>甲</p><!--article_adlist[<img src="//a/b.png">]article_adlist-->`, "<p>甲</p>"},
		{"scripts and styles go", `<script>x()</script><style>p{}</style><p>甲</p>`, "<p>甲</p>"},
		{"empty leftovers go", `<p> </p><div><span></span></div><p>甲</p>`, "<p>甲</p>"},
		{"sections are divisions", `<section><p>甲</p></section>`, "<div><p>甲</p></div>"},
		{"protocol-relative picture", `<img src="//n.sinaimg.cn/a.jpg" alt="图">`, `<img src="https://n.sinaimg.cn/a.jpg" alt="图"` + img},
		{"relative picture and link", `<a href="../x.shtml">甲</a><img src="b.jpg">`, `<a href="https://finance.sina.com.cn/china/x.shtml">甲</a><img src="https://finance.sina.com.cn/china/2026-11-24/b.jpg"` + img},
		{"lazy picture", `<img src="//n.sinaimg.cn/blank.gif" data-src="//n.sinaimg.cn/real">`, `<img src="https://n.sinaimg.cn/real"` + img},
		{"a click-through address is no picture", `<img src="https://e.org/a.jpg" data-url="https://e.org/page.html" data-link="https://e.org/b.jpg">`, `<img src="https://e.org/a.jpg"` + img},
		{"lazy picture in any attribute", `<img data-foo="//e.org/x.webp">`, `<img src="https://e.org/x.webp"` + img},
		{"lazy picture without src", `<img real_src="https://n.sinaimg.cn/real.png">`, `<img src="https://n.sinaimg.cn/real.png"` + img},
		{"srcset alone", `<img srcset="https://e.org/1.jpg 1x, https://e.org/2.jpg 2x">`, `<img src="https://e.org/2.jpg"` + img},
		{"srcset with commas in its addresses", `<img srcset="https://e.org/w_9,h_9/1.jpg 900w, https://e.org/w_5,h_5/2.jpg 500w">`, `<img src="https://e.org/w_9,h_9/1.jpg"` + img},
		{"srcset that is lazy", `<img src="data:image/gif;base64,R0" srcset="https://e.org/blank.gif" data-srcset="https://e.org/1.jpg, https://e.org/2.jpg 2x">`, `<img src="https://e.org/2.jpg"` + img},
		{"tracking pixel by its address", `<p>甲<img src="https://feeds.feedburner.com/~r/x/~4/y"><img src="//hm.baidu.com/hm.gif?x"></p>`, "<p>甲</p>"},
		{"tracking pixel", `<p>甲<img src="https://e.org/t.gif" width="1" height="1"></p>`, "<p>甲</p>"},
		{"picture and caption", `<div class="img_wrapper"><img src="https://e.org/a.jpg" alt><span class="img_descr">图注</span></div>`, `<figure><img src="https://e.org/a.jpg"` + img + `<figcaption>图注</figcaption></figure>`},
		{"a caption without words", `<div class="img_wrapper"><img src="https://e.org/a.jpg"><span class="img_descr"></span></div>`, `<figure><img src="https://e.org/a.jpg"` + img + `</figure>`},
		{"table", `<table border=1><tr><td colspan=2 width=9>甲</td><td></td></tr></table>`, `<table><tbody><tr><td colspan="2">甲</td><td></td></tr></tbody></table>`},
		{"code keeps its white space", "<pre><code><b>a</b>\n  <b>b</b></code></pre>", "<pre><code><b>a</b>\n  <b>b</b></code></pre>"},
		{"code has no empty line, which would end the HTML in Markdown", "<pre><code>a\n\n \n  b</code></pre>", "<pre><code>a\n&#10; &#10;  b</code></pre>"},
		{"no empty line in text", "<p>甲\n\n\t乙 丙</p>", "<p>甲\n乙 丙</p>"},
		{"no empty line in attributes", "<img src='https://e.org/a.jpg' alt='甲\n\n乙'>", `<img src="https://e.org/a.jpg" alt="甲 乙"` + img},
		{"an empty block keeps words apart", "a<div></div>b", "a\nb"},
		{"event handlers go", `<p onclick="x()">甲</p><img src=x onerror=alert(1)>`, `<p>甲</p><img src="https://finance.sina.com.cn/china/2026-11-24/x"` + img},
		{"scripts in addresses go", "<a href=\"java\tscript:alert(1)\">甲</a><a href=' javascript:x'>乙</a><a href='data:text/html,x'>丙</a>", "甲乙丙"},
		{"frames and forms go", `<iframe src="https://e.org"></iframe><form action="/x"><input name=a>甲</form>`, "<div>甲</div>"},
		{"svg goes", `<svg><script>x</script><text>y</text></svg><p>甲</p>`, "<p>甲</p>"},
		{"math leaves its signs", `<p>甲 <math><semantics><mrow><mi>x</mi><mo>=</mo><mn>1</mn></mrow><annotation>x=1</annotation><annotation-xml encoding="text/html"><script>z</script><b>z</b></annotation-xml></semantics></math></p>`, "<p>甲 x=1</p>"},
		{"elements of older HTML", `<tt>a</tt><strike>b</strike><acronym title="x">c</acronym><dir><li>d</dir><center>e</center>`, `<code>a</code><s>b</s><abbr title="x">c</abbr><ul><li>d</li></ul><div>e</div>`},
		{"code shown as it is", `<xmp><b>a</b> & b</xmp>`, `<pre>&lt;b&gt;a&lt;/b&gt; &amp; b</pre>`},
		{"numbers of a list", `<ol start=3 reversed type=a><li value=7>a<li value=x>b</ol>`, `<ol start="3" reversed="" type="a"><li value="7">a</li><li>b</li></ol>`},
		{"what a heading of a table is for", `<table><caption>表</caption><thead><tr><th scope=col rowspan=2 onclick=x>a</thead><tfoot><tr><td>b</tfoot></table>`, `<table><caption>表</caption><thead><tr><th scope="col" rowspan="2">a</th></tr></thead><tfoot><tr><td>b</td></tr></tfoot></table>`},
		{"text from right to left", `<p dir=RTL>a</p><p dir=ltr>b</p><section dir=rtl>c</section>`, `<p dir="rtl">a</p><p>b</p><div dir="rtl">c</div>`},
		{"unknown elements leave their text", `<o:p>a</o:p><custom-card>b</custom-card><marquee>c</marquee><blink>d</blink>`, `abcd`},
		{"notes and definitions", `<dl><dt><dfn>a</dfn><dd>b<sup><a href="#n1">1</a></sup></dl><p>H<sub>2</sub>O <kbd>x</kbd> <ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby></p>`,
			`<dl><dt><dfn>a</dfn></dt><dd>b<sup><a href="https://finance.sina.com.cn/china/2026-11-24/doc-iabcdefg1234567.shtml#n1">1</a></sup></dd></dl><p>H<sub>2</sub>O <kbd>x</kbd> <ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby></p>`},
		{"an address with blanks", `<a href="https://e.org/a b?q=甲 乙">甲</a>`, `<a href="https://e.org/a%20b?q=甲%20乙">甲</a>`},
		{"no address shows how somebody logs in", `<a href="https://user:pass@e.org/x">甲</a><a href="//user@e.org/y">乙</a><img src="https://user:pass@e.org/a.jpg"><video src="https://:pass@e.org/a.mp4" controls></video>`,
			`<a href="https://e.org/x">甲</a><a href="https://e.org/y">乙</a><img src="https://e.org/a.jpg"` + img + `<video src="https://e.org/a.mp4" controls=""></video>`},
		{"unclosed elements are closed", "<p>甲<b>乙", "<p>甲<b>乙</b></p>"},
		{"raw signs are escaped", "A & B < C", "A &amp; B &lt; C"},
		{"video", `<video src="//v.sina.com.cn/a.mp4" autoplay onplay=x controls poster="p.jpg"></video>`, `<video src="https://v.sina.com.cn/a.mp4" controls="" poster="https://finance.sina.com.cn/china/2026-11-24/p.jpg"></video>`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := normalize.Clean(test.in, page)
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if again := normalize.Clean(got, page); again != got {
				t.Errorf("cleaned twice it is %s", again)
			}
		})
	}
}

// checkClean reports what may never be in a clean body.
func checkClean(t rapid.TB, in, out string) {
	t.Helper()
	if again := normalize.Clean(out, page); again != out {
		t.Errorf("cleaning is not idempotent\nin    %q\nonce  %q\ntwice %q", in, out, again)
	}
	if strings.Contains(out, "\n\n") || strings.Contains(out, "\n \n") {
		t.Errorf("an empty line, at which Markdown ends the HTML, survives of %q in %q", in, out)
	}
	if err := wellFormed(out); err != nil {
		t.Errorf("%v in %q of %q", err, out, in)
	}
	nodes, err := html.ParseFragment(strings.NewReader(out), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes {
		for d := range n.Descendants() {
			checkNode(t, in, d)
		}
	}
}

// wellFormed reads a body as XML, where every element is to be closed.
func wellFormed(body string) error {
	d := xml.NewDecoder(strings.NewReader("<div>" + body + "</div>"))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// allowed is what bodies may consist of, element by element, with attributes.
// It is written down again here, so that nobody adds to the program's own list
// without looking at this one.
var allowed = withBare(map[string]string{
	"a": "href title", "img": "src alt title width height referrerpolicy", "video": "src poster controls width height", "audio": "src controls", "source": "src type",
	"ol": "start reversed type", "li": "value", "td": "colspan rowspan", "th": "colspan rowspan scope", "col": "span", "abbr": "title", "time": "datetime",
}, "html head body p div h1 h2 h3 h4 h5 h6 blockquote pre ul dl dt dd figure figcaption details summary table caption thead tbody tfoot tr colgroup br wbr hr "+
	"b strong i em u s del ins sub sup small mark code kbd samp var q cite dfn ruby rt rp bdi bdo")

// withBare adds elements that have no attributes.
func withBare(list map[string]string, names string) map[string]string {
	for name := range strings.FieldsSeq(names) {
		list[name] = ""
	}
	return list
}

func checkNode(t rapid.TB, in string, n *html.Node) {
	t.Helper()
	attrs, ok := allowed[n.Data]
	switch {
	case n.Type == html.TextNode:
		return
	case n.Type != html.ElementNode || !ok || n.Namespace != "":
		t.Errorf("node %q of type %d survives of %q", n.Data, n.Type, in)
	}
	for _, a := range n.Attr {
		if a.Namespace != "" || a.Key != "dir" && !slices.Contains(strings.Fields(attrs), a.Key) {
			t.Errorf("attribute %s of %s survives of %q", a.Key, n.Data, in)
		}
		if v := strings.ToLower(a.Val); (a.Key == "href" || a.Key == "src" || a.Key == "poster") &&
			!strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "https://") && !strings.HasPrefix(v, "mailto:") {
			t.Errorf("%s=%q survives of %q", a.Key, a.Val, in)
		}
	}
}

// hostile are the families of ways to hide something active.
var hostile = []string{
	`<script>alert(1)</script>`, `<SCRIPT SRC=//e.org/x.js>`, `<scr<script>ipt>alert(1)</scr</script>ipt>`,
	`<img src="x" onerror="alert(1)">`, `<img/src=x/onerror=alert(1)>`, `<body onload=alert(1)>`,
	`<a href="&#106;avascript:alert(1)">x</a>`, "<a href=\"\x01javascript:alert(1)\">x</a>", `<a href="vbscript:x">x</a>`,
	`<svg/onload=alert(1)>`, `<svg><style><img src=x onerror=alert(1)></style></svg>`, `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<iframe srcdoc="<script>alert(1)</script>">`, `<object data="data:text/html,x">`, `<embed src=x>`,
	`<div style="background:url(javascript:x)">x</div>`, `<style>@import 'x'</style>`, `<meta http-equiv=refresh content="0;url=javascript:x">`,
	`<base href="javascript:x//">`, `<form action="javascript:x"><button formaction="javascript:y">z</button></form>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<template><img src=x onerror=alert(1)></template>`,
	`<p><button><p>x</p></button></p>`, `<table><a href=x><tr><td><a href=y>z`, `<a><table><a>`, `<b><p><b><p><b><p>`,
	`<xmp><img src=x onerror=alert(1)></xmp>`, `<plaintext><img src=x>`, `<textarea></textarea><img src=x onerror=y>`,
	`<select><option><script>x</script>`, `<!--><img src=x onerror=alert(1)>-->`, `<![CDATA[<img src=x onerror=y>]]>`,
	"<p>\u2028\x00\x0b\ufffe</p>", `<video><source onerror=alert(1) src=x></video>`, `<details ontoggle=alert(1) open>x</details>`,
	`{{ constructor.constructor('x')() }} {% include x %}`, `<ruby>漢<rt>かん</rt></ruby>`, `<dl><dt>a<dd>b</dl>`,
}

func TestNothingActiveSurvives(t *testing.T) {
	for _, in := range hostile {
		checkClean(t, in, normalize.Clean(in, page))
	}
	all := strings.Join(hostile, "")
	checkClean(t, all, normalize.Clean(all, page))
}

// TestTooDeep: a body nested too deep to be read is its text, and text that
// looks like markup stays text.
func TestTooDeep(t *testing.T) {
	in := strings.Repeat("<b>", 600) + "&lt;img src=x onerror=alert(1)&gt;"
	if got, want := normalize.Clean(in, page), "&lt;img src=x onerror=alert(1)&gt;"; got != want {
		t.Errorf("got %s", got)
	}
}

// TestAnyMarkupIsCleaned nests and breaks elements, attributes and texts of all
// kinds at random.
func TestAnyMarkupIsCleaned(t *testing.T) {
	names := strings.Fields("p div a b table tr td th caption colgroup col li ul dl dd pre code img picture source video audio noscript iframe object template svg math mtext mi style title textarea " +
		"select option form button h1 figure figcaption details summary ruby rt xmp listing plaintext noembed br hr marquee foreignObject annotation-xml desc mglyph malignmark font nobr frameset body html head x-y")
	attrs := []string{"", ` href="/x?utm_source=a b"`, ` href="java&#9;script:x"`, ` src="//e.org/a.jpg"`, ` src=x onerror=y`, ` srcset="/a 1x, /b 2x"`, ` data-src=/c.png`, ` style="display:none"`,
		` title="</p><script>x</script>"`, ` dir=rtl`, ` width=1`, ` encoding=text/html`, ` color=red size=7`, ` definitionURL=x xlink:href=y`, ` alt="` + "\n\n`" + `"`}
	texts := []string{"", "甲", " ", "\n\n", "&lt;script&gt;", "&amp;amp;", "<!--", "-->", "<![CDATA[", "]]>", "\x00", "\ufffe", "\x85", "{{x}}", "&nbsp;", "\r\n\t ", "&#13;&#10;&#10;", "<", "<?x", "</"}
	piece := rapid.Custom(func(t *rapid.T) string {
		name := rapid.SampledFrom(names).Draw(t, "name")
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			return rapid.SampledFrom(texts).Draw(t, "text")
		case 1:
			return "</" + name + ">"
		}
		return "<" + name + rapid.SampledFrom(attrs).Draw(t, "attr") + rapid.SampledFrom(attrs).Draw(t, "attr") + ">"
	})
	rapid.Check(t, func(r *rapid.T) {
		in := strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(r, "pieces"), "")
		checkClean(r, in, normalize.Clean(in, page))
	})
}

func FuzzClean(f *testing.F) {
	for _, in := range hostile {
		f.Add(in)
	}
	for _, list := range disguises {
		for _, in := range list {
			f.Add(in)
		}
	}
	f.Add(body6K())
	f.Fuzz(func(t *testing.T, in string) { checkClean(t, in, normalize.Clean(in, page)) })
}

func TestVerbatim(t *testing.T) {
	const in = `<p cms-style="font-L" onclick="x()">　　甲</p><!-- 注 --><script>x()</script><style>.a{b:c}</style>` +
		`<img alt="" src="//n.sinaimg.cn/a.png"><a href="javascript:x">乙</a><a href="/b">丙</a><iframe src="x"></iframe>`
	const want = `<p cms-style="font-L">　　甲</p><!-- 注 --><style>.a{b:c}</style>` +
		`<img alt="" src="https://n.sinaimg.cn/a.png" referrerpolicy="no-referrer"/><a>乙</a><a href="https://finance.sina.com.cn/b">丙</a>`
	got, image := normalize.Verbatim(in, page)
	if got != want || image != "https://n.sinaimg.cn/a.png" {
		t.Errorf("got  %s (%s)\nwant %s", got, image, want)
	}
}

// TestBaseWithUser: relative addresses of what we log in for do not tell how.
func TestBaseWithUser(t *testing.T) {
	const base, in = "https://user:pass@e.org/a/", `<a href="../x">甲</a><img src="b.jpg"/>`
	verbatim, _ := normalize.Verbatim(in, base)
	for _, got := range []string{normalize.Clean(in, base), verbatim} {
		if strings.Contains(got, "pass") || !strings.Contains(got, `"https://e.org/x"`) || !strings.Contains(got, `"https://e.org/a/b.jpg"`) {
			t.Errorf("got %s", got)
		}
	}
	enclosed := fetcher.Item{Link: base, Enclosures: []fetcher.Enclosure{{URL: "https://user:pass@e.org/a.mp3"}}}
	if a := normalize.Article(enclosed, nil, normalize.Options{}, now).Article; len(a.Enclosures) != 1 || a.Enclosures[0].URL != "https://e.org/a.mp3" {
		t.Errorf("enclosed: %+v", a.Enclosures)
	}
}
