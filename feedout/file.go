package feedout

// File is one representation of a document, as a web server without us would
// serve it.
type File struct {
	Name string // slash-separated, relative
	Data []byte // nil for one that is there already
}

// Forms are the names of a document's representations; the compressed ones add
// the suffixes that nginx and Caddy look for.
func Forms(name string) []string { return []string{name, name + ".gz", name + ".br"} }

// Files are a document's representations, in the order of Forms.
func (d *Document) Files(name string) (files []File) {
	for i, r := range []Representation{d.Representation, d.In(gzipped), d.In(brotlied)} {
		files = append(files, File{Forms(name)[i], r.Body})
	}
	return files
}

// Paths are those of feeds in all published formats.
func (p *Publisher) Paths(slugs ...string) []string {
	var paths []string
	for _, slug := range slugs {
		for _, suffix := range suffixes() {
			path := feedPrefix + slug + suffix
			if _, published := p.target(path); published {
				paths = append(paths, path)
			}
		}
	}
	return paths
}
