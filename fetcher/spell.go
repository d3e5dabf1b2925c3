package fetcher

import "strings"

// isName tells what may stand for a name in well-formed XML.
func isName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || (r < '0' || r > '9') && r != '-' && r != '.') {
			return false
		}
	}
	return s != ""
}

// spelt is an element's name in the canonical document.
func (c *canonical) spelt(n name) string {
	if s, ok := names[n]; ok {
		return s
	}
	if n.space == "" || !isName(n.local) {
		if !isName(n.local) {
			return "unnamed"
		}
		return n.local
	}
	return n.space + ":" + n.local
}

func (c *canonical) startTag(label string) { c.out.WriteString("<" + label) }

func (c *canonical) attr(key, value string) {
	if value == "" {
		return
	}
	c.out.WriteString(" " + key + `="`)
	c.escaped(value)
	c.out.WriteByte('"')
}

func (c *canonical) write(label, text string) {
	if text == "" {
		return
	}
	c.out.WriteString("<" + label + ">")
	if strings.ContainsAny(text, "<&") && !strings.Contains(text, "]]>") {
		c.out.WriteString("<![CDATA[" + text + "]]>")
	} else {
		c.escaped(text)
	}
	c.out.WriteString("</" + label + ">")
}

func (c *canonical) escaped(s string) {
	last := 0
	for i := range len(s) {
		var ref string
		switch s[i] {
		case '&':
			ref = "&amp;"
		case '<':
			ref = "&lt;"
		case '>':
			ref = "&gt;"
		case '"':
			ref = "&#34;"
		default:
			continue
		}
		c.out.WriteString(s[last:i])
		c.out.WriteString(ref)
		last = i + 1
	}
	c.out.WriteString(s[last:])
}
