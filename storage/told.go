package storage

import (
	"bytes"
	"errors"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// toldVersion heads the stored fingerprints; those of another are made anew. It changes
// with what a fingerprint is.
const toldVersion = 2

// storedTold is the fingerprint of an article within the window, so that a start of
// the program does not read the window's articles. Without letters it says that the
// article has none.
type storedTold struct {
	_       struct{} `cbor:",toarray"`
	At      int64
	Text    uint64
	Letters int
	Title   string
	Words   uint64
	Numbers []uint32
	Stocks  uint64
}

// putTold stores a fingerprint.
func (t *tables) putTold(arrival uint64, f fingerprint) error {
	value, err := cbor.Marshal(storedTold{At: seconds(f.at), Text: f.text, Letters: f.letters, Title: f.title, Words: f.words, Numbers: f.numbers, Stocks: f.stocks})
	if err != nil {
		return err
	}
	return errors.Join(t.toldTable.Put(number(arrival), append([]byte{toldVersion}, value...)), t.forgetTold())
}

// toldOf reads a stored fingerprint; false where there is none, or an older or a damaged
// one, without which nothing is lost but that a story may be told again.
func (t *tables) toldOf(arrival uint64) (f fingerprint, ok bool) {
	return t.readTold(t.toldTable.Get(number(arrival)))
}

func (t *tables) readTold(value []byte) (f fingerprint, ok bool) {
	if len(value) == 0 || value[0] != toldVersion {
		return f, false
	}
	var s storedTold
	if t.codec.cbor.Unmarshal(value[1:], &s) != nil {
		return f, false
	}
	return fingerprint{at: fromSeconds(s.At), text: s.Text, letters: s.Letters, title: s.Title, words: s.Words, numbers: s.Numbers, stocks: s.Stocks}, true
}

// toldKey is where it is noted by which version all articles of the window were told.
const toldKey = "told"

// tellAll has fingerprints of this version for all articles of the window. Those of
// others are looked for once: what is stored later has one. A damaged article has none.
func (t *tables) tellAll() error {
	if bytes.Equal(t.meta.Get([]byte(toldKey)), []byte{toldVersion}) {
		return nil
	}
	c := t.articles.Cursor()
	for k, v := c.Seek(number(windowStart(t.time))); k != nil; k, v = c.Next() {
		arrival := fromNumber(k)
		if _, known := t.toldOf(arrival); known {
			continue
		}
		r, err := t.decode(arrival, v)
		if errors.Is(err, ErrDamaged) { // a check tells of it; else nothing new could be stored any more
			continue
		}
		if err != nil {
			return err
		}
		if err := t.tell(arrival, &r.Article); err != nil {
			return err
		}
	}
	return t.meta.Put([]byte(toldKey), []byte{toldVersion})
}

// windowStart is the first arrival that may be within the window.
func windowStart(now time.Time) uint64 {
	return uint64(max(now.Add(-storyWindow).UnixMilli(), 0)) << 20
}

// toldStep is how many fingerprints go, where they are too old, for one that comes:
// more than one, so that it does not matter whether anybody asks for them.
const toldStep = 2

// forgetTold removes some stored fingerprints that are out of the window.
func (t *tables) forgetTold() error {
	from := number(windowStart(t.time))
	var old [][]byte
	c := t.toldTable.Cursor()
	for k, _ := c.First(); k != nil && bytes.Compare(k, from) < 0 && len(old) < toldStep; k, _ = c.Next() {
		old = append(old, bytes.Clone(k))
	}
	for _, k := range old {
		if err := t.toldTable.Delete(k); err != nil {
			return err
		}
	}
	return nil
}
