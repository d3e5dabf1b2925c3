package storage

import (
	"encoding/binary"
	"time"
)

// The layout, schema 13. Numbers are big-endian, so that keys sort by them. An
// order number counts what was stored, in the order it was: see tick. The
// order number at which an article was first stored is its arrival, and names
// it everywhere below.
//
//	["meta", "schema"] => number of this layout
//	["meta", "authority"] => Options.Authority of the first run
//	["meta", "articles"] => how many there are
//	["meta", "raw"] => arrival up to which bodies were pruned
//	["meta", "bundled"], ["meta", "bundled early"] => arrivals up to which articles were
//	        put in bundles; see bundle.go
//	["meta", "told"] => by which version the articles of the last days were told
//	["meta", "graves"] => how far the search for graves came that need not be kept
//	["meta", "migrated"] => how far a migration has got; see migrate.go
//	["meta", "rest:" and a site] => storedRest; until it is over        Rests
//	["meta", "prints:" and a source's name] => what is known of its last document's
//	        items; opaque                                          Prints
//	["meta", "mark:" and a path] => storedMark; of no path: when the first could
//	        be                                                     Mark
//	["meta", "copying"] => a text; of tables that are being copied, until they are a
//	        database, and have a schema                            CopyTo
//	["meta", "saved:" and a slug] => nothing; of a search that was published  WasSaved
//	["articles", arrival] => record; grows at its end only; of old ones the number
//	        of the bundle that has it
//	["bundles", number] => records of many articles; see bundle.go
//	["raw", arrival] => storedRaw, coded against the content of its article; pruned
//	        from its start; of a copy its order                    Raw, Bodies
//	["versions", arrival, order] => what readers saw before an edit, as it was
//	        stored at that order; pruned from its start                   Versions
//	["copies", arrival, order] => record of an item that was joined with the
//	        article, as it would have been one                            Split
//	["names", Article.Key] => arrival; of one that was pruned: 0, order  Article
//	["aliases", identity key] => arrival; of one that was pruned: 0, order, numbers
//	        of sources; see grave.go                           Sight, Add
//	["seen", source number, period, hash of first key] => arrival, print
//	        of a skipped item, or a pruned article: 0, print, order;
//	        the period is that of the arrival, or 0          Sight
//	["index", 'd', span of published, arrival] => the rest of published; see
//	        published.go                                           Articles
//	["runs", 'c', period, category number, order] => see index.go  Newest
//	["runs", 's', period, source number, order]                NewestOfSource
//	["runs", 'k', period, stock code, 0, order]                NewestOfStock
//	        a period being the first two bytes of the order, which lacks them
//	["changes", order] => arrival; one entry an article        Changes, Corrections
//	["readers", name] => order                                 Position
//	["retries", source number, arrival] => due, Retry          Retries
//	["sources", name] => sourceRecord; see departed.go
//	["fetched", source number] => when it was fetched and is due; see fetched.go
//	["categories", 'r', number] => Category; 'n', name and 's', slug, its own or
//	              a former one => number;
//	              'a', number => how many articles
//	["health", 'n', order] => storedCondition; 's', source name => order of the
//	              one it is in                                 Conditions, Holding
//	["told", arrival] => storedTold; of articles of the last days  nearest
//	["dictionaries", number] => dictionary that values are compressed with
//
// What one document lists lies together in "seen", today's apart from what came
// long ago, so that judging and storing it touches a few pages at any size of the
// store. "aliases" holds the keys as they are,
// neither hashed nor numbered: two keys can then never be taken for each other,
// and as text they lie by site, section and date, or by an origin's ascending
// numbers, so that today's articles are again close together. (A hash in front
// would spread every insert over the whole table.)
const schema = 13

// tables are those of one transaction.
type tables struct {
	*Store
	codec *codec // which reads on in tx
	tx    Tx
	time  time.Time              // of the transaction, UTC, whole seconds
	told  map[uint64]fingerprint // see settle
	// began and ended are the order numbers before and after what a write
	// transaction did.
	began, ended uint64
	gained       map[uint32]int // see count

	meta, articles, raw, versions, copies, names, aliases, seen Table
	index, runs, changes, readers, retries                      Table
	sourceRecords, categoryTable, health, toldTable, bundles    Table
	fetched                                                     Table

	open [4]*bundle // that were unpacked last
}

func (s *Store) tables(tx Tx) *tables {
	b := tx.Table
	return &tables{
		Store: s, codec: s.reading(tx), tx: tx, time: s.now().UTC().Truncate(time.Second),
		meta: b("meta"), articles: b("articles"), raw: b("raw"), versions: b("versions"), copies: b("copies"), names: b("names"),
		aliases: b("aliases"), seen: b("seen"), index: b("index"), runs: b("runs"), changes: b("changes"),
		readers: b("readers"), retries: b("retries"), sourceRecords: b("sources"),
		categoryTable: b("categories"), health: b("health"), toldTable: b("told"), bundles: b("bundles"),
		fetched: b("fetched"),
	}
}

// reading is the codec of a transaction.
func (s *Store) reading(tx Tx) *codec {
	return s.codec.within(func() error { return s.loadDictionaries(tx) })
}

func tableNames() []string {
	return []string{"meta", "articles", "raw", "versions", "copies", "names", "aliases", "seen", "index", "runs",
		"changes", "readers", "retries", "sources", "categories", "health", "told", "dictionaries", "bundles", "fetched"}
}

// tick gives the next order number: the time in milliseconds, 20 bits up, or
// one more than the last where the clock stood still or stepped back. Order is
// thus kept whatever the clock does, and mostly tells the time as well.
func (t *tables) tick() (uint64, error) {
	n := max(t.articles.Sequence()+1, uint64(t.time.UnixMilli())<<20)
	return n, t.articles.SetSequence(n)
}

// moment is the time that an order number tells.
func moment(order uint64) time.Time { return time.UnixMilli(int64(order >> 20)) }

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func fromNumber(b []byte) uint64 {
	if len(b) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// nothing is the value of keys that say it all. It is not nil, which would
// read as absent within the transaction that put it.
func nothing() []byte { return []byte{} }
