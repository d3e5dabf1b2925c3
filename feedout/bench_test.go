package feedout

import (
	"net/http"
	"testing"
)

// discard is a ResponseWriter that costs nothing but its headers.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// BenchmarkServe compares with a handler that writes the same bytes and knows
// nothing.
func BenchmarkServe(b *testing.B) {
	p := New(oneFeed(sample(50)), Options{})
	doc, err := p.Document(b.Context(), "/feeds/finance.atom")
	if err != nil {
		b.Fatal(err)
	}
	bare := func(rep Representation) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", doc.Type)
			w.Write(rep.Body)
		})
	}
	for _, bm := range []struct {
		name    string
		handler http.Handler
		header  http.Header
	}{
		{"304", p, http.Header{"Accept-Encoding": {"gzip"}, "If-None-Match": {doc.In("gzip").ETag}}},
		{"gzip", p, http.Header{"Accept-Encoding": {"gzip"}}},
		{"gzip/bare", bare(doc.In("gzip")), nil},
		{"identity", p, nil},
		{"identity/bare", bare(doc.In("identity")), nil},
	} {
		b.Run(bm.name, func(b *testing.B) {
			r, _ := http.NewRequest("GET", "/feeds/finance.atom", nil)
			r.Header = bm.header
			b.ReportAllocs()
			for b.Loop() {
				bm.handler.ServeHTTP(&discard{header: http.Header{}}, r)
			}
		})
	}
}

func BenchmarkRender(b *testing.B) {
	f := sample(50)
	b.ReportAllocs()
	for b.Loop() {
		body, err := f.Atom()
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(body)))
	}
}

func BenchmarkCompress(b *testing.B) {
	body, err := sample(50).Atom()
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		f    func([]byte) []byte
	}{{"gzip", gzipBytes}, {"br", brotliBytes}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			var out []byte
			for b.Loop() {
				out = c.f(body)
			}
			b.ReportMetric(float64(len(out)), "bytes")
		})
	}
}
