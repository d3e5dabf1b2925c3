package fetcher_test

import (
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"aggregator/fetcher"
)

// TestEncodings are the defects of PITFALLS G5, one each.
func TestEncodings(t *testing.T) {
	for _, test := range []struct {
		name, label, text string
		enc               encoding.Encoding
	}{
		{"UTF-16 with a mark", "utf-8", "新闻", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		{"UTF-16 without", "", "新闻", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
		{"UTF-16BE without", "", "新闻", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
		{"UTF-32LE", "", "新闻", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)},
		{"UTF-32BE", "", "新闻", utf32.UTF32(utf32.BigEndian, utf32.UseBOM)},
		{"gbk with four bytes", "gbk", "新闻㐀", simplifiedchinese.GB18030},
		{"ISO-2022-JP", "iso-2022-jp", "日本のニュース", japanese.ISO2022JP},
		{"code page of DOS", "cp850", "déjà vu", charmap.CodePage850},
		{"Big5", "big5", "證券", traditionalchinese.Big5},
		{"Shift-JIS", "shift_jis", "日本", japanese.ShiftJIS},
		{"EUC-KR", "ks_c_5601-1987", "증권", korean.EUCKR},
		{"KOI8-R", "koi8-r", "рынок", charmap.KOI8R},
		{"UTF-8 called gb2312", "gb2312", "新闻", encoding.Nop},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := "<rss><title>" + test.text + "</title></rss>"
			body, err := test.enc.NewEncoder().Bytes([]byte(want))
			if err != nil {
				t.Fatal(err)
			}
			if got, name := fetcher.UTF8(body, "text/xml; charset="+test.label, ""); string(got) != want {
				t.Errorf("got %q (%s)", got, name)
			}
		})
	}
}

// TestMainframe: a document in EBCDIC does not even begin with a "<".
func TestMainframe(t *testing.T) {
	const want = `<?xml version="1.0" encoding="cp1140"?><rss>€</rss>`
	body, err := charmap.CodePage1140.NewEncoder().Bytes([]byte(want))
	if err != nil {
		t.Fatal(err)
	}
	if got, name := fetcher.UTF8(body, "application/xml", ""); string(got) != want {
		t.Errorf("got %q (%s)", got, name)
	}
}
