package normalize

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/purell"

	"aggregator/normalize/article"
)

// parseBase is the address that relative ones are relative to; nil if there
// is none. How we log in there is nobody else's business.
func parseBase(s string) *url.URL {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" {
		return nil
	}
	u.User = nil
	return u
}

// absolute is an http address made absolute, without user information, which is a
// secret; empty if it cannot be, or leads elsewhere. Characters that URLs may not
// have raw are encoded.
func absolute(ref string, base *url.URL) string {
	if isPlainURL(ref) {
		return ref
	}
	ref = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f { // browsers ignore them, and so do those who hide "javascript:"
			if r == ' ' {
				return r
			}
			return -1
		}
		return r
	}, strings.TrimSpace(ref))
	ref = slashed(ref)
	if strings.HasPrefix(ref, "//") {
		ref = "https:" + ref
	}
	u, err := url.Parse(ref)
	if err != nil {
		u, err = url.Parse(strayPercent.ReplaceAllString(ref, "%25$1"))
	}
	if err != nil || ref == "" {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	u.User, u.RawQuery = nil, rawQuery.Replace(u.RawQuery)
	return article.CleanText(u.String())
}

// isPlainURL tells that an address is absolute, of http, and written in nothing but
// what nobody writes otherwise; so are most, and need not be taken apart and put
// together again.
func isPlainURL(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	i := 0
	for i < len(rest) && (isLower(rest[i]) || rest[i] == '.' || rest[i] == '-') {
		i++
	}
	if !ok || i == 0 {
		return false
	}
	for ; i < len(rest) && rest[i] != '?'; i++ {
		switch c := rest[i]; {
		case isLower(c) || 'A' <= c && c <= 'Z' || c == '-' || c == '_' || c == '=' || c == ',':
		case c == '/', c == '.' && rest[i-1] != '/': // no segments that stand for others
			if c == rest[i-1] {
				return false
			}
		default:
			return false
		}
	}
	if i == len(rest)-1 { // nothing follows the question mark
		return rest[i] != '?'
	}
	for ; i < len(rest); i++ {
		if c := rest[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>`#\\", c) >= 0 {
			return false
		}
	}
	return true
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

var (
	strayPercent = regexp.MustCompile(`%([^0-9A-Fa-f]|[0-9A-Fa-f][^0-9A-Fa-f]|[0-9A-Fa-f]?$)`)
	rawQuery     = strings.NewReplacer(" ", "%20", `"`, "%22", "<", "%3C", ">", "%3E", "`", "%60")
)

// slashed turns backslashes in the path into slashes, as browsers do.
func slashed(ref string) string {
	if !strings.Contains(ref, `\`) {
		return ref
	}
	end := strings.IndexAny(ref+"?", "?#")
	return strings.ReplaceAll(ref[:end], `\`, "/") + ref[end:]
}

// cleanLink is an item's link as it stands, without what XML forbids.
func cleanLink(s string) string { return article.CleanText(strings.TrimSpace(s)) }

// canonical is the address under which copies of a page are the same page:
// without scheme, www, mobile variant and tracking parameters. Fragments stay,
// since many pages are told apart by nothing else. Empty for what is no page.
func canonical(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	u = unwrapRedirect(u)
	u.User = nil
	sina := sinaHost(u.Hostname())
	untrack(u, sina)
	text := purell.NormalizeURL(u, purell.FlagsSafe|purell.FlagRemoveDotSegments|purell.FlagRemoveEmptyQuerySeparator)
	_, text, _ = strings.Cut(text, "://")
	for _, prefix := range []string{"www.", "m.", "mobile.", "wap."} {
		if rest, ok := strings.CutPrefix(text, prefix); ok && strings.Contains(host(rest), ".") {
			text = rest
			break
		}
	}
	if sina {
		text = strings.Replace(text, ".sina.cn/", ".sina.com.cn/", 1)
	}
	return article.CleanText(text)
}

func host(s string) string {
	h, _, _ := strings.Cut(s, "/")
	return h
}

// isRoot tells whether a canonical address is a site's front page.
func isRoot(canonical string) bool {
	_, path, _ := strings.Cut(canonical, "/")
	return path == "" || strings.HasPrefix(path, "#")
}
