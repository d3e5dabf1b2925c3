package fetcher

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// errand is a request before its turn: what is asked for, how, and for whom. It becomes
// a [http.Request] with the context of its visit, and is no copy of one then.
type errand struct {
	ctx    context.Context
	url    *url.URL
	header http.Header
}

func newErrand(ctx context.Context, address string, header http.Header) (errand, error) {
	u, err := url.Parse(address)
	if err != nil {
		return errand{}, errors.New("not a URL")
	}
	u.Host = strings.TrimSuffix(u.Host, ":") // of an empty port
	e := errand{ctx, u, header}
	if u.User != nil && header.Get("Authorization") == "" {
		password, _ := u.User.Password()
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password)))
	}
	return e, nil
}

// condition makes it conditional if the validators came from its address (CONDUCT 5), byte
// for byte as they came (CONDUCT 1).
func (e errand) condition(address string, v Validators) {
	delete(e.header, "If-None-Match")
	delete(e.header, "If-Modified-Since")
	if v.URL != address && v.URL != e.url.String() {
		return
	}
	if v.ETag != "" {
		e.header["If-None-Match"] = []string{v.ETag}
	}
	if v.LastModified != "" {
		e.header["If-Modified-Since"] = []string{v.LastModified}
	}
}

func (e errand) request(ctx context.Context) *http.Request {
	r := http.Request{Method: http.MethodGet, URL: e.url, Host: e.url.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: e.header}
	return r.WithContext(ctx)
}
