package simulated_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"aggregator/fetcher/simulated"
)

func benchmark(b *testing.B, o *simulated.Origin, urls ...string) {
	b.Helper()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		w := httptest.NewRecorder()
		o.ServeHTTP(w, httptest.NewRequest(http.MethodGet, urls[n%len(urls)], nil))
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
		b.SetBytes(int64(w.Body.Len()))
		n++
	}
}

func BenchmarkList(b *testing.B) {
	o, _ := world(simulated.Options{})
	benchmark(b, o, "/api/roll/get?pageid=155&lid=1686&num=50&page=1")
}

func BenchmarkPage(b *testing.B) {
	o, _ := world(simulated.Options{})
	var urls []string
	for i := range 1000 {
		urls = append(urls, o.Article(i).Path)
	}
	benchmark(b, o, urls...)
}

func BenchmarkWire(b *testing.B) {
	o, _ := world(simulated.Options{})
	benchmark(b, o, "/api/zhibo/feed?page=1&page_size=50")
}

func BenchmarkRSS(b *testing.B) {
	o, _ := world(simulated.Options{})
	benchmark(b, o, "/site/1/rss.xml")
}
