package fetcher

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// toUTF8 returns the body in UTF-8 without a byte order mark, and the name of
// the encoding it came in; the items that were found in it and are known are UTF-8. The order of belief is: byte order mark, what the
// first signs of the document look like in UTF-16, UTF-32 and EBCDIC, override,
// valid UTF-8, UTF-8 with some bad bytes, the HTTP header, the document's own
// declaration, detection (PITFALLS G5).
func toUTF8(body []byte, contentType, override string, found []extent) ([]byte, string) {
	valid := true
	for part := range beside(body, found) {
		valid = valid && utf8.Valid(part)
	}
	enc, name := decide(body, valid, contentType, override)
	switch {
	case enc == nil && valid:
		return bytes.TrimPrefix(body, bomUTF8), "utf-8"
	case enc == nil:
		return bytes.ToValidUTF8(bytes.TrimPrefix(body, bomUTF8), []byte("\uFFFD")), "utf-8"
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD")), "utf-8"
	}
	return bytes.TrimPrefix(out, bomUTF8), name
}

var (
	bomUTF8    = []byte("\xEF\xBB\xBF")
	bomUTF16BE = []byte("\xFE\xFF")
	bomUTF16LE = []byte("\xFF\xFE")
	bomUTF32BE = []byte("\x00\x00\xFE\xFF")
	bomUTF32LE = []byte("\xFF\xFE\x00\x00")
)

// decide returns the encoding of a body; nil for UTF-8.
func decide(body []byte, valid bool, contentType, override string) (encoding.Encoding, string) {
	switch {
	case bytes.HasPrefix(body, bomUTF8):
		return nil, ""
	case bytes.HasPrefix(body, bomUTF32LE): // begins as UTF-16LE's does
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), "utf-32le"
	case bytes.HasPrefix(body, bomUTF32BE):
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM), "utf-32be"
	case bytes.HasPrefix(body, bomUTF16BE):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16be"
	case bytes.HasPrefix(body, bomUTF16LE):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16le"
	}
	if enc, name := unmarked(body); enc != nil {
		return enc, name
	}
	if bytes.HasPrefix(body, ebcdic) {
		return mainframe(body)
	}
	if enc, name := lookup(override); name != "" {
		return enc, name
	}
	if valid && !shifts(body) {
		return nil, ""
	}
	labels := []string{headerCharset(contentType), declaredCharset(body), ""}
	if !valid && nearlyUTF8(body, labels) {
		return nil, ""
	}
	labels[2] = detectedCharset(body)
	for _, label := range labels {
		if enc, name := lookup(label); enc != nil {
			return enc, name
		}
	}
	return nil, ""
}

// nearlyUTF8 tells that a body is UTF-8 in which something broke: a byte that got
// lost, or the end. It takes many good characters to each bad byte; fewer
// where the body is said to be UTF-8.
func nearlyUTF8(body []byte, labels []string) bool {
	good, bad := 0, 0
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	enough := 20
	for _, label := range labels {
		if _, name := lookup(label); name == "utf-8" {
			enough = 2
		}
	}
	return good >= enough*bad
}

// shifts tells what is ASCII to the eye, and Chinese or Japanese between signs
// for it: ISO-2022-JP and, where it is said to be, HZ.
func shifts(body []byte) bool {
	if bytes.Contains(body, []byte("~{")) {
		_, name := lookup(declaredCharset(body))
		return name == "hz-gb-2312"
	}
	return bytes.Contains(body, []byte("\x1b$"))
}

// unmarked tells UTF-16 and UTF-32 by the zeros about the first sign of an XML
// or JSON document, where there is no byte order mark (RFC 4627 §3).
func unmarked(body []byte) (encoding.Encoding, string) {
	if len(body) < 4 {
		return nil, ""
	}
	sign := func(i int) bool { return bytes.IndexByte([]byte("<{[ \t\r\n"), body[i]) >= 0 }
	zero := func(i int) bool { return body[i] == 0 }
	switch {
	case sign(0) && zero(1) && !zero(2) && zero(3):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le"
	case zero(0) && sign(1) && zero(2) && !zero(3):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be"
	case sign(0) && zero(1) && zero(2) && zero(3):
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "utf-32le"
	case zero(0) && zero(1) && zero(2) && sign(3):
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "utf-32be"
	}
	return nil, ""
}

// lookup finds an encoding by its WHATWG label, else by the names registered
// with IANA, where the code pages of DOS and of mainframes are. GBK and GB2312
// are read as their superset GB18030, which is what their users send.
func lookup(label string) (encoding.Encoding, string) {
	enc, name := charset.Lookup(label)
	switch name {
	case "utf-8":
		return nil, name
	case "gbk", "gb18030":
		return simplifiedchinese.GB18030, "gb18030"
	case "", "replacement":
		return registered(strings.ToLower(strings.TrimSpace(label)))
	}
	return enc, name
}

// ebcdic is how "<?xm" looks on mainframes (XML 1.0 appendix F.1).
var ebcdic = []byte{0x4C, 0x6F, 0xA7, 0x94}

// mainframe returns the encoding that a document in EBCDIC declares.
func mainframe(body []byte) (encoding.Encoding, string) {
	head, err := charmap.CodePage037.NewDecoder().Bytes(body[:min(len(body), 200)])
	if err != nil {
		return nil, ""
	}
	if enc, name := lookup(declaredCharset(head)); enc != nil {
		return enc, name
	}
	return charmap.CodePage037, "cp037"
}

func headerCharset(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return params["charset"]
}

// labelled is a fingerprint of what a Content-Type says beside the type, in which the
// same bytes may be other words; 0 where it says nothing.
func labelled(contentType string) uint64 {
	_, params, _ := strings.Cut(contentType, ";")
	if params = strings.TrimSpace(params); params == "" {
		return 0
	}
	return xxhash.Sum64String(strings.ToLower(params))
}

var declaration = regexp.MustCompile(`(?i)(?:<\?xml[^>]*?encoding|<meta[^>]*?charset)\s*=\s*["']?\s*([\w.:-]+)`)

func declaredCharset(body []byte) string {
	m := declaration.FindSubmatch(body[:min(len(body), 4096)])
	if m == nil {
		return ""
	}
	return string(m[1])
}

func detectedCharset(body []byte) string {
	best, err := chardet.NewTextDetector().DetectBest(body[:min(len(body), 64<<10)])
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(best.Charset, "GB-18030", "gb18030")
}
