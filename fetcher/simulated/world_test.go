package simulated_test

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
)

var start = time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)

// clock is a clock that a test sets.
type clock struct{ time.Time }

func (c *clock) now() time.Time          { return c.Time }
func (c *clock) advance(d time.Duration) { c.Time = c.Add(d) }

// world makes an origin whose clock stands an hour after its start.
func world(opts simulated.Options) (*simulated.Origin, *clock) {
	c := &clock{start.Add(time.Hour)}
	opts.Start, opts.Now = start, c.now
	return simulated.New(opts), c
}

// get fetches a whole answer without a network.
func get(t *testing.T, o *simulated.Origin, url string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := o.Transport().RoundTrip(req)
	if err != nil {
		t.Fatalf("get %s: %v", url, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("read %s: %v", url, err)
	}
	return res, string(body)
}

func TestSameSeedSameWorld(t *testing.T) {
	urls := []string{"http://localhost:1/api/zhibo/feed?page_size=50", "http://localhost:1/site/1/rss.xml", "http://localhost:1/site/5/feed.json", "http://localhost:1/robots.txt"}
	a, _ := world(simulated.Options{Seed: 7})
	b, _ := world(simulated.Options{Seed: 7})
	other, _ := world(simulated.Options{Seed: 8})
	for i := range 20 {
		urls = append(urls, a.Article(i*90).URL)
	}
	for _, url := range urls {
		_, x := get(t, a, url)
		if _, y := get(t, b, url); x != y {
			t.Errorf("two worlds of one seed differ at %s", url)
		}
	}
	if a.Article(3).Title == other.Article(3).Title && a.Article(4).Title == other.Article(4).Title {
		t.Error("two seeds make the same world")
	}
}

func TestWorldMovesWithTheClock(t *testing.T) {
	o, c := world(simulated.Options{Every: time.Minute, Backlog: 100})
	before := o.Len()
	if got := before - 104; got < 52 || got > 68 {
		t.Errorf("%d articles in the first hour, want about 60", got)
	}
	c.advance(10 * time.Hour)
	if got := o.Len() - before; got < 590 || got > 610 {
		t.Errorf("%d new articles in ten hours, want about 600", got)
	}
	last := o.Article(0)
	for a := range o.Articles(0, time.Time{}, time.Time{}) {
		if a.Published.Before(last.Published) || a.Published.After(c.Time) {
			t.Fatalf("%s published %v after %v", a.ID, a.Published, last.Published)
		}
		last = a
	}
}

// Every article is there from its second of publication on, and not before.
func TestClockAgreesWithTheLedger(t *testing.T) {
	for _, every := range []time.Duration{300 * time.Millisecond, 3 * time.Second, time.Minute} {
		o, c := world(simulated.Options{Every: every, Backlog: 400, Reach: time.Hour})
		for i := range 900 {
			at := o.Article(i).Published
			c.Time = at
			there := o.Len() > i
			c.Time = at.Add(-1)
			if before := o.Len() > i; !there || before {
				t.Fatalf("every %v: article %d of %v is there: %v, a nanosecond before: %v", every, i, at, there, before)
			}
		}
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	o, _ := world(simulated.Options{})
	var wg sync.WaitGroup
	for client := range 4 {
		wg.Go(func() {
			for i := range 10 {
				get(t, o, "http://localhost:1/api/roll/get?pageid=153&lid=2509&num=20&page="+strconv.Itoa(i+client))
				get(t, o, o.Article(i*client).URL)
				get(t, o, "http://localhost:1/site/5/rss.xml")
				get(t, o, "http://localhost:1/api/zhibo/feed?page_size=20")
			}
		})
	}
	wg.Wait()
}

func TestFind(t *testing.T) {
	o, _ := world(simulated.Options{Seed: 99})
	for _, i := range []int{0, 1, 777, 2000} {
		want := o.Article(i)
		for _, id := range []string{want.ID, "i" + want.ID} {
			if got, ok := o.Find(id); !ok || got.Index != i {
				t.Errorf("Find(%s) = %d, %v, want %d", id, got.Index, ok, i)
			}
		}
	}
	if _, ok := o.Find("nabcdef1234567"); ok {
		t.Error("found an article that does not exist")
	}
}

func TestFarPage(t *testing.T) {
	if testing.Short() {
		t.Skip("counts many places")
	}
	o, _ := world(simulated.Options{Backlog: 200_000, Reach: 365 * 24 * time.Hour})
	began := time.Now()
	_, body := get(t, o, "http://localhost:1/api/roll/get?pageid=155&lid=1687&num=50&page=40")
	if !strings.Contains(body, `"docid":"comos:n`) {
		t.Errorf("no items on page 40: %.200s", body)
	}
	t.Logf("a far page of 200,000 articles after %v", time.Since(began))
}

func TestEvents(t *testing.T) {
	o, c := world(simulated.Options{Backlog: 1000})
	var titles, texts, late, filed int
	for i := range 1000 {
		c.Time = o.Article(i).Published
		a := o.Article(i)
		c.advance(8 * time.Hour)
		b := o.Article(i)
		if a.ID != b.ID || a.Path != b.Path || !a.Published.Equal(b.Published) || a.Story != b.Story {
			t.Fatalf("article %d became another one: %s, %s", i, a.Path, b.Path)
		}
		edited := a.Title != b.Title || !slices.Equal(a.Paragraphs, b.Paragraphs)
		if edited == a.Updated.Equal(b.Updated) {
			t.Errorf("article %d edited: %v, updated %v, then %v", i, edited, a.Updated, b.Updated)
		}
		titles += count(a.Title != b.Title)
		texts += count(!slices.Equal(a.Paragraphs, b.Paragraphs))
		late += count(len(a.Columns) == 0)
		filed += count(len(a.Columns) > 0 && len(b.Columns) > len(a.Columns))
	}
	t.Logf("of 1000 articles %d titles and %d texts are edited, %d enter late, %d are filed again", titles, texts, late, filed)
	if titles < 20 || texts < 20 || late < 100 || filed < 20 {
		t.Error("want more of each")
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
