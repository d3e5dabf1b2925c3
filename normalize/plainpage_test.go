package normalize_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"aggregator/normalize"
)

// checkPage reports a page that is taken for plain and is read otherwise than HTML's
// parser reads it.
func checkPage(t rapid.TB, in string) (isPlain bool) {
	t.Helper()
	read, parsed, isPlain := normalize.PageBoth(in)
	if isPlain && read != parsed {
		a, b := strings.Split(read, "\n"), strings.Split(parsed, "\n")
		for i := range a {
			if i >= len(b) || a[i] != b[i] {
				t.Errorf("read   %s\nparsed %s\nof     %.3000q", a[i], strings.Join(b[i:min(i+1, len(b))], ""), in)
				break
			}
		}
		if len(b) > len(a) {
			t.Errorf("not read %s\nof     %.3000q", b[len(a)], in)
		}
	}
	return isPlain
}

// pieces are what pages are made of, spoilt what they are spoilt by; OPEN is the name of
// an element that is open.
var pieces, spoilt = strings.Fields(`
<div&#32;class="a"> </div> <p> </p> <a&#32;href="/x?a=1&b=2&amp;c=3"&#32;TARGET=_blank> </a> <b> </b> <font&#32;color=red> </font> <strong> </strong> <span&#32;id=stock_sz000001> </span> <ul> <li> </li> </ul> <ol> </ol> <h1> </h1> <h2> </h2>
<table&#32;border=1> <tbody> <thead> <tr> <td> </td> <th&#32;colspan=2> </th> </tr> </tbody> </thead> </table> <table><tr><td> <dl> <dt> <dd> </dd> </dt> </dl> <pre> </pre> <form&#32;action="/s"> </form> <button> </button> <select> <option> </option> <optgroup> </optgroup> </select>
<input&#32;type="text"/> <br> <br/> <hr> <img&#32;src=a.jpg&#32;width=0&#32;/> <iframe&#32;src="x"> </iframe> <noscript> </noscript> <textarea> </textarea> <title> </title> <object> </object> <video> <source> </video> <ruby> <rt> </rt> </ruby>
<script> </script> <script>if(a<b){"<b>"}</script> <script><!--x//--></script> <style>p>a{}</style> <meta&#32;name="keywords"&#32;content="甲,乙"> <link&#32;rel=x> <x-y&#32;a> </x-y> <amp-img> </amp-img> <svg&#32;viewbox="0&#32;0"><path&#32;d="M0"/><lineargradient/><title>a&amp;b</title><a&#32;xlink:href=x>t</a></svg> <svg><script>x</script></svg> <label> </label> <center> </center>
<!--注--> <!--a&amp;b&c--> <!----> <!---x---> <&#32;< &amp;&#32;&nbsp;&#32;&#13;&#32;&copy甲乙 <DIV> </DIV> <A&#32;HREF='X'> </A> <p&#32;a="1"b="2"&#32;a=3&#32;t="&quot;&nbsp"> </i&#32;> 　
`), strings.Fields(`
<p/> <em/&#32;> <i&#32;> <a&#32;b=" > "> '> &#0; <!--> <!x> <?x?> <!DOCTYPE&#32;html> </> </0> < <p <!--&#32;--!> <input&#32;value="<!--&amp;-->"> <base&#32;href="/b/"> <body> </body> <html> </html> <head> </head> <frameset> <image> <font-face> </font-face> <script-x> </script-x> <style-x><!--&--></style-x> <svg><p></svg> <svg><b></svg> <svg&#32;a="</svg>"> <svg><foreignobject><a>x</foreignobject></svg> <svg><desc><b></svg> <a><svg><foreignobject><a>x</a></foreignobject></svg>甲</a> <svg/> <svg><svg></svg></svg> <svg></p></svg> <svg></OPEN>甲</svg> <svg><path/></OPEN><path></svg> <svg><title></OPEN></title></svg> <svg><a></a></a></svg> <svg><title><tr></tr></title></svg> <svg><body></svg> <svg><path></svg> <svg><![CDATA[a<b]]></svg> <SVG></SVG> <o:p> </o:p>
<nobr> </nobr> <xmp> </xmp> <svg> </svg> <math> </math> <template> </template> <caption> </caption> </br> </p> </div> <a&#32;title="&copy=&copy;&copyx;&x;&#38;"> <tr> <td> <option> <p>x<p> <li> <b><i></b></i> <iframe><!--&--></iframe> <script></scriptx></script> <textarea>
`)

// TestDrawingEndsWhatItIsIn: an end tag in a drawing may end an element around it, and
// the drawing by that; what follows is text of the article, and no drawing.
func TestDrawingEndsWhatItIsIn(t *testing.T) {
	for _, in := range []string{
		`<ul> <svg></ul>甲</svg>`,
		`<ul><li>甲<svg><path d="M0"/></li></ul>这一段不可以丢</svg><p>末段。</p>`,
		`<a>甲<svg><a></a></a>乙</svg></a>`,
		`<table><tr><td><svg><title><tr></tr></title></svg>甲</td></tr></table>`,
		`<div><svg><![CDATA[<a>]]></div>甲</svg></div>`,
		`<div><svg><style><a></style></div>甲</svg></div>`,
		`<a><svg><title><a></title></a>甲</svg></a>`,
		`<p>甲<svg><p>乙</svg></p>`, `<div>甲<svg><div>乙</div></svg></div>`, `<div>甲<svg><table></table></svg></div>`, `<div>甲<svg><font color="red"></svg></div>`,
	} {
		if read, parsed, isPlain := normalize.TreeBoth(in); isPlain {
			t.Errorf("%s is taken for plain\nread   %s\nparsed %s", in, read, parsed)
		}
		checkPage(t, "<html><head></head><body><div>"+in+"</div></body></html>")
	}
	for _, in := range []string{`<a>甲<svg viewbox="0 0"><a><path d="M0"></a><style>a{}</style><title>甲</title></SVG><g/></svg></a>`, `<li><svg><linearGradient><stop></linearGradient></svg></li>`} {
		if read, parsed, isPlain := normalize.TreeBoth(in); isPlain && read != parsed {
			t.Errorf("%s\nread   %s\nparsed %s", in, read, parsed)
		} else if !isPlain && !strings.Contains(in, "</SVG>") {
			t.Errorf("%s is not plain", in)
		}
	}
}

// TestPlainPageIsTheSame: the short way to read a page gives what HTML's parser does,
// of well-formed pages and of all others.
func TestPlainPageIsTheSame(t *testing.T) {
	pages, plain := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", "<!DOCTYPE html>\n", "<!-- a -->\n<!doctype HTML PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">", " x"}).Draw(r, "doctype"))
		b.WriteString(rapid.SampledFrom([]string{"<html><head><title>甲&amp;</title></head>\n<body>", "<HTML lang=zh>\n<head>\n<meta charset=utf-8><!-- & --></head><body class=a>\n", "<html><body>", "<html><head></head><!-- x --> "}).Draw(r, "head"))
		var open []string
		for range rapid.IntRange(0, 20).Draw(r, "pieces") {
			list := pieces
			if rapid.IntRange(0, 9).Draw(r, "spoilt") == 0 {
				list = spoilt
			}
			piece := strings.ReplaceAll(rapid.SampledFrom(list).Draw(r, "piece"), "&#32;", " ")
			if strings.Contains(piece, "OPEN") && len(open) > 0 {
				piece = strings.ReplaceAll(piece, "OPEN", rapid.SampledFrom(open).Draw(r, "open"))
			}
			if strings.HasPrefix(piece, "</") && (len(list) == len(pieces) || rapid.IntRange(0, 4).Draw(r, "well") > 0) { // close what is open
				if len(open) == 0 {
					continue
				}
				piece, open = "</"+open[len(open)-1]+">", open[:len(open)-1]
			}
			if name := strings.FieldsFunc(piece, func(r rune) bool { return strings.ContainsRune("<>/ =", r) }); strings.HasPrefix(piece, "<") && len(name) > 0 && len(piece) > 1 && piece[1] != '!' && piece[1] != '/' &&
				!strings.Contains(" br hr img input meta link base source ", " "+name[0]+" ") && !strings.Contains(piece, "</") {
				open = append(open, name[0])
			}
			b.WriteString(piece)
			b.WriteString(rapid.SampledFrom([]string{"", "", "\n", "甲", "\r\n "}).Draw(r, "after"))
		}
		for i := len(open) - 1; i >= 0 && rapid.IntRange(0, 9).Draw(r, "closed") > 0; i-- {
			b.WriteString("</" + open[i] + ">")
		}
		b.WriteString(rapid.SampledFrom([]string{"", "</body></html>", "\n</body>\n</html>\n", "</body></html>\n<script></script>\n", "</body></html><!-- x --><p>"}).Draw(r, "end"))
		pages++
		if checkPage(r, b.String()) {
			plain++
		}
	})
	if plain*50 < pages { // fifteen of a hundred are: fewer than two would be once in millions
		t.Errorf("only %d of %d pages are plain", plain, pages)
	}
}

// headFrames are what scripts put into the heads of pages that browsers saved; servers
// do not send them.
var headFrames = regexp.MustCompile(`<iframe.*?</iframe>`)

// TestRealPagesArePlain: what is not, is read in four times as long.
func TestRealPagesArePlain(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(realData(t), "article_html", "gne_*.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, rest, _ := strings.Cut(string(body), "</head>")
		checkPage(t, string(body))
		if !checkPage(t, headFrames.ReplaceAllString(head, "")+"</head>"+rest) {
			t.Errorf("%s is not plain", filepath.Base(file))
		}
	}
}

// TestSimulatedPagesArePlain: as the origin sends them; and where something is spoilt
// in them, they are read as HTML's parser reads them.
func TestSimulatedPagesArePlain(t *testing.T) {
	docs := simulatedPages(t, 20)
	plain := 0
	for _, d := range docs {
		if checkPage(t, string(d.Body)) {
			plain++
		}
	}
	if plain < len(docs)-1 {
		t.Errorf("only %d of %d pages are plain", plain, len(docs))
	}
	rapid.Check(t, func(r *rapid.T) {
		body := string(docs[rapid.IntRange(0, len(docs)-1).Draw(r, "page")].Body)
		at := rapid.IntRange(0, len(body)).Draw(r, "at")
		rest := body[at:]
		if next := strings.IndexByte(rest, '<'); next >= 0 && rapid.Bool().Draw(r, "before a tag") {
			at, rest = at+next, rest[next:]
		}
		for range rapid.IntRange(0, 2).Draw(r, "tags that are lost") {
			_, rest, _ = strings.Cut(rest, ">")
		}
		piece := rapid.SampledFrom(append(pieces, spoilt...)).Draw(r, "piece")
		checkPage(r, body[:at]+strings.ReplaceAll(piece, "&#32;", " ")+rest)
	})
}
