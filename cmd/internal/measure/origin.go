package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// origin is a process of its own that answers what is fetched: its work is neither
// the floor's nor ours.
type origin struct {
	url string
	cmd *exec.Cmd
}

// origin starts one that holds an edition.
func (b *bench) origin(e edition) (*origin, error) {
	text, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	o := &origin{cmd: exec.Command(b.self, "origin", string(text))}
	o.cmd.Stderr = os.Stderr
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := o.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	o.url = strings.TrimSpace(line)
	return o, err
}

func (o *origin) close() {
	_ = o.cmd.Process.Kill()
	_ = o.cmd.Wait() // it was killed
}

// turn has the origin show another edition.
func (o *origin) turn(e edition) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	res, err := http.Post(o.url+"/edition", "application/json", strings.NewReader(string(text)))
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// serveOrigin is the process.
func serveOrigin(text string) error {
	var e edition
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := newShelf(e)
	fmt.Println("http://" + l.Addr().String())
	return http.Serve(l, s)
}

// shelf holds the feeds of an edition, packed.
type shelf struct {
	text corpus
	now  atomic.Pointer[issue]
}

type issue struct {
	edition
	packed [][]byte          // feeds
	pages  map[string][]byte // by id
}

func newShelf(e edition) *shelf {
	s := &shelf{text: newCorpus()}
	s.print(e)
	return s
}

func (s *shelf) print(e edition) {
	next := &issue{e, make([][]byte, e.Feeds), make(map[string][]byte, e.Lists*e.Items)}
	for list := range e.Lists {
		for item := range e.Items {
			next.pages[docID(list, item)] = s.text.page(list, item)
		}
	}
	last := s.now.Load()
	var group sync.WaitGroup
	work := make(chan int)
	for range 2 {
		group.Go(func() {
			for i := range work {
				next.packed[i] = s.text.packed(i, e)
			}
		})
	}
	for i := range e.Feeds {
		if last != nil && last.Shift == e.Shift && last.Touched == e.Touched && i < len(last.packed) {
			next.packed[i] = last.packed[i]
			continue
		}
		work <- i
	}
	close(work)
	group.Wait()
	s.now.Store(next)
}

// ETag is that of every feed of an edition.
func (e edition) ETag() string { return fmt.Sprintf(`"%d-%d"`, e.Shift, e.Touched) }

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/edition" {
		var e edition
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.print(e)
		return
	}
	if r.URL.Path == "/roll" {
		s.list(w, r)
		return
	}
	now := s.now.Load()
	if _, id, ok := strings.Cut(r.URL.Path, "/doc-i"); ok {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Encoding", "gzip")
		_, _ = w.Write(now.pages[strings.TrimSuffix(id, ".shtml")]) // who asked has gone
		return
	}
	i, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/feed/"))
	if err != nil || i >= len(now.packed) {
		http.NotFound(w, r)
		return
	}
	time.Sleep(now.Delay)
	h := w.Header()
	if !now.Silent {
		h.Set("ETag", now.ETag())
		if r.Header.Get("If-None-Match") == now.ETag() {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Type", "application/rss+xml; charset=utf-8")
	h.Set("Content-Encoding", "gzip")
	h.Set("Content-Length", strconv.Itoa(len(now.packed[i])))
	_, _ = w.Write(now.packed[i]) // who asked has gone
}
