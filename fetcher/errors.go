package fetcher

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"time"
)

// Reason says in one word why a fetch failed; it is stored, counted and shown.
type Reason string

// The reasons.
const (
	ReasonDNS      Reason = "dns"        // the host name has no address
	ReasonConnect  Reason = "connect"    // no connection to the host
	ReasonTLS      Reason = "tls"        // no trusted encrypted connection
	ReasonTimeout  Reason = "timeout"    // the answer took too long
	ReasonPrivate  Reason = "private"    // a private address that is not allowed
	ReasonRedirect Reason = "redirect"   // too many redirects, or one that must not be followed
	ReasonStatus   Reason = "status"     // an HTTP status that is no success
	ReasonTooLarge Reason = "too large"  // a body over the limit
	ReasonBroken   Reason = "broken"     // an answer that ends early or cannot be decoded
	ReasonRobots   Reason = "robots"     // robots.txt disallows the page
	ReasonResting  Reason = "resting"    // the host asked not to be disturbed
	ReasonNotList  Reason = "not a feed" // a good answer that is not what the source should give:
	ReasonLogin    Reason = "login"      // a page that asks who we are,
	ReasonHuman    Reason = "challenge"  // or whether we are human
	ReasonRefused  Reason = "refused"    // a good HTTP answer in which the API reports a failure
	ReasonParse    Reason = "parse"      // the right kind of document, but not readable
	ReasonNoMatch  Reason = "no match"   // a page, but nothing in it is what the source's selectors ask for
	ReasonNoItems  Reason = "no items"   // it has items, of which none could be read: no "no news"
)

// Error is why a document could not be fetched or read.
type Error struct {
	Reason     Reason
	URL        string // without userinfo
	Status     int    // HTTP status; 0 where there was none
	RetryAfter time.Duration
	Told       bool // RetryAfter is the host's own word
	Err        error

	feeds []string // see Feeds
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: %v", e.URL, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// ReasonOf returns the reason of an error that this package returned.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ReasonBroken
}

// Hint tells the operator what to do about an error; empty if nothing.
func Hint(err error) string {
	if errors.Is(err, ErrTurn) {
		return "nothing was asked; look whether the database can be reached"
	}
	switch ReasonOf(err) {
	case ReasonPrivate:
		return "add its network or host:port to fetch.allow_private if this host is meant"
	case ReasonNotList:
		if feeds := Feeds(err); len(feeds) > 0 {
			return "the page names a feed that could not be read either: " + Redact(feeds[0])
		}
		return "open the address in a browser: it may have moved, or ask for a login"
	case ReasonLogin:
		return "give the source the headers that its publisher asks for, or another address"
	case ReasonHuman:
		return "the publisher takes this machine for a robot that is not welcome: ask for leave, or for another address"
	case ReasonRefused:
		return "check the source's params"
	case ReasonDNS, ReasonConnect:
		return "check the address and this machine's network"
	case ReasonTooLarge:
		return "raise fetch.max_body if the document is meant to be so large"
	case ReasonTimeout:
		return "it is tried again; raise fetch.timeout if the host is known to be slow"
	case ReasonTLS:
		return "open the address in a browser: its certificate may have expired, or be another host's"
	case ReasonNoMatch:
		return "look at the page: it may have been rebuilt, then give the source other selectors; if it has nothing to list, tell by what it says so (empty)"
	case ReasonParse, ReasonNoItems, ReasonBroken:
		return "it is tried again; if it stays so, the document is broken or of another kind than the source's"
	case ReasonStatus:
		return statusHint(err)
	}
	return ""
}

func statusHint(err error) string {
	var e *Error
	errors.As(err, &e)
	switch e.Status {
	case http.StatusNotFound, http.StatusGone:
		return "look for the list's new address"
	case http.StatusUnauthorized:
		return "it wants to know who asks: give the source its headers, such as Authorization"
	case http.StatusPaymentRequired:
		return "it wants to be paid for"
	case http.StatusForbidden:
		return "it may want headers of its own, or refuse this machine's address"
	case http.StatusUnavailableForLegalReasons:
		return "its host may not show it here"
	}
	return "it is tried again"
}

// fail wraps what the HTTP client returned.
func fail(rawURL string, err error) *Error {
	var own *Error
	if errors.As(err, &own) {
		if own.URL == "" {
			own.URL = Redact(rawURL)
		}
		return own
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err // its text repeats method and URL, with userinfo
	}
	if rec, ok := errors.AsType[tls.RecordHeaderError](err); ok && string(rec.RecordHeader[:]) == "HTTP/" {
		err = http.ErrSchemeMismatch // as an http.Client says: no certificate is to blame
	}
	return &Error{Reason: reason(err), URL: Redact(rawURL), Err: err}
}

func reason(err error) Reason {
	var (
		dns  *net.DNSError
		op   *net.OpError
		cert *tls.CertificateVerificationError
		ca   x509.UnknownAuthorityError
		host x509.HostnameError
		rec  tls.RecordHeaderError
		ne   net.Error
	)
	switch {
	case errors.As(err, &dns):
		return ReasonDNS
	case errors.As(err, &op) && op.Op == "dial":
		return ReasonConnect // though it be by silence: nothing came as far as the host
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return ReasonTimeout
	case errors.As(err, &cert), errors.As(err, &ca), errors.As(err, &host), errors.As(err, &rec):
		return ReasonTLS
	}
	return ReasonBroken
}

var secretName = regexp.MustCompile(`(?i)token|key|secret|pass|auth|sig`)

// Redact returns the URL without what may be a secret: its userinfo, and
// query values whose names sound like one.
func Redact(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "(unreadable URL)"
	}
	query, secret := u.Query(), u.User != nil
	for name := range query {
		if secretName.MatchString(name) {
			query.Set(name, "hidden")
			u.RawQuery, secret = query.Encode(), true
		}
	}
	if !secret {
		return rawURL
	}
	u.User = nil
	return u.String()
}
