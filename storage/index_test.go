package storage

import (
	"cmp"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
)

// TestRuns: a run gives what is under its term and nothing else, in order, from
// anywhere and in both directions, however much time lies between.
func TestRuns(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "a.db"), Options{Authority: "example.net,2026", NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := rand.New(rand.NewPCG(1, 1))
	terms := []term{categoryTerm(1), categoryTerm(2), categoryTerm(256), sourceTerm(1), stockTerm("sz1"), stockTerm("sz10"), stockTerm("a")}
	under := make([][]uint64, len(terms))
	orders := []uint64{0, 1, 1<<periodBits - 1, 1 << periodBits, 1<<64 - 2}
	for range 200 {
		orders = append(orders, r.Uint64()>>r.IntN(20)<<r.IntN(20)&(1<<64-2))
	}
	err = s.update(func(tb *tables) error {
		for _, n := range orders {
			i := r.IntN(len(terms))
			if _, err := tb.file(terms[i], n, n); err != nil {
				return err
			}
			under[i] = append(under[i], n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.engine.View(func(tx Tx) error {
		tb := s.tables(tx)
		for i, tm := range terms {
			all := slices.Compact(slices.Sorted(slices.Values(under[i])))
			for _, from := range append(orders, 1<<64-1) {
				var later, earlier []uint64
				for _, n := range all {
					if n >= from {
						later = append(later, n)
					} else {
						earlier = append(earlier, n)
					}
				}
				slices.SortFunc(earlier, func(a, b uint64) int { return cmp.Compare(b, a) })
				if got := ordersOf(tb.up(tm, from)); !slices.Equal(got, later) {
					t.Fatalf("%q up from %x: %x, want %x", tm, from, got, later)
				}
				if got := ordersOf(tb.down(tm, from)); !slices.Equal(got, earlier) {
					t.Fatalf("%q down from %x: %x, want %x", tm, from, got, earlier)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ordersOf(run iter.Seq2[uint64, uint64]) (orders []uint64) {
	for order := range run {
		orders = append(orders, order)
	}
	return orders
}
