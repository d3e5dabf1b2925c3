package simulated

import "fmt"

// Kind tells how an article relates to an earlier one.
type Kind int

const (
	// Original tells a story of its own.
	Original Kind = iota
	// Copy tells an earlier article's story again, under its own id and
	// address: filed a second time, reposted, or taken over by another site.
	Copy
	// Twin looks much like an earlier article and is a different story: the
	// same announcement by another company, or a cut of 0.5 after one of 0.25.
	Twin
)

func (k Kind) String() string { return [...]string{"original", "copy", "twin"}[k] }

// descent is where an article's story comes from.
type descent struct {
	kind    Kind
	source  int // the article it copies or resembles; itself if original
	differs Difference
}

// Difference is in what a twin differs from its source.
type Difference string

const (
	// OtherCompany: the same announcement by another company, with other numbers.
	OtherCompany Difference = "company"
	// OtherNumbers: the same words with other numbers.
	OtherNumbers Difference = "numbers"
	// OtherFigure: only the figure that the news is about.
	OtherFigure Difference = "figure"
)

// Of a hundred articles so many are copies and twins. A copy or twin follows
// its source within lookBack originals.
const (
	copyShare = 0.07
	twinShare = 0.04
	lookBack  = 40
)

func drawKind(d *dice) Kind {
	switch f := d.fraction(); {
	case f < copyShare:
		return Copy
	case f < copyShare+twinShare:
		return Twin
	}
	return Original
}

// descent finds an article's source by the dice alone, so that it needs no
// article to be told: sources are always originals.
func (o *Origin) descent(index int) descent {
	d := roll(o.opts.Seed, forKind, index)
	kind := drawKind(&d)
	if kind == Original {
		return descent{kind, index, ""}
	}
	source, ok := o.originalBefore(index - d.n(lookBack))
	if !ok {
		return descent{Original, index, ""}
	}
	if kind == Copy {
		return descent{kind, source, ""}
	}
	return descent{kind, source, pick(&d, []Difference{OtherCompany, OtherNumbers, OtherFigure})}
}

// originalBefore is the newest original older than index.
func (o *Origin) originalBefore(index int) (int, bool) {
	for index--; index >= 0; index-- {
		d := roll(o.opts.Seed, forKind, index)
		if drawKind(&d) == Original {
			return index, true
		}
	}
	return 0, false
}

// genre is of the story, so that copies and twins have their source's.
func (o *Origin) genre(source int) int {
	d := roll(o.opts.Seed, forGenre, source)
	return drawGenre(&d)
}

// story tells the story of an article.
func (o *Origin) story(index int) (story, descent) {
	from := o.descent(index)
	throw := o.throw(from.source)
	if from.kind != Twin {
		return o.grammar.tellStory(throw), from
	}
	own := o.throw(index)
	figure := throw
	figure.figures = own.figures
	s := o.grammar.tellStory(figure)
	// Not every story has a figure in its title.
	if from.differs == OtherFigure && s.title != o.grammar.tellStory(throw).title {
		return s, from
	}
	figure.numbers = own.numbers
	if from.differs == OtherNumbers {
		return o.grammar.tellStory(figure), from
	}
	from.differs = OtherCompany
	figure.firms, figure.date = own.firms, own.date
	return o.grammar.tellStory(figure), from
}

// throw is the throw of dice of the original at an index.
func (o *Origin) throw(index int) throw {
	return newThrow(o.opts.Seed, o.genre(index), index, o.articles.at(index))
}

// storyID names a story: copies share it, twins do not.
func (d descent) storyID(index int) string {
	if d.kind == Copy {
		index = d.source
	}
	return fmt.Sprintf("a%d", index)
}
