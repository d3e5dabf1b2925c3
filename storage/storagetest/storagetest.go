// Package storagetest says what a store promises, as tests that any store can
// be put to. [Run] runs them all.
//
// The tests know nothing of how a store keeps things: what they look at is
// what the next reader, or the next run, would get.
package storagetest

import (
	"context"
	"iter"
	"testing"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// Store is what is tested.
type Store interface {
	Authority() string
	Sight(source string, ids []article.Identity) ([]storage.Sighting, error)
	Add(storage.Batch) ([]storage.Change, error)
	SourcesNamed(names []string) ([]storage.Source, error)
	States(sources []string) ([]storage.State, error)
	Retries(source string, due time.Time, limit int) ([]storage.Retry, error)
	Article(ref string) (article.Article, error)
	Raw(key string) (article.Raw, error)
	Bodies(since time.Time, after uint64, limit int) ([]storage.Body, error)
	Remake([]storage.Remade) (int, error)
	Explain(ref string) (storage.Explanation, error)
	Versions(ref string) ([]storage.Version, error)
	Prune(context.Context, storage.Retention) (storage.Pruned, error)
	Recognise(source string, looks []storage.Look) ([]string, error)
	Split(ref, key string) ([]article.Article, error)
	Articles(storage.Query) iter.Seq2[article.Article, error]
	Newest(category string, w storage.Window) ([]article.Article, error)
	NewestOfSource(source string, w storage.Window) ([]article.Article, error)
	NewestOfStock(code string, w storage.Window) ([]article.Article, error)
	Latest(storage.Run, storage.Window) ([]article.Article, bool, error)
	Earlier(r storage.Run, before uint64, limit int) ([]article.Article, uint64, error)
	Search(ctx context.Context, text string, before uint64, limit int) ([]article.Article, uint64, error)
	Corrections(limit int) ([]storage.Correction, error)
	Arrived(storage.Run, storage.Stretch) ([]article.Article, storage.Surroundings, error)
	Around(storage.Run, storage.Stretch) (storage.Surroundings, error)
	Within(storage.Run, storage.Stretch) (int, error)
	Categories() ([]storage.CategoryCount, error)
	CategoryBySlug(slug string) (storage.Category, error)
	RenameSlugs(slugs map[string]string) ([]storage.Renaming, error)
	Mark(path string) (tag string, since time.Time, err error)
	PutMark(path, tag string, since time.Time) (time.Time, error)
	PutSaved(slugs []string) error
	WasSaved(slug string) (bool, error)
	Source(name string) (storage.Source, error)
	Sources() ([]storage.Source, error)
	PutSource(storage.Source) error
	Prints(source string) (string, error)
	PutCondition(storage.Condition) (storage.Condition, error)
	Conditions(limit int) ([]storage.Condition, error)
	Holding() (map[string]storage.Condition, error)
	Moments(source string, since time.Time, apart time.Duration, limit int) ([]time.Time, error)
	Arrivals(since time.Time, each func(published, arrived time.Time)) error
	Size() (storage.Size, error)
	Samples(source string, limit int) ([]storage.Sample, error)
	Ahead() (time.Duration, error)
	Mend() (int, error)
	Listed(source string, ids []article.Identity) error
	Restore([]storage.Entry) (added int, err error)
	Frame() (storage.Frame, error)
	RestoreFrame(storage.Frame) error
	Changes(after uint64, limit int) ([]article.Article, uint64, error)
	Position(reader string) (uint64, error)
	SetPosition(reader string, p uint64) error
	Count() (int, error)
	Check() error
	Close() error
}

// Database opens one database, again and again.
type Database func(storage.Options) (Store, error)

// Run puts a store to all promises. fresh makes a database with nothing in it.
func Run(t *testing.T, fresh func(testing.TB) Database) {
	for name, promise := range map[string]func(*bench){
		"an article is new once":                       newOnce,
		"what was stored is there after a restart":     restart,
		"two sources of an article make one article":   merged,
		"two sources may both have seen it new":        bothNew,
		"items of one document are never joined":       neverJoined,
		"an item listed twice is one item":             listedTwice,
		"a key that never ends is a key":               longKeys,
		"only its own source edits an article":         edits,
		"an older revision changes nothing":            olderRevision,
		"a text is never lost to a page that failed":   textStays,
		"published never moves and updated tells when": times,
		"names are unique and safe":                    names,
		"a batch is stored whole or not at all":        allOrNothing,
		"a source's articles are counted":              counted,
		"prints stay until others come":                prints,
		"validators are opaque":                        opaque,
		"a state that was overtaken counts no less":    overtaken,
		"a skipped item stays skipped":                 skipped,
		"a window is bounded by number and age":        windows,
		"a late copy is news in its category":          lateCopy,
		"stocks follow the text":                       stocks,
		"a stretch of the past stays what it is":       stretches,
		"a stretch tells that it was revised":          revised,
		"a run tells whether there is more of it":      latest,
		"a run is read backwards, each article once":   earlier,
		"a search goes back as far as it has time":     search,
		"corrections come newest first":                corrections,
		"queries select and order":                     queries,
		"a reader may write while it reads":            readAndWrite,
		"a category's address never changes":           categories,
		"a renamed category is found under both":       renamed,
		"slugs are exchanged, and never shared":        exchanged,
		"what readers were shown last is known":        marks,
		"a saved search was one for good":              savedSearches,
		"a failed page is tried again":                 retries,
		"changes come in order and once":               changes,
		"order survives a clock that steps back":       clockBack,
		"bodies are kept as they came":                 raws,
		"a body is read beside any content":            rawsBeside,
		"what chose a body is stored with it":          explained,
		"what readers saw before an edit is kept":      versions,
		"what our own rules change is no edit":         remade,
		"of many versions the first and newest stay":   versionsBounded,
		"a text that never stands still is no news":    restless,
		"a text that comes late is no correction":      lateText,
		"what is taken back is marked and stays":       gone,
		"a story that is told again is one article":    joined,
		"other stories stay apart":                     apart,
		"a story twice in a batch is one article":      joinedAtOnce,
		"a story told without end has an end":          joinedWithoutEnd,
		"a copy's body is kept as others are":          copiesForget,
		"a join is undone for good":                    split,
		"a source that changes all ids is known":       recognised,
		"what is pruned by age never comes back":       prunedByAge,
		"the newest are kept":                          prunedByNumber,
		"what is pruned is not remembered for ever":    buried,
		"sources removed long ago are forgotten":       departed,
		"bodies are pruned before articles":            prunedRaw,
		"what moves to another store is what it was":   movedWhole,
		"feeds that move keep their addresses":         movedFrame,
		"an article is restored once":                  restoredOnce,
		"what was ahead elsewhere is not ahead here":   restoredFromAhead,
		"an item under another's address is told":      byAddress,
		"what comes after a step back is not skipped":  clockBackArchives,
		"what a clock ahead has left can be mended":    mended,
		"a clock that is behind mends nothing":         mendedBehind,
		"what leaves a run revises what came after":    unfiled,
		"many may write at once":                       manyWriters,
		"what is asked for in vain is not found":       notFound,
		"how a source fared is known":                  conditions,
		"when a source brought something is known":     came,
		"when articles came is known":                  arrivals,
	} {
		t.Run(name, func(t *testing.T) { promise(newBench(t, fresh)) })
	}
	t.Run("any history keeps the promises", func(t *testing.T) { histories(newBench(t, fresh)) })
}

// bench is a store under test, with a clock that the test moves.
type bench struct {
	*testing.T
	Store
	fresh func(testing.TB) Database
	open  Database
	clock time.Time
}

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func newBench(t *testing.T, fresh func(testing.TB) Database) *bench {
	b := &bench{T: t, fresh: fresh, open: fresh(t), clock: start}
	b.reopen()
	t.Cleanup(func() {
		if err := b.Check(); err != nil {
			t.Errorf("check: %v", err)
		}
		b.Close()
	})
	return b
}

// reopen is a restart of the program.
func (b *bench) reopen() {
	b.Helper()
	if b.Store != nil {
		if err := b.Close(); err != nil {
			b.Fatal(err)
		}
	}
	s, err := b.open(storage.Options{Authority: "example.net,2026", Now: func() time.Time { return b.clock }})
	if err != nil {
		b.Fatal(err)
	}
	b.Store = s
}

func (b *bench) pass(d time.Duration) { b.clock = b.clock.Add(d) }

// add adds entries of a source and returns what became of them.
func (b *bench) add(source string, entries ...storage.Entry) []storage.Change {
	b.Helper()
	changes, err := b.Add(storage.Batch{Source: source, Entries: entries})
	if err != nil {
		b.Fatalf("add %s: %v", source, err)
	}
	return changes
}

func (b *bench) sight(source string, ids ...article.Identity) []storage.Sighting {
	b.Helper()
	sightings, err := b.Sight(source, ids)
	if err != nil {
		b.Fatalf("sight %s: %v", source, err)
	}
	return sightings
}

// state is that of one source.
func (b *bench) state(source string) storage.State {
	b.Helper()
	states, err := b.States([]string{"nobody", source})
	if err != nil {
		b.Fatal(err)
	}
	if nobody := states[0]; *nobody.Source != (storage.Source{Name: "nobody"}) || nobody.Wishes {
		b.Errorf("nobody: %+v", nobody)
	}
	return states[1]
}

// retries are the wishes of a source that are due.
func (b *bench) retries(source string, due time.Time, limit int) []storage.Retry {
	b.Helper()
	found, err := b.Retries(source, due, limit)
	if err != nil {
		b.Fatal(err)
	}
	if len(found) > 0 && !b.state(source).Wishes {
		b.Errorf("%s has wishes, and its state tells of none", source)
	}
	return found
}

func (b *bench) get(ref string) article.Article {
	b.Helper()
	a, err := b.Article(ref)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

func (b *bench) counts(want int) {
	b.Helper()
	if got, err := b.Count(); err != nil || got != want {
		b.Errorf("Count() = %d, %v, want %d", got, err, want)
	}
}

// entry is an article with the given identity keys, named after the first.
func entry(print uint64, keys ...string) storage.Entry {
	return storage.Entry{
		Identity: article.Identity{Keys: keys, Print: print, Name: keys[0]},
		Article: article.Article{
			Title: "title of " + keys[0], Link: "https://example.org/" + keys[0],
			Content: "<p>text of " + keys[0] + "</p>", Categories: []string{"news"}, Published: start.Add(-time.Hour),
		},
	}
}

// keysOf are the Keys of articles, in order.
func keysOf(articles []article.Article) []string {
	keys := []string{}
	for _, a := range articles {
		keys = append(keys, a.Key)
	}
	return keys
}
