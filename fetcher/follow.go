package fetcher

import (
	"errors"
	"io"
	"net/http"
	"net/url"
)

// errStay ends the way of an errand at a redirect.
var errStay = errors.New("not to be followed")

// hop is a redirect.
type hop struct {
	n    int            // counted from 1
	from *http.Response // that leads on
	to   *url.URL
}

// decrypts tells whether it leads out of encryption.
func (h hop) decrypts() bool { return h.from.Request.URL.Scheme == "https" && h.to.Scheme == "http" }

// follow follows the redirects of an answer, and of those that they lead to, by errands
// that next makes; where that says errStay, the redirect is the answer. An [http.Client]
// would do the same, but copies headers for redirects that hardly ever come, and has to be
// told each request's manners by its context.
func (t *politeTransport) follow(res *http.Response, m manners, next func(hop) (errand, error)) (*http.Response, error) {
	for n := 1; ; n++ {
		to, err := leadsTo(res)
		if to == nil && err == nil {
			return res, nil
		}
		var e errand
		if err == nil {
			if e, err = next(hop{n, res, to}); err == errStay {
				return res, nil
			}
		}
		_, _ = io.CopyN(io.Discard, res.Body, drained) // so that the connection can be used again
		res.Body.Close()
		if err == nil {
			res, err = t.ask(e, m)
		}
		if err != nil {
			return nil, err
		}
	}
}

// redirects tells that an answer has the status of a redirect.
func redirects(res *http.Response) bool {
	switch res.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// leadsTo is where an answer redirects to; nil where it does not. Some have the status of
// a redirect and lead nowhere.
func leadsTo(res *http.Response) (*url.URL, error) {
	if !redirects(res) {
		return nil, nil
	}
	location := res.Header.Get("Location")
	if location == "" {
		return nil, nil
	}
	to, err := res.Request.URL.Parse(location)
	if err != nil {
		return nil, errors.New("redirect to what is no address")
	}
	return to, nil
}
