package simulated

import (
	"slices"
	"strconv"
	"time"
)

// teller expands rules into the text of one story. Its dice are apart, so that
// stories can share their shape and words and differ in companies or numbers.
type teller struct {
	grammar *grammar
	throw
	deep      int // > 0 within what is remembered, or a title
	facts     []fact
	companies []company // mentioned so far, in order
}

// newTeller tells short things, for which one dice is enough.
func (g *grammar) newTeller(d dice, date time.Time) *teller {
	return &teller{grammar: g, throw: throw{shape: d, words: d, firms: d, numbers: d, figures: d, date: date}}
}

type fact struct {
	key, value string
	company    company
}

// tell expands one choice of a rule.
func (t *teller) tell(rule string) string {
	return string(t.rule(nil, t.grammar.rules[rule]))
}

func (t *teller) rule(b []byte, r *rule) []byte {
	d := &t.words
	if r.shaped {
		d = &t.shape
	}
	return t.template(b, pick(d, r.choices))
}

func (t *teller) template(b []byte, tpl template) []byte {
	for i := range tpl {
		b = t.part(b, &tpl[i])
	}
	return b
}

func (t *teller) part(b []byte, p *part) []byte {
	switch p.kind {
	case reference:
		return t.reference(b, p)
	case number:
		d := &t.numbers
		if t.deep > 0 {
			d = &t.figures
		}
		return strconv.AppendFloat(b, d.between(p.lo, p.hi, p.decimals), 'f', p.decimals, 64)
	case firm:
		return append(b, t.company(p.memo).Name...)
	case firmCode:
		return append(b, t.company(p.memo).display()...)
	case calendar:
		return t.calendar(b, p.text)
	}
	return append(b, p.text...)
}

func (t *teller) reference(b []byte, p *part) []byte {
	if p.memo == "" {
		return t.rule(b, p.rule)
	}
	if i := t.recall(p.memo); i >= 0 {
		return append(b, t.facts[i].value...)
	}
	t.deep++
	defer func() { t.deep-- }()
	var value []byte
	for range 4 { // CITY2 should not be CITY
		value = t.rule(value[:0], p.rule)
		if !t.known(string(value)) {
			break
		}
	}
	t.facts = append(t.facts, fact{key: p.memo, value: string(value)})
	return append(b, value...)
}

func (t *teller) recall(key string) int {
	return slices.IndexFunc(t.facts, func(f fact) bool { return f.key == key })
}

func (t *teller) known(value string) bool {
	return slices.ContainsFunc(t.facts, func(f fact) bool { return f.value == value })
}

func (t *teller) company(memo string) company {
	if i := t.recall(memo); i >= 0 && memo != "" {
		return t.facts[i].company
	}
	c := pick(&t.firms, t.grammar.companies)
	if memo != "" {
		t.facts = append(t.facts, fact{key: memo, value: c.Name, company: c})
	}
	if !slices.Contains(t.companies, c) {
		t.companies = append(t.companies, c)
	}
	return c
}

func (t *teller) calendar(b []byte, what string) []byte {
	day := t.date.In(beijing)
	switch what {
	case "day":
		return day.AppendFormat(b, "2日")
	case "date":
		return day.AppendFormat(b, "1月2日")
	case "month":
		return day.AddDate(0, 0, -day.Day()).AppendFormat(b, "1月")
	}
	return day.AppendFormat(b, "2006年")
}

// beijing is the time Sina shows everywhere.
var beijing = time.FixedZone("CST", 8*60*60)
