package web

import (
	"crypto/sha256"
	"fmt"
	"net/http"

	"aggregator/feedout"
)

// style is the style sheet. Its name is made of its content, so that whoever has
// it need never ask again.
type style struct {
	path string
	css  []byte
}

func newStyle(css []byte) *style {
	sum := sha256.Sum256(css)
	return &style{fmt.Sprintf("/style-%x.css", sum[:6]), css}
}

func (s *style) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable") // RFC 8246
	h.Set("X-Content-Type-Options", "nosniff")
	feedout.ServePage(w, r, http.StatusOK, "text/css", s.css)
}
