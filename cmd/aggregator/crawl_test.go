package main

import (
	"html"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// crawl checks that of the files under a directory, which a plain file server
// answers with at a base address, none links to one of that site that is not there.
func crawl(ts *testscript.TestScript, _ bool, args []string) {
	dir, base := ts.MkAbs(args[0]), args[1]
	_, path, _ := strings.Cut(strings.TrimPrefix(base, "http://"), "/")
	path = "/" + path
	srv := httptest.NewServer(http.StripPrefix(path, http.FileServer(http.Dir(dir))))
	defer srv.Close()
	asked := map[string]bool{}
	ts.Check(filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) == ".gz" || filepath.Ext(file) == ".br" {
			return err
		}
		text, err := os.ReadFile(file)
		for _, link := range links(string(text), base, path) {
			if asked[link] {
				continue
			}
			asked[link] = true
			resp, err := http.Get(srv.URL + link)
			if err != nil {
				return err
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				ts.Fatalf("%s links to %s: %s", file, link, resp.Status)
			}
		}
		return err
	}))
	if len(asked) < 10 {
		ts.Fatalf("there are only %d links", len(asked))
	}
	ts.Logf("%d links", len(asked))
}

var (
	absolute = regexp.MustCompile(`https?://[^\s"'<>]+`)
	relative = regexp.MustCompile(`(?:href|src|action)="(/[^"]*)"`)
)

// links are the paths of a site that a document names, in whatever format.
func links(text, base, path string) (all []string) {
	for _, link := range absolute.FindAllString(text, -1) {
		if below, ok := strings.CutPrefix(html.UnescapeString(link), base+"/"); ok {
			all = append(all, path+"/"+below)
		}
	}
	for _, m := range relative.FindAllStringSubmatch(text, -1) {
		all = append(all, html.UnescapeString(m[1]))
	}
	return all
}
