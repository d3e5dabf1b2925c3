package storage

import (
	"strings"

	"golang.org/x/net/html"
)

// visible is the text that readers of the content see, what stands between two tags
// followed by a blank.
func visible(content string) string {
	var b strings.Builder
	b.Grow(len(content) + 1)
	piecesOf(content, func(piece string) {
		b.WriteString(piece)
		b.WriteByte(' ')
	}, b.Reset)
	return b.String()
}

// piecesOf gives what stands between two tags of the content, piece by piece. It may
// begin anew, and says so before.
func piecesOf(content string, piece func(string), anew func()) {
	if plainPieces(content, piece) {
		return
	}
	anew()
	for z := html.NewTokenizer(strings.NewReader(content)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			piece(string(z.Text()))
		}
	}
}

// plainPieces reads what cleaning writes: tags whose values are in double quotes
// and hold no sign of markup. It is not ok where there is anything else.
func plainPieces(content string, give func(string)) (ok bool) {
	if strings.IndexByte(content, '\r') >= 0 {
		return false
	}
	for len(content) > 0 {
		n := strings.IndexByte(content, '<')
		if n < 0 {
			n = len(content)
		}
		if piece := content[:n]; strings.IndexByte(piece, '&') >= 0 {
			give(html.UnescapeString(piece))
		} else if n > 0 {
			give(piece)
		}
		if content = content[n:]; content == "" {
			break
		}
		end := strings.IndexByte(content, '>')
		if end < 0 || !isPlainTag(content[1:end]) {
			return false
		}
		content = content[end+1:]
	}
	return true
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
