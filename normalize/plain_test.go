package normalize_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"aggregator/normalize"
)

// checkPlain reports a body that is taken for plain and is not: cleaned until
// nothing changes, it is another one.
func checkPlain(t rapid.TB, in string) (isPlain bool) {
	t.Helper()
	if read, parsed, isPlain := normalize.TreeBoth(in); isPlain && read != parsed {
		t.Errorf("read   %s\nparsed %s\nof     %q", read, parsed, in)
	}
	plainly, again, isPlain := normalize.CleanBoth(in, page)
	if isPlain && plainly != again {
		t.Errorf("plainly %q\nagain   %q\nof      %q", plainly, again, in)
	}
	return isPlain
}

// TestPlainIsTheSame: the short way to read and to clean a body gives what the long
// one does.
func TestPlainIsTheSame(t *testing.T) {
	for _, in := range append(hostile, strings.Join(hostile, ""), body6K()) {
		checkPlain(t, in)
	}
	kinds := strings.Fields("p p p div div h1 h2 blockquote ul ol li li li figure figcaption details summary hr br wbr a a img b strong i em u s small code del q abbr time span font section nobr big tt " +
		"table table tr tr tr td td th tbody thead pre ruby rt dl dt video source picture noscript iframe center address")
	attrs := []string{"", "", "", ` href="/x?utm_source=a b"`, ` href="https://E.org:80/a/../b?q=é#甲"`, ` href="mailto:a b@e.org"`, ` href="https://e.org/%zz"`, ` href="//e.org/a"`, ` src="//e.org/a.jpg"`,
		` data-src="//e.org/loading.gif"`, ` src="https://e.org/a b.png" width=40`, ` src="//e.org/qrcode.png"`, ` alt="a &amp; 'b' 扫码"`, ` title="a` + "\n\n" + `b"`, ` dir=RTL`, ` value=3`, ` start=x reversed`, ` datetime="1&quot;"`, ` hidden`,
		` href="` + strings.Repeat("é", 20000) + `"`}
	texts := []string{"甲乙", "abc 1", " ", "\n\n", "\n　", "　", "&lt;b&gt;", "&amp;amp;", "'\"", "&nbsp;", "\r\n\t", "&#13;", "\x00", "\ufeff", "x\u2028", "\xff", "<!-- c -->", "😀",
		`<svg viewbox="0 0"><path d="M0"/><title>甲</title></svg>`, `<svg><g></OPEN>甲</svg>`, `<svg></OPEN><g/></svg>`, `<svg><title></OPEN></title></svg>`} // OPEN is what it is in
	var nodes func(t *rapid.T, depth int) string
	node := func(t *rapid.T, depth int) string {
		if depth == 0 || rapid.IntRange(0, 2).Draw(t, "kind") == 0 {
			return rapid.SampledFrom(texts).Draw(t, "text")
		}
		name := rapid.SampledFrom(kinds).Draw(t, "name")
		if name == "table" && rapid.Bool().Draw(t, "whole") {
			return table(t, func() string { return nodes(t, depth-1) })
		}
		tag := "<" + name + rapid.SampledFrom(attrs).Draw(t, "attr") + rapid.SampledFrom(attrs).Draw(t, "attr") + ">"
		if name == "img" || name == "br" || name == "hr" || name == "wbr" {
			return tag
		}
		return tag + strings.ReplaceAll(nodes(t, depth-1), "OPEN", name) + "</" + name + ">"
	}
	nodes = func(t *rapid.T, depth int) (all string) {
		for range rapid.IntRange(0, 3).Draw(t, "nodes") {
			all += node(t, depth)
		}
		return all
	}
	bodies, plain := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		bodies++
		if checkPlain(r, nodes(r, 4)) {
			plain++
		}
	})
	if plain*4 < bodies {
		t.Errorf("only %d of %d bodies are plain", plain, bodies)
	}
	if _, _, isPlain := normalize.CleanBoth(body6K(), page); !isPlain {
		t.Error("a body with a table is not cleaned as a plain one")
	}
	if _, _, isPlain := normalize.TreeBoth(`<p class="a">甲<b>乙</b> &amp; <a href='/x?a=1&amp;b=2' hidden>丙</a><br/><img src="a.jpg"></p><!-- 注 -->`); !isPlain {
		t.Error("a plain body is not read as one")
	}
}

// table makes a table that is well-formed, or nearly.
func table(t *rapid.T, content func() string) string {
	between := rapid.SampledFrom([]string{"", "", "\n", " ", "<!-- c -->", "\n甲"})
	var b strings.Builder
	group := rapid.SampledFrom([]string{"", "tbody", "thead", "tfoot"}).Draw(t, "group")
	b.WriteString("<table>" + between.Draw(t, "between"))
	if group != "" {
		b.WriteString("<" + group + ">")
	}
	for range rapid.IntRange(0, 2).Draw(t, "rows") {
		b.WriteString("<tr>" + between.Draw(t, "between"))
		for range rapid.IntRange(0, 2).Draw(t, "cells") {
			cell := rapid.SampledFrom([]string{"td", "th"}).Draw(t, "cell")
			b.WriteString("<" + cell + rapid.SampledFrom([]string{"", " colspan=2", " colspan=x scope=row"}).Draw(t, "attr") + ">" + content() + "</" + cell + ">" + between.Draw(t, "between"))
		}
		b.WriteString("</tr>" + between.Draw(t, "between"))
	}
	if group != "" {
		b.WriteString("</" + group + ">")
	}
	return b.String() + between.Draw(t, "between") + "</table>"
}

func FuzzPlain(f *testing.F) {
	for _, in := range append(hostile, body6K(), `<ul><li>甲<svg><path d="M0"/></li></ul>乙</svg><p>丙</p>`) {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) { checkPlain(t, in) })
}

func FuzzPlainPage(f *testing.F) {
	f.Add(sinaPage)
	f.Add("<!doctype html><html><head><title>t</title></head><body>" + body6K() + "<table><tr><td><ul><li>a</ul></table></p></body>\n</html>\n<p>")
	f.Fuzz(func(t *testing.T, in string) { checkPage(t, in) })
}
