package feedout

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// TestSpans: the parts are those that were asked for, and say which they are.
func TestSpans(t *testing.T) {
	whole := []byte("0123456789")
	for _, tt := range []struct{ field, parts string }{
		{"bytes=0-0", "bytes 0-0/10 0"},
		{"bytes=2-4", "bytes 2-4/10 234"},
		{"bytes=7-", "bytes 7-9/10 789"},
		{"bytes=-3", "bytes 7-9/10 789"},
		{"bytes=-99", "bytes 0-9/10 0123456789"},
		{"bytes=8-99999999999999999999", "bytes 8-9/10 89"},
		{"bytes= 1-1 ,, 3-3", "bytes 1-1/10 1|bytes 3-3/10 3"},
		{"bytes=8-9,0-1,50-", "bytes 8-9/10 89|bytes 0-1/10 01"},
		{"bytes=10-", "bytes */10 requested range not satisfiable\n"},
		{"bytes=-0,20-30", "bytes */10 requested range not satisfiable\n"},
		{"bytes=,", ""}, {"bytes=1", ""}, {"bytes=-", ""}, {"bytes=1-2-3", ""}, {"bytes", ""}, {"=0-1", ""}, {"items=0-1", ""},
	} {
		list, ok := spans(tt.field, len(whole))
		if !ok {
			if tt.parts != "" {
				t.Errorf("%q is ignored", tt.field)
			}
			continue
		}
		if got := partsOf(t, whole, list); got != tt.parts {
			t.Errorf("%q: got %q, want %q", tt.field, got, tt.parts)
		}
	}
}

// partsOf is what a reader takes from an answer of parts.
func partsOf(t *testing.T, whole []byte, list []span) string {
	t.Helper()
	w := recorder{header: http.Header{"Content-Type": {"text/plain"}}}
	sendSpans(&w, whole, list)
	kind, params, err := mime.ParseMediaType(w.header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "multipart/byteranges" {
		return w.header.Get("Content-Range") + " " + w.body.String()
	}
	var parts []string
	for r := multipart.NewReader(&w.body, params["boundary"]); ; {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return strings.Join(parts, "|")
		}
		content, _ := io.ReadAll(part)
		if err != nil || part.Header.Get("Content-Type") != "text/plain" {
			t.Fatal(part, err)
		}
		parts = append(parts, part.Header.Get("Content-Range")+" "+string(content))
	}
}

type recorder struct {
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
func (r *recorder) WriteHeader(int)             {}
