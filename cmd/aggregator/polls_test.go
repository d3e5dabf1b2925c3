package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aggregator/fetcher"
	"aggregator/normalize"
	"aggregator/storage"
)

// listedItem is what a real poll shows of an article.
type listedItem struct {
	URL   string `json:"url"`
	Title string `json:"title"`
}

// docid is the document id in an address, as people read it.
var docid = regexp.MustCompile(`-i?([a-z]{7}\d{7})\.`)

// name tells articles of the polls apart without our own code.
func (it listedItem) name() string {
	if m := docid.FindStringSubmatch(it.URL); m != nil {
		return "i" + m[1]
	}
	return it.URL
}

// reader is one source of a store that replays what was polled.
type reader struct {
	*storage.Store
	t   *testing.T
	now time.Time
}

func newReader(t *testing.T) *reader {
	r := &reader{t: t}
	s, err := storage.Open(filepath.Join(t.TempDir(), "a.db"), storage.Options{Authority: "example.net,2026", NoSync: true, Now: func() time.Time { return r.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	r.Store = s
	return r
}

// poll reads one document, newest first, and tells what became of its items.
func (r *reader) poll(at time.Time, listed []listedItem) (made []storage.Change) {
	r.t.Helper()
	r.now = at
	o := normalize.Options{Source: "roll", Site: "sina", Categories: []string{"财经"}}
	var items []fetcher.Item
	for _, it := range listed {
		items = append(items, fetcher.Item{Link: it.URL, Title: it.Title})
	}
	ids := normalize.Identities(items, o)
	sightings, err := r.Sight("roll", ids)
	if err != nil {
		r.t.Fatal(err)
	}
	b := storage.Batch{Source: "roll", Similar: true}
	for i, s := range slices.Backward(sightings) {
		if s.Standing != storage.Unchanged {
			b.Entries = append(b.Entries, storage.Entry{Identity: ids[i], Copy: s.Standing == storage.Copy, Article: normalize.Article(items[i], nil, o, at).Article})
		}
	}
	if made, err = r.Add(b); err != nil {
		r.t.Fatal(err)
	}
	return made
}

// each decodes one value after the other of a file of the captured data.
func each[V any](t *testing.T, name string, use func(V)) {
	t.Helper()
	f, err := os.Open(filepath.Join(realData(t), name))
	if err != nil {
		t.Skipf("no real data: %v; AGGREGATOR_SINA_DATA names their folder", err)
	}
	defer f.Close()
	for dec := json.NewDecoder(f); ; {
		var v V
		if err := dec.Decode(&v); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		use(v)
	}
}

// TestRealPolls: sixty polls of the roll list, as they were made, give each
// document id once, nothing lost and nothing twice, under its newest title.
func TestRealPolls(t *testing.T) {
	type poll struct {
		Commit time.Time    `json:"commit_time"`
		Items  []listedItem `json:"items"`
	}
	r := newReader(t)
	titles := map[string]string{}
	stored, edited, seen := 0, 0, 0
	each(t, "roll/roll_153_2509_snapshots.json", func(polls []poll) {
		slices.SortStableFunc(polls, func(a, b poll) int { return a.Commit.Compare(b.Commit) })
		for _, p := range polls {
			known, want := 0, 0
			for _, it := range p.Items {
				if _, ok := titles[it.name()]; ok {
					known++
				}
			}
			for _, it := range slices.Backward(p.Items) {
				if old, ok := titles[it.name()]; ok && old != it.Title {
					want++
				}
				titles[it.name()] = it.Title
			}
			seen += len(p.Items)
			for _, c := range r.poll(p.Commit, p.Items) {
				switch c.Outcome {
				case storage.Stored:
					stored++
				case storage.Edited:
					edited++
					want--
				}
			}
			if want != 0 {
				t.Errorf("the poll of %s: %d edits too few", p.Commit, want)
			}
			if again := r.poll(p.Commit, p.Items); len(again) != 0 {
				t.Errorf("the poll of %s again: %d items", p.Commit, len(again))
			}
		}
	})
	if n, err := r.Count(); err != nil || n != len(titles) || stored != len(titles) {
		t.Errorf("%d articles (%d new), %v, of %d documents", n, stored, err, len(titles))
	}
	for name, title := range titles {
		if docid.MatchString("-" + name + ".") {
			if a, err := r.Article(name); err != nil || a.Title != normalize.Article(fetcher.Item{Title: title}, nil, normalize.Options{}, r.now).Article.Title {
				t.Errorf("%s: %q, %v, want %q", name, a.Title, err, title)
			}
		}
	}
	t.Logf("%d items of all polls: %d articles, %d edits", seen, stored, edited)
}

// TestRealTitleEdits: an article whose title was edited, up to many times, is one
// article that was edited so often; each title is kept.
func TestRealTitleEdits(t *testing.T) {
	type shown struct {
		listedItem
		at time.Time
	}
	var all []shown
	each(t, "roll/roll_153_2509_title_edits.jsonl", func(e struct {
		URL    string
		Titles []struct {
			Title     string
			FirstSeen string `json:"first_seen"`
		}
	}) {
		for _, title := range e.Titles {
			at, err := time.ParseInLocation(time.DateTime, title.FirstSeen, time.FixedZone("CST", 8*60*60))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, shown{listedItem{e.URL, title.Title}, at})
		}
	})
	slices.SortStableFunc(all, func(a, b shown) int { return a.at.Compare(b.at) })
	r := newReader(t)
	titles := map[string][]string{}
	for _, s := range all {
		had, want := titles[s.name()], storage.Stored
		title := strings.Join(strings.Fields(s.Title), " ") // of some edits nothing else is to be seen
		switch {
		case len(had) > 0 && had[len(had)-1] == title:
			want = storage.Same
		case len(had) > 0:
			want = storage.Edited
		}
		if made := r.poll(s.at, []listedItem{s.listedItem}); len(made) != 1 || made[0].Outcome != want || made[0].Article.Key != s.name() {
			t.Errorf("%s %q: %+v, want outcome %d", s.name(), s.Title, made, want)
		}
		if want != storage.Same {
			titles[s.name()] = append(had, title)
		}
	}
	if n, err := r.Count(); err != nil || n != len(titles) {
		t.Errorf("%d articles, %v, of %d documents", n, err, len(titles))
	}
	edits := 0
	for name, want := range titles {
		versions, err := r.Versions(name)
		if err != nil || len(versions) != len(want) {
			t.Errorf("%s: %d versions, %v, want %d", name, len(versions), err, len(want))
		}
		edits += len(want) - 1
	}
	t.Logf("%d articles, %d edits of their titles", len(titles), edits)
}
