package fetcher

import (
	"fmt"
	"strconv"
	"time"

	"github.com/cespare/xxhash/v2"
)

// readerVersion changes where a document that has not changed would now be read
// otherwise than before.
const readerVersion = 2

// Terms is a fingerprint of how the source's documents are asked for and read.
// Validators are only good for documents on the same terms (CONDUCT 5).
func (r *Reader) Terms() uint64 { return r.terms }

func (s *Source) terms(address string) uint64 {
	zone := time.UTC
	if s.Zone != nil {
		zone = s.Zone
	}
	t := terms(make([]byte, 0, 512))
	t.verbatim(commonTerms)
	t.quoted(s.Kind)
	t.quoted(address)
	t.mapped(s.Params, len(s.Params))
	t.quoted(s.Charset)
	t.quoted(zone.String())
	t.mapped(s.Headers, len(s.Headers))
	t.verbatim(strconv.Itoa(s.Limit))
	if found, _ := s.resolve(); found != nil {
		t.verbatim(rulesTerms(*found))
	} else {
		t.verbatim(noRules)
	}
	return xxhash.Sum64(t[1:])
}

// terms is the text that the fingerprint is of: stored ones stand for it. Most sources
// need no formatting of maps and rules for it, which took half the time of their start.
type terms []byte

var (
	commonTerms = fmt.Sprintf("%d %q", readerVersion, acceptEncoding)
	noRules     = rulesTerms(Rules{})
)

func rulesTerms(r Rules) string { return strconv.Quote(fmt.Sprintf("%+v", r)) }

func (t *terms) verbatim(s string) { *t = append(append(*t, ' '), s...) }

func (t *terms) quoted(s string) { *t = strconv.AppendQuote(append(*t, ' '), s) }

// mapped writes a map in the order of its keys.
func (t *terms) mapped(m any, size int) {
	if size == 0 {
		t.verbatim("map[]")
		return
	}
	*t = fmt.Appendf(*t, " %q", m)
}
