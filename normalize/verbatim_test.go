package normalize_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"aggregator/fetcher"
	"aggregator/normalize"
)

// TestVerbatimKeeps shows what a verbatim body keeps byte for byte, and the
// little that it changes.
func TestVerbatimKeeps(t *testing.T) {
	const same = ""
	for _, test := range []struct{ name, in, want string }{
		{"codes in the editors' comment", `<p>甲</p><!-- news_keyword_pub,stock,sz000333&sz002129 -->`, same},
		{"markup in a comment", `<!--article_adlist[<img src="//a/b.png?x=1&y=2">]article_adlist-->`, same},
		{"references in a comment", `<!-- a &amp; b &lt; c --><p>甲</p>`, same},
		{"an arrow in a comment", `<!-- a -> b & c -->`, same},
		{"a style sheet", `<style>.a{b:url(x?y&z)}</style>`, same},
		{"blank lines and indent", "<p>甲</p>\n\n\n    <p>乙</p>\n", same},
		{"other schemes", `<a href="tel:123">甲</a><a href="mailto:a@e.org">乙</a>`, same},
		{"an address that is none", `<a href="http://e.org/%zz">甲</a>`, same},
		{"Chinese in an address", `<a href="http://tags.e.org/辟谣">甲</a>`, same},
		{"a picture in the page itself", `<img src="data:image/gif;base64,AA==">`, `<img src="data:image/gif;base64,AA==" referrerpolicy="no-referrer"/>`},
		{"a lazy picture without src", `<img data-x="//n.sinaimg.cn/a.png">`, `<img src="https://n.sinaimg.cn/a.png" data-x="//n.sinaimg.cn/a.png" referrerpolicy="no-referrer"/>`},
		{"a hidden script", "<a href=\" java\tscript:x\">甲</a><a href=\"data:text/html,x\">乙</a>", "<a>甲</a><a>乙</a>"},
		{"a drawing", `<img src="data:image/svg+xml,x"><a href="data:image/svg+xml,%3Csvg onload=x%3E">甲</a><a href="data: image/ SVG+xml,x">乙</a>`, `<img src="data:image/svg+xml,x" referrerpolicy="no-referrer"/><a>甲</a><a>乙</a>`},
		{"a script in a style", `<p style="color:red">甲</p><p style="width:expression(x)">乙</p>`, `<p style="color:red">甲</p><p>乙</p>`},
		{"a comment that would end early", `<?x --&gt;<script>alert(1)</script>`, "<!--?x --&gt;<script-->alert(1)"},
	} {
		want := test.want
		if want == same {
			want = test.in
		}
		if got, _ := normalize.Verbatim(test.in, page); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", test.name, got, want)
		}
	}
}

// TestRawKeepsComments: the page's body is handed on as it came.
func TestRawKeepsComments(t *testing.T) {
	const body = `<p>甲乙丙丁</p><!-- news_keyword_pub,stock,sz000333&sz002129 -->`
	res := normalize.Article(fetcher.Item{Link: page}, doc(`<script>a="<!--"</script><p>&nbsp;</p><div id="artibody">`+body+`</div>`), normalize.Options{}, now)
	if string(res.Raw.Body) != body {
		t.Errorf("raw is %s", res.Raw)
	}
	if got := strings.Join(res.Article.Stocks, " "); got != "sz000333 sz002129" {
		t.Errorf("stocks are %s", got)
	}
}

// FuzzVerbatim: nothing that runs survives, and a second pass changes nothing
// that a reader of the first could see run.
func FuzzVerbatim(f *testing.F) {
	for _, in := range hostile {
		f.Add(in)
	}
	for _, list := range disguises {
		for _, in := range list {
			f.Add(in)
		}
	}
	f.Add(body6K())
	f.Add(`<!-- a & b --><!-->&--><!--x--!>&<style><!-- & --></style>`)
	f.Fuzz(func(t *testing.T, in string) {
		out, _ := normalize.Verbatim(in, page)
		root, err := html.Parse(strings.NewReader(out))
		if err != nil {
			t.Skip("nested too deep for a browser as well")
		}
		for n := range root.Descendants() {
			if n.Type == html.ElementNode && (slices.Contains(activeElements, n.Data) || n.Namespace != "") {
				t.Errorf("<%s> survives of %q in %q", n.Data, in, out)
			}
			for _, a := range n.Attr {
				address := strings.ToLower(strings.Map(visibleOnly, a.Val))
				if strings.HasPrefix(a.Key, "on") || a.Key == "srcdoc" || strings.HasPrefix(address, "javascript:") && slices.Contains(addresses, a.Key) {
					t.Errorf("%s=%q survives of %q in %q", a.Key, a.Val, in, out)
				}
			}
		}
	})
}

var (
	activeElements = strings.Fields("script iframe frame frameset object embed applet base meta link svg math template noscript portal")
	addresses      = strings.Fields("href src action formaction poster background data cite longdesc")
)

// visibleOnly drops what browsers overlook in addresses.
func visibleOnly(r rune) rune {
	if r <= ' ' || r == 0x7f {
		return -1
	}
	return r
}
