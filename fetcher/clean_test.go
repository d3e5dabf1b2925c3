package fetcher

import "testing"

// TestClean: what XML forbids is gone, and a document without it is not copied.
func TestClean(t *testing.T) {
	for body, want := range map[string]string{
		"a&#65;&#x4E2D;&#10;&#xe000;": "a&#65;&#x4E2D;&#10;&#xe000;",
		"&#;&#x;&#12 ;&# &#11":        "&#;&#x;&#12 ;&# &#11", // no references
		"a&#11;b&#x1F;c&#xFFFE;d":     "abcd",
		"&#&#11;&#99999999999999999;": "&#",
		"&#xD800;&#0;&#1114112;":      "",
		"a\x01b\u009d\uffffc":         "abc",
		"&#1\x001;":                   "", // that one becomes a reference by it
	} {
		got := clean([]byte(body), nil)
		if string(got) != want {
			t.Errorf("%q became %q, want %q", body, got, want)
		}
		if b := []byte(body); body == want && !sameBytes(clean(b, nil), b) {
			t.Errorf("%q was copied", body)
		}
	}
}
