package normalize_test

import (
	"fmt"
	"testing"

	"aggregator/fetcher"
	"aggregator/normalize"
)

func stepOf(items []fetcher.Item) normalize.Step {
	_, step := normalize.Identify(items, normalize.Options{Source: "f"})
	return step
}

func TestStepOf(t *testing.T) {
	list := func(id, link string) (items []fetcher.Item) {
		for i := range 10 {
			it := fetcher.Item{Title: fmt.Sprint(i), ID: id, Link: link}
			if id == "own" {
				it.ID = fmt.Sprint(i)
			}
			if link == "own" {
				it.Link = fmt.Sprintf("https://e.org/%d", i)
			}
			items = append(items, it)
		}
		return items
	}
	for _, test := range []struct {
		id, link string
		want     normalize.Step
	}{
		{"own", "own", normalize.ByID}, {"own", "https://e.org/list", normalize.ByID},
		{"", "own", normalize.ByLink}, {"same", "own", normalize.ByLink},
		{"same", "https://e.org/list", normalize.ByText}, {"", "", normalize.ByText},
	} {
		if got := stepOf(list(test.id, test.link)); got != test.want {
			t.Errorf("ids %q, links %q: step %d, want %d", test.id, test.link, got, test.want)
		}
	}
	oneOdd := list("own", "own")
	oneOdd[9].ID = ""
	if got := stepOf(oneOdd); got != normalize.ByID {
		t.Errorf("one item in ten without an id is step %d", got)
	}
}

// TestRepeatedIDAloneInItsDocument: an id that several items once shared tells
// nothing of an item that comes alone with it, once the step is remembered.
func TestRepeatedIDAloneInItsDocument(t *testing.T) {
	alone := func(link string) string {
		it := fetcher.Item{ID: "same", Link: link, Title: "t"}
		return normalize.Identities([]fetcher.Item{it}, normalize.Options{Source: "f", Step: normalize.ByLink})[0].Keys[0]
	}
	if a, b := alone("https://e.org/1"), alone("https://e.org/2"); a == b {
		t.Errorf("both have the key %s", a)
	}
}

// TestItemListedTwice: word for word the same item is one article, and the
// one that it is when it is listed once.
func TestItemListedTwice(t *testing.T) {
	it := fetcher.Item{ID: "1", Link: "https://e.org/1", Title: "t"}
	o := normalize.Options{Source: "f"}
	twice, once := normalize.Identities([]fetcher.Item{it, it}, o), normalize.Identities([]fetcher.Item{it}, o)
	if twice[0].Keys[0] != twice[1].Keys[0] || twice[0].Keys[0] != once[0].Keys[0] {
		t.Errorf("keys %v, %v; once %v", twice[0].Keys, twice[1].Keys, once[0].Keys)
	}
}

func TestSinaIDsAreNoGuids(t *testing.T) {
	it := fetcher.Item{ID: "comos:nihefve8236522"}
	o := normalize.Options{Source: "s", Site: "sina", Step: normalize.ByText}
	if got := normalize.Identities([]fetcher.Item{it}, o)[0].Keys[0]; got != "sina:inihefve8236522" {
		t.Error(got)
	}
}
