package storage

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestDamagedDictionaryIsNamed: what keeps a dictionary from being read is told, and not
// only that it is not known.
func TestDamagedDictionaryIsNamed(t *testing.T) {
	contents := make([][]byte, 200)
	for i := range contents {
		contents[i] = fmt.Appendf(nil, "%d: %s", i, strings.Repeat("央行今日开展逆回购操作 ", 20+i%7))
	}
	dictionary, err := buildDictionary(dictionaryID, contents)
	if err != nil {
		t.Fatal(err)
	}
	coded, err := newCodec()
	if err == nil {
		err = coded.prime([][]byte{dictionary})
	}
	if err != nil {
		t.Fatal(err)
	}
	value := coded.packDense(contents[0])
	if value[0] != primed {
		t.Fatalf("coding %d", value[0])
	}
	fresh, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	unreadable := fmt.Errorf("%w: dictionary: wrong magic", ErrDamaged)
	_, err = fresh.within(func() error { return unreadable }).unpack(value)
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "wrong magic") {
		t.Errorf("error %v", err)
	}
	b, err := fresh.within(func() error { return fresh.prime([][]byte{dictionary}) }).unpack(value)
	if err != nil || !bytes.Equal(b, contents[0]) {
		t.Errorf("%.60s, error %v", b, err)
	}
}
