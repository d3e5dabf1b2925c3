package feedout

import (
	"html"
	"regexp"
	"strings"

	"aggregator/normalize/article"
)

// plainText is a text construct of type "text"; nil where there is no text.
// Text in which a reader could see markup, as in "</b>", is given as HTML with
// its characters escaped: it means the same and leaves nothing to guess.
func plainText(s string) *atomText {
	switch {
	case s == "":
		return nil
	case strings.Contains(s, "</"):
		return htmlText(html.EscapeString(s))
	}
	return &atomText{Type: "text", Body: escapeText(s)}
}

// htmlText is escaped HTML; nil where there is none.
func htmlText(s string) *atomText {
	s = clean(s)
	if strings.TrimSpace(s) == "" {
		return nil
	}
	return &atomText{Type: "html", Body: escapeMarkup(s)}
}

// players are the start tags of video and audio.
var players = regexp.MustCompile(`<(?:video|audio)\s[^<>]*>`)

// content is an article's HTML as feeds carry it. The W3C feed validator knows
// the attributes of HTML 4 and of early HTML 5, without "controls"; readers
// give players controls of their own.
func content(a *article.Article) string {
	if !strings.Contains(a.Content, " controls") {
		return a.Content
	}
	return players.ReplaceAllStringFunc(a.Content, func(tag string) string {
		return strings.Replace(tag, ` controls=""`, "", 1)
	})
}

// person is a person construct; nil where there is no name.
func person(name string) *atomPerson {
	name = personName(name)
	if name == "" {
		return nil
	}
	return &atomPerson{Name: atomName{Body: escapeText(name)}}
}

// personName is a name as all formats have it. No format can say that a name is
// no markup, so it loses its tags, and those that readers would find in what is left.
func personName(name string) string {
	name = line(name)
	for range 4 {
		plain := line(textOf(name))
		if plain == name {
			break
		}
		name = plain
	}
	return name
}

// line makes s one clean line.
func line(s string) string {
	return strings.Join(strings.Fields(clean(s)), " ")
}

// shorten cuts s to what fits a title.
func shorten(s string) string {
	const most = 60
	n := 0
	for i := range s {
		if n++; n > most {
			return strings.TrimSpace(s[:i]) + "…"
		}
	}
	return s
}

// textOf is the text of clean HTML.
func textOf(markup string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(markup, '<')
		if i < 0 {
			b.WriteString(markup)
			return html.UnescapeString(b.String())
		}
		b.WriteString(markup[:i])
		if !isTag(markup[i:]) {
			b.WriteByte('<')
			markup = markup[i+1:]
			continue
		}
		b.WriteByte(' ')
		_, markup, _ = strings.Cut(markup[i:], ">")
	}
}

// isTag tells whether a tag starts where the "<" that s begins with is.
func isTag(s string) bool {
	name := strings.TrimPrefix(s[1:], "/")
	return name != "" && ('a' <= name[0]|0x20 && name[0]|0x20 <= 'z' || name[0] == '!')
}

// clean removes what XML forbids (XML 1.0 §2.2) and what it discourages there:
// control and private control characters and the noncharacters. What stands
// for a character that was lost on the way becomes a question mark.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	return strings.Map(cleanRune, s)
}

func isClean(s string) bool {
	for _, r := range s {
		if cleanRune(r) != r {
			return false
		}
	}
	return true
}

func cleanRune(r rune) rune {
	switch {
	case r == '\t', r == '\n':
		return r
	case r == '\r':
		return '\n'
	case r < ' ', 0x7F <= r && r <= 0x9F, 0xFDD0 <= r && r <= 0xFDEF, r&0xFFFE == 0xFFFE:
		return -1
	case r == '\uFFFD':
		return '?'
	}
	return r
}

// escapeText escapes plain text with hexadecimal references, the form that the
// most readers take for a character and not for the start of markup.
func escapeText(s string) string { return escape(s, "&#x26;", "&#x3C;", "&#x3E;") }

// escapeMarkup escapes HTML. That the ">" is escaped too keeps "]]>", which no
// text may contain (XML 1.0 §2.4), out of it.
func escapeMarkup(s string) string { return escape(s, "&amp;", "&lt;", "&gt;") }

func escape(s, amp, lt, gt string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	done := 0
	for i := range len(s) {
		var ref string
		switch s[i] {
		case '&':
			ref = amp
		case '<':
			ref = lt
		case '>':
			ref = gt
		default:
			continue
		}
		b.WriteString(s[done:i])
		b.WriteString(ref)
		done = i + 1
	}
	b.WriteString(s[done:])
	return b.String()
}
