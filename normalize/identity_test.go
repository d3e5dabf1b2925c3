package normalize_test

import (
	"slices"
	"testing"

	"aggregator/fetcher"
	"aggregator/normalize"
)

// TestSiteIDsHold: an id of Sina's own is the same article however often a
// list shows it, as when the list moves on while it is paged, and though it was
// edited in between.
func TestSiteIDsHold(t *testing.T) {
	o := normalize.Options{Source: "s", Site: "sina"}
	for _, id := range []string{"zhibo:152:4155848", "comos:nihefve8236522"} {
		once := fetcher.Item{ID: id, Title: "甲", Link: "http://127.0.0.1/7x24/doc-inetwqye5363994.shtml"}
		edited := once
		edited.Title = "甲，改过"
		alone := normalize.Identities([]fetcher.Item{once}, o)[0].Keys[0]
		for _, twice := range normalize.Identities([]fetcher.Item{once, edited}, o) {
			if twice.Keys[0] != alone {
				t.Errorf("listed twice, %s is %s, alone %s", id, twice.Keys[0], alone)
			}
		}
	}
}

// TestSharedSinaLinkJoinsNothing: items of one document that link to the same
// Sina page are still several.
func TestSharedSinaLinkJoinsNothing(t *testing.T) {
	const link = "https://finance.sina.com.cn/zt_d/doc-inihefve8236522.shtml"
	ids := normalize.Identities([]fetcher.Item{{ID: "1", Title: "甲", Link: link}, {ID: "2", Title: "乙", Link: link}}, normalize.Options{Source: "f"})
	for _, key := range ids[0].Keys {
		if slices.Contains(ids[1].Keys, key) {
			t.Errorf("%q joins two items of one document", key)
		}
	}
}

// TestForeignIDsAreTheirSourcesOwn: what looks like an id of the live wire is
// one only where the source is the live wire.
func TestForeignIDsAreTheirSourcesOwn(t *testing.T) {
	got := normalize.Identities([]fetcher.Item{{ID: "zhibo:152:4155848"}}, normalize.Options{Source: "f"})[0].Keys[0]
	if want := "guid:f:zhibo:152:4155848"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
