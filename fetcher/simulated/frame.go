package simulated

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed furniture/page.html furniture/tail.html
var furniture embed.FS

// frame is the page round an article: what never changes is cut into pieces
// once, the slots between are filled for each page.
type frame struct {
	page, tail []piece
}

// piece is literal text and the slot that follows it.
type piece struct {
	text, slot string
}

func newFrame(seed uint64) frame {
	d := roll(seed, forPage, -1)
	constant := strings.NewReplacer(
		"{{styles}}", styles(&d), "{{settings}}", settings(&d, 50), "{{trailer}}", settings(&d, 40),
		"{{navigation}}", navigation(), "{{quotes}}", quotes(&d))
	return frame{
		page: pieces(constant.Replace(readFurniture("page.html"))),
		tail: pieces(readFurniture("tail.html")),
	}
}

func readFurniture(name string) string {
	text, err := furniture.ReadFile("furniture/" + name)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func pieces(text string) []piece {
	var all []piece
	for text != "" {
		before, rest, _ := strings.Cut(text, "{{")
		slot, after, _ := strings.Cut(rest, "}}")
		all = append(all, piece{before, slot})
		text = after
	}
	return all
}

// fill writes pieces with the slots' values.
func fill(b []byte, all []piece, slots map[string]string) []byte {
	for _, p := range all {
		b = append(b, p.text...)
		b = append(b, slots[p.slot]...)
	}
	return b
}

// styles, settings, navigation and quotes are the bulk of a real page: nothing
// in them is news, all of it has to be passed over.
func styles(d *dice) string {
	var b strings.Builder
	for i := range 70 {
		fmt.Fprintf(&b, ".blk-%02d .hd-%d a:hover{color:#%06x;font:%dpx/%dpx \"SimSun\",\"Arial Narrow\";background:url(//n.sinaimg.invalid/finance/%d.png) no-repeat 0 -%dpx;}\n",
			i, d.n(9), d.n(1<<24), 12+d.n(8), 18+d.n(12), d.n(1e6), d.n(400))
	}
	return b.String()
}

func settings(d *dice, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "window.SPAGE_CFG=window.SPAGE_CFG||[];SPAGE_CFG.push({id:'PDPS%012d',html:'<p class=\"x\">推广%d</p>',w:%d,h:%d,when:function(){return %d<%d&&!0}});\n",
			d.n(1e9), i, 100+d.n(900), 50+d.n(300), d.n(99), d.n(99))
	}
	return b.String()
}

func navigation() string {
	channels := strings.Fields("首页 新闻 体育 财经 娱乐 科技 博客 图片 专栏 汽车 教育 时尚 女性 星座 健康 房产 历史 视频 收藏 育儿 读书 佛学 游戏 旅游 邮箱 导航 股票 基金 期货 外汇 黄金 债券 银行 保险 信托 理财 港股 美股 新股 行情 数据 研报 公告 产经 宏观 消费 环球 评论 商学院 直播")
	var b strings.Builder
	for i, c := range channels {
		fmt.Fprintf(&b, "\t\t\t<li data-sudaclick=\"nav_%02d_p\"><a href=\"/channel/%d/\" target=\"_blank\">%s</a></li>\n", i, i, c)
	}
	return b.String()
}

func quotes(d *dice) string {
	var b strings.Builder
	for i := range 24 {
		fmt.Fprintf(&b, "\t\t\t<tr class=\"row%d\"><td><a href=\"/finance/realstock/company/sh60%04d/nc.shtml\">样本%02d</a></td><td class=\"num\">%.2f</td><td class=\"up\">%+.2f%%</td></tr>\n",
			i%2, d.n(10000), i, d.between(3, 180, 2), d.between(-9.9, 9.9, 2))
	}
	return b.String()
}
