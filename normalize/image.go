package normalize

import (
	"cmp"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"aggregator/normalize/article"
)

// lazy are the attributes in which pages keep the address of a picture that
// is loaded when it comes into view; spare are those that are used for other
// things too, and so are asked only where there is no src.
var (
	lazy  = []string{"data-src", "data-original", "real_src", "data-lazy-src", "data-actualsrc"}
	spare = []string{"data-lazy", "data-url", "_src", "data-link"}
)

var (
	// A word in a longer name is none: blanket.png, grey-whale.jpg.
	placeholder = regexp.MustCompile(`(?i)^data:|(?:^|[/_.-])(?:blank|placeholder|loading|spacer|transparent|grey|gray|1x1|pixel)(?:[_.-]?(?:\d+(?:x\d+)?|gif|image|img|bg|icon|spinner|trans|square|box|px|lazy|grey|gray))*\.(?:gif|png|svg|jpe?g)`)
	pictureFile = regexp.MustCompile(`(?i)\.(?:jpe?g|png|gif|webp|avif|bmp)(?:[?#!].*)?$`)
)

// image keeps a picture, with its real address; it returns false for one that
// shows nothing: without address, or made to count readers.
func (c cleaner) image(n *html.Node) bool {
	src := link(source(n), c.base, false)
	if src == "" || isPixel(n) || counts(src) {
		return false
	}
	kept := []html.Attribute{{Key: "src", Val: src}}
	for _, a := range n.Attr {
		switch {
		case a.Namespace != "" || a.Key == "src" || a.Key == "referrerpolicy" || !elements["img"].may(a.Key):
		case (a.Key == "width" || a.Key == "height") && !isNumber(a.Val):
		case article.CleanTitle(a.Val) != "":
			kept = append(kept, html.Attribute{Key: a.Key, Val: article.CleanTitle(a.Val)})
		}
	}
	// sinaimg.cn refuses pictures to pages that are not Sina's.
	n.Attr = append(kept, html.Attribute{Key: "referrerpolicy", Val: "no-referrer"})
	return true
}

// source is where a picture really is.
func source(n *html.Node) string {
	for _, key := range lazy {
		v := strings.TrimSpace(attr(n, key))
		if v == "" {
			continue
		}
		if pictureFile.MatchString(v) || strings.Contains(v, "//") && !strings.HasPrefix(v, "{") { // JSON of several sizes
			return v
		}
	}
	if src := strings.TrimSpace(attr(n, "src")); src != "" && !(hasWord(src, placeholderWords) && placeholder.MatchString(src)) {
		return src
	}
	return cmp.Or(largest(attr(n, "data-srcset")), largest(attr(n, "srcset")), spareSource(n))
}

// spareSource is the picture's address in an attribute of whatever name.
func spareSource(n *html.Node) string {
	for _, key := range spare {
		if v := strings.TrimSpace(attr(n, key)); pictureFile.MatchString(v) {
			return v
		}
	}
	for _, a := range n.Attr {
		if v := strings.TrimSpace(a.Val); a.Key != "src" && a.Key != "alt" && a.Key != "title" && pictureFile.MatchString(v) {
			return v
		}
	}
	return ""
}

// largest is the candidate of a srcset with the greatest width or density, the
// last of equals.
func largest(srcset string) string {
	best, size := "", 0.0
	for srcset != "" {
		srcset = strings.TrimLeft(srcset, ", \t\n\f\r")
		end := strings.IndexAny(srcset, " \t\n\f\r")
		if end < 0 {
			end = len(srcset)
		}
		address, rest := srcset[:end], srcset[end:]
		descriptor := ""
		if !strings.HasSuffix(address, ",") { // commas within an address are part of it
			descriptor, rest, _ = strings.Cut(rest, ",")
		}
		n, err := strconv.ParseFloat(strings.TrimRight(strings.TrimSpace(descriptor), "wxh"), 64)
		if err != nil {
			n = 1
		}
		if address = strings.TrimRight(address, ","); address != "" && n >= size {
			best, size = address, n
		}
		srcset = rest
	}
	return best
}

func isPixel(n *html.Node) bool {
	width, height := extent(n, "width"), extent(n, "height")
	switch {
	case width == 1, width == 2, height == 1, height == 2, max(width, height) == 0:
		return true
	}
	return isStyledPixel(attr(n, "style"))
}

// extent is how large a picture is in a direction: -1 where it is not told. None
// in one direction alone means that it follows from the other.
func extent(n *html.Node, key string) int {
	v, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(attr(n, key)), "px"))
	if err != nil {
		return -1
	}
	return v
}

func isNumber(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

func firstImage(root *html.Node) string {
	for n := range root.Descendants() {
		if n.DataAtom == atom.Img {
			if src := attr(n, "src"); strings.HasPrefix(src, "http") {
				return src
			}
		}
	}
	return ""
}

// leadImage is the first picture of a clean body that says something of the
// article: no code to scan and no icon.
func leadImage(root *html.Node) string {
	for n := range root.Descendants() {
		if n.DataAtom == atom.Img && isLead(n) {
			return attr(n, "src")
		}
	}
	return ""
}

func isLead(img *html.Node) bool {
	return !promotes(attr(img, "src")) && !promotes(attr(img, "alt")) && !promotes(attr(img, "title")) && !isIcon(img)
}

// promotion matches the addresses and descriptions of codes to scan; 343233024
// is the one under Sina's articles.
var promotion = regexp.MustCompile(`(?i)qr[_-]?code|[/_-]qr[._-]|erweima|二维码|扫码|/343233024\.png`)

func promotes(s string) bool { return hasWord(s, promotionWords) && promotion.MatchString(s) }

// Most addresses have none of the words that these expressions look for.
var (
	placeholderWords = []string{"data:", "blan", "placeholder", "loading", "pacer", "tran", "grey", "gray", "1x1", "pixel"}
	promotionWords   = []string{"qr", "erweima", "二维码", "扫码", "/343233024"}
)

func isIcon(n *html.Node) bool {
	const largest = 48
	width, err := strconv.Atoi(attr(n, "width"))
	return err == nil && width <= largest
}

// headImage is the picture that a list gives an item.
func headImage(ref, page string) string {
	if promotes(ref) {
		return ""
	}
	return link(ref, parseBase(page), false)
}

// link is an address in a body made absolute; empty for what leads nowhere or
// is not fetched over http. Mail addresses are links as well.
func link(ref string, base *url.URL, mail bool) string {
	if mail && strings.HasPrefix(strings.ToLower(strings.TrimSpace(ref)), "mailto:") {
		if u, err := url.Parse(strings.TrimSpace(ref)); err == nil {
			return u.String()
		}
		return ""
	}
	return absolute(ref, base)
}
