package config

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
)

// hidden is shown in place of a secret.
const hidden = "(hidden)"

// Secret is a value that is never printed, logged or written: a header, a
// webhook. [Secret.Reveal] is the only way to it. In the file it may be, or
// contain, ${credential:NAME}.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the secret from %#v as well.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the secret from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the secret as it stands.
func (s *Secret) UnmarshalText(text []byte) error { *s = Secret(text); return nil }

// Address is a URL or a path that may contain a secret: user information or a
// token in the query. It prints without these. In the file it may be, or
// contain, ${credential:NAME}.
type Address string

// Reveal returns the whole address.
func (a Address) Reveal() string { return string(a) }

var tokens = regexp.MustCompile(`(?i)token|key|secret|pass|auth|sig`)

func (a Address) String() string {
	if !strings.Contains(string(a), "://") {
		return string(a) // a path
	}
	u, err := url.Parse(string(a))
	if err != nil {
		return hidden
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return hidden
	}
	secret := u.User != nil
	for name := range query {
		if tokens.MatchString(name) {
			query.Set(name, "hidden")
			u.RawQuery, secret = query.Encode(), true
		}
	}
	if !secret {
		return string(a) // {page} as it was written
	}
	if u.User != nil {
		u.User = url.User("hidden")
	}
	return u.String()
}

// GoString hides the secrets from %#v as well.
func (a Address) GoString() string { return a.String() }

// MarshalText hides the secrets from encoders.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText takes the address as it stands.
func (a *Address) UnmarshalText(text []byte) error { *a = Address(text); return nil }

// parse is url.Parse without the address in its errors.
func (a Address) parse() (*url.URL, error) {
	u, err := url.Parse(string(a))
	var inner *url.Error
	if errors.As(err, &inner) {
		return nil, errors.New("is not a URL")
	}
	return u, err
}
