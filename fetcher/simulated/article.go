package simulated

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Article is what the world holds at a time: an article of a roll list, an item
// of the live wire, or an article of a feed site.
type Article struct {
	// Index counts the articles of its series from the oldest.
	Index int
	// ID is the document id without prefix and without the leading i of the
	// page's address, the id of a wire item, or the guid of a site's article.
	ID string
	// Path is the address of the page within the origin, URL the whole one.
	Path, URL string
	Title     string
	Published time.Time // its creation (ctime)
	Listed    time.Time // its entry into the lists (intime)
	Updated   time.Time // its last change (mtime)
	Withdrawn time.Time // of a wire item; zero while it stands
	Columns   []int     // the lids of the lists it is in
	Media     string    // the paper it is from
	Tags      []string
	Stocks    []string // codes as in stock links
	Image     string   // the path of its first picture, if it has one
	// Paragraphs are the plain text, and Mark the sentence that best tells it
	// from others.
	Paragraphs []string
	Mark       string

	// Story is the same for articles that tell the same story, and different
	// for those that only look alike.
	Story  string
	Kind   Kind
	Source string // ID of the article it copies or resembles
	// Differs tells in what a twin differs from its source.
	Differs Difference

	companies []company
}

// article is the article of an index as it is now.
func (o *Origin) article(index int, now time.Time) Article {
	s, from := o.story(index)
	e := o.edits(index)
	at := o.articles.at(index)
	p := o.place(index)
	d := roll(o.opts.Seed, forItem, index)
	a := Article{
		Index: index, ID: o.docid(forID, index), Published: at, Listed: at.Add(p.lag).Truncate(time.Second),
		Title: o.title(index, &s, from, e, now), Updated: at,
		Columns: p.columns(now.Sub(at)).lids(), Media: o.tellWord(&d, "agency"), companies: s.companies,
		Paragraphs: s.text, Story: from.storyID(index), Kind: from.kind, Differs: from.differs,
	}
	if from.kind != Original {
		a.Source = o.docid(forID, from.source)
	}
	o.revise(&a, s, e, now)
	a.Path = articlePath(&d, s.genre, at, a.ID)
	a.URL = o.absolute(a.Path)
	a.Mark = mark(a.Paragraphs)
	for _, c := range a.companies {
		a.Stocks = append(a.Stocks, c.Code)
	}
	a.Tags = tags(a.companies, genreTags[s.genre], &d)
	a.Image = o.picture(index, 0, at)
	return a
}

// revise applies the edits made by now, and what a copy leaves out.
func (o *Origin) revise(a *Article, s story, e edits, now time.Time) {
	d := roll(o.opts.Seed, forCopy, a.Index)
	if a.Kind == Copy && d.share(0.3) && len(a.Paragraphs) > 5 {
		a.Paragraphs = a.Paragraphs[:len(a.Paragraphs)-1]
	}
	if a.Kind == Copy && d.share(0.2) {
		a.Paragraphs = slices.Concat([]string{a.Paragraphs[0] + a.Paragraphs[1]}, a.Paragraphs[2:])
	}
	if done(e.title, now) {
		a.Updated = e.title
	}
	if !done(e.text, now) {
		return
	}
	if e.text.After(a.Updated) {
		a.Updated = e.text
	}
	t := o.grammar.newTeller(d, a.Published)
	a.Paragraphs = append(a.Paragraphs[:len(a.Paragraphs):len(a.Paragraphs)], t.tell("update"))
}

func (o *Origin) tellWord(d *dice, rule string) string {
	return pick(d, o.grammar.rules[rule].choices)[0].text
}

// genreTags are the keywords of a genre.
var genreTags = [][]string{
	{"宏观经济", "统计", "增速"}, {"公告", "上市公司", "股权"}, {"A股", "收评", "板块"}, {"央行", "货币政策", "流动性"},
	{"期货", "大宗商品", "现货"}, {"美股", "海外市场", "外盘"}, {"产业政策", "地方经济", "消费"}, {"研报", "基金", "新股"},
}

func tags(companies []company, words []string, d *dice) []string {
	var tags []string
	if len(companies) > 0 {
		tags = append(tags, companies[0].Name)
	}
	return append(tags, words[:1+d.n(len(words))]...)
}

// sections are the paths under which a genre's articles are published; the
// first segment stands for the host.
var sections = [][]string{
	{"finance/china", "finance/china/gncj", "finance/jjxw", "news/c"},
	{"finance/stock/relnews/cn", "finance/chanjing/gsnews", "finance/stock/s", "tech/it"},
	{"finance/stock/marketresearch", "finance/stock/jsy", "finance/stock/hkstock/marketalerts", "finance/roll"},
	{"finance/money/bank/bank_hydt", "finance/china/jrxw", "finance/money/forex/hbfx", "finance/roll"},
	{"finance/money/future/roll", "finance/money/nmetal", "finance/world", "finance/roll"},
	{"finance/stock/usstock/c", "finance/world", "finance/stock/hkstock/ggscyd", "finance/roll"},
	{"finance/china/dfjj", "finance/chanjing/cyxw", "news/o", "tech/roll"},
	{"finance/stock/stockzmt", "finance/money/fund/etf", "finance/stock/newstock", "finance/stock/observe"},
}

func articlePath(d *dice, genre int, at time.Time, id string) string {
	return fmt.Sprintf("/%s/%s/doc-i%s.shtml", pick(d, sections[genre]), at.In(beijing).Format(time.DateOnly), id)
}

// mobilePath is the address of the page for telephones.
func mobilePath(path string) string {
	dir, name := path[:strings.LastIndexByte(path, '/')], path[strings.LastIndexByte(path, '/')+1:]
	day := dir[strings.LastIndexByte(dir, '/'):]
	name = strings.Replace(strings.Replace(name, "doc-", "detail-", 1), ".shtml", ".d.html", 1)
	return "/m" + day + "/" + name
}

// picture is the path of an article's nth picture, if it has one.
func (o *Origin) picture(index, n int, at time.Time) string {
	d := roll(o.opts.Seed, forPage, index)
	if d.n(10) < 5+n*2 {
		return ""
	}
	shape := pick(&d, []string{"w550h366", "w1080h607", "w600h400", "w786h442"})
	day := at.In(beijing).Format("20060102")
	return "/image/finance/transform/" + strconv.Itoa(100+n) + "/" + shape + "/" + day + "/" +
		strconv.FormatUint(d.next()&0xffff|0x1000, 16) + "-" + o.docid(forID, index)[1:] + ".png"
}
