package daemon

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"aggregator/cmd/internal/config"
)

// hider takes out of texts what a source is configured to keep to itself. Hosts
// repeat in their answers what they were asked: "unknown key hunter2".
type hider struct{ secrets []string }

// shortest is how long a secret is at least: less is in every other text.
const shortest = 4

var secretName = regexp.MustCompile(`(?i)token|key|secret|pass|auth|sig`)

func newHider(c *config.Source, secrets []string) hider {
	h := hider{slices.Clone(secrets)}
	for _, value := range c.Headers {
		h.add(value.Reveal())
		h.add(strings.Fields(value.Reveal())...) // "Bearer", and what it bears
	}
	for name, value := range c.Params {
		if secretName.MatchString(name) {
			h.add(value.Reveal())
		}
	}
	for _, address := range []config.Address{c.URL, c.Endpoint} {
		if !strings.ContainsAny(address.Reveal(), "@?") { // as most
			continue
		}
		u, err := url.Parse(address.Reveal())
		if err != nil {
			continue
		}
		if password, ok := u.User.Password(); ok {
			h.add(password)
		}
		for name, values := range u.Query() {
			if secretName.MatchString(name) {
				h.add(values...)
			}
		}
	}
	slices.SortFunc(h.secrets, func(a, b string) int { return len(b) - len(a) }) // one may be in another
	return h
}

func (h *hider) add(secrets ...string) {
	for _, s := range secrets {
		if len(s) >= shortest && !strings.EqualFold(s, "Bearer") && !strings.EqualFold(s, "Basic") && !strings.Contains(s, "{") {
			h.secrets = append(h.secrets, s, url.QueryEscape(s), url.PathEscape(s))
		}
	}
}

func (h *hider) hide(text string) string {
	for _, s := range h.secrets {
		text = strings.ReplaceAll(text, s, "(hidden)")
	}
	return text
}

// hideError is an error that says nothing of them; what it is stays.
func (h *hider) hideError(err error) error {
	if err == nil {
		return nil
	}
	return &discreet{err, h.hide(err.Error())}
}

type discreet struct {
	err  error
	text string
}

func (d *discreet) Error() string { return d.text }
func (d *discreet) Unwrap() error { return d.err }
