package storage

// fileAll enters the article under each of its terms; where it is already,
// nothing happens.
func (a *addition) fileAll(r *record) error {
	a.expectTerms(r)
	for _, name := range r.Categories {
		if err := a.fileCategory(name); err != nil {
			return err
		}
	}
	if r.lists(a.source.Number) {
		if _, err := a.file(sourceTerm(a.source.Number), a.arrival, a.order); err != nil {
			return err
		}
	}
	for _, code := range r.Stocks {
		if _, err := a.file(stockTerm(code), a.arrival, a.order); err != nil {
			return err
		}
	}
	return nil
}

func (a *addition) fileCategory(name string) error {
	n, err := a.ownCategory(name)
	if err != nil {
		return err
	}
	added, err := a.file(categoryTerm(n), a.arrival, a.order)
	if err != nil || !added {
		return err
	}
	a.count(n, +1)
	return nil
}
