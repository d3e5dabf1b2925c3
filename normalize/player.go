package normalize

import (
	"cmp"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"aggregator/normalize/article"
)

// players are the frames in which well-known sites play something, by host,
// path and query, and the page that shows the same.
var players = []struct {
	frame *regexp.Regexp
	page  string
}{
	{regexp.MustCompile(`^(?:www\.)?youtube(?:-nocookie)?\.com/embed/videoseries\?(?:.*&)?list=([\w-]+)`), "https://www.youtube.com/playlist?list=$1"},
	{regexp.MustCompile(`^(?:www\.)?youtube(?:-nocookie)?\.com/(?:embed|v|shorts)/([\w-]{6,})`), "https://www.youtube.com/watch?v=$1"},
	{regexp.MustCompile(`^player\.vimeo\.com/video/(\d+)`), "https://vimeo.com/$1"},
	{regexp.MustCompile(`^(?:www\.)?dailymotion\.com/embed/video/(\w+)`), "https://www.dailymotion.com/video/$1"},
	{regexp.MustCompile(`^embed\.ted\.com/(talks/.+)`), "https://www.ted.com/$1"},
	{regexp.MustCompile(`^open\.spotify\.com/embed/(\w+/\w+)`), "https://open.spotify.com/$1"},
	{regexp.MustCompile(`^embed\.music\.apple\.com/([^?]+)`), "https://music.apple.com/$1"},
	{regexp.MustCompile(`^platform\.twitter\.com/embed/.*\bid=(\d+)`), "https://twitter.com/i/status/$1"},
	{regexp.MustCompile(`^(?:player|www)\.bilibili\.com/(?:blackboard/.*)?player\.html\?(?:.*&)?bvid=(BV\w+)`), "https://www.bilibili.com/video/$1"},
	{regexp.MustCompile(`^(?:player|www)\.bilibili\.com/(?:blackboard/.*)?player\.html\?(?:.*&)?aid=(\d+)`), "https://www.bilibili.com/video/av$1"},
	{regexp.MustCompile(`^v\.qq\.com/(?:txp/)?iframe/player\.html\?(?:.*&)?vid=(\w+)`), "https://v.qq.com/x/page/$1.html"},
	{regexp.MustCompile(`^player\.youku\.com/(?:embed/|player\.php/(?:.*/)?sid/)([\w=]+)`), "https://v.youku.com/v_show/id_$1.html"},
	{regexp.MustCompile(`^(?:www\.)?ixigua\.com/iframe/(\d+)`), "https://www.ixigua.com/$1"},
	{regexp.MustCompile(`^(?:www\.)?acfun\.cn/player/(ac\d+)`), "https://www.acfun.cn/v/$1"},
	{regexp.MustCompile(`^music\.163\.com/outchain/player\?(?:.*&)?type=2&id=(\d+)`), "https://music.163.com/song?id=$1"},
}

// player is the page of what a frame plays; empty for a frame of anything else.
func player(address string) string {
	_, address, _ = strings.Cut(address, "://")
	for _, p := range players {
		if m := p.frame.FindStringSubmatchIndex(address); m != nil {
			return string(p.frame.ExpandString(nil, p.page, address, m))
		}
	}
	return ""
}

// frame takes a frame, or what plugins play, away. One of a known player leaves
// a link to what it plays; others leave what they hold for readers who cannot
// see them.
func (c cleaner) frame(n *html.Node) {
	if page := c.played(n); page != "" {
		a := &html.Node{Type: html.ElementNode, Data: "a", DataAtom: atom.A, Attr: []html.Attribute{{Key: "href", Val: page}}}
		a.AppendChild(&html.Node{Type: html.TextNode, Data: cmp.Or(article.CleanTitle(attr(n, "title")), page)})
		n.Parent.InsertBefore(a, n)
		if n.DataAtom != atom.Iframe {
			n.Parent.RemoveChild(n)
			return
		}
	}
	c.fallback(n)
}

// mostOpen is how many frames of a body may be open, as <iframe/> is to HTML:
// each costs another reading of all that follows it.
const mostOpen = 30

var frameTag = regexp.MustCompile(`(?i)</?iframe[^>]*>?`)

// fallback keeps what a plugin's element holds. An <iframe> holds its text
// unread: a sentence about browsers, which says nothing of the article or, where
// the frame was never closed, all that follows it.
func (c cleaner) fallback(n *html.Node) {
	if n.DataAtom == atom.Iframe {
		inside := ""
		for child := n.FirstChild; child != nil; child = n.FirstChild {
			inside += child.Data
			n.RemoveChild(child)
		}
		if strings.Contains(inside, "<") {
			if *c.open++; *c.open > mostOpen {
				inside = frameTag.ReplaceAllString(inside, "")
			}
			root := parseFragment(inside)
			for child := root.FirstChild; child != nil; child = root.FirstChild {
				root.RemoveChild(child)
				n.AppendChild(child)
			}
		}
	}
	c.children(n)
	unwrapNode(n)
}

// played is the page of what a frame plays, or of what one within it does.
func (c cleaner) played(n *html.Node) string {
	for _, key := range []string{"src", "data-src", "data"} {
		if page := player(absolute(attr(n, key), c.base)); page != "" {
			return page
		}
	}
	for d := range n.ChildNodes() {
		if page := c.played(d); page != "" {
			return page
		}
	}
	return ""
}
