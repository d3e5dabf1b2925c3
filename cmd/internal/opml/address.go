package opml

import (
	"net/url"
	"strings"
)

// Address returns the address that an outline means, in the one spelling by which
// feeds are told apart: feed: is what browsers once handed to readers, blanks are
// the typist's, and case and default port of a host say nothing (RFC 3986 §6.2).
func Address(raw string) string {
	s := strings.TrimSpace(raw)
	switch head := strings.ToLower(s[:min(len(s), len("feed://"))]); {
	case head == "feed://":
		s = "http://" + s[len(head):]
	case strings.HasPrefix(head, "feed:"):
		s = s[len("feed:"):]
	}
	s = blanks.Replace(s)
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return s
	}
	plain := *u
	plain.Host = strings.ToLower(u.Host)
	if port := u.Port(); port == "" || port == map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		plain.Host = strings.TrimSuffix(plain.Host, ":"+port)
	}
	if plain.Path == "" {
		plain.Path = "/"
	}
	if plain.Host == u.Host && plain.Path == u.Path && strings.HasPrefix(s, u.Scheme) {
		return s // else the rest stays as it was typed, byte for byte
	}
	return plain.String()
}

var blanks = strings.NewReplacer("\r", "", "\n", "", "\t", "", " ", "%20", "\u3000", "%20", "\u00A0", "%20")
