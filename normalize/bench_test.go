package normalize_test

import (
	"strings"
	"testing"

	"aggregator/normalize"
)

// body6K is a body of about 6 KB as Sina's pages have them: paragraphs with
// stock links, pictures with captions, a table, comments and furniture.
func body6K() string {
	var b strings.Builder
	b.WriteString(`<p cms-style="font-L">　　<font cms-style="font-L strong-Bold">原标题：一篇用来测量的文章</font></p>` + "\n")
	for range 12 {
		b.WriteString(`<p cms-style="font-L">　　正文的一段，<span id="stock_sz000931"><a href="https://finance.sina.com.cn/realstock/company/sz000931/nc.shtml?from=x" target="_blank">中关村</a></span><span id="quote_sz000931"></span>上涨，说的是同一件事情的另一个方面，好让它足够长，长到没有人会怀疑这就是一篇文章的正文。</p>` + "\n")
	}
	for range 3 {
		b.WriteString(`<div class="img_wrapper"><img src="//n.sinaimg.cn/blank.gif" data-src="//n.sinaimg.cn/finance/2026/a.jpg" alt="图"><span class="img_descr">图注：某处某人</span></div>` + "\n")
	}
	b.WriteString(`<table border="1"><tr><th>代码</th><th colspan="2">名称</th></tr><tr><td>sz000931</td><td>中关村</td><td>5.1</td></tr></table>` + "\n")
	b.WriteString(`<!-- news_keyword_pub,stock,sz000333&sz002129 --><script>x()</script><p class="article-editor">责任编辑：某人 SF001</p>`)
	return b.String()
}

func BenchmarkClean(b *testing.B) {
	in := body6K()
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if normalize.Clean(in, page) == "" {
			b.Fatal("nothing is left")
		}
	}
}

func BenchmarkVerbatim(b *testing.B) {
	in := body6K()
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if out, _ := normalize.Verbatim(in, page); out == "" {
			b.Fatal("nothing is left")
		}
	}
}
