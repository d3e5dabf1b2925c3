package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"aggregator/cmd/internal/daemon"
	"aggregator/cmd/internal/health"
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
	StatusLink, Status, Database, LastArticle, Started    string
	LinkDown, LinkDownText                                string // before and after a time
	Short, ShortText                                      string // before a time, and between it and what is wanting
	Hours, ArticlesHourly, Latency, FailuresHourly        string
	ArticlesHour, LatencyHour, FailuresHour               string // texts with %s and %d
	ArticlesText, LatencyText, LatencyLast, FailuresText  string
	Sources, Source, State, Since, LastSuccess, LastNew   string
	Due, UsualGap, FilterFor, Filter, MoreSources         string
	SourcesFound, SourcesShown                            string // texts with %d
	Changes, ChangesFeed, NoChanges, Recovered            string
	states                                                map[health.State]string
	spans                                                 [4]string // of seconds, minutes, hours and days
	shortDay                                              string
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
	SavedText: "把下面几行写进配置文件，重新载入之后，这个地址就是它的订阅，收录含有全部这些词的文章（any 则含任一即可）；不想要的词写进 none：",
	Missing:   "没有这个页面", MissingText: "地址可能写错了，也可能从来没有过。",
	Gone: "已经没有了", GoneText: "这个栏目已经撤销，里面没有文章了。",
	Withdrawn: "此文已撤回", WithdrawnText: "原发布方撤回了《%s》，本站于 %s 得知，不再刊出正文。",
	Failed: "暂时打不开", FailedText: "出了问题，已经记入日志。请过一会儿再试。", Busy: "正在进行的搜索太多，请过几秒再试。",
	StatusLink: "状态", Status: "来源状态", Database: "数据库", LastArticle: "最近一篇", Started: "启动于",
	LinkDown: "本机的网络自", LinkDownText: " 起不通，不是来源的过错：暂停抓取，每五分钟试一个来源。",
	Short: "本机资源自", ShortText: " 起不足，不是来源的过错：暂停抓取，每隔几分钟试一个来源。",
	Hours: "最近 48 小时", ArticlesHourly: "每小时到达的文章", Latency: "从发布到到达", FailuresHourly: "每小时失败的抓取",
	ArticlesHour: "%s 起：%d 篇", LatencyHour: "%s 起：半数在 %s 内，九成在 %s 内", FailuresHour: "%s 起：%d 次",
	ArticlesText: "共 %d 篇。", LatencyText: "短线：半数文章在这段时间之内到达；色条顶端：九成。", LatencyLast: "%s 起的一小时：%s，%s。",
	FailuresText: "共 %d 次，自 %s 启动时起计。",
	Sources:      "来源", Source: "来源", State: "状态", Since: "自", LastSuccess: "上次成功", LastNew: "上次有新文章", Due: "下次抓取", UsualGap: "通常间隔",
	FilterFor: "按名称筛选来源", Filter: "筛选", MoreSources: "其余的来源", SourcesFound: "%d 个来源，有问题的在前。", SourcesShown: "%d 个来源，有问题的在前；这里是第 %d 至 %d 个。",
	Changes: "状态变化", ChangesFeed: "订阅状态变化", NoChanges: "还没有变化。", Recovered: "已恢复",
	states: map[health.State]string{
		health.Failing: "抓取失败", health.Empty: "列表为空", health.Silent: "久无更新", health.Stale: "日期陈旧", health.TextLost: "正文缺失",
		health.OK: "正常", health.New: "尚未成功", daemon.Disabled: "已停用",
	},
	spans: [4]string{"%s 秒", "%s 分钟", "%s 小时", "%s 天"}, shortDay: "1月2日 15:04",
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
	SavedText: "Put these lines into the configuration and reload it. This address is then a feed of the articles that have all of the words (any: one of them); words that are not wanted go under none:",
	Missing:   "There is no such page", MissingText: "The address may be mistyped, or it never was one.",
	Gone: "No longer here", GoneText: "This category was given up, and nothing is in it.",
	Withdrawn: "Withdrawn", WithdrawnText: "The publisher took “%s” back. This site learned of it at %s and does not show the text any more.",
	Failed: "Not now", FailedText: "Something went wrong, and the log has it. Please try again a little later.", Busy: "Too many searches are running; please try again in some seconds.",
	StatusLink: "Status", Status: "Status of the sources", Database: "Database", LastArticle: "Newest article", Started: "started",
	LinkDown: "Our own network has been down since", LinkDownText: ", which is no fault of the sources: fetching pauses, and one source is tried every five minutes.",
	Short: "This machine has lacked something since", ShortText: ", which is no fault of the sources: fetching pauses, and one source is tried every few minutes.",
	Hours: "The last 48 hours", ArticlesHourly: "Articles an hour", Latency: "From publication to arrival", FailuresHourly: "Failed fetches an hour",
	ArticlesHour: "from %s: %d", LatencyHour: "from %s: half within %s, nine of ten within %s", FailuresHour: "from %s: %d",
	ArticlesText: "%d in all.", LatencyText: "Short lines: half of the articles came within this time; tops of the bars: nine of ten.", LatencyLast: " In the hour from %s: %s, %s.",
	FailuresText: "%d in all, counted since the start at %s.",
	Sources:      "Sources", Source: "Source", State: "State", Since: "since", LastSuccess: "Last success", LastNew: "Last new", Due: "Next due", UsualGap: "Usual gap",
	FilterFor: "Filter sources by name", Filter: "Filter", MoreSources: "Further sources", SourcesFound: "%d sources, those in trouble first.", SourcesShown: "%d sources, those in trouble first; these are %d to %d.",
	Changes: "Changes of state", ChangesFeed: "Subscribe to the changes", NoChanges: "No changes yet.", Recovered: "Recovered",
	states: map[health.State]string{
		health.Failing: "Failing", health.Empty: "Empty list", health.Silent: "Silent", health.Stale: "Stale dates", health.TextLost: "Text lost",
		health.OK: "OK", health.New: "No success yet", daemon.Disabled: "Disabled",
	},
	spans: [4]string{"%s s", "%s min", "%s h", "%s days"}, shortDay: "2 Jan 15:04",
	day: "2 January 2006", moment: "2 January 2006, 15:04",
	weekdays: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

// dayName is a day as a heading has it.
func (w *words) dayName(t time.Time) string { return t.Format(w.day) + " " + w.weekdays[t.Weekday()] }

// span is how long something takes, in its greatest unit; empty for nothing.
func (w *words) span(d time.Duration) string {
	in := func(unit int, v float64) string {
		if v >= 10 || unit == 0 {
			return fmt.Sprintf(w.spans[unit], strconv.Itoa(int(v+0.5)))
		}
		return fmt.Sprintf(w.spans[unit], strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0"))
	}
	switch {
	case d <= 0:
		return ""
	case d < time.Minute:
		return in(0, d.Seconds())
	case d < time.Hour:
		return in(1, d.Minutes())
	case d <= 48*time.Hour:
		return in(2, d.Hours())
	}
	return in(3, d.Hours()/24)
}
