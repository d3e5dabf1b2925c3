package storage

import (
	"bytes"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// Articles are much alike. A dictionary of what stands in many of them, made of the
// store's own articles and kept in its file, takes up to a tenth off their bundles. More
// are made as the store grows and news change; all are kept, for what was coded with one
// is read with it. Articles that are still young are coded without: with one they take a
// quarter less room, for a few days, and twice the time.

const (
	// firstDictionary is how many articles there are when the first dictionary
	// is made, and each further one at so many times as many as the last.
	firstDictionary  = 500
	furtherAt        = 20
	mostDictionaries = 4

	dictionarySize = 256 << 10
	// samples are taken from the newest articles, one of every few, so that each
	// source has its share.
	samples, sampleEvery = 500, 4
	// dictionaryID is that of the first dictionary; those below are reserved by
	// RFC 8878.
	dictionaryID = 32768
)

// dictionaries are those in the file, in the order in which they were made. They are valid
// only during the transaction.
func dictionaries(tx Tx) (list [][]byte) {
	b := tx.Table("dictionaries")
	if b == nil { // of a file that is not migrated yet
		return nil
	}
	c := b.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		list = append(list, v)
	}
	return list
}

// lookAtDictionaries checks and counts those of a file that is opened. They take a quarter
// of a megabyte each, and most rounds need none.
func (s *Store) lookAtDictionaries(tx Tx) error {
	list := dictionaries(tx)
	s.dictionaries.Store(int64(len(list)))
	return checkDictionaries(list)
}

func checkDictionaries(list [][]byte) error {
	for _, dictionary := range list {
		if _, err := zstd.InspectDictionary(dictionary); err != nil {
			return fmt.Errorf("%w: dictionary: %w", ErrDamaged, err)
		}
	}
	return nil
}

// loadDictionaries makes all values of the file readable, and new ones are made with the
// last of them.
func (s *Store) loadDictionaries(tx Tx) error {
	s.priming.Lock()
	defer s.priming.Unlock()
	list := dictionaries(tx)
	if s.codec.now.Load().dictionaries >= len(list) { // another has been first
		return nil
	}
	if err := checkDictionaries(list); err != nil {
		return err
	}
	s.dictionaries.Store(max(s.dictionaries.Load(), int64(len(list)))) // others may have seen more
	return s.codec.prime(list)
}

// train makes a dictionary when it is time. Nothing depends on it: what fails is
// tried again after the next write, whose own error tells what is wrong with the
// file.
func (s *Store) train() {
	n := s.dictionaries.Load()
	due := int64(firstDictionary)
	for range n {
		due *= furtherAt
	}
	if n >= mostDictionaries || s.articles.Load() < due || !s.training.TryLock() {
		return
	}
	defer s.training.Unlock()
	if s.dictionaries.Load() != n {
		return
	}
	var contents [][]byte
	err := s.view(func(t *tables) (err error) {
		contents, err = t.sample()
		return err
	})
	if err != nil {
		return
	}
	if dictionary, err := buildDictionary(uint32(dictionaryID+n), contents); err == nil {
		s.adopt(n, dictionary)
	}
}

// adopt stores a dictionary. Only when it is in the file may anything be coded
// with it.
func (s *Store) adopt(n int64, dictionary []byte) {
	err := s.update(func(t *tables) error {
		b := t.tx.Table("dictionaries")
		if b.Get(number(uint64(n))) == nil { // else another that shares the tables was first
			if err := b.Put(number(uint64(n)), dictionary); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		_ = s.view(func(t *tables) error { return s.loadDictionaries(t.tx) }) // else who needs them does
	}
}

func (t *tables) sample() (contents [][]byte, err error) {
	c := t.articles.Cursor()
	steps := 0
	for k, v := c.Last(); k != nil && len(contents) < samples; k, v = c.Prev() {
		if steps++; steps%sampleEvery != 0 && t.counted() > samples*sampleEvery {
			continue
		}
		b, err := t.unpacked(fromNumber(k), v)
		if err != nil {
			return nil, err
		}
		contents = append(contents, bytes.Clone(b))
	}
	return contents, nil
}

// buildDictionary makes a dictionary that ends in the newest of the samples,
// cut to size: what is nearest to its end is the cheapest to refer to.
func buildDictionary(id uint32, contents [][]byte) (dictionary []byte, err error) {
	err = protect(func() (err error) {
		var history []byte
		for _, b := range contents {
			if len(history)+len(b) > dictionarySize {
				break
			}
			history = append(bytes.Clone(b), history...)
		}
		dictionary, err = zstd.BuildDict(zstd.BuildDictOptions{
			ID: id, Contents: contents, History: history, Offsets: [3]int{1, 4, 8}, Level: zstd.SpeedFastest,
		})
		if err == nil {
			_, err = zstd.InspectDictionary(dictionary)
		}
		return err
	})
	return dictionary, err
}
