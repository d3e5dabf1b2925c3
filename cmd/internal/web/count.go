package web

import (
	"net/http"
	"path"
	"strings"
)

// counted tells count of each answer, what kind of document was asked for and what
// class of status it had.
func counted(base string, count func(document, code string), h http.Handler) http.Handler {
	if count == nil {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &statusNote{ResponseWriter: w}
		h.ServeHTTP(s, r)
		if s.status < 200 { // nothing was written, as to HEAD: net/http says this then
			s.status = http.StatusOK
		}
		count(documentKind(strings.TrimPrefix(r.URL.Path, base)), statusClass(s.status))
	})
}

// statusClass is "2xx" of 200. A 304, which sends nothing, stands alone.
func statusClass(status int) string {
	if status == http.StatusNotModified {
		return "304"
	}
	return [...]string{"0xx", "1xx", "2xx", "3xx", "4xx", "5xx", "6xx", "7xx", "8xx", "9xx"}[status/100]
}

// documentKind is what stands at a path, or would.
func documentKind(p string) string {
	switch {
	case p == "/" || p == "" || strings.HasPrefix(p, "/c/") || strings.HasPrefix(p, "/a/"):
		return "page"
	case p == "/status" || p == "/status.json":
		return "status"
	case p == "/metrics" || p == "/healthz" || p == "/readyz":
		return "probe"
	case p == "/icon.png" || p == "/favicon.ico" || path.Ext(p) == ".css":
		return "asset"
	case p == "/feeds.opml":
		return "opml"
	case strings.HasPrefix(p, "/feeds/"):
		switch ext := path.Ext(p); ext {
		case ".atom", ".rss", ".json":
			return ext[1:]
		}
	}
	return "other"
}

// statusNote notes the status of an answer.
type statusNote struct {
	http.ResponseWriter
	status int
}

func (s *statusNote) WriteHeader(status int) {
	if s.status < 200 { // what comes before an answer, as 103, is none
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusNote) Write(b []byte) (int, error) {
	if s.status < 200 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find what it needs.
func (s *statusNote) Unwrap() http.ResponseWriter { return s.ResponseWriter }
