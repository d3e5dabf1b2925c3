package simulated

import (
	"strings"
	"time"
)

// story is what articles tell: an article is a story with its own title
// decoration, document id, place and page.
type story struct {
	title     string
	alt       string // another paper's title for the same story
	text      []string
	companies []company
	genre     int
}

// genres are the grammars' prefixes, with how often each one is drawn.
var genres = []struct {
	name  string
	share int // of 100
}{
	{"macro", 12}, {"company", 24}, {"close", 14}, {"money", 8},
	{"goods", 12}, {"overseas", 12}, {"industry", 10}, {"research", 8},
}

func drawGenre(d *dice) int {
	n := d.n(100)
	for g := range genres {
		if n -= genres[g].share; n < 0 {
			return g
		}
	}
	return 0
}

// throw is all that decides a story. Where two throws agree in a part, so do
// their stories.
type throw struct {
	genre   int
	shape   dice // which sentences, in which order
	words   dice // who, where, which goods
	firms   dice // which companies
	numbers dice // the numbers of the details
	figures dice // the numbers that the news is about
	date    time.Time
}

func newThrow(seed uint64, genre, index int, date time.Time) throw {
	return throw{genre, roll(seed, forShape, index), roll(seed, forWords, index), roll(seed, forFirms, index),
		roll(seed, forNumbers, index), roll(seed, forFigures, index), date}
}

// tellStory is the story that a throw decides.
func (g *grammar) tellStory(th throw) story {
	t := &teller{grammar: g, throw: th}
	name := genres[th.genre].name
	cores := len(g.rules[name+".core"].choices)
	core := t.shape.n(cores)
	s := story{genre: th.genre, title: t.core(name, core)}
	s.text = t.body(name)
	s.alt = t.core(name, (core+1+t.shape.n(cores-1))%cores)
	s.companies = t.companies
	return s
}

// core tells a title, whose numbers are all figures.
func (t *teller) core(genre string, n int) string {
	t.deep++
	defer func() { t.deep-- }()
	return string(t.template(nil, t.grammar.rules[genre+".core"].choices[n]))
}

// body is the paragraphs in the order papers like: the news, details, what
// came before, what people say of it, and what comes next.
func (t *teller) body(genre string) []string {
	paragraphs := []string{t.tell(genre + ".lead")}
	details := t.several(genre+".detail", 4+t.shape.n(4))
	half := len(details) / 2
	paragraphs = append(paragraphs, details[:half]...)
	paragraphs = append(paragraphs, t.several(genre+".background", 1+t.shape.n(2))...)
	paragraphs = append(paragraphs, t.several(genre+".quote", 1)...)
	paragraphs = append(paragraphs, details[half:]...)
	paragraphs = append(paragraphs, t.several(genre+".quote", t.shape.n(2))...)
	paragraphs = append(paragraphs, t.tell(genre+".outlook"))
	if t.shape.share(0.15) {
		paragraphs = append(paragraphs, t.tell("disclaimer"))
	}
	return paragraphs
}

// several are n different choices of a rule.
func (t *teller) several(rule string, n int) []string {
	choices := t.grammar.rules[rule].choices
	at, stride := t.shape.n(len(choices)), 1+t.shape.n(2)
	if len(choices)%2 == 0 {
		stride = 1
	}
	var told []string
	for range n {
		told = append(told, string(t.template(nil, choices[at%len(choices)])))
		at += stride
	}
	return told
}

// mark is the sentence of a text that is least likely to occur elsewhere: the
// one with most digits.
func mark(paragraphs []string) string {
	best, most := "", -1
	for _, p := range paragraphs {
		for s := range strings.SplitAfterSeq(p, "。") {
			if n := digits(s); n > most {
				best, most = s, n
			}
		}
	}
	return best
}

func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}
