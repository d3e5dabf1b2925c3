package feedout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// numbered loads a feed whose title is the number of changes so far.
type numbered struct {
	number, loads atomic.Int64
	articles      int                             // 1 where it is 0
	before        func(ctx context.Context) error // called while loading
}

func (n *numbered) Feed(ctx context.Context, slug string) (*Feed, error) {
	n.loads.Add(1)
	f := sample(max(1, n.articles))
	f.Title = fmt.Sprint("number ", n.number.Load())
	f.Self = "https://feeds.example.net/feeds/" + slug + atomSuffix
	if n.before != nil {
		if err := n.before(ctx); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (n *numbered) Outlines(context.Context) (string, []Outline, error) {
	return fmt.Sprint("number ", n.number.Load()), nil, nil
}

func get(t *testing.T, p *Publisher, path string) *Document {
	t.Helper()
	doc, err := p.Document(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func shows(doc *Document, number int) bool {
	return bytes.Contains(doc.Body, fmt.Appendf(nil, ">number %d<", number))
}

func TestRenderedOncePerChange(t *testing.T) {
	load := &numbered{}
	p := New(load, Options{})
	first := get(t, p, financePath)
	if get(t, p, financePath) != first || load.loads.Load() != 1 {
		t.Error("rendered twice without a change")
	}
	load.number.Add(1)
	p.Changed("other")
	if get(t, p, financePath) != first {
		t.Error("rendered for the change of another feed")
	}
	list := get(t, p, ListPath)
	p.Changed("finance")
	if doc := get(t, p, financePath); !shows(doc, 1) {
		t.Errorf("old document after a change")
	}
	if get(t, p, ListPath) != list {
		t.Error("a list with the same bytes is another document")
	}
	load.number.Add(1)
	p.Changed()
	if !shows(get(t, p, financePath), 2) || !shows(get(t, p, ListPath), 2) {
		t.Error("old documents after a change of all")
	}
}

// TestSameBytes: a change that shows nothing changes nothing, not even the
// compressed bytes that are kept.
func TestSameBytes(t *testing.T) {
	p := New(&numbered{}, Options{})
	doc := get(t, p, financePath)
	p.Changed()
	if get(t, p, financePath) != doc {
		t.Error("the same bytes became another document")
	}
}

// TestModified: content that changed without an article telling when is dated
// later than what it replaces, so that If-Modified-Since finds it.
func TestModified(t *testing.T) {
	load := &numbered{}
	now := time.Date(2026, time.March, 5, 0, 0, 0, 0, time.UTC)
	p := New(load, Options{Now: func() time.Time { return now }})
	var last time.Time
	for range 3 { // the clock stands still
		doc := get(t, p, financePath)
		if !doc.Modified.After(last) {
			t.Fatalf("modified %v after %v", doc.Modified, last)
		}
		last = doc.Modified
		load.number.Add(1)
		p.Changed("finance")
	}
}

// TestLastGood: while the store is away, readers get what they got before.
func TestLastGood(t *testing.T) {
	var broken atomic.Bool
	load := &numbered{before: func(context.Context) error {
		if broken.Load() {
			panic("broken")
		}
		return nil
	}}
	p := New(load, Options{})
	doc := get(t, p, financePath)
	broken.Store(true)
	load.number.Add(1)
	p.Changed("finance")
	if get(t, p, financePath) != doc {
		t.Error("not the last good document")
	}
	broken.Store(false)
	if !shows(get(t, p, financePath), 1) {
		t.Error("not rendered when it could be again")
	}
}

// TestGone: a feed that is there no more is not served from memory.
func TestGone(t *testing.T) {
	var gone atomic.Bool
	p := New(&numbered{before: func(context.Context) error {
		if gone.Load() {
			return fmt.Errorf("slug: %w", ErrNoFeed)
		}
		return nil
	}}, Options{})
	get(t, p, financePath)
	gone.Store(true)
	p.Changed("finance")
	if _, err := p.Document(t.Context(), financePath); !errors.Is(err, ErrNoFeed) {
		t.Errorf("got %v", err)
	}
}

// TestLeaver: a reader who leaves does not take the document from those who
// stay, and those who wait share one load.
func TestLeaver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		load := &numbered{before: func(ctx context.Context) error {
			time.Sleep(time.Second)
			return ctx.Err()
		}}
		p := New(load, Options{})
		leaver, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := p.Document(leaver, financePath); !errors.Is(err, context.Canceled) {
				t.Errorf("the leaver got %v", err)
			}
		})
		synctest.Wait()
		for range 5 {
			wg.Go(func() { get(t, p, financePath) })
		}
		synctest.Wait()
		leave()
		wg.Wait()
		if n := load.loads.Load(); n != 1 {
			t.Errorf("%d loads", n)
		}
	})
}

// TestTurns: however many feeds are asked for at a time, few are rendered at a
// time, and all come.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := 0, 0
		count := func(change int) {
			mu.Lock()
			defer mu.Unlock()
			now += change
			most = max(most, now)
		}
		p := New(&numbered{before: func(context.Context) error {
			count(1)
			time.Sleep(time.Second)
			count(-1)
			return nil
		}}, Options{})
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() { get(t, p, fmt.Sprintf("/feeds/s%d.atom", i)) })
		}
		wg.Wait()
		if most > cap(p.turns) || most < 2 {
			t.Errorf("%d at a time, want up to %d", most, cap(p.turns))
		}
	})
}

// TestHanging: a load that hangs ends.
func TestHanging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(&numbered{before: func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}}, Options{Timeout: time.Minute})
		if _, err := p.Document(t.Context(), financePath); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// TestOvertaken: who asks after a change gets it, even while an older load is
// still on its way, and that one does not come back when it ends.
func TestOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var slow atomic.Bool
		slow.Store(true)
		load := &numbered{before: func(context.Context) error {
			if slow.Load() {
				time.Sleep(time.Second)
			}
			return nil
		}}
		p := New(load, Options{})
		var wg sync.WaitGroup
		wg.Go(func() { get(t, p, financePath) })
		synctest.Wait()
		slow.Store(false)
		load.number.Add(1)
		p.Changed("finance")
		if !shows(get(t, p, financePath), 1) {
			t.Error("joined a load from before the change")
		}
		wg.Wait()
		if !shows(get(t, p, financePath), 1) {
			t.Error("the older document came back")
		}
		if n := load.loads.Load(); n != 2 {
			t.Errorf("%d loads for two states", n)
		}
	})
}

// TestReadersDuringChanges: nobody who asks after a change gets what was
// before it, and every answer is whole and matches its tag.
func TestReadersDuringChanges(t *testing.T) {
	load := &numbered{}
	p := New(load, Options{})
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for i := range 8 {
		wg.Go(func() {
			coding := []string{identity, gzipped}[i%2]
			for {
				select {
				case <-stop:
					return
				default:
				}
				least := load.number.Load()
				rep := get(t, p, financePath).In(coding)
				if newRepresentation(rep.Coding, rep.Body).ETag != rep.ETag {
					t.Error("the tag is not that of the body")
				}
				var number int64
				if _, after, ok := bytes.Cut(rep.Body, []byte(">number ")); ok && coding == identity {
					fmt.Sscan(string(after[:bytes.IndexByte(after, '<')]), &number)
					if number < least-1 { // Changed may not have been called for the last one yet
						t.Errorf("got %d when %d was told", number, least)
					}
				}
			}
		})
	}
	for range 50 {
		load.number.Add(1)
		p.Changed("finance")
		time.Sleep(time.Millisecond)
	}
	close(stop)
	wg.Wait()
}

// TestSlowReaders: a thousand readers who take nothing hold up neither a change
// nor a reader who is fast, and share the bytes that they do not take.
func TestSlowReaders(t *testing.T) {
	load := &numbered{articles: 50}
	p := New(load, Options{})
	server := httptest.NewUnstartedServer(p)
	server.Config.ConnState = func(c net.Conn, state http.ConnState) {
		if state == http.StateNew { // the system would buffer megabytes for each
			_ = c.(*net.TCPConn).SetWriteBuffer(16 << 10)
		}
	}
	server.Start()
	defer server.Close()
	alone := answers(t, server, load, p)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	defer stall(t, server, 1000)()
	beside := answers(t, server, load, p)
	runtime.GC()
	runtime.ReadMemStats(&after)
	size := len(get(t, p, financePath).Body)
	t.Logf("20 answers of %d bytes: %v alone, %v beside 1000 slow readers; %d MB more", size, alone, beside, (int64(after.HeapAlloc)-int64(before.HeapAlloc))>>20)
	if beside > 10*alone+5*time.Second {
		t.Errorf("20 answers took %v, alone %v", beside, alone)
	}
	if more := int64(after.HeapAlloc) - int64(before.HeapAlloc); more > int64(size)*1000/4 {
		t.Errorf("%d bytes for 1000 readers of %d", more, size)
	}
}

// stall connects readers who ask and take nothing; end lets them go.
func stall(t *testing.T, server *httptest.Server, n int) (end func()) {
	t.Helper()
	var stuck []net.Conn
	end = func() {
		for _, c := range stuck {
			c.Close()
		}
	}
	for range n {
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			end()
			t.Fatal(err)
		}
		stuck = append(stuck, c)
		_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
		_, _ = io.WriteString(c, "GET "+financePath+" HTTP/1.1\r\nHost: x\r\n\r\n")
	}
	return end
}

// answers changes the feed twenty times, takes each change, and tells how long
// that was.
func answers(t *testing.T, server *httptest.Server, load *numbered, p *Publisher) time.Duration {
	t.Helper()
	start := time.Now()
	for range 20 {
		number := load.number.Add(1)
		p.Changed("finance")
		r, err := server.Client().Get(server.URL + financePath)
		if err != nil {
			t.Fatal(err)
		}
		content := body(t, r)
		r.Body.Close()
		if !bytes.Contains(content, fmt.Appendf(nil, ">number %d<", number)) {
			t.Fatalf("answer %d is old", number)
		}
	}
	return time.Since(start)
}
