package normalize_test

import (
	"strings"
	"testing"

	"aggregator/normalize"
)

// disguises are the ways to hide something active, by family.
var disguises = map[string][]string{
	"event handlers": {
		`<p oNcLiCk=alert(1)>x</p>`, "<img src=x\x0conerror=alert(1)>", `<img src="x"onerror="alert(1)">`, `<video onloadstart=alert(1) src=x></video>`,
		`<a href=x onmouseover=alert(1) onfocus=alert(2) autofocus tabindex=1>x</a>`, `<details open ontoggle=alert(1)><summary>x</summary></details>`,
		`<audio src=x onerror=alert(1)></audio>`, `<marquee onstart=alert(1)>x</marquee>`, `<p style="animation:x" onanimationstart=alert(1)>x</p>`,
	},
	"script addresses": {
		`<a href="JaVaScRiPt:alert(1)">x</a>`, `<a href="&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)">x</a>`,
		`<a href="java&#9;script:alert(1)">x</a>`, `<a href="java&NewLine;script&colon;alert(1)">x</a>`, "<a href=\"\x00javascript:alert(1)\">x</a>",
		`<a href="&#1;&#2; javascript:alert(1)">x</a>`, `<a href="//javascript:alert(1)">x</a>`, `<a href="feed:javascript:alert(1)">x</a>`,
		`<a href="view-source:javascript:x">x</a>`, `<a href="livescript:x">x</a>`, `<a href="mocha:x">x</a>`, `<a href="vbscript:msgbox(1)">x</a>`,
		`<img src="javascript:alert(1)">`, `<img lowsrc="javascript:x" dynsrc="javascript:x" src=x>`, `<img data-src="javascript:alert(1)//.png">`,
		`<img srcset="javascript:alert(1) 1x">`, `<video poster=javascript:alert(1)></video>`, `<q cite="javascript:x">x</q>`,
		`<a href="https://www.google.com/url?q=javascript:alert(1)">x</a>`,
	},
	"data addresses": {
		`<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>`, `<img src="data:image/svg+xml,<svg onload=alert(1)>">`,
		`<object data="data:text/html,<script>alert(1)</script>"></object>`, `<embed src="data:image/svg+xml;base64,x">`, `<a href="blob:https://e.org/x">x</a>`,
	},
	"svg and mathml": {
		`<svg><script>alert(1)</script></svg>`, `<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`, `<svg><animate onbegin=alert(1) attributeName=x dur=1s>`,
		`<svg><use href="data:image/svg+xml,x#a">`, `<svg><foreignObject><iframe src=x></foreignObject></svg>`, `<svg><set attributeName=onmouseover to=alert(1)>`,
		`<math href="javascript:alert(1)">x</math>`, `<math><maction actiontype="statusline#" xlink:href="javascript:x">x</maction></math>`,
		`<math><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></math>`,
	},
	"mutation": {
		`<math><mtext><table><mglyph><style><math><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>`,
		`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`, `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
		`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<p id="--><script>alert(1)</script>"><!--`, "<img alt=\"``onerror=alert(1)\" src=x>",
		`<svg><desc><template><style></template></desc><img title="</style><img src onerror=alert(1)>"></svg>`, `<select><style></select><img src=x onerror=alert(1)></style>`,
		`<noembed><img title="</noembed><img src=x onerror=alert(1)>"></noembed>`, `<title><a id="</title><img src=x onerror=alert(1)>">`,
		`<listing>&lt;img onerror=alert(1) src=x&gt;</listing>`, `<math><mi><!--<mi>--!><img src=x onerror=alert(1)></mi></math>`,
	},
	"text that ends elsewhere": {
		`<xmp><p title="</xmp><svg/onload=alert(1)>">`, `<listing><p title="</listing><img src=x onerror=alert(1)>">`, `<plaintext><p title="</plaintext><img src=x onerror=alert(1)>">`,
		`<noscript><style></noscript><img src=x onerror=alert(1)></style>`, `<noscript><img src="https://e.org/</noscript><img src=x onerror=alert(1)>"></noscript>`, `<noscript><img src=x onerror=alert(1)></noscript>`,
		`<iframe><p title="</iframe><img src=x onerror=alert(1)>">`, `<noframes><p title="</noframes><img src=x onerror=alert(1)>">`, `<textarea><p title="</textarea><img src=x onerror=alert(1)>">`,
		`<template><style></template><img src=x onerror=alert(1)></style>`, `<svg></p><title><a id="</title><img src=x onerror=alert(1)>">`, `<svg><title><style></title></svg><img title="</style><img src=x onerror=alert(1)>">`,
		`<style><p title="</style><img src=x onerror=alert(1)>">`, `<!-- <p title="--><img src=x onerror=alert(1)>"> -->`, `<svg><![CDATA[</svg><img src=x onerror=alert(1)>]]>`, `<p title="<!--"><img src=x onerror=alert(1)><p title="-->">`,
	},
	"nesting that parsers mend": {
		`<form><math><mtext></form><form><mglyph><svg><mtext><textarea><path id="</textarea><img onerror=alert(1) src=1>">`,
		`<math><mtext><table><mglyph><svg><mtext><textarea><a title="</textarea><img src='#' onerror='alert(1)'>">`,
		`<svg><annotation-xml encoding="text/html"><style><a title="</style><img src=x onerror=alert(1)>">`, `<math><annotation-xml encoding="application/xhtml+xml"><style><a title="</style><img src onerror=alert(1)>">`,
		`<p><svg><font color=x><style><a id="</style><img src=x onerror=alert(1)>">`, `<select><iframe></select><img src=x onerror=alert(1)>`, `<select><template><img src=x onerror=alert(1)></template></select>`,
		`<select><math><mtext><style><a title="</style></select><img src=x onerror=alert(1)>">`, `<table><td><select><style></td><img src=x onerror=alert(1)></style>`, `<select><xmp><script>alert(1)</script></xmp></select>`,
		`<a href=x><table><td><a href="javascript:alert(1)">y</a></table></a>`, `<table><a href="javascript:x"><tr><a onclick=x><td>`, `<table><caption><svg><style></caption><img src=x onerror=alert(1)>`,
		`<form id=a><div></form><form id=b><input name=parentNode></div>`, `<frameset><svg onload=alert(1)></frameset>`, `<head><noscript><p title="</head><img src=x onerror=alert(1)>"></noscript></head>`,
		strings.Repeat("<div>", 500) + `<math><mtext><table><mglyph><style><math><img src=x onerror=alert(1)></style>`, strings.Repeat("<form><table><td>", 160) + `<svg><style><a id="</style><img src=x onerror=alert(1)>">`,
		strings.Repeat("<b>", 508) + `<svg><p><style><a title="</style><img src=x onerror=alert(1)>">`, `<svg><svg><svg><foreignObject><p><svg><desc><b></desc><img src=x onerror=alert(1)>`,
		`<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>`, `<svg:script>alert(1)</svg:script>`, `<html:img xmlns:html="http://www.w3.org/1999/xhtml" onerror=alert(1) src=x>`,
	},
	"what is read anew": {
		`<picture><source srcset="javascript:alert(1)"></picture>`, `<picture><source srcset="data:text/html,x 2x"><img onerror=alert(1)></picture>`, `<img data-src="javascript:alert(1)//x.png">`, `<img data-x="javascript:alert(1)/a.jpg">`,
		`<iframe src="https://www.youtube.com/embed/aaaaaaaaaa&quot;onload=&quot;alert(1)">`, `<iframe src="https://www.youtube.com/embed/aaaaaaaaaa" title="&quot; onclick=alert(1) x=&quot;">`,
		`<embed src="https://embed.ted.com/talks/&quot;><script>alert(1)</script>">`, `<iframe src="https://embed.music.apple.com/javascript:alert(1)">`,
		`<a href="https://link.zhihu.com/?target=javascript%3Aalert(1)">x</a>`, `<a href="https://link.zhihu.com/?target=data%3Atext/html,x">x</a>`, `<a href="https:\\e.org\@javascript:alert(1)">x</a>`, `<a href="\\javascript:alert(1)">x</a>`,
		`<a href="%6aavascript:alert(1)">x</a>`, `<a href="javascript%3Aalert(1)">x</a>`, `<a href="java%0ascript:alert(1)">x</a>`, `<a href="&Tab;java&Tab;script:x%">x</a>`, `<ol type="javascript:x" start="1;x"><li value="<script>">x</ol>`, `<bdo dir="rtl&quot; onclick=x">x</bdo>`,
	},
	"styles": {
		`<p style="background:url(javascript:alert(1))">x</p>`, `<p style="width:expression(alert(1))">x</p>`, `<p style="-moz-binding:url(//e.org/x#y)">x</p>`,
		`<p style="b\65 havior:url(x.htc)">x</p>`, `<style>@import '//e.org/x.css';</style>`, `<link rel=stylesheet href="javascript:x">`, `<style><!--</style><script>x</script>-->`,
	},
	"frames and forms": {
		`<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"></iframe>`, `<frameset><frame src="javascript:x"></frameset>`, `<form action=javascript:x><input type=submit></form>`,
		`<button formaction=javascript:alert(1)>x</button>`, `<input type=image src=x onerror=alert(1)>`, `<isindex action=javascript:x type=image>`,
		`<portal src=//e.org></portal>`, `<applet code=x></applet>`, `<keygen autofocus onfocus=alert(1)>`,
	},
	"document": {
		`<base href="javascript:alert(1)//"><a href="x">x</a>`, `<meta http-equiv=refresh content="0;url=data:text/html,x">`, `<meta charset=utf-7>+ADw-script+AD4-`,
		`<html onload=alert(1)><body onpageshow=alert(1) background="javascript:x">x</body></html>`, `<template shadowrootmode=open><script>alert(1)</script></template>`,
		`<!DOCTYPE html [<!ENTITY x "<script>alert(1)</script>">]>&x;`, `<?xml-stylesheet href="javascript:alert(1)"?>`, `<?php <script>alert(1)</script> ?>`,
	},
	"nested and broken": {
		`<scr<script></script>ipt>alert(1)</script>`, `<<script>alert(1)//<</script>`, `<script/x src=//e.org/x.js>`, `<script>alert(1)`, `<img """><script>alert(1)</script>">`,
		`<a href="x" title="a>b" onclick=alert(1)>`, `<img src='x' alt='"><script>alert(1)</script>'>`, `<a <b href=javascript:x>>x</a>`, "<scr\x00ipt>alert(1)</scr\x00ipt>",
		`<textarea><script>alert(1)</script></textarea>`, `<title></title><script>alert(1)</script>`, `<plaintext><script>alert(1)</script>`, `<p><p><p></b></i><table><p><tr><script>x`,
	},
}

func TestDisguises(t *testing.T) {
	for family, list := range disguises {
		t.Run(family, func(t *testing.T) {
			for _, in := range list {
				checkClean(t, in, normalize.Clean(in, page))
			}
		})
	}
}
