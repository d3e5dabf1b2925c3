package web

import (
	"net/http"

	"aggregator/cmd/internal/daemon"
)

// alive tells that the program runs, whatever it does.
func alive(w http.ResponseWriter, _ *http.Request) { probed(w, http.StatusOK, "ok") }

// ready tells whether the daemon does its work, or why not.
func ready(d *daemon.Daemon) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if err := d.Ready(); err != nil {
			probed(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		probed(w, http.StatusOK, "ok")
	}
}

func probed(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n")) // whoever asked is gone
}

// scraped is what Prometheus asks for; others are not to take it for a page.
func scraped(h http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		h.ServeHTTP(w, r)
	}
}
