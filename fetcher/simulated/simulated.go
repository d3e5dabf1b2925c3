// Package simulated is an origin to fetch from without a network: an
// [http.Handler] that behaves like Sina finance (roll lists, live wire, article
// pages) and like a few ordinary feed sites, for tests, the demo and benchmarks.
//
// Make one with [New] and either serve it (httptest.NewServer) or hand
// [Origin.Transport] to an http.Client, which then finds every host in it. Ask
// [Origin.Articles], [Origin.LiveItems] and [Origin.SiteArticles] what the world
// holds, [Origin.Requests] what was asked for, and break things with
// [Origin.Fail].
//
// The world is a pure function of seed, index and time: nothing is stored, an
// article is told anew whenever somebody asks for it. Only rtime of a list
// answer differs from one request to the next, as it does at Sina.
package simulated

import (
	"cmp"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Options describe a world. The zero value is a usable one.
type Options struct {
	// Seed chooses the world.
	Seed uint64
	// Start is when the backlog ends and new articles begin to come. Default:
	// the time of New. Give one to get the same bytes on every run.
	Start time.Time
	// Now is the clock; default time.Now.
	Now func() time.Time
	// Every is the mean interval between new articles; default 2 minutes, as
	// on Sina's busiest list.
	Every time.Duration
	// Backlog is how many articles there are before Start; default 2000,
	// rounded up to a multiple of 8. Negative means none.
	Backlog int
	// Reach is the time the backlog is spread over; default Backlog × Every.
	Reach time.Duration
	// LiveEvery is the mean interval of the live wire; default Every.
	LiveEvery time.Duration
	// BaseURL leads every link, without a slash at its end. Default: the
	// scheme and host of the request; and for requests that name one of
	// Sina's hosts, links with Sina's hosts.
	BaseURL string
	// Robots is the text of /robots.txt; default DefaultRobots.
	Robots string
	// Sites are the feed sites /site/1/, /site/2/ ...; default DefaultSites().
	Sites []Site
	// KeepRequests bounds the request log; default 4096, negative means none.
	KeepRequests int
	// FaultQuery lets a request ask for a fault itself: ?fault=status:503.
	FaultQuery bool
}

// DefaultRobots allows everything but the comments.
const DefaultRobots = "User-agent: *\nDisallow: /comment/\nDisallow: /finance/private/\nDisallow: /private/\n"

// Origin is a simulated origin.
type Origin struct {
	opts     Options
	grammar  *grammar
	articles timeline
	live     timeline
	sites    []timeline
	shelf    shelf
	items    cache[[]byte]
	wires    cache[[]byte]
	pages    cache[[]byte]
	stories  cache[siteStory]
	frame    frame
	faults   faults
	log      requestLog
	zippers  sync.Pool    // of gzip writers
	lists    atomic.Int64 // list answers given, for rtime
	robots   atomic.Pointer[string]
}

// New makes a world.
func New(opts Options) *Origin {
	opts = withDefaults(opts)
	o := &Origin{
		opts:    opts,
		grammar: sharedGrammar(),
		items:   newCache[[]byte](4096),
		wires:   newCache[[]byte](1024),
		pages:   newCache[[]byte](128),
		stories: newCache[siteStory](512),
		frame:   newFrame(opts.Seed),
	}
	o.articles = newTimeline(opts.Seed, opts.Start, opts.Backlog, opts.Reach, opts.Every)
	o.live = newTimeline(opts.Seed+1, opts.Start, max(opts.Backlog, 0), opts.Reach, opts.LiveEvery)
	for n, s := range opts.Sites {
		every := cmp.Or(s.Every, 10*opts.Every)
		o.sites = append(o.sites, newTimeline(opts.Seed+uint64(n)+2, opts.Start, 200, min(200*every, opts.Reach), every))
	}
	o.log.keep = opts.KeepRequests
	o.SetRobots(opts.Robots)
	return o
}

func withDefaults(opts Options) Options {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Start.IsZero() {
		opts.Start = opts.Now()
	}
	if opts.Sites == nil {
		opts.Sites = DefaultSites()
	}
	opts.Every = cmp.Or(opts.Every, 2*time.Minute)
	opts.Backlog = max(cmp.Or(opts.Backlog, 2000), 0)
	opts.Reach = cmp.Or(opts.Reach, time.Duration(opts.Backlog)*opts.Every)
	opts.LiveEvery = cmp.Or(opts.LiveEvery, opts.Every)
	opts.Robots = cmp.Or(opts.Robots, DefaultRobots)
	opts.KeepRequests = cmp.Or(opts.KeepRequests, 4096)
	return opts
}

// SetRobots changes what /robots.txt says.
func (o *Origin) SetRobots(text string) { o.robots.Store(&text) }

// ServeHTTP answers as Sina or as a feed site, by the request's host and path.
func (o *Origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := o.route(r)
	w.Header().Set("Date", q.now.UTC().Format(http.TimeFormat))
	rec := &recorder{ResponseWriter: w}
	f := o.faults.take(q)
	if f == nil && o.opts.FaultQuery {
		f = parseFault(q.values.Get("fault"))
	}
	// Deferred, because a fault may end the request with a panic.
	defer func() { o.log.add(q, rec, f) }()
	if f != nil && f.before(rec, r) {
		return
	}
	q.fault = f
	o.send(o.answer(q), rec, r, f)
}
