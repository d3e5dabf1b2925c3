package feedout

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// marks are those of a store that outlives publishers.
type marks struct {
	began time.Time
	known map[string]mark
	puts  int
}

func (m *marks) Mark(path string) (string, time.Time, error) {
	if k, ok := m.known[path]; ok {
		return k.etag, k.modified, nil
	}
	return "", m.began, nil
}

func (m *marks) PutMark(path, etag string, since time.Time) (time.Time, error) {
	m.puts++
	if k := m.known[path]; k.etag == etag {
		return k.modified, nil
	}
	m.known[path] = mark{etag, since}
	return since, nil
}

// status asks with If-Modified-Since alone.
func status(p *Publisher, path, since string) int {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("If-Modified-Since", since)
	rec := httptest.NewRecorder()
	p.ServeHTTP(rec, r)
	return rec.Code
}

// TestNotModifiedAfterRestart: after a restart a document is not modified only if
// no byte of it is another, whatever made it so; and then it is, although the
// process has never shown it.
func TestNotModifiedAfterRestart(t *testing.T) {
	articles := sample(3).Articles
	at := &Feed{Title: "before", Articles: articles}
	at.ID, at.Self = sample(1).ID, sample(1).Self
	now := time.Date(2026, time.March, 5, 0, 0, 0, 0, time.UTC)
	m := &marks{known: map[string]mark{}}
	start := func() *Publisher {
		return New(loader{feed: func(context.Context, string) (*Feed, error) { f := *at; return &f, nil }},
			Options{Marks: m, Now: func() time.Time { return now }})
	}
	modified := func(p *Publisher) string {
		rec := httptest.NewRecorder()
		p.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, financePath, nil))
		return rec.Header().Get("Last-Modified")
	}
	last := modified(start())
	for what, change := range map[string]func(){
		"the title changed":   func() { at.Title += "!" },
		"the address changed": func() { at.Site += "https://elsewhere.example/" },
		"an article left":     func() { at.Articles = at.Articles[1:] },
	} {
		puts := m.puts
		now = now.Add(time.Hour)
		if got := status(start(), financePath, last); got != http.StatusNotModified {
			t.Errorf("before %s: status %d", what, got)
		}
		if again := modified(start()); again != last || m.puts != puts {
			t.Errorf("before %s: modified %s, noted %d times; want %s", what, again, m.puts-puts, last)
		}
		change()
		p := start()
		if got := status(p, financePath, last); got != http.StatusOK {
			t.Errorf("%s: status %d", what, got)
		}
		if last = modified(p); last != now.Format(http.TimeFormat) {
			t.Errorf("%s: modified %s, want %s", what, last, now)
		}
	}
}

// TestModifiedAtNodes: several processes that show the same tell the same time of a
// change that no article tells of, whichever of them shows it first.
func TestModifiedAtNodes(t *testing.T) {
	at := &Feed{Title: "before", Articles: sample(3).Articles}
	at.ID, at.Self = sample(1).ID, sample(1).Self
	now := time.Date(2026, time.March, 5, 0, 0, 0, 0, time.UTC)
	m := &marks{known: map[string]mark{}}
	start := func() *Publisher {
		return New(loader{feed: func(context.Context, string) (*Feed, error) { f := *at; return &f, nil }},
			Options{Marks: m, Now: func() time.Time { return now }})
	}
	nodes := []*Publisher{start(), start()}
	for round := range 4 {
		first := nodes[round%2]
		doc := get(t, first, financePath)
		now = now.Add(time.Minute)
		for _, p := range nodes {
			if other := get(t, p, financePath); !other.Modified.Equal(doc.Modified) || other.ETag != doc.ETag {
				t.Errorf("round %d: modified %s, want %s", round, other.Modified, doc.Modified)
			}
		}
		at.Title += "!"
		for _, p := range nodes {
			p.Changed()
		}
	}
}

// elsewhere are the marks of a store in which another process notes each change first.
type elsewhere struct {
	*marks
	since     time.Time
	meanwhile func() // before it is known
}

func (e elsewhere) PutMark(string, string, time.Time) (time.Time, error) {
	e.meanwhile()
	return e.since, nil
}

// TestRedatedAfterAsked: who asks before it is known that another process noted the change
// first is not the reason that everybody is told the wrong time from then on.
func TestRedatedAfterAsked(t *testing.T) {
	e := elsewhere{marks: &marks{known: map[string]mark{}}, since: sample(1).Modified().Add(-time.Minute).Truncate(time.Second)}
	var p *Publisher
	e.meanwhile = func() { ask(p, http.MethodGet, financePath) }
	p = New(oneFeed(sample(1)), Options{Marks: &e})
	for range 2 {
		if got, want := ask(p, http.MethodGet, financePath).Header.Get("Last-Modified"), e.since.Format(http.TimeFormat); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestNotModifiedAfterMove: a store that was made anew of the same articles does
// not know what the readers of the old one have.
func TestNotModifiedAfterMove(t *testing.T) {
	began := sample(3).Modified().Add(time.Hour)
	m := &marks{began: began.Add(time.Millisecond), known: map[string]mark{}}
	p := New(loader{feed: func(context.Context, string) (*Feed, error) { return sample(3), nil }}, Options{Marks: m})
	if got := status(p, financePath, sample(3).Modified().Format(http.TimeFormat)); got != http.StatusOK {
		t.Errorf("status %d", got)
	}
	if got := status(p, financePath, began.Format(http.TimeFormat)); got != http.StatusNotModified {
		t.Errorf("status %d", got)
	}
	if doc := get(t, p, financePath); !doc.Modified.Equal(began) {
		t.Errorf("modified %s, want %s", doc.Modified, began)
	}
}

// TestModifiedWithoutArticles: the list of feeds and a feed of nothing tell when
// they changed too.
func TestModifiedWithoutArticles(t *testing.T) {
	now := time.Date(2026, time.March, 5, 0, 0, 0, 0, time.UTC)
	title := "before"
	p := New(loader{
		feed:     func(context.Context, string) (*Feed, error) { return &Feed{ID: "tag:x,2026:y", Title: title}, nil },
		outlines: func(context.Context) (string, []Outline, error) { return title, nil, nil },
	}, Options{Now: func() time.Time { return now }})
	for _, path := range []string{financePath, ListPath} {
		title = "before"
		first := now
		if doc := get(t, p, path); !doc.Modified.Equal(first) {
			t.Errorf("%s: modified %s, want %s", path, doc.Modified, first)
		}
		now = now.Add(time.Hour)
		p.Changed()
		if got := status(p, path, first.Format(http.TimeFormat)); got != http.StatusNotModified {
			t.Errorf("%s rendered again: status %d", path, got)
		}
		title = "after"
		p.Changed()
		if got := status(p, path, first.Format(http.TimeFormat)); got != http.StatusOK {
			t.Errorf("%s changed: status %d", path, got)
		}
	}
}

// TestTwoChangesInASecond: who has the first of two documents of one second gets
// the second one, also while that second lasts.
func TestTwoChangesInASecond(t *testing.T) {
	load := &numbered{}
	now := sample(1).Modified()
	p := New(load, Options{Now: func() time.Time { return now }})
	get(t, p, financePath)
	load.number.Add(1)
	p.Changed()
	for range 2 {
		if got := status(p, financePath, sample(1).Modified().Format(http.TimeFormat)); got != http.StatusOK {
			t.Errorf("at %s: status %d", now, got)
		}
		now = now.Add(time.Second)
	}
}

// TestManyChangesInASecond: the time of a document that changes several times a second
// does not run away from the clock. Nobody is told a time to come, and whoever has one
// of those documents gets the last.
func TestManyChangesInASecond(t *testing.T) {
	load := &numbered{}
	now := sample(1).Modified()
	p := New(load, Options{Now: func() time.Time { return now }})
	get(t, p, financePath)
	for range 5 {
		load.number.Add(1)
		p.Changed()
		if got := ask(p, http.MethodGet, financePath).Header.Get("Last-Modified"); got != now.Format(http.TimeFormat) {
			t.Errorf("at %s: modified %s", now, got)
		}
	}
	old := now.Format(http.TimeFormat)
	now = now.Add(time.Second)
	if got := status(p, financePath, old); got != http.StatusOK {
		t.Errorf("who has a former one: status %d", got)
	}
	if got := ask(p, http.MethodGet, financePath).Header.Get("Last-Modified"); got != now.Format(http.TimeFormat) {
		t.Errorf("a second later: modified %s, want %s", got, now)
	}
	if got := status(p, financePath, now.Format(http.TimeFormat)); got != http.StatusNotModified {
		t.Errorf("who has the last: status %d", got)
	}
}

// TestSlotsOfFailedLoads: what could never be loaded takes no place in the cache.
func TestSlotsOfFailedLoads(t *testing.T) {
	broken := errors.New("broken")
	p := New(loader{feed: func(context.Context, string) (*Feed, error) { return nil, broken }}, Options{})
	for i := range 100 {
		if _, err := p.Document(t.Context(), fmt.Sprintf("/feeds/s%d.atom", i)); !errors.Is(err, broken) {
			t.Fatal(err)
		}
	}
	if len(p.slots) > 0 {
		t.Errorf("%d slots are held", len(p.slots))
	}
}
