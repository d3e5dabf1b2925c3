package normalize

import (
	"net/url"
	"regexp"
	"strings"
	"time"
)

// sinaRule is how Sina's article pages are read: finance, news and tech, 2012
// to today. The original-title line and the editor line stay.
var sinaRule = &Rule{
	Body: []string{"#artibody", "#article", ".article"},
	Remove: append([]string{
		"ins.sinaads", "#left_hzh_ad", ".ad", "[id^=quote_]",
		".appendQr_wrap", ".app-kaihu-qr", ".finance_app_zqtg", ".xb_new_finance_app", ".new_style_article",
		".tech-quotation", ".quotation", ".artical-player-wrap", ".hqimg_related", ".ct_hqimg",
		".otherContent_01", ".blkComment", ".blk-comment", ".blk-wxfollow", ".blk-related", ".most-read",
		"[class^=article-bottom]", "[class*=' article-bottom']", ".ecode_weixin",
	}, furniture...),
	Title:  []string{"h1.main-title", "#artibodyTitle"},
	Origin: []string{".source.ent-source", ".date-source .source", ".source", "#media_name", "#author_ename"},
	Date:   []string{".date-source .date", ".date", "#pub_date", ".time-source"},
}

// sinaZone is the zone of all civil times that Sina shows.
var sinaZone = time.FixedZone("CST", 8*60*60)

// docID is a Sina document id; the i that its page address and our keys put
// before it is no part of it, but an id may begin with one of its own.
var docID = regexp.MustCompile(`^i?([a-z]{7}\d{7})$`)

// docPath matches the last element of the path of a Sina document's page:
// doc-iktzqtyt6123456.shtml, detail-iktzqtyt6123456.d.html, and the older
// x-iktzqtyt6123456.shtml.
var docPath = regexp.MustCompile(`(?:^|-)i?([a-z]{7}\d{7})\.(?:d\.)?s?html?$`)

// liveID is the id of an item of the live wire: zhibo:152:4155848.
var liveID = regexp.MustCompile(`^zhibo:(\d+):(\d+)$`)

// sinaID is the document id that an item of Sina's lists gives, with the
// leading i: "comos:ktzqtyt6123456", "ktzqtyt6123456" or "iktzqtyt6123456".
func sinaID(id string) string {
	if _, after, ok := strings.Cut(id, ":"); ok {
		id = after
	}
	m := docID.FindStringSubmatch(strings.TrimSpace(id))
	if m == nil {
		return ""
	}
	return "i" + m[1]
}

// sinaDoc is the document id in the address of a Sina page, with the leading
// i; empty for other pages. Items of Sina's own lists lead to Sina pages
// whatever the host: it may be a mirror's.
func sinaDoc(u *url.URL, listed bool) string {
	if u == nil || !listed && !sinaHost(u.Hostname()) {
		return ""
	}
	path := u.Path
	m := docPath.FindStringSubmatch(path[strings.LastIndexByte(path, '/')+1:])
	if m == nil {
		return ""
	}
	return "i" + m[1]
}
