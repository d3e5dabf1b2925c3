package config

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"aggregator/fetcher"

	"github.com/andybalholm/cascadia"
	"github.com/itchyny/gojq"
)

// checkKind checks what only some kinds have.
func (f *findings) checkKind(s *Source, path string) {
	if built(s.Kind) {
		f.notFor(s, path, "its address is built in; endpoint replaces the base of it", "url")
		f.web(path+".endpoint", s.Endpoint)
	} else {
		f.notFor(s, path, "url is the whole address", "endpoint")
		if f.required(path+".url", s.URL.Reveal()) {
			f.web(path+".url", Address(placeholders.ReplaceAllString(s.URL.Reveal(), "0")))
		}
	}
	f.checkParams(s, path)
	if described(s.Kind) {
		f.checkRules(s, path)
	} else {
		f.notFor(s, path, "only kinds json and html are described so", "items", "fields", "first_page", "fail", "volatile")
	}
	if s.Kind != "html" {
		f.notFor(s, path, "items yields nothing where nothing is listed", "empty")
	}
}

// notFor reports keys that the source's kind does not have.
func (f *findings) notFor(s *Source, path, hint string, keys ...string) {
	for _, key := range keys {
		if at := path + "." + key; f.given(at) {
			f.bad(at, hint, "is not for kind %s", s.Kind)
		}
	}
}

// placeholders of a URL that params fill; {page} is the program's.
var placeholders = regexp.MustCompile(`\{([^{}]*)\}`)

var paramNames = regexp.MustCompile(`^[a-z_]+$`)

// checkParams compares params with the placeholders of the URL, both ways.
func (f *findings) checkParams(s *Source, path string) {
	preset, address := fetcher.Presets()[s.Kind], s.URL.Reveal()
	if built(s.Kind) {
		if address = preset.URL; address == "" {
			return // a preset that is not there yet
		}
	}
	var known []string
	for _, match := range placeholders.FindAllStringSubmatch(address, -1) {
		if match[1] != "page" {
			known = append(known, match[1])
		}
	}
	for _, name := range known {
		if _, ok := s.Params[name]; !ok {
			f.bad(path+".params."+name, "", "is missing: the address has {%s}", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Params)) {
		f.checkParam(join(path+".params", name), name, known)
	}
}

func (f *findings) checkParam(path, name string, known []string) {
	switch meant := nearest(name, known); {
	case name == "page":
		f.bad(path, "", "page is filled in by the program")
	case !paramNames.MatchString(name):
		f.bad(path, "write lower-case letters and _", "%q cannot be the name of a parameter", name)
	case slices.Contains(known, name):
	case meant != "":
		f.bad(path, fmt.Sprintf("did you mean %s?", meant), "the address has no {%s}", name)
	default:
		f.bad(path, "", "the address has no {%s}", name)
	}
}

// checkRules checks how the items are found: by jq, or by CSS.
func (f *findings) checkRules(s *Source, path string) {
	check, language := checkJQ, "a jq expression"
	if s.Kind == "html" {
		check, language = checkCSS, "a CSS selector"
	}
	expression := func(path, text string) {
		if err := check(text); err != nil {
			f.bad(path, "", "%q is not %s: %s", text, language, err)
		}
	}
	if f.required(path+".items", s.Items) {
		expression(path+".items", s.Items)
	}
	if s.Fail != "" {
		expression(path+".fail", s.Fail)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Fields)) {
		at := join(path+".fields", name)
		f.oneOf(at, name, fieldNames...)
		if f.required(at, s.Fields[name]) {
			expression(at, s.Fields[name])
		}
	}
	if cmp.Or(s.Fields["id"], s.Fields["link"]) == "" {
		f.bad(path+".fields", "", "must have id or link: an article is known by it")
	}
}

func checkJQ(text string) error {
	query, err := gojq.Parse(text)
	if err != nil {
		return err
	}
	_, err = gojq.Compile(query)
	return err
}

// attribute may end a CSS expression: the value is the attribute's.
var attribute = regexp.MustCompile(`@[A-Za-z][A-Za-z0-9:_-]*$`)

// checkCSS takes a selector, @attribute, or one after the other.
func checkCSS(text string) error {
	selector := attribute.ReplaceAllString(text, "")
	if selector == "" {
		return nil
	}
	_, err := cascadia.ParseGroup(selector)
	return err
}
