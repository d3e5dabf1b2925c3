package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// longestSocket is how long the path of a unix socket may be: sun_path has 108
// bytes on Linux, 104 elsewhere, with a zero at the end.
const longestSocket = 100

// ControlPath returns where the control socket is: control, else beside the
// database. Where that path is too long for a socket, or the database is no
// file, a short one in the temporary directory is derived from the database;
// daemon and commands come to the same, as long as they share that directory.
func (c *Config) ControlPath() string {
	if c.Control != "" {
		return c.Control
	}
	database, err := c.Database.Reveal(), error(nil)
	if !strings.Contains(database, "://") {
		if path := database + ".sock"; len(path) <= longestSocket {
			return path
		}
		if database, err = filepath.Abs(database); err != nil {
			database = c.Database.Reveal()
		}
	}
	sum := sha256.Sum256([]byte(database))
	return filepath.Join(os.TempDir(), "aggregator-"+hex.EncodeToString(sum[:8])+".sock")
}

// ControlLink returns where a link leads to the control socket that is named: beside
// the database, for commands whose configuration names another. Empty where the socket
// itself is there, and where the database is no file and may have several daemons.
func (c *Config) ControlLink() string {
	link := c.Database.Reveal() + ".sock"
	if c.Control == "" || strings.Contains(link, "://") || len(link) > longestSocket {
		return ""
	}
	control, err := filepath.Abs(c.Control)
	if path, failed := filepath.Abs(link); err != nil || failed != nil || path == control {
		return ""
	}
	return link
}

// TagAuthority returns site.tag_authority, else the one for a first run at now:
// the host of base_url without its port, and the year (RFC 4151 §2.1).
func (c *Config) TagAuthority(now time.Time) string {
	if c.Site.TagAuthority != "" {
		return c.Site.TagAuthority
	}
	return fmt.Sprintf("%s,%04d", tagHost(c.Site.BaseURL), now.UTC().Year())
}

// tagHost returns the host of a URL as a DNSname of RFC 4151, which has no
// colons and no letters beyond ASCII.
func tagHost(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "localhost"
	}
	if addr, err := netip.ParseAddr(u.Hostname()); err == nil && addr.Is6() {
		return "localhost"
	}
	host, err := idna.ToASCII(strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")))
	if err != nil || !authorityName.MatchString(host) {
		return "localhost"
	}
	return host
}

// UserAgent returns fetch.user_agent, else the name of the program with its
// version and where its owner can be found.
func (c *Config) UserAgent(version string) string {
	if c.Fetch.UserAgent != "" {
		return c.Fetch.UserAgent
	}
	return fmt.Sprintf("aggregator/%s (+%s)", version, c.Site.BaseURL)
}

// Private returns the private networks that may be fetched from, and the host:port
// pairs.
func (f *Fetch) Private() (networks []netip.Prefix, hosts []string) {
	for _, p := range f.AllowPrivate {
		if p.HostPort != "" {
			hosts = append(hosts, p.HostPort)
		} else {
			networks = append(networks, p.Prefix)
		}
	}
	return networks, hosts
}
