package feedout

import (
	"strings"
	"testing"

	"aggregator/normalize/article"
)

// TestPlayers: the validator's unknown attribute is left out, and text that
// speaks of it is not touched.
func TestPlayers(t *testing.T) {
	for in, want := range map[string]string{
		`<video src="a.mp4" controls="" poster="p.jpg"></video>`: `<video src="a.mp4" poster="p.jpg"></video>`,
		`<p>x</p><audio controls="" src="a.mp3"></audio>`:        `<p>x</p><audio src="a.mp3"></audio>`,
		`<p> controls=&#34;&#34; <video src="a"></video></p>`:    `<p> controls=&#34;&#34; <video src="a"></video></p>`,
		`<p>the attribute controls="" of &lt;video</p>`:          `<p>the attribute controls="" of &lt;video</p>`,
	} {
		f := sample(1)
		f.Articles[0].Content = in
		if got := content(&article.Article{Content: in}); got != want {
			t.Errorf("%s: got %s", in, got)
		}
		for _, suffix := range suffixes() {
			_, document, err := f.in(suffix)
			if err != nil || in != want && strings.Contains(string(document), "controls") {
				t.Errorf("%s: %v\n%s", suffix, err, document)
			}
		}
	}
}
