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
	words       []string // of which the text has one, if it matches; empty: not told
}{
	{article.Challenge,
		regexp.MustCompile(`(?i)^(?:just a moment|attention required|checking your browser|ddos-guard|one moment, please|verify you are human|are you a robot|human verification|security check|pardon our interruption|robot or human|sina visitor system|(?:百度)?安全(?:验证|检测|检查)|浏览器安全检查|(?:人机|访问|滑动|行为)验证|验证码|请完成验证|环境异常|captcha)`),
		regexp.MustCompile(`(?i)verify (?:that )?you are (?:a )?human|you are not a (?:ro)?bot|checking your browser|enable javascript and cookies to continue|complete the (?:captcha|security check)|press (?:&|and) hold to confirm|enable JS and disable any ad blocker|made us think you (?:were|are|might be) a (?:ro)?bot|incapsula incident|当前环境异常|完成验证后(?:即可)?继续访问|正在进行(?:浏览器)?安全检[测查]|按住(?:下方|左边)?滑块|请完成(?:安全)?验证|拖动滑块|向右滑动|人机验证|输入(?:图片|图中)?验证码`), nil},
	{article.Blocked,
		regexp.MustCompile(`(?i)^(?:(?:error )?(?:403|429|1020)` + alone + `|access denied|the request could not be satisfied|access to this page has been denied|forbidden|too many requests|you have been blocked|访问被拒绝|拒绝访问|禁止访问|访问受限|访问过于频繁|请求过于频繁|网站防火墙|(?:您的)?(?:访问|请求)(?:已)?被(?:阻断|拦截))`),
		regexp.MustCompile(`(?i)access (?:to this page )?(?:has been |is )?denied|you (?:have been|are) blocked|unusual (?:traffic|activity) from your|(?:访问|请求|操作)(?:过于|太)频繁|the request (?:is|was|has been) blocked|request (?:blocked|unsuccessful)|您的(?:访问|请求)(?:已)?(?:被(?:拒绝|阻断|拦截)|出错)|对网站造成安全威胁|网站防火墙|(?:IP|ip)(?:地址)?已?被(?:封|限制|禁止)`), nil},
	{article.NotFound,
		regexp.MustCompile(`(?i)^(?:(?:error )?404` + alone + `|page not found|not found|this page (?:does not|doesn.t) exist|(?:该|此|您访问的|你访问的)?(?:页面|网页|文章|内容|新闻)(?:不存在|没有找到|未找到|找不到|已删除|已被删除|已失效|走丢|已下线)|找不到(?:页面|网页)|404(?:页面|错误)|您访问的页面)`),
		regexp.MustCompile(`(?i)page (?:you (?:requested|are looking for|were looking for) )?(?:was not|cannot be|could not be|can.t be) found|page (?:does not|no longer) exists?|this (?:page|article|story|content) (?:has been removed|is no longer available)|该内容已被发布者删除|此内容(?:因违规无法查看|被投诉|已被)|页面(?:走丢|跑丢|飞走)|链接已(?:过期|失效)|(?:页面|网页|文章|内容|新闻)(?:不存在|没有找到|未找到|找不到|已删除|已被删除|已失效|被删除)`), nil},
	{article.Consent,
		regexp.MustCompile(`(?i)^(?:before you continue|(?:your )?(?:privacy|cookie)s? (?:choices|settings|preferences|consent)|we value your privacy|consent required)`),
		regexp.MustCompile(`(?i)before you continue to|(?:accept|reject|manage) (?:all )?(?:cookies|choices)|we (?:and our partners )?(?:use cookies|value your privacy)`), nil},
	{article.Closed,
		regexp.MustCompile(`(?i)^(?:(?:系统|网站|服务器?)(?:正在)?(?:维护|升级)(?:中|公告|通知)?(?:$|\s*[-_|–—])|(?:site |down |under )?(?:for )?(?:scheduled )?maintenance|we.ll be (?:right )?back|service (?:temporarily )?unavailable)`),
		regexp.MustCompile(`(?i)(?:系统|网站|服务)(?:正在)?(?:维护|升级)(?:中|，|,|。)|(?:down|closed) for (?:scheduled )?maintenance|we.ll be (?:right )?back (?:soon|shortly)`), nil},
	{article.Login,
		regexp.MustCompile(`(?i)^(?:(?:用户|会员|账号|统一身份)?(?:登录|登陆)(?:$|\s*[-_|–—])|(?:please )?(?:log|sign) ?in` + alone + `)`),
		regexp.MustCompile(`(?i)请输入(?:用户名|账号|密码|手机号)|enter your (?:e-?mail|user ?name|password)`), nil},
	{article.Paywall,
		regexp.MustCompile(`(?i)^(?:subscribe to (?:read|continue)|sign in to (?:read|continue)|log ?in to (?:read|continue)|请先?登录)`),
		regexp.MustCompile(`(?i)(?:subscribe|sign in|log ?in|register) (?:now )?to (?:continue|keep) reading|to continue reading|this (?:article|content|story) is (?:only )?for (?:our )?(?:paid |paying )?(?:subscribers|members)|(?:订阅|付费|购买|登录|注册|开通会员)后(?:即)?可?(?:继续(?:阅读|查看)|(?:阅读|查看)(?:全文|全部|更多|剩余|余下|完整|本文|正文))|(?:open|create) a (?:free )?account to (?:continue|keep|read)|试读(?:部分)?(?:已)?结束|(?:剩余|还有)\s*\d+\s*[%％]\s*(?:内容)?未读|本文为(?:付费|会员)(?:专享|内容)`),
		[]string{"reading", "for ", "account", "阅读", "查看", "试读", "未读", "本文为"}},
}

// alone follows a status that is the title, and does not count things.
const alone = `(?:$|\s*(?:[-|_–—:：,，!！。·(（]|error|not found|forbidden|too many|access|page|页面|错误|未找到|找不到|禁止))`

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
	own := p.shows(article.CleanTitle(title))
	if length > teaserText {
		return p.titledRefusal(own)
	}
	for _, s := range signs {
		short := length <= refusalText || s.kind == article.Paywall
		if (!own || s.kind == article.Paywall) && (s.title.MatchString(p.Title()) || short && hasWord(text, s.words) && s.text.MatchString(text)) {
			return s.kind
		}
	}
	if p.sold() {
		return article.Paywall
	}
	return ""
}

// hasWord tells whether a text has one of some words, in whatever case: a long
// article is soon known to have none, and no expression needs to be tried on it.
func hasWord(text string, words []string) bool {
	for _, word := range words {
		if word[0] >= utf8.RuneSelf {
			if strings.Contains(text, word) {
				return true
			}
			continue
		}
		for i := range len(text) - len(word) + 1 {
			if text[i]|0x20 == word[0] && strings.EqualFold(text[i:i+len(word)], word) {
				return true
			}
		}
	}
	return len(words) == 0
}

// titledRefusal is what a page is that has the whole furniture of its site, and
// in place of an article a short title that says so.
func (p *page) titledRefusal(own bool) article.Refusal {
	const short = 40
	title := p.Title()
	if own || p.body != nil || utf8.RuneCountInString(title) > short {
		return ""
	}
	for _, s := range signs {
		if s.kind != article.Paywall && s.title.MatchString(title) {
			return s.kind
		}
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
