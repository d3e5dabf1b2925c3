package feedout

// History is a document's place in a feed that is spread over several, RFC 5005:
// the one that readers subscribe to, and archive documents of what came before.
// The addresses are those of Atom documents; the other formats lie beside them.
type History struct {
	// Complete says that the document shows all there is of the feed (§2).
	// It stands alone then.
	Complete bool
	// Archive says that the document is none to subscribe to (§4). Current is
	// the one that is.
	Archive bool
	Current string
	// Previous and Next are the neighbouring archive documents; empty for
	// none.
	Previous, Next string
	// Settled is the ?r= with which an address stands for these bytes for ever;
	// empty while they grow. It is no part of the document.
	Settled string
}

// historyNamespace is that of fh:archive and fh:complete.
const historyNamespace = "http://purl.org/syndication/history/1.0"

// none is an element that says something by being there.
type none struct{}

// element is there if it is to be.
func element(there bool) *none {
	if there {
		return &none{}
	}
	return nil
}

// namespace is declared where it is used, and only there.
func (h History) namespace() string {
	if h.Complete || h.Archive {
		return historyNamespace
	}
	return ""
}

// links are those of RFC 5005 §4, in the format of a suffix.
func (h History) links(mediaType, suffix string) []atomLink {
	return present([]atomLink{
		{Rel: "current", Type: mediaType, Href: uri(beside(h.Current, suffix))},
		{Rel: "prev-archive", Type: mediaType, Href: uri(beside(h.Previous, suffix))},
		{Rel: "next-archive", Type: mediaType, Href: uri(beside(h.Next, suffix))},
	})
}

// present are the links that lead somewhere.
func present(links []atomLink) (list []atomLink) {
	for _, l := range links {
		if l.Href != "" {
			list = append(list, l)
		}
	}
	return list
}
