package normalize

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"aggregator/normalize/article"
)

// signs are how pages that are none of an article give themselves away: by their title, which holds
// nothing else, and by words of a text that is too short for an article.
var signs = []struct {
	kind        article.Refusal
	title, text *regexp.Regexp
}{
	{article.Challenge,
		regexp.MustCompile(`(?i)^(?:just a moment|attention required|checking your browser|ddos-guard|one moment, please|verify you are human|are you a robot|human verification|security check|(?:百度)?安全验证|人机验证|访问验证|验证码|请完成验证|captcha)`),
		regexp.MustCompile(`(?i)verify (?:that )?you are (?:a )?human|you are not a (?:ro)?bot|checking your browser|enable javascript and cookies to continue|complete the (?:captcha|security check)|请完成(?:安全)?验证|拖动滑块|向右滑动|人机验证|输入(?:图片|图中)?验证码`)},
	{article.Blocked,
		regexp.MustCompile(`(?i)^(?:(?:error )?403\b|(?:error )?429\b|access denied|access to this page has been denied|forbidden|too many requests|you have been blocked|访问被拒绝|拒绝访问|禁止访问|访问受限|访问过于频繁|请求过于频繁)`),
		regexp.MustCompile(`(?i)access (?:to this page )?(?:has been |is )?denied|you (?:have been|are) blocked|unusual (?:traffic|activity) from your|(?:访问|请求|操作)(?:过于|太)频繁|您的访问(?:被拒绝|已被阻断|出错)|(?:IP|ip)(?:地址)?已?被(?:封|限制|禁止)`)},
	{article.NotFound,
		regexp.MustCompile(`(?i)^(?:(?:error )?404\b|page not found|not found|this page (?:does not|doesn.t) exist|(?:该|此|您访问的|你访问的)?(?:页面|网页|文章|内容|新闻)(?:不存在|没有找到|未找到|找不到|已删除|已被删除|已失效)|找不到(?:页面|网页))`),
		regexp.MustCompile(`(?i)page (?:you (?:requested|are looking for|were looking for) )?(?:was not|cannot be|could not be|can.t be) found|page (?:does not|no longer) exists?|(?:页面|网页|文章|内容|新闻)(?:不存在|没有找到|未找到|找不到|已删除|已被删除|已失效|被删除)`)},
	{article.Paywall,
		regexp.MustCompile(`(?i)^(?:subscribe to (?:read|continue)|sign in to (?:read|continue)|log ?in to (?:read|continue)|请先?登录)`),
		regexp.MustCompile(`(?i)(?:subscribe|sign in|log ?in|register) (?:now )?to (?:continue|keep) reading|to continue reading|this (?:article|content|story) is (?:only )?for (?:our )?(?:paid |paying )?(?:subscribers|members)|(?:订阅|付费|登录|开通会员)后(?:可)?(?:继续)?(?:阅读|查看)|(?:剩余|还有)\s*\d+\s*[%％]\s*(?:内容)?未读|本文为(?:付费|会员)(?:专享|内容)`)},
}

// refusalText is the longest text, in characters, of a page that is taken for
// a refusal by its words; teasers before a paywall are longer.
const refusalText, teaserText = 400, 1500

// refusal tells what a page is, other than that of the article with the given
// title. A page that shows the article's title shows the article, or the
// beginning of one that is sold.
func (p *page) refusal(title string) article.Refusal {
	if p == nil {
		return ""
	}
	text := p.visible()
	length := utf8.RuneCountInString(text)
	if length > teaserText {
		return ""
	}
	own := p.shows(article.CleanTitle(title))
	for _, s := range signs {
		short := length <= refusalText || s.kind == article.Paywall
		if (!own || s.kind == article.Paywall) && (s.title.MatchString(p.Title()) || short && s.text.MatchString(text)) {
			return s.kind
		}
	}
	if p.sold() {
		return article.Paywall
	}
	return ""
}

// visible is the text of the page's body by its rule, else of all of it; of a
// long one the beginning.
func (p *page) visible() string {
	root := p.body
	if root == nil {
		root = cascadia.Query(p.doc, bodyElement)
	}
	if root == nil {
		root = p.doc
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && !elements[n.Parent.Data].drop {
			b.WriteString(n.Data)
			b.WriteByte(' ')
		}
		if b.Len() > 8*teaserText { // an article: the rest is not looked at
			break
		}
	}
	return article.CleanTitle(b.String())
}

// shows tells whether the page's own title holds that of the list.
func (p *page) shows(title string) bool {
	return title != "" && strings.Contains(p.Title(), title)
}

var bodyElement = cascadia.MustCompile("body")
