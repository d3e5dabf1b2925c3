package simulated

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxNum is how many items a page of a list has at most, whatever is asked.
const maxNum = 50

// rollAnswer is an answer of the roll list API.
func (o *Origin) rollAnswer(q *request) *answer {
	p := &php{b: make([]byte, 0, 96<<10)}
	pageid, lid := q.number("pageid", 0), q.number("lid", 0)
	column := slices.Index(columns, Column{pageid, lid, columnName(lid)})
	switch {
	case q.fault != nil && q.fault.Kind == JSONStatus:
		rollFailure(p, q.fault.statusOr(5), "system busy", q.now)
	case column < 0:
		rollFailure(p, 11, "pageid or lid error", q.now)
	default:
		o.rollPage(p, q, column)
	}
	return q.jsonp(p.b)
}

func columnName(lid int) string {
	c, _ := ColumnOf(lid)
	return c.Name
}

func rollFailure(p *php, code int, msg string, now time.Time) {
	p.raw(`{"result":{"status":{`)
	p.number("code", int64(code))
	p.text("msg", msg)
	p.raw("}")
	p.text("timestamp", now.In(beijing).Format(time.RubyDate))
	p.raw(`,"data":[]}}`)
}

func (o *Origin) rollPage(p *php, q *request, column int) {
	c := columns[column]
	num := min(max(q.number("num", 10), 1), maxNum)
	page := max(q.number("page", 1), 1)
	lo, hi := o.rollSpan(q)
	indexes, total := o.list(column, q.now, lo, hi, (page-1)*num, num)
	if q.empty() {
		indexes = nil
	}
	p.raw(`{"result":{"status":{"code":0,"msg":"succ"}`)
	p.text("timestamp", q.now.In(beijing).Format(time.RubyDate))
	p.number("rtime", q.now.Unix()+o.lists.Add(1))
	countOf(p, "total", int64(total), c.LID)
	countOf(p, "lid", int64(c.LID), c.LID/2)
	p.number("start", o.ctime(indexes, 0))
	p.number("end", o.ctime(indexes, len(indexes)-1))
	o.rollExtras(p, q, page)
	p.key("data")
	o.rollItems(p, q, indexes, page)
	p.raw("}}")
}

// countOf writes a number as some lists do, and as a string as others do.
func countOf(p *php, key string, n int64, choice int) {
	if choice%2 == 0 {
		p.digits(key, n)
		return
	}
	p.number(key, n)
}

func (o *Origin) ctime(indexes []int, i int) int64 {
	if len(indexes) == 0 {
		return 0
	}
	return o.articles.at(indexes[i]).Unix()
}

// rollSpan is what the cursor or the day filter leaves of the world.
func (o *Origin) rollSpan(q *request) (lo, hi int) {
	hi = o.articles.count(q.now)
	before := func(unix int) int { return o.articles.count(time.Unix(int64(unix), 0).Add(-1)) }
	etime, stime := q.number("etime", 0), q.number("stime", 0)
	if cursor := cmp.Or(stime, q.number("ctime", 0)); cursor > 0 {
		hi = min(hi, before(cursor))
	}
	if etime > 0 {
		lo = before(etime)
	}
	return lo, hi
}

// rollItems writes the items; where there are none, one of the three things
// that the API has for nothing.
func (o *Origin) rollItems(p *php, q *request, indexes []int, page int) {
	if len(indexes) == 0 {
		p.raw([]string{"null", "{}", "[]"}[page%3])
		return
	}
	p.raw("[")
	for _, i := range indexes {
		p.comma()
		p.b = append(p.b, o.rollItem(q, i)...)
	}
	p.raw("]")
}

// rollExtras are the lists beside the list: pinned items, advertisements and
// recommendations. Whoever takes them for news is wrong.
func (o *Origin) rollExtras(p *php, q *request, page int) {
	if page > 1 || q.empty() {
		p.raw(`,"top":[],"pdps":[],"cre":[]`)
		return
	}
	ad := func(key string, n int) {
		p.key(key)
		p.raw(`[{`)
		p.text("docid", fmt.Sprintf("comos:nadvert%07d", n))
		p.text("title", "【广告】开户即送行情大礼包")
		p.text("url", q.link(fmt.Sprintf("/finance/zt_d/ad%d.shtml", n)))
		p.digits("ctime", q.now.Unix())
		p.number("pos", int64(n))
		p.raw(`}]`)
	}
	ad("top", 1)
	ad("pdps", 2)
	ad("cre", 3)
}

// number reads a number of the query.
func (q *request) number(key string, missing int) int {
	if n, err := strconv.Atoi(q.values.Get(key)); err == nil {
		return n
	}
	return missing
}

// empty tells that a fault asks for an answer without items.
func (q *request) empty() bool { return q.fault != nil && q.fault.Kind == EmptyData }

var callbackPattern = regexp.MustCompile(`^[\w.$]+$`)

// jsonp wraps an answer for a script that asked with a callback.
func (q *request) jsonp(body []byte) *answer {
	a := &answer{kind: "application/json; charset=utf-8", body: body, fresh: "no-cache"}
	if name := q.values.Get("callback"); callbackPattern.MatchString(name) {
		a.kind = "application/javascript; charset=utf-8"
		a.body = slices.Concat([]byte("try{"+name+"("), body, []byte(");}catch(e){};"))
	}
	return a
}

// lidList is a list of lids as the API writes it.
func lidList(lids []int) string {
	var b strings.Builder
	for i, lid := range lids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(lid))
	}
	return b.String()
}
