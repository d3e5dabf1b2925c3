package fetcher

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// robotsRules are the rules of a robots.txt that are for us (RFC 9309 §2.2).
type robotsRules []robotsRule

// robotsRule is one of them: a path in which * stands for any text, and which ends
// with $ where that is the end.
type robotsRule struct {
	allow bool
	path  string
}

// parseRobots reads the rules for a name: those of all groups that name it, else
// those of all that are for everybody. Lines that it does not understand leave the
// others as they are.
func parseRobots(body []byte, name string) robotsRules {
	var ours, everybodys robotsRules
	var forUs, forAll, named bool // of the group that is read; whether any names us
	naming := false
	for line := range bytes.FieldsFuncSeq(bytes.TrimPrefix(body, []byte("\uFEFF")), func(r rune) bool { return r == '\n' || r == '\r' }) {
		key, value := field(string(line))
		switch key {
		case "user-agent", "useragent":
			if !naming {
				forUs, forAll = false, false
			}
			naming = true
			forUs = forUs || group(value) == name
			forAll = forAll || value == "*"
			named = named || forUs
		case "allow", "disallow":
			naming = false
			rule := robotsRule{key == "allow", spelled(value)}
			if forUs && value != "" {
				ours = append(ours, rule)
			}
			if forAll && value != "" {
				everybodys = append(everybodys, rule)
			}
		case "crawl-delay", "crawldelay": // no rule that we know, but the names end here
			naming = false
		}
	}
	if named {
		return ours
	}
	return everybodys
}

// allows tells whether a path with its query may be fetched: by the longest rule
// that matches and, of two as long, by the one that allows (RFC 9309 §2.2.2).
func (r robotsRules) allows(path string) bool {
	if path == "/robots.txt" {
		return true
	}
	path = literal.Replace(spelled(path))
	longest, allow := 0, true
	for _, rule := range r {
		if n := len(rule.path); n < longest || n == longest && !rule.allow || !rule.matches(path) {
			continue
		}
		longest, allow = len(rule.path), rule.allow
	}
	return allow
}

func (r *robotsRule) matches(path string) bool {
	pattern, whole := strings.CutSuffix(r.path, "$")
	parts := strings.Split(strings.ReplaceAll(pattern, "$", "%24"), "*")
	path, ok := strings.CutPrefix(path, parts[0])
	if !ok {
		return false
	}
	if len(parts) == 1 {
		return !whole || path == ""
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		if _, path, ok = strings.Cut(path, part); !ok {
			return false
		}
	}
	if whole {
		return strings.HasSuffix(path, parts[last])
	}
	return strings.Contains(path, parts[last])
}

// field returns the key of a line in lower case, and the first word after it.
// The colon may be missing, as it may for other crawlers.
func field(line string) (key, value string) {
	line, _, _ = strings.Cut(line, "#")
	line = strings.TrimSpace(line)
	end := strings.IndexAny(line, ": \t")
	if end < 0 {
		return "", ""
	}
	rest := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line[end:]), ":"))
	if len(rest) > 0 {
		value = rest[0]
	}
	return strings.ToLower(line[:end]), value
}

// product returns the name by which a robots.txt speaks to us (RFC 9309
// §2.2.1): the program's where the agent tells it, else the agent's first.
func product(agent string) string {
	words := strings.FieldsFunc(agent, func(r rune) bool { return strings.ContainsRune(" \t();,", r) })
	for _, w := range words {
		if group(w) == "aggregator" {
			return "aggregator"
		}
	}
	if len(words) == 0 {
		return ""
	}
	return group(words[0])
}

// group returns the name of a group, without a version.
func group(name string) string {
	name, _, _ = strings.Cut(name, "/")
	return strings.ToLower(name)
}

// literal spells what may be special in a rule and is not.
var literal = strings.NewReplacer("*", "%2A", "$", "%24")

// spelled gives paths the one spelling in which they are compared (RFC 9309
// §2.2.2): unreserved characters as they are, reserved ones as they came, and
// all others percent-encoded.
func spelled(path string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
	const reserved = ":/?#[]@!$&'()*+,;="
	var out []byte
	for i := 0; i < len(path); i++ {
		c, allowed := path[i], plain+reserved
		if c == '%' && i+2 < len(path) {
			if n, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil {
				c, allowed = byte(n), plain
				i += 2
			}
		}
		if strings.IndexByte(allowed, c) >= 0 {
			out = append(out, c)
		} else {
			out = fmt.Appendf(out, "%%%02X", c)
		}
	}
	return string(out)
}
