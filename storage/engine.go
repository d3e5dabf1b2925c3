package storage

import "time"

// Engine keeps ordered tables of bytes, and runs transactions over them. All that
// a [Store] promises is made of this: one engine is a bbolt file, which [Open]
// opens; another is given to [On].
//
// Reading knows no errors: an engine that cannot read panics with a [Failure], as
// bbolt panics where pages make no sense, and the transaction ends with it.
type Engine interface {
	// View runs fn on the tables as they are at one moment.
	View(fn func(Tx) error) error
	// Update runs fn in the one write transaction that there is at a time,
	// whoever shares the engine. It is stored whole where fn returns nil, else
	// not at all. It may run fn more than once.
	Update(fn func(Tx) error) error
	// Space tells how much room the tables take.
	Space() (Space, error)
	// String names the database in errors, without its secrets.
	String() string
	// Close waits for those who read and write.
	Close() error
}

// Space is how many bytes an engine takes, and how many of these are free for
// what is written next.
type Space struct {
	Bytes, Free int64
	PageSize    int
}

// Tx is a transaction. What it gives is valid until it ends.
type Tx interface {
	// Table gives a table by its name; nil where there is none.
	Table(name string) Table
	// Create makes a table where there is none.
	Create(name string) error
	// Empty forgets all that is in a table.
	Empty(name string) error
}

// Table is a table of a transaction: keys and values, ordered by key, and a number
// of its own.
type Table interface {
	Get(key []byte) []byte // nil where there is none
	Put(key, value []byte) error
	Delete(key []byte) error
	Cursor() Cursor
	Sequence() uint64
	SetSequence(n uint64) error
	// Expect tells which keys will be asked for, so that an engine that is far
	// away may read them at once.
	Expect(keys [][]byte)
}

// Cursor goes through a table. The key is nil where it has left the table. What is
// written meanwhile may be passed over, or not.
type Cursor interface {
	First() (key, value []byte)
	Last() (key, value []byte)
	Seek(key []byte) (atLeast, value []byte)
	Next() (key, value []byte)
	Prev() (key, value []byte)
}

// Failure is what reading panics with where an engine cannot read; Err says why.
type Failure struct{ Err error }

func (f Failure) Error() string { return f.Err.Error() }

func (f Failure) Unwrap() error { return f.Err }

// Timetable is a [Tx] that keeps beside the records when each source is due, and who
// is at work on it, for those who share the engine.
type Timetable interface {
	Due(source string, at time.Time)
	// Lost gives those of the sources whose outcome is not this program's to store.
	// The others are its own until the transaction ends.
	Lost(sources []string) (map[string]bool, error)
}

// next is a number that the table never gave before.
func next(t Table) (uint64, error) {
	n := t.Sequence() + 1
	return n, t.SetSequence(n)
}
