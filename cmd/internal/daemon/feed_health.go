package daemon

import (
	"cmp"
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"

	"aggregator/cmd/internal/health"
	"aggregator/normalize/article"
	"aggregator/storage"
)

func (f Feeds) health() *offer {
	words := healthWords(f.d.cfg.Site.Language)
	return &offer{
		id: f.tag("feed/health"), title: words.title + " · " + f.d.cfg.Site.Title,
		found: func(w storage.Window) ([]article.Article, error) {
			list, err := f.d.store.Conditions(w.Entries)
			var told []article.Article
			for _, c := range list {
				told = append(told, f.condition(words, c))
			}
			return told, err
		},
	}
}

// condition is a condition of a source as an article, which never changes.
func (f Feeds) condition(words healthTexts, c storage.Condition) article.Article {
	name := c.Source
	if s := f.d.cfg.SourceNamed(c.Source); s != nil {
		name = cmp.Or(s.Title, c.Source)
	}
	number := strconv.FormatUint(c.Number, 36)
	return article.Article{
		ID: f.tag("health/" + number), Key: "health-" + number, Source: c.Source, Link: f.d.URL("/status"),
		Published: c.At, Updated: c.At, Seen: c.At, Changed: c.At,
		Title:   fmt.Sprintf(words.form, words.states[health.State(c.State)], name),
		Content: words.content(c, f.d.Zone()),
	}
}

// healthTexts are the words of the feed in the site's language.
type healthTexts struct {
	title, form, since, was string
	states                  map[health.State]string
}

func healthWords(language string) healthTexts {
	if strings.HasPrefix(strings.ToLower(language), "zh") {
		return healthTexts{"来源状态", "%s：%s", "自 %s 起。", "此前：%s，自 %s 起。", map[health.State]string{
			health.Failing: "抓取失败", health.Empty: "列表为空", health.Silent: "久无更新",
			health.Stale: "日期陈旧", health.TextLost: "正文缺失", health.OK: "已恢复", health.Removed: "已移除",
		}}
	}
	return healthTexts{"Health of sources", "%s: %s", "Since %s.", "Before: %s, since %s.", map[health.State]string{
		health.Failing: "Failing", health.Empty: "Empty list", health.Silent: "Silent",
		health.Stale: "Stale dates", health.TextLost: "Text lost", health.OK: "Recovered", health.Removed: "Removed",
	}}
}

func (w healthTexts) content(c storage.Condition, zone *time.Location) string {
	civil := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04") }
	var b strings.Builder
	paragraph := func(text string) {
		if text != "" {
			b.WriteString("<p>" + html.EscapeString(text) + "</p>\n")
		}
	}
	paragraph(c.Text)
	if !c.Since.IsZero() {
		paragraph(fmt.Sprintf(w.since, civil(c.Since)))
	}
	if c.Was != "" && c.Was != string(health.OK) {
		paragraph(fmt.Sprintf(w.was, w.states[health.State(c.Was)], civil(c.WasSince)))
	}
	return b.String()
}
