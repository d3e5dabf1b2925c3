package feedout

// File is one representation of a document, as a web server without us would
// serve it.
type File struct {
	Name string // slash-separated, relative
	Data []byte
}

// Files are a document's representations under a name; the compressed ones add
// the suffixes that nginx and Caddy look for.
func (d *Document) Files(name string) []File {
	return []File{
		{name, d.Body},
		{name + ".gz", d.In(gzipped).Body},
		{name + ".br", d.In(brotlied).Body},
	}
}

// Paths are those of the list of feeds and of feeds in all published formats.
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
	return append(paths, opmlPath)
}
