package fetcher

import (
	"errors"
	"io"
	"net/http"
	"net/url"
)

// hop is a redirect.
type hop struct {
	n    int            // counted from 1
	from *http.Response // that leads on
	to   *url.URL
}

// decrypts tells whether it leads out of encryption.
func (h hop) decrypts() bool { return h.from.Request.URL.Scheme == "https" && h.to.Scheme == "http" }

// follow makes a request, and those that its redirects lead to, as next makes them; where
// that makes none, the redirect is the answer. An [http.Client] would do the same, but
// copies headers for redirects that hardly ever come, and has to be told each request's
// manners by its context.
func (t *politeTransport) follow(req *http.Request, m manners, next func(hop) (*http.Request, error)) (*http.Response, error) {
	for n := 1; ; n++ {
		res, err := t.ask(req, m)
		if err != nil {
			return nil, err
		}
		to, err := leadsTo(res)
		if to == nil && err == nil {
			return res, nil
		}
		if err == nil {
			if req, err = next(hop{n, res, to}); req == nil && err == nil {
				return res, nil
			}
		}
		_, _ = io.CopyN(io.Discard, res.Body, drained) // so that the connection can be used again
		res.Body.Close()
		if err != nil {
			return nil, err
		}
	}
}

// leadsTo is where an answer redirects to; nil where it does not. Some have the status of
// a redirect and lead nowhere.
func leadsTo(res *http.Response) (*url.URL, error) {
	switch res.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
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
