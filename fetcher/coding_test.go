package fetcher_test

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"io"
	"net/http"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"aggregator/fetcher"
)

// coded encodes a body as servers do.
func coded(t *testing.T, name string, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	var err error
	switch name {
	case "gzip":
		return gzipped(b)
	case "br":
		w = brotli.NewWriter(&out)
	case "zstd":
		w, err = zstd.NewWriter(&out)
	case "zlib":
		w = zlib.NewWriter(&out)
	case "flate":
		w, err = flate.NewWriter(&out, 6)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// coding serves a body under a Content-Encoding.
func coding(t *testing.T, name string, body []byte) *fetcher.Client {
	return newClient(t, fetcher.Options{MaxBody: 1 << 20, Transport: roundTrip(func(*http.Request) *http.Response {
		res := answer(http.StatusOK, http.Header{"Content-Encoding": {name}})
		res.Body = io.NopCloser(bytes.NewReader(body))
		return res
	})})
}

// TestCodings: all that is asked for is decoded, and more that is met.
func TestCodings(t *testing.T) {
	text := bytes.Repeat([]byte("the same words, "), 100)
	for _, tt := range []struct {
		name string
		body []byte
	}{
		{"gzip", coded(t, "gzip", text)},
		{"GZIP", coded(t, "gzip", text)},
		{"x-gzip", coded(t, "gzip", text)},
		{"br", coded(t, "br", text)},
		{"zstd", coded(t, "zstd", text)},
		{"deflate", coded(t, "zlib", text)},
		{"deflate", coded(t, "flate", text)},
		{"identity", text},
		{"gzip", text}, // said, but not done
		{"br, gzip", gzipped(coded(t, "br", text))},
	} {
		doc, err := coding(t, tt.name, tt.body).Get(t.Context(), fetcher.Request{URL: "https://example.org/"})
		if err != nil || !bytes.Equal(doc.Body, text) {
			t.Errorf("%s: %v, %+v", tt.name, err, doc)
		}
	}
}

// TestCodingsAreBounded: neither a bomb, nor an endless stream of nothing, nor
// half a stream, nor what was not asked for, is a document.
func TestCodingsAreBounded(t *testing.T) {
	large := make([]byte, 4<<20)
	nothing := bytes.Repeat(gzipped(nil), 100_000)
	for _, tt := range []struct {
		name string
		body []byte
		want fetcher.Reason
	}{
		{"gzip", coded(t, "gzip", large), fetcher.ReasonTooLarge},
		{"br", coded(t, "br", large), fetcher.ReasonTooLarge},
		{"zstd", coded(t, "zstd", large), fetcher.ReasonTooLarge},
		{"deflate", coded(t, "zlib", large), fetcher.ReasonTooLarge},
		{"gzip, gzip", gzipped(gzipped(large)), fetcher.ReasonTooLarge},
		{"gzip", nothing, fetcher.ReasonTooLarge},
		{"gzip, gzip, gzip", gzipped(gzipped(gzipped(large))), fetcher.ReasonBroken},
		{"gzip", coded(t, "gzip", large)[:500], fetcher.ReasonBroken},
		{"br", coded(t, "br", []byte("half of this"))[:5], fetcher.ReasonBroken},
		{"zstd", coded(t, "zstd", []byte("half of this"))[:15], fetcher.ReasonBroken},
		{"compress", large[:100], fetcher.ReasonBroken},
	} {
		_, err := coding(t, tt.name, tt.body).Get(t.Context(), fetcher.Request{URL: "https://example.org/"})
		if got := fetcher.ReasonOf(err); err == nil || got != tt.want {
			t.Errorf("%s of %d bytes: %v (%s), want %s", tt.name, len(tt.body), err, got, tt.want)
		}
	}
}

// TestHashIsOfWhatTheBodySays: the same list in another coding is the same.
func TestHashIsOfWhatTheBodySays(t *testing.T) {
	text := []byte("the same words")
	plain, err := coding(t, "", text).Get(t.Context(), fetcher.Request{URL: "https://example.org/"})
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := coding(t, "gzip", gzipped(text)).Get(t.Context(), fetcher.Request{URL: "https://example.org/", Validators: plain.Validators})
	if err != nil || !zipped.NotModified {
		t.Errorf("%v, %+v", err, zipped)
	}
}
