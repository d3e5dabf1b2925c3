package simulated

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// php writes JSON as PHP does: slashes escaped, and everything but ASCII as
// \u unless plain.
type php struct {
	b     []byte
	plain bool
}

func (p *php) raw(s string) { p.b = append(p.b, s...) }

// comma separates from what stands before, unless nothing does.
func (p *php) comma() {
	if n := len(p.b); n > 0 && p.b[n-1] != '{' && p.b[n-1] != '[' {
		p.b = append(p.b, ',')
	}
}

func (p *php) key(key string) {
	p.comma()
	p.b = append(p.b, '"')
	p.b = append(p.b, key...)
	p.b = append(p.b, '"', ':')
}

func (p *php) text(key, value string) {
	p.key(key)
	p.quote(value)
}

func (p *php) number(key string, value int64) {
	p.key(key)
	p.b = strconv.AppendInt(p.b, value, 10)
}

// digits is a number as a string, which is how most of Sina's are sent.
func (p *php) digits(key string, value int64) {
	p.key(key)
	p.b = append(p.b, '"')
	p.b = strconv.AppendInt(p.b, value, 10)
	p.b = append(p.b, '"')
}

// json is a value that is JSON already.
func (p *php) json(key, value string) {
	p.key(key)
	p.b = append(p.b, value...)
}

func (p *php) quote(s string) {
	p.b = append(p.b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\' || r == '/':
			p.b = append(p.b, '\\', byte(r))
		case r == '\n':
			p.b = append(p.b, '\\', 'n')
		case r < ' ':
			p.hex(r)
		case r < utf8.RuneSelf:
			p.b = append(p.b, byte(r))
		case p.plain:
			p.b = utf8.AppendRune(p.b, r)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			p.hex(hi)
			p.hex(lo)
		default:
			p.hex(r)
		}
	}
	p.b = append(p.b, '"')
}

func (p *php) hex(r rune) {
	const digits = "0123456789abcdef"
	p.b = append(p.b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
