package feedout

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// What a Loader answers for a slug that nothing is published under.
var (
	ErrNoFeed = errors.New("no such feed")
	// ErrGone is for one that was, and will not be again: readers stop asking.
	ErrGone = errors.New("feed is gone")
)

// Moved is a Loader's error for the former slug of a feed.
type Moved struct{ Slug string }

func (m *Moved) Error() string { return fmt.Sprintf("feed has moved to %s", m.Slug) }

// absent tells whether an error means that nothing is published there.
func absent(err error) bool {
	var moved *Moved
	return errors.Is(err, ErrNoFeed) || errors.Is(err, ErrGone) || errors.As(err, &moved)
}

// failed answers where there is no document.
func (p *Publisher) failed(w http.ResponseWriter, at target, err error) {
	var moved *Moved
	switch {
	case errors.As(err, &moved):
		// A relative reference (RFC 9110 §10.2.2) is right wherever a reverse
		// proxy has put us.
		up := strings.Repeat("../", strings.Count(at.slug, "/"))
		w.Header().Set("Location", up+moved.Slug+at.suffix)
		fail(w, http.StatusPermanentRedirect) // RFC 9110 §15.4.9
	case errors.Is(err, ErrGone):
		fail(w, http.StatusGone) // RFC 9110 §15.5.11
	case errors.Is(err, ErrNoFeed):
		fail(w, http.StatusNotFound)
	default:
		w.Header().Set("Retry-After", "60")
		fail(w, http.StatusServiceUnavailable)
	}
}
