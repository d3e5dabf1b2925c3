package simulated

import (
	"embed"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

//go:embed text/*.txt
var texts embed.FS

// grammar tells stories from rules. A choice of a rule is text with slots:
//
//	{city}     a choice of that rule, drawn anew each time
//	{CITY}     the same, drawn once in a story and then remembered; {CITY2} another
//	{3-28}     a number; {0.1-9.9} one with as many decimals as its lower bound
//	{co} {CO}  a company's name; {CO.code} its stock code
//	{day} {date} {month} {year}  of the story's publication
//
// A rule without slots in any choice is a matter of words, every other one of
// shape, so that two stories can share one and differ in the other.
type grammar struct {
	rules     map[string]*rule
	companies []company
}

type rule struct {
	choices []template
	shaped  bool
}

type template []part

type part struct {
	text string // literal, or the slot as written where that is all there is to it
	kind partKind

	rule *rule
	memo string // under which the slot is remembered; empty if it is not

	lo, hi   float64
	decimals int
}

type partKind int

const (
	literal partKind = iota
	reference
	number
	firm
	firmCode
	calendar
)

var (
	slotPattern  = regexp.MustCompile(`\{[^{}]+\}`)
	rangePattern = regexp.MustCompile(`^(-?[0-9]+(?:\.([0-9]+))?)-(-?[0-9]+(?:\.[0-9]+)?)$`)
)

// sharedGrammar and sharedGBK are constants that have to be read from files;
// every world of a process has the same.
var (
	sharedGrammar = sync.OnceValue(parseGrammar)
	sharedGBK     = sync.OnceValue(newGBK)
)

func parseGrammar() *grammar {
	g := &grammar{rules: make(map[string]*rule)}
	files, err := texts.ReadDir("text")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		text, err := texts.ReadFile("text/" + f.Name())
		if err != nil {
			panic(err)
		}
		g.parse(string(text))
	}
	for name, r := range g.rules {
		if len(r.choices) == 0 {
			panic("simulated: no rule " + name)
		}
	}
	g.companies = makeCompanies(g)
	return g
}

func (g *grammar) parse(text string) {
	var current *rule
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "", strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			current = g.rule(strings.Trim(line, "[]"))
		default:
			current.choices = append(current.choices, g.template(line))
			current.shaped = current.shaped || strings.Contains(line, "{")
		}
	}
}

// rule returns the named rule, which may be defined later.
func (g *grammar) rule(name string) *rule {
	if g.rules[name] == nil {
		g.rules[name] = new(rule)
	}
	return g.rules[name]
}

func (g *grammar) template(line string) template {
	var t template
	end := 0
	for _, at := range slotPattern.FindAllStringIndex(line, -1) {
		if at[0] > end {
			t = append(t, part{text: line[end:at[0]]})
		}
		t = append(t, g.slot(line[at[0]+1:at[1]-1]))
		end = at[1]
	}
	if end < len(line) {
		t = append(t, part{text: line[end:]})
	}
	return t
}

func (g *grammar) slot(slot string) part {
	if m := rangePattern.FindStringSubmatch(slot); m != nil {
		lo, _ := strconv.ParseFloat(m[1], 64)
		hi, _ := strconv.ParseFloat(m[3], 64)
		return part{kind: number, lo: lo, hi: hi, decimals: len(m[2])}
	}
	name := strings.ToLower(strings.TrimRight(slot, "0123456789"))
	memo := slot
	if slot == name {
		memo = ""
	}
	switch name {
	case "co":
		return part{kind: firm, memo: memo}
	case "co.code":
		return part{kind: firmCode, memo: strings.TrimSuffix(slot, ".code")}
	case "day", "date", "month", "year":
		return part{kind: calendar, text: name}
	}
	return part{kind: reference, rule: g.rule(name), memo: memo}
}
