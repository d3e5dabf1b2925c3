package storage

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"aggregator/normalize/article"

	"golang.org/x/net/html"
)

// Search gives the articles that have every word of a text in what readers see of
// them, those that came last first: limit at most, of those that came before an
// order, 0 being now. next is the order to go on from, 0 where nothing older is
// left. It looks at one article after the other, and stops when ctx ends: that is no
// error, there is just less found and more left. Withdrawn articles are left out.
func (s *Store) Search(ctx context.Context, text string, before uint64, limit int) (found []article.Article, next uint64, err error) {
	words := searchWords(text)
	for next = upTo(before); next > 0 && len(found) < limit && ctx.Err() == nil; {
		err := s.view(func(t *tables) (err error) {
			next, err = t.search(ctx, words, next, func(a *article.Article) bool {
				found = append(found, *a)
				return len(found) < limit
			})
			return err
		})
		if err != nil {
			return nil, 0, fmt.Errorf("search: %w", err)
		}
	}
	return found, next, nil
}

// search goes on from an order for a while, so that no transaction lasts long, and
// tells where it got to.
func (t *tables) search(ctx context.Context, words []string, before uint64, hit func(*article.Article) bool) (next uint64, err error) {
	next, steps := before, 0
	for order, arrival := range t.downAll(before) {
		if steps++; steps > chunkSteps || ctx.Err() != nil {
			return next, nil
		}
		r, err := t.record(arrival)
		if err != nil {
			return 0, err
		}
		next = order
		if r.Withdrawn.IsZero() && contains(&r.Article, words) && !hit(&r.Article) {
			return next, nil
		}
	}
	return 0, nil
}

func searchWords(search string) []string { return strings.Fields(strings.ToLower(search)) }

// contains tells whether each word is in the title or in the text that readers
// see, in any case. Markup is not text: everything would contain "div".
func contains(a *article.Article, words []string) bool {
	if len(words) == 0 {
		return true
	}
	for _, w := range words {
		if !mayContain(a, w) {
			return false
		}
	}
	all := strings.ToLower(a.Title + "\n" + a.Summary + "\n" + text(a.Content))
	for _, w := range words {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

// mayContain rules most articles out at a glance: those that lack one of the word's
// characters. Only such without case are looked for, and none of ASCII, which
// markup may write as references.
func mayContain(a *article.Article, word string) bool {
	for _, c := range word {
		if c < utf8.RuneSelf || c == utf8.RuneError || unicode.ToUpper(c) != unicode.ToLower(c) {
			continue
		}
		char := string(c)
		if !strings.Contains(a.Content, char) && !strings.Contains(a.Title, char) && !strings.Contains(a.Summary, char) {
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
