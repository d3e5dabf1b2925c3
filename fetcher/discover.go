package fetcher

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// Feeds returns the feeds that a page links to which came in place of a feed,
// the likeliest first; none for any other error.
func Feeds(err error) []string {
	var e *Error
	if errors.As(err, &e) {
		return e.feeds
	}
	return nil
}

var (
	alternates = cascadia.MustCompile("link[rel][type][href]")
	feedTypes  = []string{"application/atom+xml", "application/rss+xml", "application/feed+json", "application/rdf+xml", "text/xml", "application/xml", "application/json"}
	// ofComments are feeds that a site offers beside the one of its articles.
	ofComments = regexp.MustCompile(`(?i)comment|评论|回复`)
)

// discover finds the feeds that a page links to (the WHATWG's feed
// autodiscovery): in its order, but those of comments last.
func discover(doc *Document) []string {
	root, err := html.ParseWithOptions(bytes.NewReader(doc.Body), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil
	}
	base, err := baseOf(root, doc)
	if err != nil {
		return nil
	}
	var feeds, comments []string
	for _, n := range cascadia.QueryAll(root, alternates) {
		rel := strings.Fields(strings.ToLower(attributeOf(n, "rel")))
		kind, _, _ := strings.Cut(strings.ToLower(attributeOf(n, "type")), ";")
		address := Encrypted(doc.URL, absolute(base, attributeOf(n, "href")))
		switch {
		case address == "" || address == doc.URL, slices.Contains(rel, "stylesheet"):
		case !slices.Contains(rel, "alternate") && !slices.Contains(rel, "feed"), !slices.Contains(feedTypes, strings.TrimSpace(kind)):
		case ofComments.MatchString(attributeOf(n, "title") + address):
			comments = append(comments, address)
		default:
			feeds = append(feeds, address)
		}
	}
	return append(feeds, comments...)
}
