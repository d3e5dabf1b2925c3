package normalize

import (
	"bytes"
	"strings"
)

// most is how many tags a body, or a page, may have: its tree takes a few
// hundred bytes for each. A long article has some thousands. Widest is how many
// attributes one tag may have, roughly.
const most, widest = 100_000, 10_000

// crowded tells whether HTML has too many tags or attributes for a tree.
func crowded(b string) bool {
	if strings.Count(b, "<") > most {
		return true
	}
	for len(b) > 2*widest { // else there is no room for so many
		open := strings.IndexByte(b, '<')
		if open < 0 {
			return false
		}
		b = b[open:]
		end := strings.IndexByte(b, '>')
		if end < 0 {
			end = len(b) - 1
		}
		if end > 2*widest && len(strings.Fields(b[:end])) > widest {
			return true
		}
		b = b[end+1:]
	}
	return false
}

// isHTML tells a page from what else answers may bring, such as a PDF that is
// called a page.
func isHTML(b []byte) bool {
	head := bytes.TrimSpace(b[:min(len(b), 1024)])
	return bytes.IndexByte(head, '<') >= 0 && !bytes.HasPrefix(head, []byte("%PDF")) && bytes.IndexByte(head, 0) < 0
}
