package normalize_test

import (
	"testing"

	"aggregator/fetcher"
	"aggregator/normalize"
)

// TestHeadImage: the head image says something of the article; a code to scan
// does not, wherever it stands.
func TestHeadImage(t *testing.T) {
	const qr = `<p><img src="//n.sinaimg.cn/finance/cece9e13/20200514/343233024.png"></p>`
	const fallback = "https://e.org/default.png"
	text := "<p>一段话，足够长，长到可以当作文章的正文来读，而且说了不止一件事情，还有第二件，第三件，以及第四件事情。</p>"
	for _, test := range []struct{ name, body, list, want string }{
		{"the first picture", text + `<img src="//e.org/1.jpg"><img src="//e.org/2.jpg">`, "", "https://e.org/1.jpg"},
		{"not a code to scan", text + qr + `<img alt="二维码" src="//e.org/x.png"><img src="//e.org/2.jpg">`, "", "https://e.org/2.jpg"},
		{"not an icon", text + `<img width="16" src="//e.org/i.png"><img src="//e.org/2.jpg">`, "", "https://e.org/2.jpg"},
		{"the list's", text + qr, "//e.org/list.jpg", "https://e.org/list.jpg"},
		{"the source's", text + qr, "", fallback},
	} {
		it := fetcher.Item{Link: page, Title: "题", Image: test.list}
		a := normalize.Article(it, doc(`<div id="artibody">`+test.body+`</div>`), normalize.Options{Image: fallback}, now).Article
		if a.Image != test.want {
			t.Errorf("%s: got %s, want %s", test.name, a.Image, test.want)
		}
	}
}

// TestFurnitureInOthersFeeds: a feed that copies a site's bodies copies its
// furniture.
func TestFurnitureInOthersFeeds(t *testing.T) {
	it := fetcher.Item{Link: page, Title: "题", Content: `<p>正文</p><div class="appendQr_wrap">扫码</div>`}
	if got := normalize.Article(it, nil, normalize.Options{}, now).Article.Content; got != "<p>正文</p>" {
		t.Errorf("got %s", got)
	}
}
