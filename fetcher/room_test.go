package fetcher_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"aggregator/fetcher"
)

// TestRelease: a document's room goes to the next one only when it is released, and
// what was read of it stays as it is.
func TestRelease(t *testing.T) {
	if !fetcher.Reuses(100) {
		t.Error("no room that is given back is taken again")
	}
	feed := func(path string) []byte {
		return []byte("<rss><channel><item><guid>" + path + "</guid><title>" + strings.Repeat(path, 500) + "</title></item></channel></rss>")
	}
	client := newClient(t, fetcher.Options{PerHost: 8, Transport: roundTrip(func(req *http.Request) *http.Response {
		res := answer(http.StatusOK, http.Header{})
		body := feed(req.URL.Path)
		if len(req.URL.Path)%2 == 0 {
			res.Header.Set("Content-Encoding", "gzip")
			body = gzipped(body)
		}
		res.Body = io.NopCloser(bytes.NewReader(body))
		return res
	})})
	reader, err := fetcher.NewReader(fetcher.Source{Kind: "feed", URL: "https://example.org/"})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			var kept []*fetcher.Document
			var items []fetcher.Item
			for i := range 40 {
				doc, err := client.Get(t.Context(), fetcher.Request{URL: fmt.Sprintf("https://example.org/%d/%d", worker, i)})
				if err != nil {
					t.Error(err)
					return
				}
				list, err := reader.Read(doc)
				if err != nil {
					t.Error(err)
					return
				}
				items = append(items, list.Items...)
				if i%3 == 0 {
					kept = append(kept, doc)
					continue
				}
				if doc.Release(); doc.Body != nil {
					t.Error("a document that was released has a body")
				}
			}
			for i, it := range items {
				if path := fmt.Sprintf("/%d/%d", worker, i); it.ID != path || it.Title != strings.Repeat(path, 500) {
					t.Errorf("item %s, want %s", it.ID, path)
				}
			}
			for i, doc := range kept {
				if want := feed(fmt.Sprintf("/%d/%d", worker, 3*i)); !bytes.Equal(doc.Body, want) {
					t.Errorf("document %d was overwritten", 3*i)
				}
			}
		})
	}
	group.Wait()
}
