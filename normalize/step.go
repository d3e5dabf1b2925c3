package normalize

// Step is how far a source's own ids can be trusted. A source keeps the lowest
// step that any of its documents needed, for the next document may hold only
// one of the items that share an id.
type Step int

const (
	ByID   Step = iota // each item has an id of its own
	ByLink             // ids are missing or repeated; links are not
	ByText             // neither tells items apart
)

// stepOf is the step that the items of one document call for. It takes more
// than one odd item in ten: for those few [Identify] steps down by itself.
func stepOf(ids, links map[string]int, count int) Step {
	const fewest = 3 // below that nothing can be said of a source
	switch {
	case count < fewest, odd(ids, count)*10 <= count:
		return ByID
	case odd(links, count)*10 <= count:
		return ByLink
	}
	return ByText
}

// odd is how many of a document's items have no key of their own in counts.
func odd(counts map[string]int, items int) int {
	for key, n := range counts {
		if n == 1 && key != "" && !isRoot("x/"+key) {
			items--
		}
	}
	return items
}
