package normalize_test

import (
	"strings"
	"testing"
	"time"

	"aggregator/fetcher"
	"aggregator/normalize"
	"aggregator/normalize/article"
)

// TestRefusals: a page that came in place of an article gives it nothing.
func TestRefusals(t *testing.T) {
	nav := strings.Repeat(`<li><a href="/x">一个栏目的名字</a></li>`, 300)
	long := strings.Repeat("<p>这是一篇文章的一个段落，讲到页面不存在、访问被拒绝和验证码等等事情，所以很长。</p>", 20)
	for _, test := range []struct {
		name, title, body string
		want              article.Refusal
	}{
		{"Cloudflare", "Just a moment...", "<p>Checking your browser before accessing e.org.</p>", article.Challenge},
		{"Chinese slider", "安全验证", "<p>请完成安全验证后继续访问</p>", article.Challenge},
		{"challenge without a title", "", "<p>Verify you are human by completing the action below.</p>", article.Challenge},
		{"Akamai", "Access Denied", "<p>You don't have permission to access this page.</p>", article.Blocked},
		{"too often", "提示", "<p>您的访问过于频繁，请稍后再试。</p>", article.Blocked},
		{"not found in English", "404 Not Found", "<p>nginx</p>", article.NotFound},
		{"not found of Sina", "页面没有找到_新浪网", "<p>抱歉，您要访问的页面不存在或被删除！</p>", article.NotFound},
		{"deleted", "某网", "<p>该文章已被删除</p>", article.NotFound},
		{"WeChat, too many visits", "环境异常", "<p>当前环境异常，完成验证后即可继续访问。</p>", article.Challenge},
		{"DataDome", "e.org", "<p>Please enable JS and disable any ad blocker</p>", article.Challenge},
		{"PerimeterX", "Access to this page has been denied", "<p>Press &amp; Hold to confirm you are a human (and not a bot).</p>", article.Challenge},
		{"Weibo's visitors", "Sina Visitor System", "<p></p>", article.Challenge},
		{"Aliyun's wall", "405", "<p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>", article.Blocked},
		{"CloudFront", "ERROR: The request could not be satisfied", "<h1>403 ERROR</h1><p>Request blocked.</p>", article.Blocked},
		{"WeChat, deleted", "", "<p>该内容已被发布者删除</p>", article.NotFound},
		{"not found, within the site's furniture", "404 Not Found - Example", nav + "<p>Sorry.</p>", article.NotFound},
		{"not found in Chinese, within the site's furniture", "您访问的页面不存在", nav, article.NotFound},
		{"a long page of another title", "404 种方法：一份非常长的清单", nav + long, ""},
		{"a number in the title of another", "404种方法，一份清单", "<p>第一种。</p>", ""},
		{"bought", "文章标题", "<p>开头的一段。</p><p>购买后可阅读全文</p>", article.Paywall},
		{"a short article about a login", "文章标题", "<p>公司称，用户登录后可查看余额，开通会员后可享受折扣。</p>", ""},
		{"a short article about a removal", "文章标题", "<p>平台通报：该内容已被发布者删除，账号被封。</p>", ""},
		{"members", "文章标题", "<p>The beginning.</p><p>This story is only FOR our paying members.</p>", article.Paywall},
		{"registered", "文章标题", "<p>The beginning.</p><p>Create a free Account to continue</p>", article.Paywall},
		{"unread", "文章标题", "<p>开头的一段。</p><p>还有 60 % 未读</p>", article.Paywall},
		{"tried", "文章标题", "<p>开头的一段。</p><p>试读已结束</p>", article.Paywall},
		{"sold to members", "文章标题", "<p>开头的一段。</p><p>本文为会员专享</p>", article.Paywall},
		{"bought to be seen", "文章标题", "<p>开头的一段。</p><p>开通会员后可查看全文</p>", article.Paywall},
		{"sign in", "文章标题", "<p>The beginning.</p><p>Sign in to keep READING</p>", article.Paywall},
		{"subscribers", "文章标题", "<p>开头的一段。</p><p>订阅后继续阅读全文</p>", article.Paywall},
		{"not free", "文章标题", `<script type="application/ld+json">{"@graph":[{"isAccessibleForFree":"False"}]}</script><p>开头的一段。</p>`, article.Paywall},
		{"login", "用户登录 - 某网", `<form><input name="u"><input type="password">请输入用户名和密码</form>`, article.Login},
		{"login in English", "Sign in | Example", "<p>Enter your email and password.</p>", article.Login},
		{"consent", "Before you continue", "<p>Accept all cookies</p>", article.Consent},
		{"maintenance", "系统维护中", "<p>系统维护中，请稍后访问。</p>", article.Closed},
		{"an article about signing in", "Sign in or sign out: unions vote", long, ""},
		{"an article about upkeep", "系统维护人员的一天", long, ""},
		{"an article about such pages", "网站为何显示访问被拒绝", long, ""},
		{"a short article about such a page", "文章标题", "<p>该网站页面不存在，公司称正在修复。</p>", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := &fetcher.Document{URL: "https://e.org/a", Status: 200, Body: []byte("<html><head><title>" + test.title + "</title></head><body>" + test.body + "</body></html>")}
			res := normalize.Article(fetcher.Item{Link: d.URL, Title: "文章标题", Summary: "清单的话"}, d, normalize.Options{}, now)
			if res.Verdict.Refused != test.want {
				t.Errorf("refused as %q, want %q", res.Verdict.Refused, test.want)
			}
			if test.want != "" && (res.Verdict.From != "feed" || res.Raw.OfPage() || res.Article.Content != "<p>清单的话</p>") {
				t.Errorf("from %s: %s", res.Verdict.From, res.Article.Content)
			}
		})
	}
}

// TestLinkedData: where neither rule nor readability finds a text, the one for
// search engines serves, and its date.
func TestLinkedData(t *testing.T) {
	text := strings.Repeat("一句说了一件事情的话。", 20)
	d := &fetcher.Document{URL: "https://e.org/a", Status: 200, Body: []byte(`<title>t</title><script type="application/ld+json">
		[{"@type":"WebPage","mainEntity":{"@type":"NewsArticle","datePublished":"2026-11-20T10:00:00+08:00","articleBody":"` + text + `"}}]</script><div id="app"></div>`)}
	res := normalize.Article(fetcher.Item{Link: d.URL, Title: "t"}, d, normalize.Options{}, now)
	if res.Verdict.From != "json-ld" || res.Article.Content != "<p>"+text+"</p>" {
		t.Errorf("from %q: %s", res.Verdict.From, res.Article.Content)
	}
	if got := res.Article.Published.Format(time.RFC3339); got != "2026-11-20T02:00:00Z" {
		t.Errorf("published %s", got)
	}
}

func TestDatesOfPages(t *testing.T) {
	for shown, want := range map[string]string{
		"2018年12月28日 19:55": "2018-12-28T11:55:00Z", "2018年12月28日19:55 新京报": "2018-12-28T11:55:00Z",
		"2018-12-28 19:55:10": "2018-12-28T11:55:10Z", "2018-12-28T19:55:10Z": "2018-12-28T19:55:10Z",
		"2018-12-28T19:55:10+0900": "2018-12-28T10:55:10Z", "Fri, 28 Dec 2018 19:55:10 GMT": "2018-12-28T19:55:10Z",
	} {
		body := strings.Replace(sinaPage, "2026年11月24日 09:59", shown, 1)
		body = strings.Replace(body, "article:published_time", "x", 1)
		got := normalize.Article(fetcher.Item{Link: page}, doc(body), normalize.Options{}, now).Article.Published.Format(time.RFC3339)
		if got != want {
			t.Errorf("%s is %s, want %s", shown, got, want)
		}
	}
}
