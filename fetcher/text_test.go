package fetcher_test

import (
	"flag"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"aggregator/fetcher"
)

var update = flag.Bool("update", false, "rewrite the expectations")

func TestUTF8(t *testing.T) {
	const text = `<?xml version="1.0"?><title>央行下调存款准备金率，释放长期资金约一万亿元</title>`
	gbk, _ := simplifiedchinese.GB18030.NewEncoder().String(text)
	big5, _ := traditionalchinese.Big5.NewEncoder().String(`<meta charset="big5">證券市場`)
	utf16, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	for _, test := range []struct{ name, body, contentType, override, want, charset string }{
		{"plain", text, "", "", text, "utf-8"},
		{"byte order mark", "\xEF\xBB\xBF" + text, "text/xml; charset=gbk", "", text, "utf-8"},
		{"utf-16", utf16, "", "", text, "utf-16le"},
		{"header", gbk, "text/html; charset=gb2312", "", text, "gb18030"},
		{"detected", gbk, "", "", text, "gb18030"},
		{"valid utf-8 under a wrong label", text, "text/html; charset=gbk", "", text, "utf-8"},
		{"label utf-8, but GBK", gbk, "text/html; charset=utf-8", "", text, "gb18030"},
		{"meta", big5, "", "", `<meta charset="big5">證券市場`, "big5"},
		{"override", gbk, "text/html; charset=big5", "gbk", text, "gb18030"},
	} {
		got, charset := fetcher.UTF8([]byte(test.body), test.contentType, test.override)
		if string(got) != test.want || charset != test.charset {
			t.Errorf("%s: got %q (%s), want %q (%s)", test.name, got, charset, test.want, test.charset)
		}
	}
}

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-24T08:00:00+08:00":       "2026-11-24T00:00:00Z",
		"2026-11-24T08:00:00Z":            "2026-11-24T08:00:00Z",
		"2026-11-24T08:00:00.123Z":        "2026-11-24T08:00:00Z",
		"Wed, 15 Sep 2021 14:29:15 GMT":   "2021-09-15T14:29:15Z",
		"Wed, 15 Sep 2021 14:29:15 +0800": "2021-09-15T06:29:15Z",
		"Wed, 5 Sep 2021 14:29:15 +0800":  "2021-09-05T06:29:15Z",
		"2026-11-24 08:00:00":             "2026-11-24T00:00:00Z",
		"2026-11-24 08:00":                "2026-11-24T00:00:00Z",
		"2025年11月23日 10:00":               "2025-11-23T02:00:00Z",
		"2018年12月28日19:55":                "2018-12-28T11:55:00Z",
		"2025年1月3日":                       "2025-01-02T16:00:00Z",
		"1631716155":                      "2021-09-15T14:29:15Z",
		"1631716155000":                   "2021-09-15T14:29:15Z",
		"Mon Dec 14 19:10:02 +0800 2020":  "2020-12-14T11:10:02Z",
		"0":                               "0001-01-01T00:00:00Z",
		"":                                "0001-01-01T00:00:00Z",
		"soon":                            "0001-01-01T00:00:00Z",
	} {
		if got := fetcher.ParseTime(text, shanghai).Format(time.RFC3339); got != want {
			t.Errorf("ParseTime(%q) = %s, want %s", text, got, want)
		}
	}
}
