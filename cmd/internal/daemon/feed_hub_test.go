package daemon_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"aggregator/feedout"
)

// TestHub: a hub is told of what a cycle brought, by the address that the
// document itself gives, and then gets the new bytes there.
func TestHub(t *testing.T) {
	var served http.Handler
	feeds := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { served.ServeHTTP(rw, r) }))
	defer feeds.Close()
	var mu sync.Mutex
	got := map[string]string{} // bodies by topic, fetched when they were told of
	hub := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		path, ours := strings.CutPrefix(r.PostFormValue("hub.url"), "http://127.0.0.1:8080")
		resp, err := http.Get(feeds.URL + path)
		if err != nil || !ours || r.PostFormValue("hub.mode") != "publish" {
			t.Error(err, r.PostForm)
			return
		}
		defer resp.Body.Close()
		content, _ := io.ReadAll(resp.Body)
		mu.Lock()
		defer mu.Unlock()
		got[path] = string(content)
		if link := resp.Header.Get("Link"); !strings.Contains(link, `rel="hub"`) || strings.Contains(link+string(content), "hush") {
			t.Errorf("Link: %s", link)
		}
		rw.WriteHeader(http.StatusAccepted)
	}))
	defer hub.Close()
	address := strings.Replace(hub.URL, "http://", "http://me:hush@", 1)
	w := newWorld(t, china+"feeds: {hub: \""+address+"\"}\n")
	p := feedout.New(w.Feeds(), feedout.Options{})
	served = p
	h := &feedout.Hub{Publisher: p, URL: address, Client: hub.Client(), Log: slog.New(slog.DiscardHandler), Quiet: time.Millisecond}
	go h.Run(t.Context())
	w.Changed = func(slugs ...string) { p.Changed(slugs...); h.Changed(slugs...) }
	w.fetch()
	var key string
	for key = range w.articles() {
		break
	}
	want := []string{"/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json", "/feeds/source/china.atom"}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		mu.Lock()
		missing := ""
		for _, path := range want {
			if !strings.Contains(got[path], key) {
				missing = path
			}
		}
		mu.Unlock()
		if missing == "" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the hub does not have %s of %s", key, missing)
		}
	}
}
