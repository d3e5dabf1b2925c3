package daemon_test

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"aggregator/fetcher"
)

// publisher is every host of the scored month, in memory: it answers as they
// would, and has each request judged.
type publisher struct {
	start time.Time
	score *score

	mu    sync.Mutex
	lists map[string]*listing // by URL without a scheme
	out   func(time.Duration) bool
	why   error // nobody is reached while out; nil for a network that is unreachable
}

// listing is a list that a host publishes.
type listing struct {
	name  string        // of its source
	every time.Duration // between two new items
	serve func(*listing, *asked) reply
	pages bool // its items have pages

	n       int // requests so far
	visits  []time.Time
	told    map[int]bool // items that were in a whole answer
	partner string       // where it has moved to
}

// asked is a request for a list.
type asked struct {
	*http.Request
	at   time.Duration // since the month began
	now  time.Time
	nth  int // counted from 0
	item int // the newest
}

// reply is what a host answers.
type reply struct {
	status int
	header http.Header
	body   string
	after  time.Duration
	bad    bool // the body is no whole list
}

const day = 24 * time.Hour

// RoundTrip is the network.
func (p *publisher) RoundTrip(r *http.Request) (*http.Response, error) {
	now := time.Now()
	if p.out(now.Sub(p.start)) {
		p.score.attempt(r, now)
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: cmp.Or(p.why, error(syscall.ENETUNREACH))}
	}
	leave := p.score.arrives(r, now)
	time.Sleep(20 * time.Millisecond)
	rep, l := p.answer(r, now)
	if rep.after > 0 {
		select {
		case <-time.After(rep.after):
		case <-r.Context().Done():
			leave(l, reply{status: http.StatusGatewayTimeout}, time.Now())
			return nil, r.Context().Err()
		}
	}
	leave(l, rep, time.Now())
	return &http.Response{
		StatusCode: rep.status, Header: rep.header, Body: io.NopCloser(strings.NewReader(rep.body)), Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

func (p *publisher) answer(r *http.Request, now time.Time) (reply, *listing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lists[r.URL.Host+r.URL.Path]
	rep := reply{status: http.StatusOK, header: http.Header{}}
	switch {
	case l != nil:
		at := now.Sub(p.start)
		rep = l.serve(l, &asked{r, at, now, l.n, int((at + 40*l.every) / l.every)})
		l.n++
		l.visits = append(l.visits, now)
	case r.URL.Path == "/robots.txt":
		rep.body = "User-agent: *\nDisallow: /private/\n"
	case strings.HasPrefix(r.URL.Path, "/page/"):
		rep.body = "<html><body><article><p>" + strings.Repeat("A page of an article, with a text. ", 20) + "</p></article></body></html>"
	default:
		rep.status = http.StatusNotFound
	}
	if rep.header == nil {
		rep.header = http.Header{}
	}
	if rep.header.Get("Date") == "" {
		rep.header.Set("Date", now.UTC().Format(http.TimeFormat))
	}
	return rep, l
}

// window is how many items a list shows.
const window = 8

// document is the RSS of a list, with elements of its own in the channel.
func (l *listing) document(a *asked, elements string) reply {
	var b strings.Builder
	fmt.Fprintf(&b, `<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>%s</title>%s`, l.name, elements)
	for k := a.item; k > a.item-window; k-- {
		link := fmt.Sprintf("https://%s/page/%s/%d", a.URL.Host, l.name, k)
		if l.pages && k%7 == 0 {
			link = fmt.Sprintf("https://%s/private/%s/%d", a.URL.Host, l.name, k)
		}
		fmt.Fprintf(&b, `<item><guid isPermaLink="false">%s-%d</guid><link>%s</link><title>Item %[2]d of %[1]s</title><description>Words of %[2]d, %[1]s.</description></item>`, l.name, k, link)
		l.told[k] = true
	}
	b.WriteString("</channel></rss>")
	return reply{status: http.StatusOK, header: http.Header{}, body: b.String()}
}

// tag and date are the validators of a list's newest item.
func (a *asked) tag() string { return fmt.Sprintf(`W/"%d ""x"`, a.item) }

func (a *asked) date() string { return fmt.Sprintf("about item %d", a.item) }

// whole answers 200 with the headers given, or 304 where these are what the
// request says.
func (l *listing) whole(a *asked, h http.Header) reply {
	tag, date := h.Get("ETag"), h.Get("Last-Modified")
	match, since := a.Header.Get("If-None-Match"), a.Header.Get("If-Modified-Since")
	if tag+date != "" && match == tag && since == date {
		return reply{status: http.StatusNotModified, header: h}
	}
	rep := l.document(a, "")
	rep.header = h
	return rep
}

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

// Hosts of several characters.

func both(l *listing, a *asked) reply {
	return l.whole(a, header("ETag", a.tag(), "Last-Modified", a.date()))
}
func tagged(l *listing, a *asked) reply { return l.whole(a, header("ETag", a.tag())) }
func dated(l *listing, a *asked) reply  { return l.whole(a, header("Last-Modified", a.date())) }
func bare(l *listing, a *asked) reply   { return l.document(a, "") }

// renewing gives a new tag with every answer, 304 too.
func renewing(l *listing, a *asked) reply {
	fresh := header("ETag", fmt.Sprintf(`"%d-%d"`, a.item, a.nth), "Last-Modified", a.date())
	if a.nth > 0 && a.Header.Get("If-None-Match") == fmt.Sprintf(`"%d-%d"`, a.item, a.nth-1) {
		return reply{status: http.StatusNotModified, header: fresh}
	}
	rep := l.document(a, "")
	rep.header = fresh
	return rep
}

// vanishing has no validators in every other version of its list.
func vanishing(l *listing, a *asked) reply {
	if a.item%2 == 0 {
		return bare(l, a)
	}
	return both(l, a)
}

func maxAge(l *listing, a *asked) reply {
	return l.whole(a, header("ETag", a.tag(), "Cache-Control", "public, max-age=12000", "Age", "600"))
}

// expiring is fresh until the next full hour but one.
func expiring(l *listing, a *asked) reply {
	return l.whole(a, header("ETag", a.tag(), "Expires", a.now.Add(2*time.Hour).Truncate(time.Hour).UTC().Format(http.TimeFormat)))
}

func noCache(l *listing, a *asked) reply {
	return l.whole(a, header("ETag", a.tag(), "Cache-Control", "no-cache, max-age=9000"))
}

func ttl(l *listing, a *asked) reply { return l.document(a, "<ttl>150</ttl>") }

// nightly asks to be left alone in all hours but four, and on Sundays.
func nightly(l *listing, a *asked) reply {
	hours := ""
	for hour := range 20 {
		hours += fmt.Sprintf("<hour>%d</hour>", hour)
	}
	return l.document(a, "<skipHours>"+hours+"</skipHours><skipDays><day>Sunday</day></skipDays>")
}

func syndication(l *listing, a *asked) reply {
	return l.document(a, "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>6</sy:updateFrequency>")
}

// busy asks for a rest now and then, in seconds.
func busy(l *listing, a *asked) reply {
	if a.nth%50 == 30 {
		return reply{status: http.StatusTooManyRequests, header: header("Retry-After", "9000")}
	}
	return both(l, a)
}

// busyUntil names a date, by a clock that is wrong by days.
func busyUntil(l *listing, a *asked) reply {
	if a.nth%50 != 20 {
		return both(l, a)
	}
	wrong := a.now.Add(-72 * time.Hour).UTC()
	return reply{status: http.StatusServiceUnavailable, header: header("Date", wrong.Format(http.TimeFormat), "Retry-After", wrong.Add(3*time.Hour).Format(http.TimeFormat))}
}

// down is not available for a day, and does not say for how long.
func down(l *listing, a *asked) reply {
	if a.at > 6*day && a.at < 7*day {
		return reply{status: http.StatusServiceUnavailable}
	}
	return both(l, a)
}

func forbidding(l *listing, a *asked) reply {
	if a.at > 5*day && a.at < 7*day {
		return reply{status: http.StatusForbidden}
	}
	return both(l, a)
}

func missing(l *listing, a *asked) reply {
	if a.at > 3*day && a.at < 10*day {
		return reply{status: http.StatusNotFound}
	}
	return both(l, a)
}

func gone(l *listing, a *asked) reply {
	if a.at > 4*day {
		return reply{status: http.StatusGone}
	}
	return both(l, a)
}

// moving redirects for good from the second day on; there it is the same list.
func moving(l *listing, a *asked) reply {
	if a.at > 2*day {
		return reply{status: http.StatusMovedPermanently, header: header("Location", l.partner)}
	}
	return both(l, a)
}

func elsewhere(l *listing, a *asked) reply {
	return reply{status: http.StatusFound, header: header("Location", l.partner)}
}

func slow(l *listing, a *asked) reply {
	rep := both(l, a)
	rep.after = 20 * time.Second
	return rep
}

func stuck(*listing, *asked) reply { return reply{status: http.StatusOK, after: time.Hour} }

// spoilt sends with every third version something that is no whole list, with
// validators, for its first requests.
func spoilt(l *listing, a *asked) reply {
	if a.item%3 != 0 || a.nth%4 == 3 {
		return both(l, a)
	}
	h := header("ETag", a.tag()+" spoilt", "Last-Modified", a.date())
	bodies := []string{"", "<html><title>Please log in</title><input type=password></html>", "<rss><channel><item><title>half a", `{"no": "feed"}`}
	if a.item%2 == 0 {
		rep := l.document(a, "")
		return reply{status: http.StatusOK, header: h, body: rep.body[:len(rep.body)/2], bad: true}
	}
	return reply{status: http.StatusOK, header: h, body: bodies[a.nth%len(bodies)], bad: true}
}

// odd answers with successes that are none.
func odd(l *listing, a *asked) reply {
	if status := []int{http.StatusOK, http.StatusNoContent, http.StatusOK, http.StatusPartialContent}[a.nth%4]; status != http.StatusOK {
		rep := l.document(a, "")
		return reply{status: status, header: header("ETag", `"odd"`), body: rep.body[:len(rep.body)/2], bad: true}
	}
	return both(l, a)
}

func site(u *url.URL) string { return fetcher.Site(u.Host) }
