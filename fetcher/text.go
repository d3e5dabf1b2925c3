package fetcher

import (
	"html"
	"strings"

	nethtml "golang.org/x/net/html"
)

// PlainText returns the text of what may be markup: tags go, entities become
// characters. Text that is no markup stays as it is.
func PlainText(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return strings.TrimSpace(s)
	}
	var out strings.Builder
	code := false // in a script or a style sheet
	z := nethtml.NewTokenizer(strings.NewReader(s))
	for {
		switch kind := z.Next(); kind {
		case nethtml.ErrorToken:
			return strings.TrimSpace(out.String())
		case nethtml.TextToken:
			if !code {
				out.Write(z.Text())
			}
		default:
			name, _ := z.TagName()
			code = kind == nethtml.StartTagToken && (string(name) == "script" || string(name) == "style")
		}
	}
}

// Paragraphs makes HTML of plain text, one paragraph a line; one in all, where
// the lines are more than anybody reads.
func Paragraphs(text string) string {
	const most = 20_000
	lines := strings.Lines(text)
	if strings.Count(text, "\n") > most {
		lines = func(yield func(string) bool) { yield(text) }
	}
	var out strings.Builder
	for line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			out.WriteString("<p>" + html.EscapeString(line) + "</p>\n")
		}
	}
	return out.String()
}
