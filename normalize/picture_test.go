package normalize_test

import (
	"testing"

	"aggregator/normalize"
)

// TestPictures: a picture is not lost for the way in which a page shows it.
func TestPictures(t *testing.T) {
	const a, b = `<img src="https://e.org/a.jpg" referrerpolicy="no-referrer"/>`, `<img src="https://e.org/b.jpg" referrerpolicy="no-referrer"/>`
	for _, test := range []struct{ name, in, want string }{
		{"picture with a picture of its own", `<picture><source srcset="//e.org/b.jpg"><img src="//e.org/a.jpg"></picture>`, a},
		{"picture with sources alone", `<picture><source srcset="//e.org/s.jpg 300w, //e.org/a.jpg 900w"><source srcset="//e.org/b.jpg"></picture>`, a},
		{"picture with an empty picture", `<picture><source data-srcset="//e.org/a.jpg"><img src="data:image/gif;base64,R0"></picture>`, a},
		{"picture of nothing", `<picture><source type="image/webp"><img></picture>`, ""},
		{"source of nothing that plays", `<source src="//e.org/a.mp4">`, ""},
		{"lazy, with the real one for readers without scripts", `<img class="lazy"><noscript><img src="//e.org/a.jpg"></noscript>`, a},
		{"lazy and shown, with another for readers without scripts", `<img data-src="//e.org/a.jpg"> <noscript><p><img src="//e.org/b.jpg"></p></noscript>`, a},
		{"for readers without scripts, before the lazy one", `<noscript><img src="//e.org/b.jpg"></noscript><a><img data-src="//e.org/a.jpg"></a>`, a},
		{"two pictures for readers without scripts", `<noscript><img src="//e.org/a.jpg"></noscript><noscript><img src="//e.org/b.jpg"></noscript>`, a + b},
		{"for readers without scripts, after a picture of the text", `<img src="//e.org/a.jpg">甲<noscript><img src="//e.org/b.jpg"></noscript>`, a + "甲" + b},
		{"a request to allow scripts", `<noscript><img src="//e.org/a.jpg">请启用 JavaScript</noscript>`, ""},
		{"a counter for readers without scripts", `<noscript><img width=1 height=1 src="//e.org/a.gif"></noscript>`, ""},
		{"a counter without extent", `<img width=0 height=0 src="//e.org/a.gif"><img height=0 src="//e.org/a.gif">`, ""},
		{"a height that follows from the width", `<img width=570 height=0 src="//e.org/a.jpg">`, `<img src="https://e.org/a.jpg" width="570" referrerpolicy="no-referrer"/>`},
		{"names that begin like a placeholder's", `<img src="//e.org/blanket-coverage.png"><img src="/grey-whale.jpg">`, `<img src="https://e.org/blanket-coverage.png" referrerpolicy="no-referrer"/><img src="https://finance.sina.com.cn/grey-whale.jpg" referrerpolicy="no-referrer"/>`},
		{"placeholders", `<img src="/blank.gif"><img src="/i/1x1.trans.gif"><img src="/grey_square-16x9.png"><img src="/lazy_placeholder_1.svg"><img src="/loading-spinner.gif">`, ""},
		{"sizes as JSON", `<img data-src='{"default":{"src":"//e.org/x?w=5"}}' src="//e.org/a.jpg">`, a},
		{"a counter by its style", `<img style="WIDTH: 1px;height:1px" src="//e.org/a.jpg">`, ""},
		{"a width of more than a pixel", `<img style="width:10px;height:100px" src="//e.org/a.jpg">`, a},
		{"counters by their address", `<img src="https://e.org/matomo.php?idsite=1"><img src="https://ad.doubleclick.net/x"><img src="https://s4.cnzz.com/x.gif"><img src="//sax5.sina.com.cn/x"><img src="https://x.us1.list-manage.com/track/open.php?u=1">`, ""},
		{"not a counter for a name within another", `<img src="https://notcnzz.com/a.jpg">`, `<img src="https://notcnzz.com/a.jpg" referrerpolicy="no-referrer"/>`},
		{"a percent sign that escapes nothing", `<img src="https://e.org/100%.jpg">`, `<img src="https://e.org/100%25.jpg" referrerpolicy="no-referrer"/>`},
		{"backslashes", `<img src="https:\\e.org\a.jpg">`, a},
		{"a blank in a query", `<img src="https://e.org/?q=a b">`, `<img src="https://e.org/?q=a%20b" referrerpolicy="no-referrer"/>`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := normalize.Clean(test.in, page)
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			checkClean(t, test.in, got)
		})
	}
}

// TestFrames: of a frame stays what it plays, as a link, where that is known.
func TestFrames(t *testing.T) {
	link := func(href, text string) string { return `<a href="` + href + `">` + text + `</a>` }
	for in, want := range map[string]string{
		`<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0" title="一段 影片"></iframe>`:                                link("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "一段 影片"),
		`<iframe src="//www.youtube-nocookie.com/embed/videoseries?list=PL12345"></iframe>`:                                    link("https://www.youtube.com/playlist?list=PL12345", "https://www.youtube.com/playlist?list=PL12345"),
		`<iframe data-src="https://player.vimeo.com/video/12345" src="about:blank"></iframe>`:                                  link("https://vimeo.com/12345", "https://vimeo.com/12345"),
		`<iframe src="//player.bilibili.com/player.html?aid=1&bvid=BV1xx411c7mD&page=1"></iframe>`:                             link("https://www.bilibili.com/video/BV1xx411c7mD", "https://www.bilibili.com/video/BV1xx411c7mD"),
		`<iframe src="https://v.qq.com/txp/iframe/player.html?vid=x0033abcd12"></iframe>`:                                      link("https://v.qq.com/x/page/x0033abcd12.html", "https://v.qq.com/x/page/x0033abcd12.html"),
		`<embed src="http://player.youku.com/player.php/sid/XMTIzNDU2/v.swf">`:                                                 link("https://v.youku.com/v_show/id_XMTIzNDU2.html", "https://v.youku.com/v_show/id_XMTIzNDU2.html"),
		`<object><param name="movie" value="x"><embed src="http://www.youtube.com/v/dQw4w9WgXcQ"></object>`:                    link("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
		`<iframe src="https://e.org/ad.html"></iframe>`:                                                                        "",
		`<iframe src="https://player.vimeo.com/video/12345"/><p>甲</p><iframe src="https://player.vimeo.com/video/6"/><p>乙</p>`: link("https://vimeo.com/12345", "https://vimeo.com/12345") + "<p>甲</p>" + link("https://vimeo.com/6", "https://vimeo.com/6") + "<p>乙</p>",
		`<iframe src="https://e.org/?https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe>`:                                     "",
		`<iframe src="javascript:'https://www.youtube.com/embed/dQw4w9WgXcQ'"></iframe>`:                                       "",
		`<iframe src="https://www.youtube.com.e.org/embed/dQw4w9WgXcQ" srcdoc="<script>x</script>"></iframe>`:                  "",
		`<object data="data:text/html,x"><p>甲</p></object>`:                                                                    "<p>甲</p>",
		`<p>甲<object classid="clsid:1"> <b>乙</b>`:                                                                              "<p>甲 <b>乙</b></p>",
		`<p>甲<iframe src="https://e.org/ad.html"> <b>乙</b><script>x</script>`:                                                  "<p>甲 <b>乙</b></p>",
		`<iframe src="https://e.org/ad.html">no frames here</iframe>甲`:                                                         "甲",
		`<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" title="</a><script>x</script>"></iframe>`:                     link("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "&lt;/a&gt;&lt;script&gt;x&lt;/script&gt;"),
		`<video controls><source src="/a.mp4" type="video/mp4"><track src="a.vtt"><p>甲</p></video>`:                            `<video controls=""><source src="https://finance.sina.com.cn/a.mp4" type="video/mp4"/><p>甲</p></video>`,
		`<video controls><source src="javascript:x"><p>视频 <a href="/a.mp4">在此</a></p></video>`:                                 `<p>视频 <a href="https://finance.sina.com.cn/a.mp4">在此</a></p>`,
		`<audio src="/a.mp3" controls autoplay></audio>`:                                                                       `<audio src="https://finance.sina.com.cn/a.mp3" controls=""></audio>`,
	} {
		got := normalize.Clean(in, page)
		if got != want {
			t.Errorf("of   %s\ngot  %s\nwant %s", in, got, want)
		}
		checkClean(t, in, got)
	}
}
