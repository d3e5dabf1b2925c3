package simulated_test

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/fetcher/simulated"
)

const feedURL = "/site/1/rss.xml"

// fetch tells how a request over a transport ends: in a status and a body, or an
// error. It reads a megabyte at most.
func fetch(rt http.RoundTripper, url string) (status int, body string, err error) {
	c := &http.Client{Transport: rt, Timeout: 2 * time.Second}
	res, err := c.Get(url)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, string(b), err
}

// TestFaults sees every fault through a real connection and through none.
func TestFaults(t *testing.T) {
	faults := map[simulated.FaultKind]func(status int, body string, err error) bool{
		simulated.StatusCode:  func(status int, _ string, err error) bool { return status == 503 },
		simulated.NoBody:      func(status int, body string, err error) bool { return status == 200 && body == "" && err == nil },
		simulated.Truncate:    func(status int, body string, err error) bool { return err == nil && !strings.Contains(body, "</rss>") },
		simulated.WrongLength: func(status int, _ string, err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) },
		simulated.Reset:       func(status int, _ string, err error) bool { return errors.Is(err, syscall.ECONNRESET) },
		simulated.Endless:     func(status int, body string, err error) bool { return len(body) == 1<<20 },
		simulated.Bomb:        func(status int, body string, err error) bool { return len(body) == 1<<20 },
		simulated.RedirectLoop: func(status int, _ string, err error) bool {
			return err != nil && strings.Contains(err.Error(), "10 redirects")
		},
		simulated.RedirectChain: func(status int, body string, err error) bool {
			return status == 200 && strings.Contains(body, "</rss>")
		},
		simulated.Challenge: func(status int, body string, err error) bool {
			return status == 200 && strings.Contains(body, "captcha")
		},
		simulated.Garbage: func(status int, body string, err error) bool { return status == 200 && len(body) == 4096 },
		simulated.Excess: func(status int, body string, err error) bool {
			return status == 200 && !strings.Contains(body, "</rss>")
		},
		simulated.WrongCoding: func(status int, _ string, err error) bool {
			return status == 200 && (errors.As(err, new(flate.CorruptInputError)) || errors.Is(err, gzip.ErrChecksum))
		},
		simulated.LongHeader:   func(status int, _ string, err error) bool { return status == 0 || status == 200 },
		simulated.NoName:       func(status int, _ string, err error) bool { return errors.As(err, new(*net.DNSError)) },
		simulated.NoConnection: func(status int, _ string, err error) bool { return errors.Is(err, syscall.ECONNREFUSED) },
		simulated.NoTLS: func(status int, _ string, err error) bool {
			return err != nil && (errors.As(err, new(tls.RecordHeaderError)) || strings.Contains(err.Error(), "HTTP response to HTTPS client"))
		},
		simulated.EmptyData: func(status int, body string, err error) bool {
			return status == 200 && !strings.Contains(body, "<item>")
		},
	}
	o, _ := world(simulated.Options{})
	defer log.SetOutput(log.Writer())
	log.SetOutput(io.Discard) // clients tell there of what exceeds
	srv := httptest.NewServer(o)
	defer srv.Close()
	for _, kind := range simulated.FaultKinds() {
		want, quick := faults[kind]
		if !quick {
			continue // see TestFaultsEndAndChoose and TestSlowFaults
		}
		o.Fail("/site/1/", simulated.Fault{Kind: kind, Size: map[simulated.FaultKind]int{simulated.RedirectChain: 5}[kind]})
		for name, rt := range map[string]http.RoundTripper{"server": srv.Client().Transport, "transport": o.Transport()} {
			if status, body, err := fetch(rt, srv.URL+feedURL); !want(status, body, err) {
				t.Errorf("%s by %s: status %d, %d bytes, %v", kind, name, status, len(body), err)
			}
		}
		o.Clear("/site/1/")
	}
	if status, body, err := fetch(srv.Client().Transport, srv.URL+feedURL); status != 200 || err != nil || !strings.Contains(body, "</rss>") {
		t.Errorf("after all faults are cleared: %d, %v", status, err)
	}
}

func TestFaultsEndAndChoose(t *testing.T) {
	o, _ := world(simulated.Options{FaultQuery: true})
	status := func(url string) int {
		s, _, _ := fetch(o.Transport(), url)
		return s
	}
	o.Fail("/site/", simulated.Fault{Kind: simulated.StatusCode, Status: 429, RetryAfter: "60", Count: 2})
	o.Fail("site2.example/", simulated.Fault{Kind: simulated.StatusCode, Status: 410})
	got := []int{status("http://a.test/site/1/rss.xml"), status("http://site2.example/rss.xml"), status("http://site1.example/atom.xml"),
		status("http://a.test/site/2/rss.xml"), status("http://a.test/site/1/rss.xml?fault=status:404")}
	for i, want := range []int{429, 410, 429, 200, 404} {
		if got[i] != want {
			t.Errorf("answer %d is %d, want %d", i, got[i], want)
		}
	}
	o.Clear("")
	o.Fail("/api/", simulated.Fault{Kind: simulated.JSONStatus, Status: 3})
	if doc, _ := rollList(t, o, "pageid=155&lid=1686"); doc.Result.Status.Code != 3 {
		t.Errorf("code %d, want 3", doc.Result.Status.Code)
	}
	o.Clear("")
	o.Fail("/api/", simulated.Fault{Kind: simulated.EmptyData})
	if _, items := rollList(t, o, "pageid=155&lid=1686"); len(items) != 0 {
		t.Errorf("%d items in an empty answer", len(items))
	}
}

func TestRate(t *testing.T) {
	o, _ := world(simulated.Options{})
	o.Fail("/robots.txt", simulated.Fault{Kind: simulated.StatusCode, Rate: 0.3})
	for range 200 {
		get(t, o, "http://localhost:1/robots.txt")
	}
	if n := o.Counts().Faults; n < 40 || n > 80 {
		t.Errorf("%d of 200 requests failed, want about 60", n)
	}
}

// The slow faults take no real time in a bubble.
func TestSlowFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := simulated.New(simulated.Options{})
		o.Fail("/robots.txt", simulated.Fault{Kind: simulated.Drip})
		o.Fail("/site/1/", simulated.Fault{Kind: simulated.Hang})
		o.Fail("/site/2/", simulated.Fault{Kind: simulated.Delay, Delay: time.Minute})
		c := &http.Client{Transport: o.Transport(), Timeout: 10 * time.Minute}
		for url, want := range map[string]time.Duration{
			"http://x/robots.txt": time.Duration(len(simulated.DefaultRobots)) * time.Second, "http://x/site/2/rss.xml": time.Minute,
		} {
			began := time.Now()
			res, err := c.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(res.Body); err != nil {
				t.Errorf("%s: %v", url, err)
			}
			res.Body.Close()
			if took := time.Since(began); took != want {
				t.Errorf("%s took %v, want %v", url, took, want)
			}
		}
		if _, err := c.Get("http://x/site/1/rss.xml"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a hanging origin gives %v", err)
		}
		synctest.Wait()
	})
}

func TestRequests(t *testing.T) {
	o, c := world(simulated.Options{KeepRequests: 8})
	for range 20 {
		c.advance(time.Minute)
		get(t, o, "http://site1.example/rss.xml?x=1", "User-Agent", "test/1")
	}
	all := o.Requests()
	last := all[len(all)-1]
	if len(all) > 8 || last.Host != "site1.example" || last.Path != "/rss.xml?x=1" || last.Header.Get("User-Agent") != "test/1" || !last.Time.Equal(c.Time) || last.Status != 200 {
		t.Errorf("%d requests kept, the last %+v", len(all), last)
	}
	if n := o.Counts().ByStatus[200]; n != 20 {
		t.Errorf("%d requests counted, want 20", n)
	}
	o.KeepRequests(0)
	o.ForgetRequests()
	get(t, o, "http://localhost:1/")
	if len(o.Requests()) != 0 || o.Counts().Requests != 1 {
		t.Errorf("log switched off: %d kept, %d counted", len(o.Requests()), o.Counts().Requests)
	}
}
