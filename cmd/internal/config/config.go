// Package config reads the configuration file: one strict YAML document.
//
// Call [Load] with the path of the file and the environment. What it returns is
// valid and complete: every default is filled in, every expression compiles.
// What it refuses it refuses at once, with all [Mistakes] and where they stand.
// Give the [Config.Sources] to the stages by [Source.Fetcher] and [Source.Normalize].
package config

// Config is the whole configuration. The repository's config.yaml shows every
// key with its default.
type Config struct {
	// Site is what readers see of the publisher, and the civil time it lives in.
	Site Site `yaml:"site"`
	// Listen is the host:port that feeds and pages are served on; default
	// 127.0.0.1:8080. An empty host (":8080") serves every interface.
	Listen string `yaml:"listen"`
	// Database is the bbolt file everything is kept in, or a postgres:// URL for
	// several machines; default aggregator.db. It is made when it is absent; a
	// changed path therefore starts from nothing.
	Database Address `yaml:"database"`
	// Archive is a directory for front-matter files, written as articles arrive.
	// Optional.
	Archive string `yaml:"archive"`
	// Control is the unix socket through which commands reach the running
	// daemon; default beside the database. At most 100 bytes. Optional.
	Control string `yaml:"control"`
	// Fetch bounds what is asked of publishers.
	Fetch Fetch `yaml:"fetch"`
	// Feeds says what is published.
	Feeds Feeds `yaml:"feeds"`
	// Health says who is told when a source is in trouble.
	Health Health `yaml:"health"`
	// Dedup says which articles are one.
	Dedup Dedup `yaml:"dedup"`
	// Retention says what is forgotten.
	Retention Retention `yaml:"retention"`
	// Sources are what is fetched. The only key without a default; an empty list
	// publishes what is stored and fetches nothing.
	Sources []Source `yaml:"sources"`
	// Categories gives category names a slug, a title, a description. Optional: a
	// category that is not here gets its slug from its name.
	Categories map[string]Category `yaml:"categories"`

	secrets func() []string // a function, of which fmt shows nothing
}

// Site is what readers see of the publisher.
type Site struct {
	// Title of the site and of the feed of everything; default 新浪财经.
	Title string `yaml:"title"`
	// BaseURL is the address readers use, which feeds carry in absolute links;
	// default http://127.0.0.1:8080. It may have a path. A wrong one gives readers
	// links that lead nowhere.
	BaseURL string `yaml:"base_url"`
	// TagAuthority mints the ids of articles (RFC 4151), e.g.
	// feeds.example.net,2026; default the host of base_url and the year of the
	// first run, which are stored then. A changed one makes no old article new.
	TagAuthority string `yaml:"tag_authority"`
	// Language of feeds and pages as a BCP 47 tag; default zh-CN. Pages speak
	// Chinese, and English in all other languages.
	Language string `yaml:"language"`
	// Rights tells readers who holds the rights in the feeds (atom:rights, and
	// copyright in RSS). Optional.
	Rights string `yaml:"rights"`
	// Timezone of schedules, file names and civil times; default Asia/Shanghai.
	Timezone Zone `yaml:"timezone"`
}

// Fetch bounds what is asked of publishers.
type Fetch struct {
	// UserAgent is sent with every request; default aggregator/VERSION and the
	// base URL.
	UserAgent string `yaml:"user_agent"`
	// Timeout of one request from connecting to the last byte; default 30s.
	Timeout Duration `yaml:"timeout"`
	// MaxBody is the longest document taken, after decompression; default 8MiB.
	// A longer one is a failure, it is never cut.
	MaxBody Bytes `yaml:"max_body"`
	// Concurrency is the number of requests at a time in all; default 16. Those
	// that wait for slow hosts step aside for others.
	Concurrency int `yaml:"concurrency"`
	// PerHost bounds what one publisher is asked.
	PerHost PerHost `yaml:"per_host"`
	// AllowPrivate are networks and host:port pairs that may be fetched although they
	// are private, e.g. 127.0.0.0/8 or intranet:8080 for a source of one's own;
	// default none.
	AllowPrivate []Private `yaml:"allow_private"`
	// MaxPages is how far a paged list is read back to known ground; default 20.
	MaxPages int `yaml:"max_pages"`
	// Proxy is the URL of an http, https or socks5 proxy; default from the
	// environment (HTTPS_PROXY, NO_PROXY). It is not subject to allow_private.
	Proxy Address `yaml:"proxy"`
	// FullText has the page of each new article fetched; default true. Without
	// it articles are what the list says of them.
	FullText bool `yaml:"full_text"`
}

// PerHost bounds what one registrable domain is asked, lists and pages together.
type PerHost struct {
	// Concurrency is the number of requests at a time; default 2.
	Concurrency int `yaml:"concurrency"`
	// Interval is the least time between the starts of two requests; default 500ms.
	Interval Duration `yaml:"interval"`
}

// Feeds says what is published.
type Feeds struct {
	// Entries is how many of the newest articles a feed has at least; default 50.
	Entries int `yaml:"entries"`
	// Window is how long every new article stays in a feed, though there be more
	// than entries; default 24h. A reader that asks less often than this misses some.
	Window Duration `yaml:"window"`
	// MaxEntries is the most a feed ever has; default 500.
	MaxEntries int `yaml:"max_entries"`
	// Formats published: atom, rss, json; default all three.
	Formats []string `yaml:"formats"`
	// Hub is the URL of a WebSub hub to ping when a feed changes. Optional.
	Hub Address `yaml:"hub"`
	// Saved are searches published as feeds. Optional.
	Saved []Saved `yaml:"saved"`
}

// Saved is a search published as a feed.
type Saved struct {
	// Slug is the feed's name in its address, /feeds/SLUG.atom. Required.
	Slug string `yaml:"slug"`
	// Title of the feed; default the slug.
	Title string `yaml:"title"`
	// All are words each of which an article has; there must be some of these, or of
	// Any. Optional.
	All []string `yaml:"all"`
	// Any are words of which an article has at least one. Optional.
	Any []string `yaml:"any"`
	// None are words an article must not have. Optional.
	None []string `yaml:"none"`
}

// Health says who is told when a source is in trouble.
type Health struct {
	// Webhook is a URL that is sent JSON when a source fails, falls silent or
	// recovers. Optional.
	Webhook Secret `yaml:"webhook"`
}

// Dedup says which articles are one.
type Dedup struct {
	// Scope is all, or source: never merge across sources; default all.
	Scope string `yaml:"scope"`
	// Similar also joins the same story under another title; default true.
	Similar bool `yaml:"similar"`
}

// Retention says what is forgotten.
type Retention struct {
	// MaxAge of articles since they were first seen; default 0, for ever.
	MaxAge Duration `yaml:"max_age"`
	// MaxArticles is how many are kept, the newest; default 0, all.
	MaxArticles int `yaml:"max_articles"`
	// Raw is how long a body is kept as it came, for db reprocess; default 7d.
	// Those of verbatim sources are kept as long as the article.
	Raw Duration `yaml:"raw"`
}

// Category is how a category is published.
type Category struct {
	// Slug is its name in addresses, stored at first use; default from the name.
	Slug string `yaml:"slug"`
	// Title of the feed; default the name of the category.
	Title string `yaml:"title"`
	// Description of the feed. Optional.
	Description string `yaml:"description"`
}
