package config

import (
	"net/http"
	"regexp"
	"slices"

	"aggregator/fetcher"
	"aggregator/normalize"
)

// SourceNamed returns the source with that name, or nil.
func (c *Config) SourceNamed(name string) *Source {
	i := slices.IndexFunc(c.Sources, func(s Source) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &c.Sources[i]
}

// Enabled returns the sources that are fetched, in the order of the file.
func (c *Config) Enabled() []*Source {
	var enabled []*Source
	for i := range c.Sources {
		if c.Sources[i].Enabled {
			enabled = append(enabled, &c.Sources[i])
		}
	}
	return enabled
}

// Fetcher returns the source as far as fetching and reading it goes. Its headers
// and addresses are the secrets themselves.
func (s *Source) Fetcher() fetcher.Source {
	return fetcher.Source{
		Name:     s.Name,
		Kind:     s.Kind,
		URL:      s.URL.Reveal(),
		Endpoint: s.Endpoint.Reveal(),
		Params:   revealed(s.Params),
		Rules:    s.rules(),
		Charset:  s.Charset,
		Zone:     s.Timezone.Location,
		Headers:  s.header(),
		MaxPages: s.MaxPages,
		Limit:    s.Limit,
	}
}

// rules returns nil for the kinds that know what their items look like.
func (s *Source) rules() *fetcher.Rules {
	if !described(s.Kind) {
		return nil
	}
	rules := &fetcher.Rules{
		URL:       s.URL.Reveal(),
		FirstPage: s.FirstPage,
		Fail:      s.Fail,
		Items:     s.Items,
		Fields:    s.Fields,
	}
	rules.Empty, rules.Volatile = s.Empty.strings(), s.Volatile.strings()
	return rules
}

func (s *Source) header() http.Header {
	if len(s.Headers) == 0 {
		return nil
	}
	header := http.Header{}
	for name, value := range s.Headers {
		header.Set(name, value.Reveal())
	}
	return header
}

func revealed(secrets map[string]Secret) map[string]string {
	if secrets == nil {
		return nil
	}
	plain := make(map[string]string, len(secrets))
	for name, secret := range secrets {
		plain[name] = secret.Reveal()
	}
	return plain
}

// Normalize returns how the items of the source become articles.
func (s *Source) Normalize(c *Config) normalize.Options {
	return normalize.Options{
		Source:     s.Name,
		Site:       fetcher.Presets()[s.Kind].Site,
		Categories: s.Categories,
		Author:     s.Author,
		Image:      s.DefaultImage,
		Rule:       s.rule(),
		Apart:      c.Dedup.Scope == "source",
		Zone:       s.Timezone.Location,
	}
}

// rule finds bodies: by what the owner extracts, else by the site that the kind
// is a preset for, whatever host the pages are on. Nil leaves it to the host.
func (s *Source) rule() *normalize.Rule {
	body, remove := s.Extract.Body.strings(), s.Extract.Remove.strings()
	site := normalize.SiteRule(fetcher.Presets()[s.Kind].Site)
	switch {
	case body == nil && remove == nil:
		return site
	case body != nil || site == nil:
		return &normalize.Rule{Body: body, Remove: remove}
	}
	return &normalize.Rule{
		Body:   site.Body,
		Remove: append(remove, site.Remove...),
		Title:  site.Title,
		Origin: site.Origin,
		Date:   site.Date,
	}
}

func (all Selectors) strings() []string {
	var plain []string
	for _, s := range all {
		plain = append(plain, string(s))
	}
	return plain
}

// Wants tells whether an item with this title and text is to be taken:
// something of include matches, where there is any, and nothing of exclude.
func (s *Source) Wants(title, text string) bool {
	if s.Exclude.match(title, text) {
		return false
	}
	return len(s.Include) == 0 || s.Include.match(title, text)
}

func (ps Patterns) strings() (plain []string) {
	for _, p := range ps {
		plain = append(plain, p.String())
	}
	return plain
}

func (ps Patterns) match(title, text string) bool {
	return slices.ContainsFunc(ps, func(p *regexp.Regexp) bool {
		return p.MatchString(title) || p.MatchString(text)
	})
}
