package simulated

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// FaultKind is a way in which an origin can go wrong.
type FaultKind string

// The faults. Size, Delay, Status and Location of Fault are read by those that
// name them.
const (
	StatusCode    FaultKind = "status"    // answers Status (default 503), with RetryAfter
	JSONStatus    FaultKind = "json"      // the API refuses with code Status, HTTP says 200
	EmptyData     FaultKind = "empty"     // a good answer without items
	NoBody        FaultKind = "nobody"    // 200 and nothing
	Truncate      FaultKind = "truncate"  // half of the answer, as if it were whole
	WrongLength   FaultKind = "length"    // half of the answer under the Content-Length of all
	Excess        FaultKind = "excess"    // all of the answer under the Content-Length of half
	WrongCoding   FaultKind = "coding"    // a body that is spoilt halfway and cannot be unpacked
	LongHeader    FaultKind = "header"    // a header of Size bytes (default 4 MiB)
	Reset         FaultKind = "reset"     // the connection ends after Size bytes; before the header if 0
	Endless       FaultKind = "endless"   // a body without end
	Drip          FaultKind = "drip"      // a byte every Delay (default 1s)
	Bomb          FaultKind = "bomb"      // a small body that unpacks to Size bytes (default 1 GiB)
	Redirect      FaultKind = "redirect"  // to Location with Status (default 302)
	RedirectLoop  FaultKind = "loop"      // to itself
	RedirectChain FaultKind = "chain"     // Size times (default 10), then the good answer
	Challenge     FaultKind = "challenge" // a page for people instead of the answer, with 200
	Garbage       FaultKind = "garbage"   // Size random bytes (default 4096) as the expected type
	Delay         FaultKind = "delay"     // the good answer after Delay (default 1s)
	Hang          FaultKind = "hang"      // no answer until the client gives up
	NoName        FaultKind = "dns"       // the host has no address: one behind a redirect, where a server answers
	NoConnection  FaultKind = "connect"   // nobody listens; likewise
	NoTLS         FaultKind = "tls"       // who listens speaks no TLS; likewise
)

// FaultKinds are all that there are.
func FaultKinds() []FaultKind {
	return []FaultKind{
		StatusCode, JSONStatus, EmptyData, NoBody, Truncate, WrongLength, Excess, WrongCoding, LongHeader, Reset, Endless, Drip, Bomb,
		Redirect, RedirectLoop, RedirectChain, Challenge, Garbage, Delay, Hang, NoName, NoConnection, NoTLS,
	}
}

// Fault is what goes wrong, and for how long.
type Fault struct {
	Kind       FaultKind
	Status     int
	RetryAfter string // seconds or a date, as the header takes it
	Location   string
	Size       int
	Delay      time.Duration
	// Count is how many requests fail; 0 means until cleared.
	Count int
	// Rate is the share of requests that fail; 0 means all.
	Rate float64
	// Only limits the fault to requests for which it is true; nil means all.
	Only func(*http.Request) bool
}

func (f *Fault) statusOr(missing int) int { return cmp.Or(f.Status, missing) }

// faults are the faults switched on, the latest first.
type faults struct {
	mu   sync.Mutex
	on   []*arranged
	dice dice
}

type arranged struct {
	prefix string
	Fault
	left int
}

// Fail switches a fault on for requests whose path begins with a prefix. Paths
// are those of the one-port form, /finance/china/..., whatever the host; a
// prefix without a leading slash begins with a host: site1.example/rss.xml.
// Where several faults fit, the latest is taken.
func (o *Origin) Fail(prefix string, f Fault) {
	o.faults.mu.Lock()
	defer o.faults.mu.Unlock()
	o.faults.on = slices.Insert(o.faults.on, 0, &arranged{prefix, f, f.Count})
}

// Clear switches off the faults of a prefix; of "", all.
func (o *Origin) Clear(prefix string) {
	o.faults.mu.Lock()
	defer o.faults.mu.Unlock()
	o.faults.on = slices.DeleteFunc(o.faults.on, func(a *arranged) bool { return prefix == "" || a.prefix == prefix })
}

// take returns the fault that this request shall have, if any, and counts it.
func (fs *faults) take(q *request) *Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, a := range fs.on {
		switch {
		case a.Count > 0 && a.left == 0, !a.fits(q), a.Rate > 0 && !fs.dice.share(a.Rate):
			continue
		}
		a.left--
		f := a.Fault
		return &f
	}
	return nil
}

func (a *arranged) fits(q *request) bool {
	path := q.path
	if !strings.HasPrefix(a.prefix, "/") {
		path = q.Host + q.URL.Path
	}
	return strings.HasPrefix(path, a.prefix) && (a.Only == nil || a.Only(q.Request))
}

// parseFault reads the fault that a query asks for: its kind and, after a
// colon, its status, size or seconds of delay.
func parseFault(text string) *Fault {
	if text == "" {
		return nil
	}
	kind, value, _ := strings.Cut(text, ":")
	n, _ := strconv.Atoi(value)
	f := &Fault{Kind: FaultKind(kind), Size: n, Delay: time.Duration(n) * time.Second}
	if n >= 100 && n < 600 || f.Kind == JSONStatus {
		f.Status = n
	}
	return f
}
