package storage

import (
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

// TestVisible: what is read the short way is what HTML's tokenizer reads.
func TestVisible(t *testing.T) {
	pieces := []string{"<p>", "</p>", "甲乙", "0.", "5%", " ", "\n", "a &amp; b", "&lt;p&gt;", "&nbsp;", "&copy", "<br/>", "<hr/>", `<a href="https://e.org/?a=1&amp;b=2" title="a &gt; b">`, `<a title="a > b">`, "<a title='a > b'>", `<a title=a"b>`, `<img alt=""/>`,
		"<", ">", "< b", "<!-- <p>x</p> -->", "<!x>", "<?x>", "<script>", "</script>", "<style>x<b>", "<title>", "<textarea>", "<xmp>", "<noscript>", "<plaintext>", "\r\n", "\x00", `"`, "<P>", "<x-y>", "<p", "</", "<a b", `<a b="c`}
	short := 0
	rapid.Check(t, func(r *rapid.T) {
		content := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 9).Draw(r, "content"), "")
		var want strings.Builder
		for z := html.NewTokenizer(strings.NewReader(content)); z.Next() != html.ErrorToken; {
			if token := z.Token(); token.Type == html.TextToken {
				want.WriteString(token.Data + " ")
			}
		}
		if plainPieces(content, func(string) {}) {
			short++
		}
		if got := visible(content); got != want.String() {
			r.Errorf("%q: %q, want %q", content, got, want.String())
		}
		if got, want := readContent(content), read(want.String()); !reflect.DeepEqual(got, want) {
			r.Errorf("%q: %+v, want %+v", content, got, want)
		}
	})
	if short == 0 {
		t.Error("nothing was read the short way")
	}
}
