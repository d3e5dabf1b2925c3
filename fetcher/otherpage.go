package fetcher

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
)

// These are the ways in which a page that came in place of a list says what it
// wants, in its first kilobytes.
var (
	asksWho   = regexp.MustCompile(`(?i)<input[^>]+type\s*=\s*["']?password|<title>[^<]*(?:\b(?:log|sign) ?in\b|登录|登陆)`)
	asksHuman = regexp.MustCompile(`(?i)<title>[^<]*(?:just a moment|attention required|are you (?:human|a robot)|ddos|security check|captcha|安全验证|人机验证|访问验证)|cf-chl-|_cf_chl_opt|/cdn-cgi/challenge|aliyun_waf|acw_sc__v2`)
)

// notList is the error of a good answer that is no list, of the kind wanted.
func notList(body []byte, wanted string) *Error {
	const enough = 64 << 10
	head := bytes.TrimSpace(body[:min(len(body), enough)])
	reason, text := ReasonNotList, "the answer is not "+wanted
	switch {
	case len(head) == 0:
		text = "the answer is empty"
	case asksHuman.Match(head):
		reason, text = ReasonHuman, "the answer is a page that asks whether we are human"
	case asksWho.Match(head):
		reason, text = ReasonLogin, "the answer is a page that asks for a login"
	case isPage(head):
		text = "the answer is a web page, not " + wanted
	default:
		return &Error{Reason: reason, Err: fmt.Errorf("%s; it begins with %.40q", text, head)}
	}
	return &Error{Reason: reason, Err: errors.New(text)}
}

// isPage tells whether a document is HTML; a feed may have a page's doctype.
func isPage(head []byte) bool {
	head = bytes.ToLower(head[:min(len(head), 4096)])
	return bytes.Contains(head, []byte("<html")) || bytes.Contains(head, []byte("<body")) || bytes.HasPrefix(head, []byte("<!doctype html"))
}
