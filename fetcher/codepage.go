package fetcher

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/transform"
)

var codePageName = regexp.MustCompile(`^(?:cs)?(?:cp|ibm|ms|x-cp|ccsid|)[-_]?0*(\d+)$`)

// aliases are names that are not registered, and names of code pages that have
// no number.
var aliases = map[string]string{
	"latin9": "iso-8859-15", "mac-roman": "macintosh", "macroman": "macintosh", "mac-cyrillic": "x-mac-cyrillic", "maccyrillic": "x-mac-cyrillic",
	"cp-gr": "cp869", "cp-is": "cp861", "cp154": "ptcp154", "csptcp154": "ptcp154", "pt154": "ptcp154", "cyrillic-asian": "ptcp154",
	"ebcdic-cp-he": "cp424", "ebcdic-cp-be": "cp500", "ebcdic-cp-ch": "cp500", "ruscii": "cp1125",
	"macgreek": "mac-greek", "maciceland": "mac-iceland", "maclatin2": "mac-latin2", "maccentraleurope": "mac-latin2", "macturkish": "mac-turkish",
	"hz": "hz-gb-2312", "hzgb": "hz-gb-2312",
}

// registered finds what is no label on the web, among IANA's names and code
// pages.
func registered(label string) (encoding.Encoding, string) {
	label = cmp.Or(aliases[label], label)
	if enc, name := charset.Lookup(label); enc != nil && name != "replacement" {
		return enc, name
	}
	names := []string{label}
	if m := codePageName.FindStringSubmatch(label); m != nil {
		n, _ := strconv.Atoi(m[1]) // digits; absurd ones name nothing
		names = append(names, fmt.Sprintf("IBM%d", n), fmt.Sprintf("IBM%05d", n), fmt.Sprintf("windows-%d", n), fmt.Sprintf("cp%d", n))
	}
	for _, name := range names {
		if enc, err := ianaindex.IANA.Encoding(name); err == nil && enc != nil {
			return enc, label
		}
		if table, ok := codePages[name]; ok {
			return codePage(table), label
		}
	}
	return nil, ""
}

// codePage decodes single bytes by a table of all, or of the upper half.
type codePage string

func (p codePage) NewEncoder() *encoding.Encoder { return encoding.Replacement.NewEncoder() }

func (p codePage) NewDecoder() *encoding.Decoder {
	var table [256]rune
	for i := range table {
		table[i] = rune(i)
	}
	runes := []rune(string(p))
	copy(table[256-len(runes):], runes)
	return &encoding.Decoder{Transformer: &codePageDecoder{table: table}}
}

type codePageDecoder struct {
	transform.NopResetter
	table [256]rune
}

func (d *codePageDecoder) Transform(dst, src []byte, _ bool) (written, read int, err error) {
	for _, b := range src {
		r := d.table[b]
		if written+utf8.RuneLen(r) > len(dst) {
			return written, read, transform.ErrShortDst
		}
		written += utf8.EncodeRune(dst[written:], r)
		read++
	}
	return written, read, nil
}
