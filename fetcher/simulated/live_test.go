package simulated_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
)

type wireItem struct {
	ID         int64
	RichText   string `json:"rich_text"`
	Multimedia json.RawMessage
	UpdateTime string `json:"update_time"`
	Ext        string
	IsDelete   int `json:"is_delete"`
	IsRepeat   string
	Tag        []struct{ ID, Name string }
}

func wireList(t *testing.T, o *simulated.Origin, query string) []wireItem {
	t.Helper()
	_, body := get(t, o, "http://localhost:1/api/zhibo/feed?zhibo_id=152&"+query)
	var doc struct {
		Result struct {
			Status struct{ Code int }
			Data   struct{ Feed struct{ List []wireItem } }
		}
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatalf("%s: %v: %.300s", query, err, body)
	}
	return doc.Result.Data.Feed.List
}

func TestWirePages(t *testing.T) {
	o, _ := world(simulated.Options{})
	all := wireList(t, o, "page=1&page_size=100")
	for page := range 5 {
		for i, item := range wireList(t, o, fmt.Sprintf("page=%d&page_size=20", page+1)) {
			if item.ID != all[page*20+i].ID {
				t.Fatalf("page %d item %d is %d, want %d", page+1, i, item.ID, all[page*20+i].ID)
			}
		}
	}
	older := wireList(t, o, fmt.Sprintf("page_size=10&dire=b&id=%d", all[9].ID))
	newer := wireList(t, o, fmt.Sprintf("page_size=10&dire=f&id=%d", all[9].ID))
	if older[0].ID != all[10].ID || len(newer) != 9 || newer[0].ID != all[0].ID {
		t.Errorf("cursor gives older %d (want %d) and %d newer (want 9)", older[0].ID, all[10].ID, len(newer))
	}
	for _, item := range wireList(t, o, "page_size=50&tag_id=7") {
		if item.Tag[0].Name != "央行" {
			t.Errorf("item %d has the tags %v", item.ID, item.Tag)
		}
	}
}

func TestWireQuirks(t *testing.T) {
	o, _ := world(simulated.Options{})
	kinds := make(map[string]int)
	for page := range 9 {
		for _, item := range wireList(t, o, fmt.Sprintf("page=%d&page_size=100", page+1)) {
			kinds["media "+string(item.Multimedia[:1])]++
			kinds[fmt.Sprintf("deleted %d", item.IsDelete)]++
			kinds[fmt.Sprintf("ext JSON %v", json.Valid([]byte(item.Ext)))]++
			kinds["blank first"] += count(item.RichText[0] == ' ')
		}
	}
	for _, want := range []string{`media "`, "media {", "deleted 1", "ext JSON false", "blank first"} {
		if kinds[want] == 0 {
			t.Errorf("no %s: %v", want, kinds)
		}
	}
}

// An edit keeps the id and moves the update time; a withdrawn item is marked or
// gone.
func TestWireEvents(t *testing.T) {
	o, c := world(simulated.Options{LiveEvery: time.Minute})
	before := make(map[string]simulated.Article)
	for a := range o.LiveItems(start, time.Time{}) {
		before[a.ID] = a
	}
	c.advance(time.Hour)
	edited, withdrawn := 0, 0
	for a := range o.LiveItems(start.Add(-2*time.Hour), time.Time{}) {
		if old, ok := before[a.ID]; ok && old.Paragraphs[0] != a.Paragraphs[0] {
			edited += count(a.Updated.After(old.Updated))
		}
		withdrawn += count(!a.Withdrawn.IsZero())
	}
	if edited == 0 || withdrawn == 0 {
		t.Errorf("%d items edited, %d withdrawn, want some", edited, withdrawn)
	}
	shown := wireList(t, o, "page_size=1")[0]
	if a := lastLive(o); strconv.FormatInt(shown.ID, 10) != a.ID || shown.RichText != a.Paragraphs[0] {
		t.Errorf("the wire shows %d, the ledger has %s", shown.ID, a.ID)
	}
}

func lastLive(o *simulated.Origin) (last simulated.Article) {
	for a := range o.LiveItems(start, time.Time{}) {
		if a.Withdrawn.IsZero() {
			last = a
		}
	}
	return last
}
