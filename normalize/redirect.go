package normalize

import (
	"net/url"
	"slices"
	"strings"

	"aggregator/normalize/article"
)

// redirects are the pages that only lead on to the address in one of their
// parameters, by host and path.
var redirects = map[string][]string{
	"go.rss.sina.com.cn/redirect.php":              {"url"},
	"weibo.cn/sinaurl":                             {"u", "toasturl"},
	"weibo.com/sinaurl":                            {"u"},
	"www.google.com/url":                           {"url", "q"},
	"l.facebook.com/l.php":                         {"u"},
	"lm.facebook.com/l.php":                        {"u"},
	"out.reddit.com/":                              {"url"},
	"www.youtube.com/redirect":                     {"q"},
	"link.zhihu.com/":                              {"target"},
	"link.juejin.cn/":                              {"target"},
	"link.csdn.net/":                               {"target"},
	"gitee.com/link":                               {"target"},
	"www.oschina.net/action/gotolink":              {"url"},
	"www.jianshu.com/go-wild":                      {"url"},
	"www.douban.com/link2/":                        {"url"},
	"c.pc.qq.com/middlem.html":                     {"pfurl"},
	"c.pc.qq.com/pc.html":                          {"url"},
	"security.feishu.cn/link/safety":               {"target"},
	"steamcommunity.com/linkfilter/":               {"u", "url"},
	"www.linkedin.com/safety/go":                   {"url"},
	"safelinks.protection.outlook.com/":            {"url"},
	"duckduckgo.com/l/":                            {"uddg"},
	"t.umblr.com/redirect":                         {"z"},
	"vk.com/away.php":                              {"to"},
	"exit.sc/":                                     {"url"},
	"slack-redir.net/link":                         {"url"},
	"go.skimresources.com/":                        {"url"},
	"redirect.viglink.com/":                        {"u"},
	"click.linksynergy.com/deeplink":               {"murl"},
	"www.google.com.hk/url":                        {"url", "q"},
	"mp.weixinbridge.com/mp/wapredirect":           {"url"},
	"xie.infoq.cn/link":                            {"target"},
	"www.infoq.cn/link":                            {"target"},
	"sspai.com/link":                               {"target"},
	"afdian.com/link":                              {"target"},
	"leetcode.cn/link/":                            {"target"},
	"hd.nowcoder.com/link.html":                    {"target"},
	"www.yuque.com/r/goto":                         {"url"},
	"docs.qq.com/scenario/link.html":               {"url"},
	"shimo.im/outlink/gray":                        {"url"},
	"www.kdocs.cn/office/link":                     {"target"},
	"mail.qq.com/cgi-bin/readtemplate":             {"gourl"},
	"cloud.tencent.com/developer/tools/blog-entry": {"target"},
	"app.yinxiang.com/outboundredirect.action":     {"dest"},
}

// unwrapRedirect follows redirects as far as their addresses tell where they lead.
func unwrapRedirect(u *url.URL) *url.URL {
	const most = 5 // wrappers in wrappers
	for range most {
		next := redirectTarget(u)
		if next == nil {
			return u
		}
		u = next
	}
	return u
}

func redirectTarget(u *url.URL) *url.URL {
	host := strings.ToLower(u.Hostname())
	if strings.HasSuffix(host, "."+safelinks) {
		host = safelinks
	}
	path := strings.ToLower(u.Path)
	if path == "" {
		path = "/"
	}
	i := slices.IndexFunc(redirects[host+path], func(name string) bool { return leads(u.Query().Get(name)) })
	if i < 0 {
		return nil
	}
	return parseBase(absolute(u.Query().Get(redirects[host+path][i]), nil))
}

func leads(s string) bool { return absolute(s, nil) != "" }

// readerLink is a link in a clean body: absolute, leading straight to its page,
// without the parameters by which readers are counted.
func readerLink(ref string, base *url.URL) string {
	s := link(ref, base, true)
	if isPlainURL(s) && isDirect(s) {
		return s
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "mailto" || s == "" {
		return s
	}
	u = unwrapRedirect(u)
	untrack(u, sinaDoc(u, false) != "")
	return article.CleanText(u.String())
}

// isDirect tells of a plain address that it leads straight to its page, and has no
// parameters that might not stay.
func isDirect(plain string) bool {
	_, rest, _ := strings.Cut(plain, "://")
	address, query, _ := strings.Cut(rest, "?")
	host := host(address)
	if redirecting[host] || strings.HasSuffix(host, safelinks) {
		return false
	}
	if query == "" {
		return true
	}
	for pair := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(pair, "="); pair == "" || tracks(name) || sharing[pair] {
			return false
		}
	}
	return !sinaHost(host) && host != "mp.weixin.qq.com" // which have parameters of their own
}

const safelinks = "safelinks.protection.outlook.com"

// redirecting are the hosts of the redirects.
var redirecting = func() map[string]bool {
	hosts := make(map[string]bool)
	for address := range redirects {
		hosts[host(address)] = true
	}
	return hosts
}()
