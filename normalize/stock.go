package normalize

import (
	"regexp"
	"slices"
	"strings"

	"aggregator/normalize/article"
)

// A market that names stocks in its own way, and what its codes are in ours:
// sz000931, hk00700, usAAPL.
var markets = []struct {
	form *regexp.Regexp // submatch 1, or 1 and 2, make the code
	code func(m []string) string
}{
	// Mainland: sh600519, stock_sz000931, cn:sh600030, 600519.SH
	{regexp.MustCompile(`^(?:(?:stock_|cn[:_]))?(?i:(sh|sz|bj))[:_]?(\d{6})$`), func(m []string) string { return strings.ToLower(m[1]) + m[2] }},
	{regexp.MustCompile(`^(\d{6})\.(?i:(sh|sz|bj|ss))$`), func(m []string) string {
		return strings.Replace(strings.ToLower(m[2]), "ss", "sh", 1) + m[1]
	}},
	// Hong Kong: hk00700, hkstock_700, stock_hk00700, hk:06030, 0700.HK
	{regexp.MustCompile(`^(?:stock_)?(?i:rt_hk|hkstock|hk)[:_]?(?:(?i:hk))?(\d{1,5})$`), func(m []string) string { return hongKong(m[1]) }},
	{regexp.MustCompile(`^(\d{1,5})\.(?i:hk)$`), func(m []string) string { return hongKong(m[1]) }},
	// United States: usAAPL, usstock_JPM, us:jpm, gb_jpm, AAPL.US
	{regexp.MustCompile(`^us([A-Z][A-Z.]{0,6})$`), func(m []string) string { return "us" + m[1] }},
	{regexp.MustCompile(`^(?:usstock|us|gb)[:_]\$?([A-Za-z][A-Za-z.]{0,6})$`), func(m []string) string { return "us" + strings.ToUpper(m[1]) }},
	{regexp.MustCompile(`^([A-Z][A-Z.]{0,6})\.(?:US|O|N)$`), func(m []string) string { return "us" + m[1] }},
}

func hongKong(n string) string {
	return "hk" + strings.Repeat("0", 5-len(n)) + n
}

// Stock is a stock code as we write it, from any form in which a list or a
// page gives it; empty for funds, futures, indexes abroad and what is no code.
func Stock(s string) string {
	s = strings.TrimSpace(s)
	for _, market := range markets {
		if m := market.form.FindStringSubmatch(s); m != nil {
			return market.code(m)
		}
	}
	return ""
}

// stocks joins lists of codes.
func stocks(lists ...[]string) []string {
	var all []string
	for _, s := range slices.Concat(lists...) {
		all = article.Union(all, Stock(s))
	}
	return all
}

// stockComment matches what Sina's editors leave at the end of a body:
// <!-- news_keyword_pub,stock,sz000333&sz002129 -->
var stockComment = regexp.MustCompile(`^\s*news_keyword_pub,(\w*stock),(\S*)`)

// commentStocks are the codes in a comment of a Sina body.
func commentStocks(comment string) []string {
	m := stockComment.FindStringSubmatch(comment)
	if m == nil || m[2] == "" {
		return nil
	}
	codes := strings.Split(m[2], "&")
	for i, c := range codes {
		if m[1] != "stock" { // usstock,AAPL&WB
			codes[i] = m[1] + "_" + c
		}
	}
	return codes
}

// stockSpan matches the ids of the spans that Sina's linker puts around names
// of firms: <span id="stock_sz000931">, <span id="usstock_JPM">.
var stockSpan = regexp.MustCompile(`^(?:us|hk)?stock_\w`)
