package simulated

import (
	"strconv"
	"strings"
	"time"
)

// rollItem is an item of a list as it is now, with links for whoever asked.
func (o *Origin) rollItem(q *request, index int) []byte {
	key := cacheKey{what: forItem, index: index, base: q.base, state: o.state(index, q.now)}
	return o.items.get(key, func() []byte { return o.makeRollItem(q, index) })
}

func (o *Origin) makeRollItem(q *request, index int) []byte {
	a := o.article(index, q.now)
	p := &php{b: make([]byte, 0, 2<<10)}
	p.raw("{")
	o.rollIdentity(p, q, &a)
	o.rollTexts(p, &a)
	o.rollTimes(p, &a)
	o.rollImages(p, q, &a)
	p.json("icons", "[]")
	p.text("commentid", "cj:comos-"+a.ID+":0")
	p.json("hqChart", "[]")
	p.json("sub", `{"column":""}`)
	p.raw("}")
	return p.b
}

func (o *Origin) rollIdentity(p *php, q *request, a *Article) {
	d := roll(o.opts.Seed, forItem, ^a.Index)
	p.text("docid", "comos:"+a.ID)
	p.text("url", q.link(a.Path))
	p.text("wapurl", q.link(mobilePath(a.Path)))
	if d.share(0.5) {
		urls := &php{}
		urls.raw("[")
		urls.quote(q.link(a.Path))
		urls.raw("]")
		p.text("urls", string(urls.b))
	} else {
		p.text("urls", "")
	}
	p.text("lids", lidList(a.Columns))
	p.text("columnid", "56592,57038")
	p.digits("categoryid", 0)
	p.text("mid", a.ID)
	p.text("templateid", "")
	p.json("pos", strconv.Itoa(d.n(3)))
	p.text("reason", "")
	p.json("is_cre_manual", "false")
	p.text("pvmonitor", q.link("/api/pv?d="+a.ID))
}

func (o *Origin) rollTexts(p *php, a *Article) {
	d := roll(o.opts.Seed, forItem, ^int64(a.Index)+1<<40)
	summary := shorten(a.Paragraphs[0], 100)
	p.text("title", a.Title)
	p.text("stitle", atMost(&d, 0.2, shorten(a.Title, 16)))
	p.text("intro", atMost(&d, 0.7, summary))
	p.text("summary", atMost(&d, 0.3, summary))
	p.text("wapsummary", atMost(&d, 0.5, summary))
	p.text("keywords", strings.Join(a.Tags, ","))
	p.text("media_name", a.Media)
	p.text("author", atMost(&d, 0.7, "0"))
	p.text("uids", "")
}

// atMost is the text in that share of cases, and nothing in the others.
func atMost(d *dice, share float64, text string) string {
	if d.share(share) {
		return text
	}
	return ""
}

func shorten(text string, runes int) string {
	if r := []rune(text); len(r) > runes {
		return string(r[:runes])
	}
	return text
}

func (o *Origin) rollTimes(p *php, a *Article) {
	p.digits("ctime", a.Published.Unix())
	p.digits("mtime", a.Updated.Unix())
	p.digits("intime", a.Listed.Unix())
}

// rollImages writes the two image fields: img is PHP's empty array where there
// is none and an object otherwise; sizes are strings in some items.
func (o *Origin) rollImages(p *php, q *request, a *Article) {
	if a.Image == "" {
		p.json("img", "[]")
		p.json("images", "[]")
		return
	}
	d := roll(o.opts.Seed, forPage, ^a.Index)
	address := q.link(a.Image)
	switch d.n(4) {
	case 0:
		address = address[strings.Index(address, "//"):]
	case 1:
		address = " " + address + "  "
	}
	img := &php{}
	img.raw("{")
	img.text("u", address)
	w, h := pictureSize(a.Image)
	countOf(img, "w", int64(w), a.Index)
	countOf(img, "h", int64(h), a.Index)
	p.json("img", string(img.b)+"}")
	p.json("images", "["+string(img.b)+`,"t":"auto"}]`)
}

// state tells the versions of an article apart.
func (o *Origin) state(index int, now time.Time) uint64 {
	e := o.edits(index)
	p := o.place(index)
	state := uint64(p.columns(now.Sub(o.articles.at(index)))) << 2
	if done(e.title, now) {
		state |= 1
	}
	if done(e.text, now) {
		state |= 2
	}
	return state
}
