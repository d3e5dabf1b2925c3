package storage

import (
	"strings"

	"golang.org/x/net/html"
)

// visible is the text that readers of the content see, what stands between two tags
// followed by a blank.
func visible(content string) string {
	if text, ok := plainlyVisible(content); ok {
		return text
	}
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(content)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
			b.WriteByte(' ')
		}
	}
}

// plainlyVisible reads what cleaning writes: tags whose values are in double quotes
// and hold no sign of markup. It is not ok where there is anything else.
func plainlyVisible(content string) (string, bool) {
	if strings.IndexByte(content, '\r') >= 0 {
		return "", false
	}
	var text strings.Builder
	text.Grow(len(content) + 1)
	for len(content) > 0 {
		n := strings.IndexByte(content, '<')
		if n < 0 {
			n = len(content)
		}
		if piece := content[:n]; strings.IndexByte(piece, '&') >= 0 {
			text.WriteString(html.UnescapeString(piece))
			text.WriteByte(' ')
		} else if n > 0 {
			text.WriteString(piece)
			text.WriteByte(' ')
		}
		if content = content[n:]; content == "" {
			break
		}
		end := strings.IndexByte(content, '>')
		if end < 0 || !isPlainTag(content[1:end]) {
			return "", false
		}
		content = content[end+1:]
	}
	return text.String(), true
}

// isPlainTag looks at what is between the signs of a tag.
func isPlainTag(tag string) bool {
	tag = strings.TrimPrefix(tag, "/")
	end := 0
	for end < len(tag) && ('a' <= tag[end] && tag[end] <= 'z' || end > 0 && '0' <= tag[end] && tag[end] <= '9') {
		end++
	}
	name, rest := tag[:end], tag[end:]
	switch name {
	case "", "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext": // what is in them is no markup
		return false
	}
	return rest == "" || rest == "/" ||
		rest[0] == ' ' && strings.IndexByte(rest, '\'') < 0 && strings.IndexByte(rest, '<') < 0 && strings.Count(rest, `"`)%2 == 0
}
