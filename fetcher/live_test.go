package fetcher_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aggregator/fetcher"
	"aggregator/fetcher/simulated"
)

var sinaLive = fetcher.Source{Name: "l", Kind: "sina-live", Params: map[string]string{"zhibo_id": "152"}, MaxPages: 20, Zone: shanghai}

// live wraps items in the envelope of Sina's live wire.
func live(list string) string {
	return fmt.Sprintf(`{"result":{"status":{"code":0,"msg":"OK"},"timestamp":"Mon Dec 14 19:10:02 +0800 2020","data":{"feed":{"list":%s,"html":"","page_info":{"page":1},"max_id":9,"min_id":1},"focus":[],"top":{},"zhibo":[]}}}`, list)
}

// TestLiveQuirks are the answers of the live wire, one each.
func TestLiveQuirks(t *testing.T) {
	const item = `{"id":4012345678901234567,"zhibo_id":152,"rich_text":"【央行降准】央行今日宣布。","multimedia":"","creator":"a@staff.example.invalid","mender":"b@staff.example.invalid","create_time":"2026-11-24 16:00:00","update_time":"2026-11-24 16:05:00","is_delete":0,"anchor":"直播员","ext":"","tag":[{"id":"7","name":"央行"},{"id":"1","name":"宏观"}],"docurl":"https:\/\/finance.sina.cn\/7x24\/detail-i1.d.html"}`
	want := fetcher.Item{
		ID: "zhibo:152:4012345678901234567", Link: "https://finance.sina.cn/7x24/detail-i1.d.html", Title: "央行降准", Content: "<p>【央行降准】央行今日宣布。</p>",
		Published: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 24, 8, 5, 0, 0, time.UTC), Tags: []string{"央行", "宏观"},
	}
	with := func(change func(*fetcher.Item)) []fetcher.Item {
		it := want
		change(&it)
		return []fetcher.Item{it}
	}
	edit := func(old, new string) string { return live("[" + strings.Replace(item, old, new, 1) + "]") }
	text := func(s string) string { return edit("【央行降准】央行今日宣布。", s) }
	told := func(title, content string) []fetcher.Item {
		return with(func(it *fetcher.Item) { it.Title, it.Content = title, content })
	}
	for _, test := range []struct {
		name, body string
		want       []fetcher.Item
	}{
		{"plain", live("[" + item + "]"), []fetcher.Item{want}},
		{"JSONP", "try{cb(" + live("["+item+"]") + ");}catch(e){};", []fetcher.Item{want}},
		{"list null", live("null"), nil},
		{"list keyed by number", live(`{"0":` + item + `}`), []fetcher.Item{want}},
		{"data an empty list", `{"result":{"status":{"code":"0"},"data":[]}}`, nil},
		{"blanks first", text(`  　【央行降准】央行今日宣布。`), told("央行降准", "<p>　【央行降准】央行今日宣布。</p>")},
		{"no title", text(`央行今日宣布降准。市场上涨。`), told("央行今日宣布降准。", "<p>央行今日宣布降准。市场上涨。</p>")},
		{"a title later on", text(`央行宣布。【注】`), told("央行宣布。", "<p>央行宣布。【注】</p>")},
		{"HTML", text(`<b>【A &amp; B】<\/b>x<br>y`), told("A & B", "<b>【A &amp; B】</b>x<br>y")},
		{"signs in plain text", text(`【A<B】x < y & z\ny`), told("A<B", "<p>【A&lt;B】x &lt; y &amp; z</p>\n<p>y</p>")},
		{"withdrawn", edit(`"is_delete":0`, `"is_delete":1`), with(func(it *fetcher.Item) { it.Withdrawn = true })},
		{"page and stocks in ext", edit(`"ext":""`, `"ext":"{\"stocks\":[{\"market\":\"cn\",\"symbol\":\"sh600519\"},{\"market\":\"hk\",\"symbol\":\"00700\"}],\"docurl\":\"https:\/\/finance.sina.com.cn\/doc-i1.shtml\"}"`), with(func(it *fetcher.Item) {
			it.Link, it.Stocks = "https://finance.sina.com.cn/doc-i1.shtml", []string{"cn:sh600519", "hk:00700"}
		})},
		{"ext broken", edit(`"ext":""`, `"ext":"null,"`), []fetcher.Item{want}},
		{"ext a list", edit(`"ext":""`, `"ext":"[]"`), []fetcher.Item{want}},
		{"no stocks in ext", edit(`"ext":""`, `"ext":"{\"stocks\":null,\"docurl\":\"\"}"`), []fetcher.Item{want}},
		{"pictures", edit(`"multimedia":""`, `"multimedia":{"img_url":["\/\/n.sinaimg.cn\/a.png","\/\/n.sinaimg.cn\/b.png"],"video_url":[]}`), with(func(it *fetcher.Item) {
			it.Image = "https://n.sinaimg.cn/a.png"
			it.Content += "\n<p><img src=\"//n.sinaimg.cn/a.png\"></p>\n<p><img src=\"//n.sinaimg.cn/b.png\"></p>"
		})},
		{"one picture", edit(`"multimedia":""`, `"multimedia":"https:\/\/n.sinaimg.cn\/a.png"`), with(func(it *fetcher.Item) {
			it.Image = "https://n.sinaimg.cn/a.png"
			it.Content += "\n<p><img src=\"https://n.sinaimg.cn/a.png\"></p>"
		})},
		{"tags an empty string", edit(`[{"id":"7","name":"央行"},{"id":"1","name":"宏观"}]`, `""`), with(func(it *fetcher.Item) { it.Tags = nil })},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := newReader(t, sinaLive).Read(document("https://zhibo.sina.com.cn/api/zhibo/feed", test.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, list.Items); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLiveRefusal(t *testing.T) {
	_, err := newReader(t, sinaLive).Read(document("u", `{"result":{"status":{"code":-1,"msg":"ERROR"},"data":{"feed":{"list":[]}}}}`))
	if fetcher.ReasonOf(err) != fetcher.ReasonRefused || !strings.Contains(err.Error(), "status code -1: ERROR") {
		t.Errorf("got %v", err)
	}
	if _, err := fetcher.NewReader(fetcher.Source{Kind: "sina-live"}); err == nil {
		t.Error("a reader without a room")
	}
}

// TestLivePages reads the whole simulated wire back, page by page, and compares
// it with what its ledger says.
func TestLivePages(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	o := simulated.New(simulated.Options{Seed: 5, Start: now, Now: func() time.Time { return now }, Backlog: 120})
	client, err := fetcher.NewClient(fetcher.Options{Transport: o.Transport(), PerHost: 8})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	r, got := newReader(t, sinaLive), map[string]fetcher.Item{}
	for page := 1; page <= r.Pages(); page++ {
		doc, err := client.Get(t.Context(), fetcher.Request{URL: r.URL(page)})
		if err != nil {
			t.Fatal(err)
		}
		list, err := r.Read(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range list.Items {
			got[it.ID] = it
		}
		if len(list.Items) == 0 {
			break
		}
	}
	told := 0
	for a := range o.LiveItems(time.Time{}, time.Time{}) {
		it, listed := got["zhibo:152:"+a.ID]
		if !listed && !a.Withdrawn.IsZero() {
			continue // every other withdrawn item is left out
		}
		told++
		if !it.Published.Equal(a.Published) || !it.Updated.Equal(a.Updated) || it.Withdrawn == a.Withdrawn.IsZero() ||
			!slices.Equal(it.Tags, a.Tags) || it.Title == "" || it.Link == "" || strings.Contains(it.Content, "staff.example") {
			t.Errorf("got  %+v\nwant %+v", it, a)
		}
	}
	if told != len(got) || told < 100 {
		t.Errorf("%d items read, %d told", len(got), told)
	}
}
