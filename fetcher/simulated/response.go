package simulated

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
)

// response is what the client gets to see.
func (w *pipeWriter) response(r *http.Request, body *io.PipeReader, unpack bool) (*http.Response, error) {
	res := &http.Response{
		Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, ContentLength: w.length, Request: r,
	}
	stop := context.AfterFunc(r.Context(), func() { body.CloseWithError(context.Cause(r.Context())) })
	res.Body = &responseBody{PipeReader: body, stop: stop}
	if unpack && w.sent.Get("Content-Encoding") == "gzip" {
		w.sent.Del("Content-Encoding")
		w.sent.Del("Content-Length")
		res.ContentLength, res.Uncompressed = -1, true
		res.Body = &unpacked{ReadCloser: res.Body}
	}
	return res, nil
}

// responseBody ends with the context of its request.
type responseBody struct {
	*io.PipeReader
	stop func() bool
}

func (b *responseBody) Close() error {
	b.stop()
	return b.PipeReader.Close()
}

// unpacked unpacks a body as it is read.
type unpacked struct {
	io.ReadCloser
	zr  *gzip.Reader
	err error
}

func (u *unpacked) Read(b []byte) (int, error) {
	if u.zr == nil && u.err == nil {
		u.zr, u.err = gzip.NewReader(u.ReadCloser)
	}
	if u.err != nil {
		return 0, u.err
	}
	return u.zr.Read(b)
}
