package web

import (
	"net/http"

	"aggregator/feedout"
)

// absentContent is what a page says that shows nothing else.
type absentContent struct{ Text, Original string }

func absent(status int, heading, text string) *page {
	return &page{template: "absent", status: status, Heading: heading, Unlisted: true, Content: absentContent{Text: text}}
}

// missing is everywhere where nothing is.
func missing(*http.Request) (*page, error) { return nil, feedout.ErrNoFeed }
