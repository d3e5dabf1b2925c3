package feedout

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"aggregator/normalize/article"
)

// loader is a Loader made of functions.
type loader struct {
	feed     func(ctx context.Context, slug string) (*Feed, error)
	outlines func(ctx context.Context) (string, []Outline, error)
}

func (l loader) Feed(ctx context.Context, slug string) (*Feed, error) { return l.feed(ctx, slug) }

func (l loader) Outlines(ctx context.Context) (string, []Outline, error) { return l.outlines(ctx) }

// oneFeed loads f under the slug "finance", and a list of it.
func oneFeed(f *Feed) loader {
	return loader{
		feed: func(_ context.Context, slug string) (*Feed, error) {
			if slug != "finance" {
				return nil, ErrNoFeed
			}
			return f, nil
		},
		outlines: func(context.Context) (string, []Outline, error) {
			return "新浪财经", []Outline{{Title: f.Title, Feed: f.Self, Site: f.Site}}, nil
		},
	}
}

// sample is a feed of n articles of about 6 KB, the same at every call.
func sample(n int) *Feed {
	f := &Feed{
		ID:       "tag:feeds.example.net,2026:feed/finance",
		Title:    "金融",
		Subtitle: "国内与国际财经新闻",
		Language: "zh-CN",
		Self:     "https://feeds.example.net/feeds/finance.atom",
		Site:     "https://feeds.example.net/c/finance/",
		Scheme:   "tag:feeds.example.net,2026:category",
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, time.March, 4, 8, 0, 0, 0, time.UTC)
	for i := range n {
		published := start.Add(-time.Duration(i) * 7 * time.Minute)
		f.Articles = append(f.Articles, article.Article{
			ID:         fmt.Sprintf("tag:feeds.example.net,2026:a/iktzqtyt%07d", n-i),
			Key:        fmt.Sprintf("iktzqtyt%07d", n-i),
			Title:      prose(rnd, 20),
			Link:       fmt.Sprintf("https://finance.sina.com.cn/roll/2026-03-04/doc-iktzqtyt%07d.shtml", n-i),
			Published:  published,
			Updated:    published,
			Seen:       published.Add(time.Minute),
			Categories: []string{"金融", "新浪财经"},
			Author:     "新浪财经",
			Origin:     "第一财经",
			Image:      "https://n.sinaimg.cn/finance/cece9e13/20200514/343233024.png",
			Summary:    prose(rnd, 60),
			Content:    markup(rnd, 2000),
		})
	}
	return f
}

const characters = "中国经济市场银行基金股票指数上涨下跌公司报告同比增长亿元投资者利率政策监管发布新闻记者今日全球美元能源科技企业收益预期数据季度" +
	"宏观消费出口制造业地产债券期货黄金原油汇率通胀就业改革开放创新融资上市收购合作协议项目建设产业升级供应链"

func prose(rnd *rand.Rand, n int) string {
	all := []rune(characters)
	var b strings.Builder
	for range n {
		b.WriteRune(all[rnd.IntN(len(all))])
	}
	return b.String()
}

func markup(rnd *rand.Rand, n int) string {
	var b strings.Builder
	b.WriteString("<div>\n")
	for ; n > 0; n -= 80 {
		fmt.Fprintf(&b, "<p>　　%s<a href=\"https://finance.sina.com.cn/stock/?a=1&amp;b=2\">%s</a>，%s。</p>\n",
			prose(rnd, 40), prose(rnd, 4), prose(rnd, 30))
	}
	b.WriteString("</div>")
	return b.String()
}
