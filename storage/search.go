package storage

import (
	"strings"

	"aggregator/normalize/article"

	"golang.org/x/net/html"
)

func searchWords(search string) []string { return strings.Fields(strings.ToLower(search)) }

// contains tells whether each word is in the title or in the text that readers
// see, in any case. Markup is not text: everything would contain "div".
func contains(a *article.Article, words []string) bool {
	if len(words) == 0 {
		return true
	}
	all := strings.ToLower(a.Title + "\n" + a.Summary + "\n" + text(a.Content))
	for _, w := range words {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

// text is what clean HTML says. Tags part nothing, so that a word is found
// although some of it is bold.
func text(content string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(content))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		}
	}
}
