package fetcher

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"aggregator/fetcher/gunzip"
)

// acceptEncoding names the content codings that are decoded here (RFC 9110
// §12.5.3). Deflate is not asked for, since servers disagree on what it is, but
// both of its forms are read.
const acceptEncoding = "gzip, br, zstd"

const (
	// maxCodings is how many codings may lie over each other.
	maxCodings = 2
	// zstdWindow is the largest that the coding may use (RFC 9659 §3).
	zstdWindow = 8 << 20
)

// readBody decodes a body: no more than limit bytes, be they sent or decoded; into room,
// where there is enough. What it returns has nothing in common with sent.
func readBody(room, sent []byte, encoding string, limit int64) ([]byte, error) {
	if names := codings(encoding); len(names) == 1 && isGzip(names[0]) {
		if body, ok := gunzip.Unpack(room, sent, limit); ok {
			return body, nil
		}
	}
	plain, err := decoded(bytes.NewReader(sent), encoding)
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	out := bytes.NewBuffer(room[:0])
	out.Grow(int(min(int64(len(sent)), limit)) + bytes.MinRead)
	b, err := readAll(out, plain, limit)
	if err != nil && encoding != "" {
		return nil, fmt.Errorf("decode %s: %w", encoding, err)
	}
	return b, err
}

// decoded returns a reader of what a body is before its codings.
func decoded(body io.Reader, encoding string) (io.ReadCloser, error) {
	plain := io.NopCloser(body)
	names := codings(encoding)
	if len(names) > maxCodings {
		return nil, fmt.Errorf("content encoding %q: too many", encoding)
	}
	for i := len(names) - 1; i >= 0; i-- { // the last was applied last
		next, err := decoder(names[i], plain)
		if err != nil {
			return nil, fmt.Errorf("decode %s: %w", names[i], err)
		}
		plain = next
	}
	return plain, nil
}

func isGzip(coding string) bool { return coding == "gzip" || coding == "x-gzip" }

func codings(encoding string) (names []string) {
	for name := range strings.SplitSeq(encoding, ",") {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" && name != "identity" {
			names = append(names, name)
		}
	}
	return names
}

func decoder(name string, body io.Reader) (io.ReadCloser, error) {
	in := bufio.NewReader(body)
	head, err := in.Peek(2)
	if len(head) == 0 && errors.Is(err, io.EOF) {
		return io.NopCloser(in), nil // nothing, which some say is encoded
	}
	switch name {
	case "gzip", "x-gzip":
		if string(head) != "\x1f\x8b" {
			return io.NopCloser(in), nil // it is said to be, but is not
		}
		return gzip.NewReader(in)
	case "br":
		return io.NopCloser(brotli.NewReader(in)), nil
	case "zstd":
		zr, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		return zr.IOReadCloser(), nil
	case "deflate":
		if len(head) == 2 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			return zlib.NewReader(in)
		}
		return flate.NewReader(in), nil
	}
	return nil, errors.New("it was not asked for")
}

// capped fails loudly beyond so many bytes: a coding may hold no end of nothing.
type capped struct {
	io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return n, &Error{Reason: ReasonTooLarge, Err: errors.New("the body is larger than is allowed, even as it is sent")}
	}
	return n, err
}
