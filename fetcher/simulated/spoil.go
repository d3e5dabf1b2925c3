package simulated

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// before acts for the faults that need no answer of the world, and tells
// whether the request is done with.
func (f *Fault) before(w http.ResponseWriter, r *http.Request) bool {
	h := w.Header()
	switch f.Kind {
	case StatusCode:
		f.refuse(w)
	case NoBody:
		h.Set("Content-Type", "text/html")
		h.Set("Content-Length", "0")
		w.WriteHeader(http.StatusOK)
	case Reset:
		if f.Size > 0 {
			return false
		}
		reset(w)
	case Endless:
		f.endless(w, r)
	case Bomb:
		f.bomb(w)
	case Redirect:
		redirect(w, f.Location, f.statusOr(http.StatusFound))
	case RedirectLoop:
		redirect(w, r.URL.RequestURI(), f.statusOr(http.StatusFound))
	case RedirectChain:
		return f.hop(w, r)
	case Challenge:
		h.Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, challenge)
	case Garbage:
		f.garbage(w)
	case LongHeader:
		for range cmp.Or(f.Size, 4<<20) / lineOfHeader {
			h.Add("X-Padding", strings.Repeat("x", lineOfHeader-len("X-Padding: \r\n")))
		}
		w.WriteHeader(http.StatusOK)
	case NoName, NoConnection, NoTLS:
		f.unreachable(w, r)
	case Delay:
		wait(r, cmp.Or(f.Delay, time.Second))
		return false
	case Hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}

// spoil sends a good answer in a bad way.
func (f *Fault) spoil(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	h := w.Header()
	switch f.Kind {
	case WrongLength:
		h.Set("Content-Length", strconv.Itoa(len(body)))
		body = body[:len(body)/2]
	case Excess:
		exceed(w, status, body)
		return
	case WrongCoding:
		h.Set("Content-Encoding", "gzip")
		body = pack(body)
		for i := len(body) / 2; i < len(body); i++ {
			body[i] ^= 0xff
		}
	case Reset:
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		w.Write(body[:min(f.Size, len(body))])
		http.NewResponseController(w).Flush()
		reset(w)
	case Drip:
		w.WriteHeader(status)
		f.drip(w, r, body)
		return
	}
	w.WriteHeader(status)
	w.Write(body)
}

func (f *Fault) refuse(w http.ResponseWriter) {
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	status := f.statusOr(http.StatusServiceUnavailable)
	w.WriteHeader(status)
	io.WriteString(w, "<html><body><h1>"+http.StatusText(status)+"</h1></body></html>")
}

// reset breaks the connection off: with a RST where there is a real one.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
	panic(http.ErrAbortHandler)
}

func (f *Fault) endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	chunk := bytes.Repeat([]byte("<p>没有尽头的页面</p>\n"), 400)
	for r.Context().Err() == nil {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func (f *Fault) drip(w http.ResponseWriter, r *http.Request, body []byte) {
	flusher := http.NewResponseController(w)
	for i := range body {
		if _, err := w.Write(body[i : i+1]); err != nil {
			return
		}
		flusher.Flush()
		if !wait(r, cmp.Or(f.Delay, time.Second)) {
			return
		}
	}
}

// wait lets time pass, and tells whether the client is still there.
func wait(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// bomb sends one packed member again and again: gzip allows many.
func (f *Fault) bomb(w http.ResponseWriter) {
	const unit = 1 << 20
	member := pack(bytes.Repeat([]byte(" "), unit))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	for range max(cmp.Or(f.Size, 1<<30)/unit, 1) {
		if _, err := w.Write(member); err != nil {
			return
		}
	}
}

func pack(body []byte) []byte {
	var b bytes.Buffer
	zw, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	zw.Write(body)
	zw.Close()
	return b.Bytes()
}

func redirect(w http.ResponseWriter, location string, status int) {
	w.Header().Set("Location", location)
	w.WriteHeader(status)
}

// hop counts the redirects of a chain in the query; the last one leads to the
// good answer.
func (f *Fault) hop(w http.ResponseWriter, r *http.Request) (redirected bool) {
	query := r.URL.Query()
	n, _ := strconv.Atoi(query.Get("hop"))
	if n >= cmp.Or(f.Size, 10) {
		return false
	}
	query.Set("hop", strconv.Itoa(n+1))
	redirect(w, r.URL.Path+"?"+query.Encode(), f.statusOr(http.StatusFound))
	return true
}

const challenge = `<!DOCTYPE html><html><head><meta charset="utf-8"><title>安全验证</title></head><body>
<div id="captcha"><h2>访问过于频繁，请完成验证后继续</h2><form method="post" action="/verify"><input name="code"><button>提交</button></form></div>
<script>document.cookie="seen=1";setTimeout(function(){location.reload()},5000)</script></body></html>
`

func (f *Fault) garbage(w http.ResponseWriter) {
	d := dice(forFault)
	body := make([]byte, cmp.Or(f.Size, 4096))
	for i := range body {
		body[i] = byte(d.next())
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Write(body)
}
