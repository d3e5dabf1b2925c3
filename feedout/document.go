package feedout

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// Document is a published document. Its bytes are never changed, so that any
// number of slow readers may share them.
type Document struct {
	Type     string    // Content-Type
	Modified time.Time // when its content last changed
	Representation
	self         string // its address, absolute; empty for the list of feeds
	settled      string // History.Settled
	gzip, brotli func() Representation

	// mediaType, links and kept are the fields Content-Type, Link and Cache-Control,
	// dated is Last-Modified, once it was asked for. ResponseWriters share them.
	mediaType, links, kept []string
	dated                  *atomic.Pointer[[]string]
}

// Representation is a document in one content coding. Each has an entity tag
// of its own: they are different bytes (RFC 9110 §8.8.3).
type Representation struct {
	Coding string // Content-Encoding; empty for none
	ETag   string // strong, quoted
	Body   []byte
	// coding, etag and length are the fields that say so.
	coding, etag, length []string
}

// Names of content codings, RFC 9110 §8.4.1 and RFC 7932.
const (
	identity = "identity"
	gzipped  = "gzip"
	brotlied = "br"
)

// newDocument keeps body, and compresses it once when it is first asked for
// so: of many feeds only some are read between two changes.
func newDocument(mediaType string, modified time.Time, body []byte) *Document {
	mediaType += "; charset=utf-8"
	return &Document{
		Type:           mediaType,
		mediaType:      []string{mediaType},
		kept:           keptFor(0),
		dated:          new(atomic.Pointer[[]string]),
		Modified:       modified.Truncate(time.Second),
		Representation: newRepresentation("", body),
		gzip:           sync.OnceValue(func() Representation { return newRepresentation(gzipped, gzipBytes(body)) }),
		brotli:         sync.OnceValue(func() Representation { return newRepresentation(brotlied, brotliBytes(body)) }),
	}
}

// In returns the document in a content coding: "gzip", "br", or the plain
// bytes for any other.
func (d *Document) In(coding string) Representation {
	switch coding {
	case gzipped:
		return d.gzip()
	case brotlied:
		return d.brotli()
	}
	return d.Representation
}

func newRepresentation(coding string, body []byte) Representation {
	sum := sha256.Sum256(body)
	etag := `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
	return Representation{
		Coding: coding,
		ETag:   etag,
		Body:   body,
		coding: []string{coding},
		etag:   []string{etag},
		length: []string{strconv.Itoa(len(body))},
	}
}

func gzipBytes(body []byte) []byte {
	var b bytes.Buffer
	return compressed(&b, gzip.NewWriter(&b), body)
}

// brotliBytes uses quality 5, which makes Chinese text smaller than gzip does
// at any level; more costs much and gains little. The window of 256 KB halves
// the memory of the default one.
func brotliBytes(body []byte) []byte {
	var b bytes.Buffer
	zw := brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: 5, LGWin: 18})
	return compressed(&b, zw, body)
}

// compressed writes body to zw, which writes to b and so cannot fail.
func compressed(b *bytes.Buffer, zw io.WriteCloser, body []byte) []byte {
	_, _ = zw.Write(body)
	_ = zw.Close()
	return bytes.Clone(b.Bytes())
}
