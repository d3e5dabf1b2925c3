package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/mmcdole/gofeed"
	bolt "go.etcd.io/bbolt"
)

// fetchers is how many requests are under way at a time.
const fetchers = 16

// floor is the least that does a row's work.
type floor struct {
	url    string
	tag    string // ETag that it has of all feeds
	client *http.Client
	db     *bolt.DB
}

// floors are what is done with each feed.
var floors = map[string]func(*floor, *http.Response) error{
	"get":   func(_ *floor, res *http.Response) error { return drain(res.Body) },
	"hash":  (*floor).hash,
	"parse": (*floor).parse,
	"store": (*floor).store,
	"pages": (*floor).pages,
}

// runFloor is the process: a name, a URL, the number of feeds, an ETag and a file.
func runFloor(name string, args []string) error {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = fetchers
	transport.DisableCompression = name == "hash"
	f := &floor{url: args[0], tag: args[2], client: &http.Client{Transport: transport}}
	do, n := floors[name], 0
	if _, err := fmt.Sscan(args[1], &n); err != nil {
		return err
	}
	if name == "store" {
		var err error
		if f.db, err = bolt.Open(args[3], 0o644, nil); err != nil {
			return err
		}
		defer f.db.Close()
	}
	address := "/feed/"
	if name == "pages" {
		address = "/roll?page=1&lid="
	}
	return each(n, func(i int) error { return f.get(f.url+address+strconv.Itoa(i), do) })
}

// each does something n times, some at a time.
func each(n int, do func(i int) error) error {
	work, failed := make(chan int), make(chan error, fetchers)
	var group sync.WaitGroup
	for range fetchers {
		group.Go(func() {
			var all error
			for i := range work {
				all = errors.Join(all, do(i))
			}
			failed <- all
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	group.Wait()
	close(failed)
	var all error
	for err := range failed {
		all = errors.Join(all, err)
	}
	return all
}

func (f *floor) get(url string, do func(*floor, *http.Response) error) error {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	if f.tag != "" {
		req.Header.Set("If-None-Match", f.tag)
	}
	if f.client.Transport.(*http.Transport).DisableCompression {
		req.Header.Set("Accept-Encoding", "gzip")
	}
	res, err := f.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if want := map[bool]int{true: http.StatusNotModified, false: http.StatusOK}[f.tag != ""]; res.StatusCode != want {
		return fmt.Errorf("%s: status %d, want %d", url, res.StatusCode, want)
	}
	return do(f, res)
}

func drain(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

func (f *floor) hash(res *http.Response) error {
	_, err := io.Copy(xxhash.New(), res.Body)
	return err
}

func (f *floor) parse(res *http.Response) error {
	_, err := gofeed.NewParser().Parse(res.Body)
	return err
}

func (f *floor) store(res *http.Response) error {
	feed, err := gofeed.NewParser().Parse(res.Body)
	if err != nil {
		return err
	}
	values := make([][]byte, len(feed.Items))
	for i, it := range feed.Items {
		if values[i], err = json.Marshal(it); err != nil {
			return err
		}
	}
	return f.db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte("items"))
		if err != nil {
			return err
		}
		for i, it := range feed.Items {
			if err := b.Put([]byte(it.GUID), values[i]); err != nil {
				return err
			}
		}
		return nil
	})
}
