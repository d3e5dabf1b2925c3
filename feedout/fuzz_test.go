package feedout

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"
)

// FuzzRequest: whatever stands in the fields of a request, it is answered once, by what
// is there, a part of it or a refusal, under the length that it has.
func FuzzRequest(f *testing.F) {
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	p := New(loader{feed: func(context.Context, string) (*Feed, error) { return sample(3), nil }}, Options{Now: func() time.Time { return at }})
	const path = "/feeds/finance.atom"
	doc, err := p.Document(f.Context(), path)
	if err != nil {
		f.Fatal(err)
	}
	etag := doc.In(identity).ETag
	for _, seed := range [][4]string{
		{"gzip, br;q=0.5, *;q=0", etag, "bytes=0-1,-5", etag},
		{"identity;q=0, *", `W/"x,y", *`, "bytes=5-4", "Mon, 02 Mar 2026 08:00:00 GMT"},
		{";q=NaN,,br;q=1e9", `"`, "bytes=99999999999999999999-, 0-", ""},
		{"gzip;q=0.001;x", `W/` + etag, "items=-", `W/"`},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	answers := []int{http.StatusOK, http.StatusPartialContent, http.StatusNotModified, http.StatusNotAcceptable, http.StatusPreconditionFailed, http.StatusRequestedRangeNotSatisfiable}
	f.Fuzz(func(t *testing.T, accept, tags, ranges, condition string) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for name, value := range map[string]string{"Accept-Encoding": accept, "If-None-Match": tags, "Range": ranges, "If-Range": condition, "If-Modified-Since": condition} {
			if value != "" {
				r.Header[name] = []string{value}
			}
		}
		rec := httptest.NewRecorder()
		p.ServeHTTP(rec, r)
		if !slices.Contains(answers, rec.Code) {
			t.Errorf("answered %d", rec.Code)
		}
		if length := rec.Header().Get("Content-Length"); length != "" && length != strconv.Itoa(rec.Body.Len()) {
			t.Errorf("%d: %s bytes announced, %d sent", rec.Code, length, rec.Body.Len())
		}
		whole := doc.In(rec.Header().Get("Content-Encoding")).Body
		if rec.Code == http.StatusOK && !bytes.Equal(rec.Body.Bytes(), whole) {
			t.Errorf("%d bytes, want the %d of the document", rec.Body.Len(), len(whole))
		}
		if rec.Code == http.StatusPartialContent && rec.Body.Len() > len(whole)+mostSpans*300 {
			t.Errorf("parts of %d bytes are %d", len(whole), rec.Body.Len())
		}
	})
}
