package web

import (
	"strings"
	"time"
)

// words are what the pages say in the site's language.
type words struct {
	Skip, Site, Home, Search, SearchFor                   string
	Feeds, Subscribe, SubscribeTo, Subscription           string
	Category, Articles, MoreFeeds, Stocks                 string
	All, Newest, Older, NoneYet, NoneOlder                string
	Updated, Original, NoText, Files, Tags, Stock, Copies string
	Edits                                                 string
	SearchTitle, FoundAll, FoundMore, FoundNone           string // texts with %s and %d
	SearchOn, SavedTitle, SavedText                       string
	Missing, MissingText, Gone, GoneText                  string
	Withdrawn, WithdrawnText                              string
	Failed, FailedText, Busy                              string
	day, moment                                           string // layouts of package time
	weekdays                                              [7]string
}

func wordsIn(language string) *words {
	if strings.HasPrefix(strings.ToLower(language), "zh") {
		return &chinese
	}
	return &english
}

var chinese = words{
	Skip: "跳到正文", Site: "本站", Home: "回到首页", Search: "搜索", SearchFor: "搜索标题和正文",
	Feeds: "订阅", Subscribe: "把地址交给阅读器，或者一次导入全部：", SubscribeTo: "订阅", Subscription: "订阅",
	Category: "栏目", Articles: "篇数", MoreFeeds: "更多订阅", Stocks: "每只股票也有自己的订阅：",
	All: "全部", Newest: "最新文章", Older: "更早的文章", NoneYet: "还没有文章。", NoneOlder: "没有更早的文章了。",
	Updated: "更新于", Original: "原文", NoText: "此文没有正文，请看原文。", Files: "附件", Tags: "关键词", Stock: "股票", Copies: "另见",
	Edits:       "改动",
	SearchTitle: "搜索“%s”", FoundAll: "找到 %d 篇，最新的在前。", FoundMore: "找到 %d 篇，最新的在前；更早的还没有找。", FoundNone: "没有找到。",
	SearchOn: "继续找更早的文章", SavedTitle: "把这个搜索变成订阅",
	SavedText: "把下面几行写进配置文件，重新载入之后，这个地址就是它的订阅，收录含有任一词的文章；不想要的词写进 none：",
	Missing:   "没有这个页面", MissingText: "地址可能写错了，也可能从来没有过。",
	Gone: "已经没有了", GoneText: "这个栏目已经撤销，里面没有文章了。",
	Withdrawn: "此文已撤回", WithdrawnText: "原发布方撤回了《%s》，本站于 %s 得知，不再刊出正文。",
	Failed: "暂时打不开", FailedText: "出了问题，已经记入日志。请过一会儿再试。", Busy: "正在进行的搜索太多，请过几秒再试。",
	day: "2006年1月2日", moment: "2006年1月2日 15:04",
	weekdays: [7]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"},
}

var english = words{
	Skip: "Skip to content", Site: "Site", Home: "Front page", Search: "Search", SearchFor: "Search titles and text",
	Feeds: "Feeds", Subscribe: "Give an address to your reader, or import all at once:", SubscribeTo: "Subscribe:", Subscription: "Subscribe",
	Category: "Category", Articles: "Articles", MoreFeeds: "More feeds", Stocks: "Every stock has a feed too:",
	All: "Everything", Newest: "Newest articles", Older: "Older articles", NoneYet: "No articles yet.", NoneOlder: "No older articles.",
	Updated: "updated", Original: "Original", NoText: "This article has no text here; see the original.", Files: "Files", Tags: "Keywords", Stock: "Stocks", Copies: "Also at",
	Edits:       "Edits",
	SearchTitle: "Search: %s", FoundAll: "%d found, newest first.", FoundMore: "%d found, newest first; older ones were not looked at yet.", FoundNone: "Nothing found.",
	SearchOn: "Go on with older articles", SavedTitle: "Make this search a feed",
	SavedText: "Put these lines into the configuration and reload it. This address is then a feed of the articles that have one of the words; words that are not wanted go under none:",
	Missing:   "There is no such page", MissingText: "The address may be mistyped, or it never was one.",
	Gone: "No longer here", GoneText: "This category was given up, and nothing is in it.",
	Withdrawn: "Withdrawn", WithdrawnText: "The publisher took “%s” back. This site learned of it at %s and does not show the text any more.",
	Failed: "Not now", FailedText: "Something went wrong, and the log has it. Please try again a little later.", Busy: "Too many searches are running; please try again in some seconds.",
	day: "2 January 2006", moment: "2 January 2006, 15:04",
	weekdays: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

// dayName is a day as a heading has it.
func (w *words) dayName(t time.Time) string { return t.Format(w.day) + " " + w.weekdays[t.Weekday()] }
