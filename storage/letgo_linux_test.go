package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestLetGoOfWhatWasReadLast: what a transaction has mapped is given back though no other
// follows, and though it was looked at right before.
func TestLetGoOfWhatWasReadLast(t *testing.T) {
	f := &file{path: filepath.Join(t.TempDir(), "a.db")}
	if err := f.open(true); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	err := f.Update(func(tx Tx) error {
		return errors.Join(tx.Create("meta"), tx.Create("raw"), tx.Table("raw").Put([]byte("a"), make([]byte, 3*mostMapped)))
	})
	if err != nil {
		t.Fatal(err)
	}
	mapped := func() int64 {
		n, ok := mappedToFiles()
		if !ok {
			t.Fatal("not known")
		}
		return n
	}
	time.Sleep(2 * lookLast)
	look := func(Tx) error { return nil }
	if err := f.View(look); err != nil {
		t.Fatal(err)
	}
	before, during := mapped(), int64(0)
	err = f.View(func(tx Tx) error {
		if n := bytes.Count(tx.Table("raw").Get([]byte("a")), []byte{0}); n != 3*mostMapped {
			t.Errorf("%d bytes", n)
		}
		during = mapped()
		return nil
	})
	if err != nil || during-before < 2*mostMapped {
		t.Errorf("%d bytes were mapped, %v", during-before, err)
	}
	for deadline := time.Now().Add(5 * time.Second); mapped()-before > mostMapped; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d bytes stay mapped", mapped()-before)
		}
	}
}

// TestLetGoThoughOthersHave: what is mapped to another file and given back there is no
// room for pages of this one.
func TestLetGoThoughOthersHave(t *testing.T) {
	f := &file{path: filepath.Join(t.TempDir(), "a.db")}
	if err := f.open(true); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const values = 6
	for n := range values {
		err := f.Update(func(tx Tx) error {
			return errors.Join(tx.Create("meta"), tx.Create("raw"), tx.Table("raw").Put([]byte{byte(n)}, make([]byte, mostMapped/2)))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	look := func() (mapped int64) {
		time.Sleep(2 * lookLast)
		if err := f.View(func(Tx) error { mapped, _ = mappedToFiles(); return nil }); err != nil {
			t.Fatal(err)
		}
		return mapped
	}
	other, err := os.Create(filepath.Join(t.TempDir(), "other"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	const size = values * mostMapped
	if err := other.Truncate(size); err != nil {
		t.Fatal(err)
	}
	pages, err := syscall.Mmap(int(other.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(pages, []byte{0}); n != size {
		t.Fatalf("%d bytes", n)
	}
	look()
	if err := syscall.Munmap(pages); err != nil {
		t.Fatal(err)
	}
	before := look()
	for n := range values {
		if err := f.View(func(tx Tx) error { bytes.Count(tx.Table("raw").Get([]byte{byte(n)}), []byte{0}); return nil }); err != nil {
			t.Fatal(err)
		}
		if more := look() - before; more > mostMapped {
			t.Errorf("%d bytes of %d values stay mapped", more, n+1)
		}
	}
}

// TestLetGoWhileTheMappingMoves: memory is given back by those alone whose transaction
// keeps the mapping where it is: what others read meanwhile, of a file that grows, is
// what was written.
func TestLetGoWhileTheMappingMoves(t *testing.T) {
	f := &file{path: filepath.Join(t.TempDir(), "a.db")}
	if err := f.open(true); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	value := func(n int) []byte {
		return bytes.Repeat(binary.BigEndian.AppendUint64(nil, uint64(n)*0x9e3779b97f4a7c15), 4<<10)
	}
	const values = 800 // 26 MB, so that the mapping moves ten times
	if err := f.Update(func(tx Tx) error { return errors.Join(tx.Create("meta"), tx.Create("raw")) }); err != nil {
		t.Fatal(err)
	}
	grown := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for first := 0; ; first += 7 {
				err := f.View(func(tx Tx) error {
					defer f.giveBack(tx.(fileTx).Tx)
					for n := first % values; n < first%values+20; n++ {
						if v := tx.Table("raw").Get(number(uint64(n))); v != nil && !bytes.Equal(v, value(n)) {
							t.Errorf("%d is another value", n)
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
				select {
				case <-grown:
					return
				default:
				}
			}
		})
	}
	for n := range values {
		err := f.Update(func(tx Tx) error {
			defer f.giveBack(tx.(fileTx).Tx)
			return tx.Table("raw").Put(number(uint64(n)), value(n))
		})
		if err != nil {
			t.Error(err)
			break
		}
	}
	close(grown)
	readers.Wait()
}
