package simulated

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Site is an ordinary site with feeds: /site/N/rss.xml, atom.xml, feed.json.
type Site struct {
	Title string
	// Every is the mean interval of its articles; default 10 × that of Options.
	Every time.Duration
	// Window is how many articles its feeds hold; default 20.
	Window int
	// Copies is the share of its articles that are taken over from Sina.
	Copies float64
	// NoETag, NoLastModified and NoGzip switch off what a good server does.
	NoETag, NoLastModified, NoGzip bool
	// SummaryOnly keeps the text out of the feeds.
	SummaryOnly bool
	// NoGUID leaves items without an id of their own.
	NoGUID bool
	// NoDates leaves items without times.
	NoDates bool
	// Legacy sends the RSS document in GBK.
	Legacy bool
}

// DefaultSites are sites of several characters.
func DefaultSites() []Site {
	return []Site{
		{Title: "财讯前哨", Copies: 0.3},
		{Title: "市井经济笔记", Copies: 0.1, NoLastModified: true, SummaryOnly: true},
		{Title: "数据河", Copies: 0.2, NoETag: true, NoLastModified: true, NoGzip: true, NoGUID: true},
		{Title: "转载天下", Copies: 0.8, NoETag: true, Window: 30},
		{Title: "老股民之家", Copies: 0.3, Legacy: true, NoDates: true},
	}
}

// siteEditShare of a site's articles are edited once.
const siteEditShare = 0.05

// siteStory is an article of a site before and after its edit.
type siteStory struct {
	first, later Article
	edit         time.Time // zero if there never is one
}

// siteArticle is an article of site n as it is now.
func (o *Origin) siteArticle(n, index int, now time.Time) Article {
	key := cacheKey{what: forSite, index: index*len(o.sites) + n, state: uint64(n)}
	s := o.stories.get(key, func() siteStory { return o.siteStory(n, index) })
	if done(s.edit, now) {
		return s.later
	}
	return s.first
}

func (o *Origin) siteStory(n, index int) siteStory {
	tl := &o.sites[n-1]
	d := roll(tl.seed, forSite, index)
	at := tl.at(index)
	a := Article{Index: index, Published: at, Listed: at, Updated: at, Media: o.opts.Sites[n-1].Title}
	if source, ok := o.originalBefore(o.articles.count(at) - d.n(30)); ok && d.share(o.opts.Sites[n-1].Copies) {
		o.takeOver(&a, source, &d)
	} else {
		o.ownStory(&a, n, &d)
	}
	for _, c := range a.companies {
		a.Stocks = append(a.Stocks, c.Code)
	}
	a.Mark = mark(a.Paragraphs)
	a.Path = fmt.Sprintf("/site/%d/%s/%d.html", n, at.In(beijing).Format("2006/01/02"), 1000+index)
	a.URL = o.absolute(a.Path)
	a.ID = fmt.Sprintf("site%d-%d", n, 1000+index)
	if o.opts.Sites[n-1].NoGUID {
		a.ID = a.URL
	}
	s := siteStory{first: a, later: a}
	if edit := at.Add(time.Duration(d.fraction() * 5 * float64(tl.spacing(index)))).Truncate(time.Second); d.share(siteEditShare) {
		s.edit = edit
		o.siteEdit(&s.later, edit, &d)
	}
	return s
}

// ownStory is a story that nobody else has.
func (o *Origin) ownStory(a *Article, n int, d *dice) {
	seed := o.sites[n-1].seed
	s := o.grammar.tellStory(newThrow(seed, drawGenre(d), a.Index, a.Published))
	a.Title, a.Paragraphs, a.companies = s.title, s.text, s.companies
	a.Tags = tags(s.companies, genreTags[s.genre], d)
	a.Story = fmt.Sprintf("s%d-%d", n, a.Index)
}

// takeOver is a story of Sina's in another dress: often another title, a line
// on where it is from, now and then a paragraph less or other quotes.
func (o *Origin) takeOver(a *Article, source int, d *dice) {
	s, from := o.story(source)
	a.Kind, a.Source, a.Story = Copy, o.docid(forID, source), from.storyID(source)
	a.Title, a.companies, a.Paragraphs = s.title, s.companies, slices.Clone(s.text)
	if d.share(0.5) {
		a.Title = s.alt
	}
	if d.share(0.25) {
		a.Paragraphs = a.Paragraphs[:len(a.Paragraphs)-1]
	}
	if d.share(0.2) {
		quotes := strings.NewReplacer("“", "「", "”", "」")
		for i, p := range a.Paragraphs {
			a.Paragraphs[i] = quotes.Replace(p)
		}
	}
	if d.share(0.7) {
		a.Paragraphs = append(a.Paragraphs, "（来源：新浪财经，编辑："+pick(d, []string{"小周", "阿宽", "老魏"})+"）")
	}
	a.Tags = tags(s.companies, genreTags[s.genre], d)
}

func (o *Origin) siteEdit(a *Article, edit time.Time, d *dice) {
	a.Updated = edit
	if d.share(0.5) {
		a.Title = decorate("%s（已更新）", a.Title)
		return
	}
	t := o.grammar.newTeller(*d, a.Published)
	a.Paragraphs = append(a.Paragraphs[:len(a.Paragraphs):len(a.Paragraphs)], t.tell("update"))
}

// siteAnswer is a feed, a page or the front page of a site.
func (o *Origin) siteAnswer(q *request) *answer {
	number, rest, _ := strings.Cut(strings.TrimPrefix(q.path, "/site/"), "/")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(o.sites) {
		return notFound(http.StatusNotFound)
	}
	site := o.opts.Sites[n-1]
	var a *answer
	switch rest {
	case "rss.xml":
		a = o.rss(q, n)
	case "atom.xml":
		a = o.atom(q, n)
	case "feed.json":
		a = o.jsonFeed(q, n)
	case "":
		a = o.siteFront(q, n)
	default:
		a = o.sitePage(q, n, rest)
	}
	a.tagged = a.tagged && !site.NoETag
	if site.NoLastModified {
		a.modified = time.Time{}
	}
	a.plain = a.plain || site.NoGzip
	return a
}
