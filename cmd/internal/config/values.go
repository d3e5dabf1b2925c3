package config

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/andybalholm/cascadia"
	"github.com/dustin/go-humanize"
)

// Duration is written 500ms, 30s, 1h30m, 24h, 7d, 2w, 1d12h; 0 needs no unit.
type Duration time.Duration

const day = 24 * time.Hour

// UnmarshalText reads a duration: weeks and days, which time.ParseDuration does
// not know, and then what it does.
func (d *Duration) UnmarshalText(text []byte) error {
	weeks, rest := leading(string(text), "w", 7*day)
	days, rest := leading(rest, "d", day)
	var parsed time.Duration
	var err error
	if rest != "" || len(text) == 0 {
		parsed, err = time.ParseDuration(rest)
	}
	parsed += weeks + days
	switch {
	case strings.Contains(string(text), "-"):
		return errors.New("must not be negative")
	case err != nil || parsed < 0 || parsed > longest:
		return fmt.Errorf("%q is not a duration such as 500ms, 30s, 24h or 7d", text)
	}
	*d = Duration(parsed)
	return nil
}

// longest keeps sums of durations from overflowing.
const longest = 100 * 365 * day

// leading takes a number of units off the front of text.
func leading(text, unit string, length time.Duration) (time.Duration, string) {
	digits, rest, found := strings.Cut(text, unit)
	n, err := strconv.ParseUint(digits, 10, 16)
	if !found || err != nil || n > uint64(longest/length) {
		return 0, text
	}
	return time.Duration(n) * length, rest
}

// MarshalText writes the duration as [Duration.UnmarshalText] reads it.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func (d Duration) String() string {
	if whole := time.Duration(d) / day; whole > 1 && time.Duration(d)%day == 0 {
		return fmt.Sprint(int64(whole), "d")
	}
	text := time.Duration(d).String() // such as 1h0m0s
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// Bytes is written 8MiB, 500kB or as a plain number.
type Bytes int64

// UnmarshalText reads a size.
func (b *Bytes) UnmarshalText(text []byte) error {
	n, err := humanize.ParseBytes(string(text))
	if err != nil || n > math.MaxInt64 {
		return fmt.Errorf("%q is not a size such as 512KiB or 8MiB", text)
	}
	*b = Bytes(n)
	return nil
}

// MarshalText writes the size as [Bytes.UnmarshalText] reads it.
func (b Bytes) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

func (b Bytes) String() string {
	switch {
	case b > 0 && b%(1<<20) == 0:
		return fmt.Sprint(int64(b>>20), "MiB")
	case b > 0 && b%(1<<10) == 0:
		return fmt.Sprint(int64(b>>10), "KiB")
	}
	return fmt.Sprint(int64(b))
}

// Private is a network such as 10.0.0.0/8, where a bare address is that host alone,
// or one port of a host, such as 192.168.1.20:8080 or intranet:8080.
type Private struct {
	netip.Prefix
	HostPort string // empty for a network
}

// UnmarshalText reads a network, an address, or a host with a port.
func (p *Private) UnmarshalText(text []byte) error {
	host, port, err := net.SplitHostPort(string(text))
	if n, bad := strconv.ParseUint(port, 10, 16); err == nil && bad == nil && n > 0 && isHost(host) {
		p.HostPort = net.JoinHostPort(strings.ToLower(host), strconv.FormatUint(n, 10))
		return nil
	}
	if addr, err := netip.ParseAddr(string(text)); err == nil && addr.Zone() == "" {
		p.Prefix = netip.PrefixFrom(addr, addr.BitLen())
		return nil
	}
	parsed, err := netip.ParsePrefix(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a network such as 127.0.0.0/8, an address, or host:port", text)
	}
	p.Prefix = parsed.Masked()
	return nil
}

// isHost tells an address or a name from what is neither.
func isHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return host != "" && !strings.ContainsAny(host, ":/@?#*% ")
}

// Zone is an IANA time zone such as Asia/Shanghai.
type Zone struct{ *time.Location }

// zone is for names known to exist.
func zone(name string) Zone {
	location, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // time/tzdata is linked in
	}
	return Zone{location}
}

// UnmarshalText reads the name of a zone. Local is refused: what it means
// depends on the machine.
func (z *Zone) UnmarshalText(text []byte) error {
	location, err := time.LoadLocation(string(text))
	if err != nil || len(text) == 0 || string(text) == "Local" {
		return fmt.Errorf("%q is not a time zone such as Asia/Shanghai or UTC", text)
	}
	z.Location = location
	return nil
}

// MarshalText writes the name of the zone.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.Location.String()), nil }

// Selector is a CSS selector, or several with commas between.
type Selector string

// UnmarshalText checks and keeps the selector.
func (s *Selector) UnmarshalText(text []byte) error {
	if _, err := cascadia.ParseGroup(string(text)); err != nil {
		return fmt.Errorf("%q is not a CSS selector: %w", text, err)
	}
	*s = Selector(text)
	return nil
}
