package simulated

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxLiveSize is how many items a page of the wire has at most.
const maxLiveSize = 100

// liveAnswer is an answer of the live wire.
func (o *Origin) liveAnswer(q *request) *answer {
	p := &php{plain: true, b: make([]byte, 0, 64<<10)}
	stamp := q.now.In(beijing).Format(time.RubyDate)
	if q.fault != nil && q.fault.Kind == JSONStatus {
		p.raw(`{"result":{"status":{`)
		p.number("code", int64(q.fault.statusOr(-1)))
		p.raw(`,"msg":"ERROR"},"data":{"feed":{"list":[]}}}}`)
		return q.jsonp(p.b)
	}
	p.raw(`{"result":{"status":{"code":0,"msg":"OK"}`)
	p.text("timestamp", stamp)
	p.raw(`,"data":{"feed":{`)
	o.livePage(p, q)
	p.raw(`,"survey_id":[]},"focus":[],"top":{},"zhibo":[]}}}`)
	return q.jsonp(p.b)
}

func (o *Origin) livePage(p *php, q *request) {
	size := min(max(q.number("page_size", q.number("pagesize", 20)), 1), maxLiveSize)
	page := max(q.number("page", 1), 1)
	all := o.wiresFor(q)
	part := all[min((page-1)*size, len(all)):min(page*size, len(all))]
	p.key("list")
	p.raw("[")
	for _, i := range part {
		p.comma()
		p.b = append(p.b, o.liveJSON(q, i)...)
	}
	p.raw("]")
	p.text("html", "")
	last := max((len(all)+size-1)/size, 1)
	p.json("page_info", fmt.Sprintf(`{"totalPage":%d,"pageSize":%d,"prePage":%d,"nextPage":%d,"firstPage":1,"lastPage":%d,"pName":"page","totalNum":%d,"page":%d}`,
		last, size, max(page-1, 1), min(page+1, last), last, len(all), page))
	p.number("max_id", o.edge(part, 0))
	p.number("min_id", o.edge(part, len(part)-1))
}

func (o *Origin) edge(part []int, i int) int64 {
	if len(part) == 0 {
		return 0
	}
	return o.wire(part[i]).id
}

// wiresFor are the items a request asks for on all its pages, newest first: by
// id, not by their last change.
func (o *Origin) wiresFor(q *request) []int {
	if q.empty() || q.number("zhibo_id", 152) != 152 {
		return nil
	}
	tag := q.number("tag_id", q.number("tag", 0))
	id, newer := int64(q.number("id", 0)), q.values.Get("dire") == "f"
	count := o.live.count(q.now)
	var all []int
	for i := count - 1; i >= max(count-wireKept, 0); i-- {
		wi := o.wire(i)
		if id > 0 && (newer && wi.id <= id || !newer && wi.id >= id) || tag > 0 && !wi.tagged(tag) || wi.vanished(q.now) {
			continue
		}
		all = append(all, i)
	}
	return all
}

func (wi *wire) tagged(tag int) bool {
	return slices.ContainsFunc(wi.tags, func(t wireTag) bool { return t.id == tag })
}

// vanished tells whether a withdrawn item is left out: every other one is,
// those that stay are marked.
func (wi *wire) vanished(now time.Time) bool { return done(wi.withdrawn, now) && wi.id%2 == 0 }

// staff is how the mailboxes of those who wrote are masked.
const staff = "s***f@staff.example.invalid"

// liveJSON is an item as it is now, with links for whoever asked.
func (o *Origin) liveJSON(q *request, index int) []byte {
	wi := o.wire(index)
	state := flag(done(wi.edited, q.now)) + 2*flag(done(wi.withdrawn, q.now))
	key := cacheKey{what: forLive, index: index, base: q.base, state: uint64(state)}
	return o.wires.get(key, func() []byte {
		p := &php{plain: true}
		o.makeLiveJSON(p, q, wi)
		return p.b
	})
}

func (o *Origin) makeLiveJSON(p *php, q *request, wi wire) {
	a := o.liveItem(wi.index, q.now)
	p.raw("{")
	p.number("id", wi.id)
	p.number("zhibo_id", 152)
	p.text("rich_text", a.Paragraphs[0])
	o.liveMedia(p, q, &wi)
	p.text("commentid", fmt.Sprintf("live:finance-152-%d:0", wi.id))
	p.raw(`,"compere_id":0`)
	p.text("creator", staff)
	p.text("mender", staff)
	p.text("create_time", a.Published.In(beijing).Format(time.DateTime))
	p.text("update_time", a.Updated.In(beijing).Format(time.DateTime))
	p.raw(`,"is_need_check":"0","check_time":"1970-01-01 08:00:01","check_status":"1","check_user":""`)
	p.number("is_delete", int64(flag(!a.Withdrawn.IsZero())))
	p.number("top_value", 0)
	p.number("is_focus", int64(flag(wi.tagged(9))))
	p.raw(`,"source_content_id":"0","anchor_image_url":"","anchor":"直播员"`)
	p.text("ext", o.liveExt(q, &wi, &a))
	p.raw(`,"old_live_cid":"0","tab":""`)
	p.text("is_repeat", strconv.Itoa(flag(a.Kind == Copy)))
	p.key("tag")
	liveTags(p, wi.tags)
	p.raw(`,"like_nums":0,"comment_list":{"list":[],"total":0,"thread_show":0,"qreply":0,"qreply_show":0,"show":0}`)
	p.text("docurl", q.link(mobilePath(a.Path)))
	p.raw(`,"rich_text_nick_to_url":[],"rich_text_nick_to_routeUri":[],"compere_info":""}`)
}

// liveMedia writes the type and the media: an empty string where there are
// none, and an object otherwise.
func (o *Origin) liveMedia(p *php, q *request, wi *wire) {
	d := roll(o.opts.Seed, forPage, ^wi.index)
	if d.n(10) > 0 {
		p.number("type", 0)
		p.text("multimedia", "")
		return
	}
	p.number("type", 1)
	p.raw(`,"multimedia":{"img_url":[`)
	p.quote(q.link(fmt.Sprintf("/image/finance/w600h400/%d.png", wi.id)))
	p.raw(`],"video_url":[],"audio_url":[]}`)
}

func liveTags(p *php, tags []wireTag) {
	p.raw("[")
	for _, t := range tags {
		p.comma()
		p.raw("{")
		p.text("id", strconv.Itoa(t.id))
		p.text("name", t.name)
		p.raw("}")
	}
	p.raw("]")
}

// liveExt is the JSON inside a string; now and then it is empty or none.
func (o *Origin) liveExt(q *request, wi *wire, a *Article) string {
	switch d := roll(o.opts.Seed, forItem, ^wi.index); d.n(40) {
	case 0:
		return ""
	case 1:
		return "null,"
	}
	p := &php{plain: true}
	p.raw(`{"stocks":[`)
	for _, f := range a.companies {
		market, symbol := wireSymbol(f.Code)
		p.comma()
		p.raw("{")
		p.text("market", market)
		p.text("symbol", symbol)
		p.text("key", f.Name)
		p.raw("}")
	}
	p.raw(`],"needPushWB":false,"needCMSLink":true,"needCalender":false`)
	p.text("docurl", q.link(a.Path))
	p.text("docid", o.docid(forLive, wi.index))
	p.raw("}")
	return string(p.b)
}

// wireSymbol is a stock code as the wire has it: its market and a symbol that
// names the market only in China.
func wireSymbol(code string) (market, symbol string) {
	if s, ok := strings.CutPrefix(code, "usstock_"); ok {
		return "us", strings.ToLower(s)
	}
	if s, ok := strings.CutPrefix(code, "hk"); ok {
		return "hk", s
	}
	return "cn", code
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
