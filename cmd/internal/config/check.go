package config

import "regexp"

// RFC 4151 §2.1: a DNSname.
var authorityName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// check reports what is wrong with values that can be read.
func (f *findings) check(c *Config) {
}
