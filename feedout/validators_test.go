package feedout

import (
	"strings"
	"testing"
)

// TestValidators: each mistake in a document that is valid otherwise is found,
// under the rule that it breaks.
func TestValidators(t *testing.T) {
	f := small()
	f.Hub = "https://hub.example.net/"
	f.History = History{Archive: true, Current: f.Self, Previous: strings.TrimSuffix(f.Self, ".atom") + "/2026-02.atom"}
	f.Self = strings.TrimSuffix(f.Self, ".atom") + "/2026-03.atom"
	validate := map[string]func([]byte) []string{
		".atom": func(b []byte) []string { _, p := validateAtom(b); return p },
		".rss":  func(b []byte) []string { _, p := validateRSS(b); return p },
		".json": func(b []byte) []string { _, p := validateJSON(b); return p },
	}
	for _, tt := range []struct{ format, old, new, rule string }{
		{".atom", "", "", ""},
		{".atom", "2005/Atom", "2005/atom", "§2"},
		{".atom", ` xml:lang="zh-CN"`, "", "§2"},
		{".atom", "<id>tag:feeds.example.net,2026:feed/finance</id>", "", "§4.1.1"},
		{".atom", "<id>tag:feeds.example.net,2026:a/bare", "<id>tag:feeds.example.net,2026:a/markup", "§4.1.1"},
		{".atom", "<id>tag:feeds.example.net,2026:a/bare", "<id>urn:x", "§4.2.6"},
		{".atom", "<fh:archive>", "<fh:complete></fh:complete><fh:archive>", "RFC 5005 §2"},
		{".atom", `rel="current"`, `rel="related"`, "RFC 5005 §4"},
		{".atom", `rel="prev-archive"`, `rel="current"`, "RFC 5005 §4"},
		{".atom", `rel="self"`, `rel="first"`, "§4.2.7.2"},
		{".atom", `href="https://finance`, `href="finance`, "§4.2.7.1"},
		{".atom", `term="金融"`, `term=""`, "§4.2.2.1"},
		{".atom", "2021-09-15T15:29:15Z", "2021-09-15 15:29:15", "§3.3"},
		{".atom", "<name>第一财经", "<name>", "§3.2.1"},
		{".atom", `type="html"`, `type="xhtml"`, "§3.1.1"},
		{".atom", "摘要 两行", "a\u0085b", "warning"},
		{".rss", "", "", ""},
		{".rss", `version="2.0"`, `version="2.1"`, "What is RSS?"},
		{".rss", "Wed, 15 Sep", "Tue, 15 Sep", "lastBuildDate"},
		{".rss", `isPermaLink="false"`, `isPermaLink="true"`, "guid"},
		{".rss", `length="1234"`, `length="x"`, "enclosure"},
		{".rss", "<generator>aggregator</generator>", "<author>x</author>", "Extending RSS"},
		{".rss", "<language>zh-CN", "<language>中文", "language"},
		{".rss", `rel="prev-archive"`, `rel="next-archive"`, ""},
		{".rss", "<guid", "<title>again</title><guid", "Elements of item"},
		{".json", "", "", ""},
		{".json", "version/1.1", "version/1", "Top-level"},
		{".json", `"items":`, `"entries":`, "Top-level"},
		{".json", `"type":"WebSub"`, `"kind":"WebSub"`, "Subscribing to Real-time Notifications"},
		{".json", `"next_url":"https://`, `"next_url":"//`, "Top-level"},
		{".json", `"content_text":`, `"content_html":`, ""},
		{".json", `"content_html":`, `"content":`, "Items"},
		{".json", `"tags":["金融"`, `"tags":[""`, "Items"},
		{".json", `"mime_type":"audio/mpeg"`, `"mime_type":"audio"`, "Attachments"},
		{".json", `"authors":[{"name":"新浪财经"`, `"authors":[{"name":""`, "Authors"},
		{".json", "2021-09-15T14:29:15Z", "15 Sep 2021", "§3.3"},
	} {
		_, document, err := f.in(tt.format)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(document), tt.old) {
			t.Errorf("%s has no %q", tt.format, tt.old)
		}
		problems := validate[tt.format]([]byte(strings.Replace(string(document), tt.old, tt.new, 1)))
		found := tt.rule == "" && problems == nil
		for _, p := range problems {
			found = found || tt.rule != "" && strings.HasPrefix(p, tt.rule+":")
		}
		if !found {
			t.Errorf("%s: %q for %q: got %q, want %s", tt.format, tt.new, tt.old, problems, tt.rule)
		}
	}
}
