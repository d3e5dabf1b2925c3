package normalize

import (
	"net/url"
	"testing"
)

// FuzzArena: a body that is read with nodes which other bodies have used before is the
// one that is read with nodes of its own.
func FuzzArena(f *testing.F) {
	f.Add("<p>甲<b>乙</b></p>", "readability", "<div><p>x")
	f.Add("<table><tr><td>1</table><script>x</script><p>2", "feed", "<p>a &amp; b<!-- & --><img src=x>")
	f.Add("纯文本\n\n第二段", "rule", "<ul><li>1<li>2</ul>")
	base, err := url.Parse("https://example.org/a")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, one, from, other string) {
		rule := &Rule{Remove: []string{"b", ".x"}}
		for _, raw := range []string{one, other, one} {
			var got, want body
			failed := guarded(func() { got = newBody(from, raw, rule, base) })
			also := guarded(func() { want = cleanTree(from, rawTree(from, raw, nil), rule, base) })
			if want.raw = got.raw; got != want || (failed == nil) != (also == nil) {
				t.Fatalf("%q\ngot  %+v, %v\nwant %+v, %v", raw, got, failed, want, also)
			}
		}
	})
}
