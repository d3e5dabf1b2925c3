package daemon_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// score counts what the rules of CONDUCT "A fetcher beyond reproach" say of
// requests: how often each was put to the test, and how often broken.
type score struct {
	mu     sync.Mutex
	rules  map[int]*rule
	urls   map[string]*standing
	sites  map[string]*manner
	trying []time.Time // attempts while nobody could be reached
	// restart is when a daemon began that does not know robots.txt any more.
	restart time.Time
}

type rule struct {
	checks, broken int
	examples       []string
}

// standing is what a polite client would know of a URL.
type standing struct {
	tag, date     string
	renewed       bool   // by a 304
	spoilt        string // the tag of a document that was not whole
	freshUntil    time.Time
	next          time.Time // not before, after 404 and 410
	unconditional time.Time // the last request that could have been conditional
}

// manner is what a polite client would know of a site.
type manner struct {
	under     int
	last      time.Time
	ended     time.Time
	rest      time.Time
	strikes   int
	forbidden int
	robots    map[string]time.Time
}

func newScore() *score {
	return &score{rules: map[int]*rule{}, urls: map[string]*standing{}, sites: map[string]*manner{}}
}

// check is called with the score's lock held.
func (s *score) check(number int, ok bool, format string, args ...any) {
	r := s.rules[number]
	if r == nil {
		r = &rule{}
		s.rules[number] = r
	}
	r.checks++
	if !ok {
		r.broken++
		if len(r.examples) < 5 {
			r.examples = append(r.examples, fmt.Sprintf(format, args...))
		}
	}
}

func (s *score) standing(url string) *standing {
	if s.urls[url] == nil {
		s.urls[url] = &standing{}
	}
	return s.urls[url]
}

func (s *score) manner(site string) *manner {
	if s.sites[site] == nil {
		s.sites[site] = &manner{robots: map[string]time.Time{}}
	}
	return s.sites[site]
}

// attempt is a request that reached nobody.
func (s *score) attempt(_ *http.Request, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trying = append(s.trying, now)
}

// tried is how many requests reached nobody.
func (s *score) tried() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.trying)
}

// arrives judges a request. What it returns judges the answer's consequences.
func (s *score) arrives(r *http.Request, now time.Time) func(*listing, reply, time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := now.UTC().Format("01-02 15:04:05.000 ") + r.URL.String()
	m, u := s.manner(site(r.URL)), s.standing(r.URL.String())
	s.request(r, at)
	m.under++
	s.check(12, m.under <= 2, "%s: %d at a time", at, m.under)
	s.check(12, now.Sub(m.last) >= 500*time.Millisecond, "%s: %s after the one before", at, now.Sub(m.last))
	s.check(11, !now.Before(m.rest), "%s: the site rests until %s", at, m.rest)
	// A request that waited for its site begins when the one before has ended,
	// whatever the clock says.
	waited := now.Equal(m.ended) || now.Sub(m.last) == 500*time.Millisecond
	m.last = now
	switch {
	case r.URL.Path == "/robots.txt":
		before := m.robots[r.URL.Host]
		s.check(24, now.Sub(before) >= day || before.Before(s.restart) && now.After(s.restart), "%s: asked for again after %s", at, now.Sub(m.robots[r.URL.Host]))
		m.robots[r.URL.Host] = now
	case strings.HasPrefix(r.URL.Path, "/private/"):
		s.check(24, false, "%s: robots.txt disallows it", at)
	case strings.HasPrefix(r.URL.Path, "/page/"):
		s.check(24, !m.robots[r.URL.Host].IsZero(), "%s: without robots.txt", at)
	default:
		s.conditional(r, u, at, now)
		s.check(10, !now.Before(u.freshUntil), "%s: fresh until %s", at, u.freshUntil)
		if !waited {
			s.check(13, now.Second() != 0, "%s: at the full minute", at)
		}
		s.check(19, !now.Before(u.next), "%s: not before %s", at, u.next)
	}
	return func(l *listing, rep reply, now time.Time) {
		s.mu.Lock()
		defer s.mu.Unlock()
		m.under--
		m.ended = now
		if l != nil {
			u.learn(rep, now)
		}
		m.learn(s, rep, at, now)
	}
}

// request judges what every request says.
func (s *score) request(r *http.Request, at string) {
	h := r.Header
	s.check(15, strings.HasPrefix(h.Get("User-Agent"), "aggregator/") && strings.Contains(h.Get("User-Agent"), "(+http"), "%s: User-Agent %q", at, h.Get("User-Agent"))
	for _, name := range []string{"Cookie", "Referer", "Sec-Fetch-Mode", "Cache-Control", "Pragma"} {
		s.check(15, h.Get(name) == "", "%s: %s %q", at, name, h.Get(name))
	}
	s.check(15, r.URL.RawQuery == "", "%s: a query that nobody asked for", at)
	if list := strings.HasPrefix(r.URL.Path, "/feed"); list {
		s.check(16, strings.HasPrefix(h.Get("Accept"), "application/atom+xml"), "%s: Accept %q", at, h.Get("Accept"))
	}
	s.check(16, strings.Contains(h.Get("Accept-Encoding"), "gzip"), "%s: Accept-Encoding %q", at, h.Get("Accept-Encoding"))
	s.check(25, r.URL.Scheme == "http" || r.URL.Scheme == "https", "%s: scheme", at)
}

// conditional judges a list request's validators.
func (s *score) conditional(r *http.Request, u *standing, at string, now time.Time) {
	tag, date := r.Header.Get("If-None-Match"), r.Header.Get("If-Modified-Since")
	s.check(1, tag == "" || tag == u.tag, "%s: If-None-Match %s, want %s", at, tag, u.tag)
	s.check(1, date == "" || date == u.date, "%s: If-Modified-Since %s, want %s", at, date, u.date)
	if u.tag != "" && u.date != "" {
		s.check(2, (tag == "") == (date == ""), "%s: only one of %q and %q", at, tag, date)
	}
	if u.renewed {
		s.check(4, tag == u.tag, "%s: If-None-Match %s, renewed to %s", at, tag, u.tag)
	}
	if tag+date != "" {
		s.check(5, u.tag+u.date != "", "%s: validators of another URL", at)
	}
	if u.spoilt != "" {
		s.check(7, tag != u.spoilt, "%s: If-None-Match %s of a document that was not whole", at, tag)
	}
	s.check(3, u.tag != "" || tag == "", "%s: If-None-Match %s was taken back", at, tag)
	s.check(3, u.date != "" || date == "", "%s: If-Modified-Since %s was taken back", at, date)
	if u.tag+u.date != "" && tag+date == "" {
		s.check(8, now.Sub(u.unconditional) >= day, "%s: unconditional", at)
		u.unconditional = now
	} else {
		s.check(8, true, "")
	}
}

// learn takes from an answer what holds for the next request for the URL.
func (u *standing) learn(rep reply, now time.Time) {
	switch {
	case rep.status == http.StatusNotModified:
		if t := rep.header.Get("ETag"); t != "" {
			u.renewed, u.tag = t != u.tag, t
		}
		if d := rep.header.Get("Last-Modified"); d != "" {
			u.date = d
		}
	case rep.status == http.StatusOK && !rep.bad:
		u.tag, u.date, u.renewed = rep.header.Get("ETag"), rep.header.Get("Last-Modified"), false
		switch {
		case strings.Contains(rep.body, "<ttl>150</ttl>"):
			u.freshUntil = now.Add(150 * time.Minute)
		case strings.Contains(rep.body, "<sy:updateFrequency>6<"):
			u.freshUntil = now.Add(4 * time.Hour)
		}
	case rep.status == http.StatusOK:
		u.spoilt = rep.header.Get("ETag")
	case rep.status == http.StatusMovedPermanently, rep.status == http.StatusFound:
		u.tag, u.date = "", "" // what is held is of where it leads
	case rep.status == http.StatusNotFound:
		u.next = now.Add(day - time.Minute)
	case rep.status == http.StatusGone:
		u.next = now.Add(7*day - time.Minute)
	}
	if rep.header.Get("Cache-Control") == "public, max-age=12000" {
		u.freshUntil = now.Add(11400 * time.Second).Add(-time.Second)
	}
	if at, err := http.ParseTime(rep.header.Get("Expires")); err == nil {
		u.freshUntil = at
	}
}

// learn takes from an answer what holds for the next request to the site.
func (m *manner) learn(s *score, rep reply, at string, now time.Time) {
	switch rep.status {
	case http.StatusOK, http.StatusNotModified:
		m.strikes, m.forbidden = 0, 0
	case http.StatusForbidden:
		if m.forbidden++; m.forbidden >= 3 {
			m.strike(now)
		}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		m.strike(now)
		switch wait := rep.header.Get("Retry-After"); {
		case wait == "9000":
			m.rest = now.Add(9000 * time.Second)
		case wait != "":
			m.rest = now.Add(3*time.Hour - 2*time.Second)
		}
	}
}

// strike lets a site that does not say for how long rest longer each time: at
// least a minute, doubled.
func (m *manner) strike(now time.Time) {
	m.rest = now.Add(min(time.Minute<<min(m.strikes, 12), day))
	m.strikes++
}

// titles say what the rules are about.
var titles = map[int]string{
	1: "validators as they came", 2: "both of them", 3: "replaced by every 200", 4: "renewed by a 304",
	5: "of the same address", 6: "nothing is lost", 7: "only of what was read whole", 8: "conditional wherever it can be", 9: "the owner's schedule", 10: "freshness", 11: "rests of the whole host",
	12: "one gate a site, and fair", 13: "never at the full minute", 14: "our own outage", 15: "who we are, and no more", 16: "what we accept",
	18: "redirects", 19: "gone and missing", 20: "no feed is a failure", 24: "robots.txt", 25: "http and https only",
}

// print writes the score, and fails the test for every rule that is broken or
// was never put to the test.
func (s *score) print(t *testing.T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	checks, broken := 0, 0
	for number := 1; number <= 25; number++ {
		title, scored := titles[number]
		r := s.rules[number]
		switch {
		case !scored:
			continue
		case r == nil:
			t.Errorf("rule %d, %s: never put to the test", number, title)
			continue
		case r.broken > 0:
			t.Errorf("rule %d, %s: broken %d times\n\t%s", number, title, r.broken, strings.Join(r.examples, "\n\t"))
		}
		fmt.Fprintf(&b, "\n%4d  %-30s %7d checks  %4d broken", number, title, r.checks, r.broken)
		checks, broken = checks+r.checks, broken+r.broken
	}
	t.Logf("manners:%s\n      %-30s %7d checks  %4d broken", b.String(), "in all", checks, broken)
}

// between counts the times in [from, to).
func between(times []time.Time, from, to time.Time) int {
	low, _ := slices.BinarySearchFunc(times, from, time.Time.Compare)
	high, _ := slices.BinarySearchFunc(times, to, time.Time.Compare)
	return high - low
}
