package fetcher

import (
	"net/url"
	"strings"
)

// Encrypted returns the address by which a link of an encrypted document is
// followed: encrypted, too, for it must not lead out of that silently (CONDUCT 18).
// Who offers a document by https does so with others; one who does not is a failure
// that is told.
func Encrypted(from, link string) string {
	f, err := url.Parse(from)
	if err != nil || f.Scheme != "https" {
		return link
	}
	l, err := url.Parse(link)
	if err != nil || l.Scheme != "http" {
		return link
	}
	l.Scheme = "https"
	if port := l.Port(); port == "" || port == "80" {
		l.Host = strings.TrimSuffix(l.Host, ":"+port)
		if strings.EqualFold(l.Hostname(), f.Hostname()) {
			l.Host = f.Host
		}
	}
	return l.String()
}

// EncryptedPage is Encrypted for the page of an item: only at the document's own
// host. What another offers is not known, and its page is read once.
func EncryptedPage(from, link string) string {
	f, err := url.Parse(from)
	if err != nil {
		return link
	}
	l, err := url.Parse(link)
	if err != nil || !strings.EqualFold(l.Hostname(), f.Hostname()) || l.Port() != "" && l.Port() != "80" {
		return link
	}
	return Encrypted(from, link)
}
