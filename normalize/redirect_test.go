package normalize_test

import (
	"strings"
	"testing"

	"aggregator/fetcher"
	"aggregator/normalize"
)

// TestLinksLeadStraightToTheirPages: links in a body lose redirects and the
// parameters that count readers, and nothing else.
func TestLinksLeadStraightToTheirPages(t *testing.T) {
	for in, want := range map[string]string{
		"http://go.rss.sina.com.cn/redirect.php?url=https://e.org/a?id=1":                                          "https://e.org/a?id=1",
		"https://link.zhihu.com/?target=https%3A//e.org/a%3Fx%3D1%26utm_source%3Dzhihu":                            "https://e.org/a?x=1",
		"https://www.google.com/url?sa=t&q=https://e.org/":                                                         "https://e.org/",
		"https://www.google.com/url?sa=t&q=javascript:alert(1)":                                                    "https://www.google.com/url?sa=t&q=javascript:alert(1)",
		"https://l.facebook.com/l.php?u=https%3A%2F%2Flink.zhihu.com%2F%3Ftarget%3Dhttps%253A%252F%252Fe.org%252F": "https://e.org/",
		"https://e.org/?utm_source=a&id=2&UTM_Medium=b&fbclid=c#f":                                                 "https://e.org/?id=2#f",
		"https://e.org/?spm=1.2&share_token=x&vd_source=y":                                                         "https://e.org/",
		"https://e.org/?r=1&from=x&s=2":                                                                            "https://e.org/?r=1&from=x&s=2",
		"https://finance.sina.com.cn/doc-inihefve8236522.shtml?cre=a&mod=b&r=1":                                    "https://finance.sina.com.cn/doc-inihefve8236522.shtml",
		"https://vip.stock.finance.sina.com.cn/q.php?s=sh600519&r=1":                                               "https://vip.stock.finance.sina.com.cn/q.php?s=sh600519&r=1",
		"https://mp.weixin.qq.com/s?__biz=a==&mid=1&idx=1&sn=b&chksm=c&scene=21&key=d&uin=e&pass_ticket=f#rd":      "https://mp.weixin.qq.com/s?__biz=a==&mid=1&idx=1&sn=b#rd",
		"https://mp.weixin.qq.com/s/AbC_1-2?from=timeline&isappinstalled=0":                                        "https://mp.weixin.qq.com/s/AbC_1-2",
		"https://e.org/?from=timeline&id=1":                                                                        "https://e.org/?id=1",
		"https://e.org/?id=1&amp;utm_source=a":                                                                     "https://e.org/?id=1",
		"https://www.bilibili.com/video/BV1?share_source=copy_web&vd_source=a&t=9":                                 "https://www.bilibili.com/video/BV1?t=9",
		"https://e.org/?_ga=1&_gl=2&mc_eid=3&gbraid=4&p=5":                                                         "https://e.org/?p=5",
		"https://e.org/?utmost=1&spmx=2":                                                                           "https://e.org/?utmost=1&spmx=2",
		"https://duckduckgo.com/l/?uddg=https%3A%2F%2Fe.org%2F&rut=1":                                              "https://e.org/",
		"https://app.yinxiang.com/OutboundRedirect.action?dest=https%3A%2F%2Fe.org%2F":                             "https://e.org/",
		"https://mail.qq.com/cgi-bin/readtemplate?t=safety&gourl=https%3A%2F%2Fe.org%2F":                           "https://e.org/",
		"mailto:a@e.org": "mailto:a@e.org",
	} {
		in := `<a href="` + strings.ReplaceAll(in, "&", "&amp;") + `">甲</a>`
		want := `<a href="` + strings.ReplaceAll(want, "&", "&amp;") + `">甲</a>`
		if got := normalize.Clean(in, page); got != want {
			t.Errorf("of %s\ngot  %s\nwant %s", in, got, want)
		}
	}
}

// TestRedirectIsTheSameArticle: Sina's old feeds link through a redirect.
func TestRedirectIsTheSameArticle(t *testing.T) {
	it := fetcher.Item{Link: "http://go.rss.sina.com.cn/redirect.php?url=http://finance.sina.com.cn/china/doc-inihefve8236522.shtml"}
	got := strings.Join(normalize.Identities([]fetcher.Item{it}, normalize.Options{Source: "f"})[0].Keys, " ")
	if want := "sina:inihefve8236522"; got != want {
		t.Errorf("keys %s\nwant %s", got, want)
	}
}
