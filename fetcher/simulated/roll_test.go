package simulated_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"aggregator/fetcher/simulated"
)

// rollDoc is an answer of the roll list; what has several types is left raw.
type rollDoc struct {
	Result struct {
		Status     struct{ Code int }
		Timestamp  string
		Rtime      int64
		Start, End int64
		Total      json.RawMessage
		Data       json.RawMessage
		Top, PDPS  []map[string]any
	}
}

func rollList(t *testing.T, o *simulated.Origin, query string) (rollDoc, []map[string]any) {
	t.Helper()
	_, body := get(t, o, "http://localhost:1/api/roll/get?"+query)
	var doc rollDoc
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatalf("%s: %v: %.300s", query, err, body)
	}
	var items []map[string]any
	json.Unmarshal(doc.Result.Data, &items)
	return doc, items
}

func ExampleOrigin_Articles() {
	at := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	o := simulated.New(simulated.Options{Seed: 1, Start: at, Now: func() time.Time { return at }, Backlog: 100})
	for a := range o.Articles(1686, at.Add(-30*time.Minute), at) {
		fmt.Println(a.Published.Format(time.TimeOnly), a.ID, a.Title)
	}
	// Output:
	// 07:32:59 nbawsam5822044 瀚海证券分析师严佳慧：成渝地区铁路货运量有望韧性较强
	// 07:35:24 nwkvaim0559618 国家有关部门印发《数据要素流通管理办法》 下一阶段实施
	// 07:38:23 nkktabu7928405 {% raw %}3个月期再贷款利率下调17个基点 释放什么信号
	// 07:41:10 ntifnau2665979 铁矿石价格创16个月新高 秘鲁供应收紧
	// 07:52:34 nhtyxyb6878701 固定资产投资扩大6.5%！粤港澳大湾区内地九市10月成绩单出炉
}

func TestPagingCoversEveryArticleOnce(t *testing.T) {
	o, _ := world(simulated.Options{Seed: 3, Backlog: 1500, Reach: 50 * time.Hour})
	for _, lid := range []int{1686, 1687, 2674} {
		c, _ := simulated.ColumnOf(lid)
		var want, got []string
		for a := range o.Articles(c.LID, time.Time{}, time.Time{}) {
			want = append(want, "comos:"+a.ID)
		}
		slices.Reverse(want)
		for page := 1; ; page++ {
			doc, items := rollList(t, o, fmt.Sprintf("pageid=%d&lid=%d&num=50&page=%d", c.PageID, c.LID, page))
			if total := strings.Trim(string(doc.Result.Total), `"`); total != strconv.Itoa(len(want)) {
				t.Fatalf("lid %d: total %s, want %d", c.LID, total, len(want))
			}
			if len(items) == 0 {
				break
			}
			for _, item := range items {
				got = append(got, item["docid"].(string))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("lid %d: pages hold %d articles, the ledger %d, or in another order", c.LID, len(got), len(want))
		}
	}
}

func TestRollQuirks(t *testing.T) {
	o, _ := world(simulated.Options{})
	doc, items := rollList(t, o, "pageid=153&lid=2509&num=50")
	if len(doc.Result.Top) == 0 || len(doc.Result.PDPS) == 0 {
		t.Error("no pinned items and advertisements beside the list")
	}
	kinds := make(map[string]int)
	for page := range 8 {
		_, more := rollList(t, o, fmt.Sprintf("pageid=153&lid=2509&num=50&page=%d", page+2))
		items = append(items, more...)
	}
	for _, item := range items {
		_, array := item["img"].([]any)
		kinds[fmt.Sprintf("img array %v", array)]++
		for _, image := range item["images"].([]any) {
			image := image.(map[string]any)
			kinds[fmt.Sprintf("width %T", image["w"])]++
			u := image["u"].(string)
			kinds[fmt.Sprintf("address relative %v, padded %v", strings.HasPrefix(u, "//"), u != strings.TrimSpace(u))]++
		}
		kinds["author "+item["author"].(string)]++
		if _, err := strconv.Atoi(item["ctime"].(string)); err != nil {
			t.Errorf("ctime %q", item["ctime"])
		}
		for _, odd := range []string{"&", "<", "\"", "'", "|", "\u00a0", "\n", "\\", "[", "*ST", "\U0001F680", "{{"} {
			kinds["title with "+odd] += count(strings.Contains(item["title"].(string), odd))
		}
	}
	for _, want := range []string{"img array true", "img array false", "width string", "width float64", "address relative true, padded false",
		"address relative false, padded true", "author 0", "author ", "title with &", "title with <", "title with |"} {
		if kinds[want] == 0 {
			t.Errorf("no %s among %d items: %v", want, len(items), kinds)
		}
	}
}

func TestRollRefusals(t *testing.T) {
	o, _ := world(simulated.Options{})
	if doc, _ := rollList(t, o, "pageid=155&lid=2516"); doc.Result.Status.Code != 11 {
		t.Errorf("code %d for a pair that does not exist, want 11", doc.Result.Status.Code)
	}
	var nothing []string
	for page := range 3 {
		doc, _ := rollList(t, o, fmt.Sprintf("pageid=155&lid=1686&page=%d", 9000+page))
		nothing = append(nothing, string(doc.Result.Data))
	}
	if want := []string{"null", "{}", "[]"}; !slices.Equal(nothing, want) {
		t.Errorf("nothing is written %q, want %q", nothing, want)
	}
}

func TestRollChangesInEveryAnswer(t *testing.T) {
	o, c := world(simulated.Options{})
	a, _ := rollList(t, o, "pageid=155&lid=1686")
	b, _ := rollList(t, o, "pageid=155&lid=1686")
	c.advance(time.Second)
	d, _ := rollList(t, o, "pageid=155&lid=1686")
	if a.Result.Rtime == b.Result.Rtime || a.Result.Timestamp == d.Result.Timestamp {
		t.Error("rtime or timestamp stands still")
	}
}

func TestRollCursor(t *testing.T) {
	o, _ := world(simulated.Options{})
	first, _ := rollList(t, o, "pageid=155&lid=1686&num=20")
	next, items := rollList(t, o, fmt.Sprintf("pageid=155&lid=1686&num=20&ctime=%d", first.Result.End))
	if len(items) != 20 || next.Result.Start >= first.Result.End {
		t.Errorf("%d items from %d after the cursor %d", len(items), next.Result.Start, first.Result.End)
	}
	_, jsonp := get(t, o, "http://localhost:1/api/roll/get?pageid=155&lid=1686&num=1&callback=cb1")
	if !strings.HasPrefix(jsonp, "try{cb1({") || !strings.HasSuffix(jsonp, "});}catch(e){};") {
		t.Errorf("callback answer %.40s ... %s", jsonp, jsonp[len(jsonp)-20:])
	}
}

// A fifth of the articles enter the list below others, as measured at Sina.
func TestLateEntries(t *testing.T) {
	o, c := world(simulated.Options{})
	known := make(map[any]bool)
	below := 0
	for range 12 {
		_, items := rollList(t, o, "pageid=153&lid=2509&num=50")
		seen := false
		for _, item := range items[:40] {
			seen = seen || known[item["docid"]]
			below += count(seen && !known[item["docid"]])
		}
		for _, item := range items {
			known[item["docid"]] = true
		}
		c.advance(20 * time.Minute)
	}
	if below < 5 {
		t.Errorf("%d articles entered below known ones in 4 hours, want some", below)
	}
}

func TestLinksLeadBack(t *testing.T) {
	o, _ := world(simulated.Options{})
	for _, base := range []string{"http://127.0.0.1:4711/", "https://feed.mix.sina.com.cn/"} {
		_, body := get(t, o, base+"api/roll/get?pageid=155&lid=1686&num=5")
		var doc struct {
			Result struct {
				Data []struct{ URL, WapURL, Title string }
			}
		}
		if err := json.Unmarshal([]byte(body), &doc); err != nil {
			t.Fatal(err)
		}
		for _, item := range doc.Result.Data {
			for _, url := range []string{item.URL, item.WapURL} {
				if res, _ := get(t, o, url); res.StatusCode != 200 {
					t.Errorf("%s answers %d", url, res.StatusCode)
				}
			}
		}
	}
}
