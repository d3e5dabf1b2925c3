package simulated

import (
	"fmt"
	"strconv"
	"time"
)

// firstLiveID is the id of the oldest wire item; ids grow by one to three.
const firstLiveID = 4_000_000

const (
	wireEditShare     = 0.08
	wireWithdrawShare = 0.03
	repostShare       = 0.06
	wireKept          = 900 // how far the list reaches back
)

// wireTags are the tags of the wire, by the genres they go with.
var wireTags = [][]wireTag{
	{{1, "宏观"}, {4, "数据"}}, {{3, "公司"}, {10, "A股"}}, {{5, "市场"}, {10, "A股"}}, {{7, "央行"}, {1, "宏观"}},
	{{5, "市场"}, {2, "行业"}}, {{102, "国际"}, {5, "市场"}}, {{2, "行业"}, {9, "焦点"}}, {{6, "观点"}, {3, "公司"}},
}

type wireTag struct {
	id   int
	name string
}

// wire is what the dice say of a wire item.
type wire struct {
	index     int
	source    int // the item it reposts word for word; itself if none
	genre     int
	id        int64
	at        time.Time
	edited    time.Time // zero if never
	withdrawn time.Time // zero if never
	tags      []wireTag
	dice      dice // for the rest
}

func (o *Origin) wire(index int) wire {
	d := roll(o.opts.Seed, forLive, index)
	wi := wire{index: index, source: index, at: o.live.at(index)}
	wi.id = firstLiveID + int64(3*index+d.n(3))
	every := float64(o.live.spacing(index))
	after := func(share float64) time.Time {
		delay := time.Duration((0.5 + 20*d.fraction()) * every)
		if !d.share(share) {
			return time.Time{}
		}
		return wi.at.Add(delay).Truncate(time.Second)
	}
	wi.edited, wi.withdrawn = after(wireEditShare), after(wireWithdrawShare)
	if back := 1 + d.n(30); d.share(repostShare) && back <= index && !o.reposts(index-back) {
		wi.source = index - back
	}
	genre := roll(o.opts.Seed, forGenre, ^wi.source)
	wi.genre = drawGenre(&genre)
	wi.tags = wireTags[wi.genre][:1+d.n(2)]
	wi.dice = d
	return wi
}

// reposts tells whether an item may be a repost itself, without recursion: it
// draws as wire does.
func (o *Origin) reposts(index int) bool {
	d := roll(o.opts.Seed, forLive, index)
	for range 6 {
		d.next()
	}
	return d.share(repostShare)
}

// liveItem is a wire item as the ledger has it.
func (o *Origin) liveItem(index int, now time.Time) Article {
	wi := o.wire(index)
	s := o.wireStory(&wi)
	a := Article{
		Index: index, ID: strconv.FormatInt(wi.id, 10), Title: s.title,
		Published: wi.at, Listed: wi.at, Updated: wi.at,
		Paragraphs: []string{wireText(&wi, &s, now)}, companies: s.companies,
		Story: fmt.Sprintf("w%d", wi.source), Media: "新浪财经",
	}
	if wi.source != index {
		a.Kind, a.Source = Copy, strconv.FormatInt(o.wire(wi.source).id, 10)
	}
	if done(wi.edited, now) {
		a.Updated = wi.edited
	}
	if done(wi.withdrawn, now) {
		a.Withdrawn = wi.withdrawn
	}
	for _, t := range wi.tags {
		a.Tags = append(a.Tags, t.name)
	}
	for _, f := range s.companies {
		a.Stocks = append(a.Stocks, f.Code)
	}
	a.Mark = mark(s.text)
	a.Path = fmt.Sprintf("/finance/7x24/%s/doc-i%s.shtml", wi.at.In(beijing).Format(time.DateOnly), o.docid(forLive, index))
	a.URL = o.absolute(a.Path)
	return a
}

// wireStory tells a wire item: a headline and a lead, sometimes with a detail.
func (o *Origin) wireStory(wi *wire) story {
	t := &teller{grammar: o.grammar, throw: newThrow(o.opts.Seed, wi.genre, ^wi.source, o.live.at(wi.source))}
	name := genres[wi.genre].name
	s := story{genre: wi.genre, title: t.tell(name + ".core"), text: []string{t.tell(name + ".lead")}}
	if t.shape.share(0.4) {
		s.text = append(s.text, t.several(name+".detail", 1)...)
	}
	s.text = append(s.text, t.tell("wire.tail"))
	s.companies = t.companies
	return s
}

// wireText is the text that the wire sends; most have the headline in front,
// some begin with blanks, an edit adds to the end or drops it.
func wireText(wi *wire, s *story, now time.Time) string {
	d := wi.dice
	text := "【" + s.title + "】"
	switch d.n(10) {
	case 0:
		text = ""
	case 1:
		text = "  " + text
	}
	for _, sentence := range s.text[:len(s.text)-1] {
		text += sentence
	}
	if done(wi.edited, now) {
		text += s.text[len(s.text)-1]
	}
	if d.share(0.03) {
		text += "<br/>更多内容见<b>专题</b>"
	}
	return text
}
