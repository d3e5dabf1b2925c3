package config

import "regexp"

// Extract finds the body in the article pages of a source.
type Extract struct {
	// Body are CSS selectors; the first that matches is the body. Optional: without
	// it the kind, the page's host or its look decides.
	Body Selectors `yaml:"body"`
	// Remove are CSS selectors of what is not part of the body. Optional.
	Remove Selectors `yaml:"remove"`
}

// Source is a configured subscription.
type Source struct {
	// Name is unique and stays: what is stored of the source is found by it. It
	// is part of /feeds/source/NAME.atom. Required.
	Name string `yaml:"name"`
	// Title for people; default the name.
	Title string `yaml:"title"`
	// Kind is feed, json, html, or one of Sina's: sina-roll, sina-live, sina-data,
	// sina-app, sina-stock; default feed.
	Kind string `yaml:"kind"`
	// URL of the list, with {page} and {name} for each of params. Required for
	// feed, json and html, not known to the Sina kinds.
	URL Address `yaml:"url"`
	// Categories is the category path, most general first; default the title.
	Categories []string `yaml:"categories"`
	// Author is credited instead of what the items say. Optional.
	Author string `yaml:"author"`
	// DefaultImage is the head image of articles that have none. Optional.
	DefaultImage string `yaml:"default_image"`
	// Schedule is one cron spec or a list, in the site's timezone; default @hourly.
	Schedule Schedules `yaml:"schedule"`
	// MaxPages is how far a paged list is read back; default fetch.max_pages.
	MaxPages int `yaml:"max_pages"`
	// Body is clean, or verbatim: front-matter files carry the origin's body as
	// it was; default clean. Feeds and pages are always clean.
	Body string `yaml:"body"`
	// FullText has article pages fetched; default fetch.full_text.
	FullText bool `yaml:"full_text"`
	// Timezone of civil times that name none; default Asia/Shanghai for the Sina
	// kinds, else the site's. A wrong one shifts every published time.
	Timezone Zone `yaml:"timezone"`
	// Limit is how many items of a document are taken; default 2000.
	Limit int `yaml:"limit"`
	// Enabled is false for a source that rests; its articles stay. Default true.
	Enabled bool `yaml:"enabled"`

	*Details
}

// Details are what few sources say. Those that say none of it have them in common: of
// thousands they would be half the memory.
type Details struct {
	// Endpoint replaces the base URL of a Sina kind, for a mirror or a test. Optional.
	Endpoint Address `yaml:"endpoint"`
	// Params fill the placeholders of the URL: pageid and lid for sina-roll, zhibo_id
	// for sina-live, cids for sina-data, flow for sina-app, symbol for sina-stock. A
	// parameter that no placeholder names is a mistake.
	Params map[string]Secret `yaml:"params"`
	// Extract finds the body in article pages. Optional.
	Extract Extract `yaml:"extract"`
	// Charset overrides what the documents say of their encoding, e.g. gbk. Optional.
	Charset string `yaml:"charset"`
	// Include are regular expressions, one or a list; only items of which one
	// matches title or text are taken. Optional.
	Include Patterns `yaml:"include"`
	// Exclude are regular expressions, one or a list; items of which one matches
	// title or text are left out. Optional.
	Exclude Patterns `yaml:"exclude"`
	// Headers are sent with requests for the list, e.g. Authorization. Optional.
	Headers map[string]Secret `yaml:"headers"`
	// Items yields the items: jq for kind json, a CSS selector for html. Required
	// for these two and unknown to the others, as are the five keys below.
	Items string `yaml:"items"`
	// Fields tells of each item id, link, title, published, updated, summary,
	// content, author, origin, image, tags, stocks and withdrawn: jq, or CSS
	// selectors that may end in @attribute; @text is an element's own text,
	// @text-before that in front of it. One of id and link is required.
	Fields map[string]string `yaml:"fields"`
	// FirstPage is the number {page} starts from: 1 or 0; default 1.
	FirstPage int `yaml:"first_page"`
	// Fail yields the API's own error message, or nothing. Optional.
	Fail string `yaml:"fail"`
	// Empty are regular expressions of what a page says that lists nothing, for
	// kind html; a page without items that does not say so is a failure. Optional.
	Empty Patterns `yaml:"empty"`
	// Volatile are regular expressions of what changes in every answer though
	// nothing is new, such as a time of day. Optional.
	Volatile Patterns `yaml:"volatile"`
}

// String is the name: behind a pointer fmt would show the secrets among the details.
func (s Source) String() string { return s.Name }

// Patterns are regular expressions, written as one or as a list.
type Patterns []*regexp.Regexp

// Selectors are CSS selectors, written as one or as a list.
type Selectors []Selector
