package daemon

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"
	"time"
)

// offline tells of a failure to reach a host that this machine is cut off, without
// asking anybody else: there is no route to anywhere, or the resolver answers nothing
// whatever it is asked. It errs on the side of blaming the host: a link that is
// dead farther away looks like a dead host.
func offline(ctx context.Context, err error) bool {
	return errors.Is(err, syscall.ENETUNREACH) && !routed() || mute(ctx, net.DefaultResolver, err)
}

// routed tells whether there is a route to the networks that RFC 5737 and RFC 3849
// keep for documentation, and so to any. Nothing is sent.
func routed() bool {
	for network, address := range map[string]string{"udp4": "192.0.2.1:9", "udp6": "[2001:db8::1]:9"} {
		if conn, err := net.Dial(network, address); err == nil {
			conn.Close()
			return true
		}
	}
	return false
}

// askResolver is how long the resolver may take to answer.
const askResolver = 10 * time.Second

// mute tells of a name that could not be looked up that the resolver says nothing of
// the root either, which every resolver has an answer for: a refusal is one.
func mute(ctx context.Context, resolver *net.Resolver, err error) bool {
	if !unanswered(err) {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, askResolver)
	defer cancel()
	_, err = resolver.LookupNS(ctx, ".")
	return unanswered(err)
}

// unanswered tells that nobody answered a question to the resolver.
func unanswered(err error) bool {
	var dns *net.DNSError
	if !errors.As(err, &dns) || dns.IsNotFound {
		return false
	}
	// A DNSError keeps of the cause no more than its text.
	for _, cut := range []error{syscall.ECONNREFUSED, syscall.ENETUNREACH, syscall.EHOSTUNREACH} {
		if strings.HasSuffix(dns.Err, cut.Error()) {
			return true
		}
	}
	return dns.IsTimeout
}
