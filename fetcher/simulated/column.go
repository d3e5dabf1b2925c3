package simulated

import (
	"slices"
	"time"
)

// Column is a roll list.
type Column struct {
	PageID int
	LID    int
	Name   string
}

// ColumnOf returns the column of a lid.
func ColumnOf(lid int) (Column, bool) {
	i := slices.IndexFunc(columns, func(c Column) bool { return c.LID == lid })
	if i < 0 {
		return Column{}, false
	}
	return columns[i], true
}

// columns are the roll lists of the world, of which every other pair of pageid
// and lid is refused with code 11.
var columns = []Column{
	{153, 2509, "全部"}, {153, 2510, "国内"}, {153, 2511, "国际"}, {153, 2516, "财经"}, {153, 2517, "股市"}, {153, 2518, "美股"},
	{155, 1686, "国内滚动"}, {155, 1687, "宏观经济"}, {155, 1688, "地方经济"}, {155, 1689, "部委动态"}, {155, 1690, "金融新闻"}, {155, 3231, "今日财经TOP10"},
	{164, 1693, "产经"}, {164, 1694, "公司新闻"}, {164, 1695, "产业新闻"},
	{384, 2519, "财经"}, {384, 2671, "股市"}, {384, 2672, "美股"}, {384, 2673, "中国概念股"}, {384, 2674, "港股"}, {384, 2675, "研究报告"}, {384, 2676, "全球市场"}, {384, 2487, "外汇"},
	{186, 1746, "券商"}, {205, 1789, "新股"}, {372, 2431, "科技滚动"},
}

// filing is where the articles of each genre are filed: percent by lid.
var filing = []map[int]int{
	{2509: 97, 2519: 90, 1686: 85, 1687: 4, 1688: 40, 2510: 50, 2516: 80, 3231: 2},                      // macro
	{2509: 97, 2519: 70, 1693: 55, 1694: 70, 2671: 60, 2517: 50, 2516: 60, 2674: 12, 2431: 10},          // company
	{2509: 98, 2519: 80, 2671: 85, 2517: 80, 2674: 30, 2516: 70, 1686: 25, 1746: 10, 3231: 2},           // close
	{2509: 97, 2519: 95, 1686: 80, 1690: 85, 2487: 40, 1687: 5, 2516: 80, 2510: 30, 3231: 4},            // money
	{2509: 96, 2519: 75, 2676: 70, 1695: 30, 2511: 20, 2516: 50, 1686: 20},                              // goods
	{2509: 98, 2519: 80, 2672: 80, 2518: 70, 2673: 20, 2676: 60, 2511: 70, 2487: 15, 2431: 15},          // overseas
	{2509: 97, 2519: 85, 1686: 75, 1688: 50, 1689: 45, 1693: 40, 1695: 60, 2510: 60, 2516: 60, 2431: 8}, // industry
	{2509: 96, 2519: 75, 2675: 85, 1746: 40, 1789: 25, 2671: 40, 2517: 30},                              // research
}

// columnSet holds columns by their place in columns.
type columnSet uint32

func (s columnSet) has(column int) bool { return s>>column&1 == 1 }

func (s columnSet) lids() []int {
	var lids []int
	for i, c := range columns {
		if s.has(i) {
			lids = append(lids, c.LID)
		}
	}
	return lids
}

// place is where and when an article is in the lists.
type place struct {
	first  columnSet     // the columns it enters first
	lag    time.Duration // after its creation; a fifth of all enter late, below newer articles
	later  columnSet     // the column it is filed into later, if any
	laterS time.Duration // after its creation
}

// Late entries lag up to lateSpan intervals behind, later filings up to
// laterSpan.
const (
	lateShare  = 0.18
	lateSpan   = 15
	laterShare = 0.07
	laterSpan  = 200
)

func (o *Origin) place(index int) place {
	d := roll(o.opts.Seed, forColumns, index)
	var p place
	percent := filing[o.genre(o.descent(index).source)]
	for i, c := range columns {
		if n := percent[c.LID]; n > 0 && d.n(100) < n {
			p.first |= 1 << i
		}
	}
	if p.first == 0 {
		p.first = 1
	}
	every := float64(o.articles.spacing(index))
	if d.share(lateShare) {
		p.lag = time.Duration(d.fraction() * lateSpan * every)
	}
	if d.share(laterShare) {
		p.later = 1 << d.n(len(columns)) &^ p.first
		p.laterS = time.Duration((lateSpan + d.fraction()*(laterSpan-lateSpan)) * every)
	}
	return p
}

// columns are those the article is in after so long a life.
func (p place) columns(age time.Duration) columnSet {
	var s columnSet
	if age >= p.lag {
		s = p.first
	}
	if p.later != 0 && age >= p.laterS {
		s |= p.later
	}
	return s
}
