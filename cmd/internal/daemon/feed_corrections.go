package daemon

import (
	"html"
	"strconv"
	"strings"

	"aggregator/fetcher"
	"aggregator/normalize/article"
	"aggregator/normalize/article/diff"
	"aggregator/storage"
)

// correctionsSlug is that of the feed of what changed in articles that readers
// have seen. Each correction is an entry of its own, which never changes.
const correctionsSlug = "corrections"

func (f Feeds) corrections() *offer {
	words := correctionWords(f.d.cfg.Site.Language)
	return &offer{
		id: f.tag("feed/corrections"), title: words.title + " · " + f.d.cfg.Site.Title,
		found: func(w storage.Window) ([]article.Article, error) {
			list, err := f.d.store.Corrections(w.Entries)
			var told []article.Article
			for i := range list {
				told = append(told, f.told(words, &list[i]))
			}
			return told, err
		},
	}
}

// told is a correction as an article.
func (f Feeds) told(words corrections, c *storage.Correction) article.Article {
	a := c.Article
	name := strconv.FormatUint(c.Number, 36)
	told := article.Article{
		ID: f.tag("correction/" + a.Key + "/" + name), Key: a.Key + "-" + name, Source: a.Source, Link: a.Link,
		Published: c.At, Updated: c.At, Seen: c.At, Changed: c.At,
		Categories: a.Categories, Stocks: a.Stocks, Author: a.Author, Origin: a.Origin,
	}
	if c.Withdrawn {
		told.Title = words.withdrawn + a.Title
		told.Content = "<p>" + html.EscapeString(words.gone) + "</p>"
		return told
	}
	told.Title = words.corrected + c.After.Title
	told.Content = words.content(c.Before, c.After)
	return told
}

// corrections are the words of the feed in the site's language.
type corrections struct {
	title, corrected, withdrawn, gone      string
	headline, summary, text, picture, form string
}

func correctionWords(language string) corrections {
	if strings.HasPrefix(strings.ToLower(language), "zh") {
		return corrections{
			"更正", "更正：", "撤回：", "原发布方已撤回此文。",
			"标题：", "摘要：", "正文：", "配图已更换。", "文字未变，仅排版有所改动。",
		}
	}
	return corrections{
		"Corrections", "Corrected: ", "Withdrawn: ", "The publisher took this article back.",
		"Title: ", "Summary: ", "Text: ", "Another picture.", "The words are the same; only their form changed.",
	}
}

// content tells what an edit changed, as HTML.
func (w corrections) content(before, after storage.Version) string {
	var b strings.Builder
	paragraph := func(name, change string) {
		if change != "" {
			b.WriteString("<p>" + html.EscapeString(name) + change + "</p>\n")
		}
	}
	paragraph(w.headline, marked(before.Title, after.Title))
	paragraph(w.summary, marked(before.Summary, after.Summary))
	paragraph(w.text, marked(fetcher.PlainText(before.Content), fetcher.PlainText(after.Content)))
	switch {
	case before.Image != after.Image:
		paragraph(w.picture, " ")
	case b.Len() == 0:
		paragraph(w.form, " ")
	}
	return b.String()
}

// correctionContext is how many characters of what did not change are shown
// beside each change.
const correctionContext = 30

// marked is one line of what was removed and added, as HTML; empty where nothing
// was.
func marked(before, after string) string {
	before, after = strings.Join(strings.Fields(before), " "), strings.Join(strings.Fields(after), " ")
	var b strings.Builder
	for _, p := range diff.Short(diff.Texts(before, after), correctionContext) {
		text := html.EscapeString(p.Text)
		switch p.Op {
		case diff.Removed:
			text = "<del>" + text + "</del>"
		case diff.Added:
			text = "<ins>" + text + "</ins>"
		}
		b.WriteString(text)
	}
	return b.String()
}
