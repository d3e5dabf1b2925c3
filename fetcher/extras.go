package fetcher

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	ext "github.com/mmcdole/gofeed/extensions"
)

// extras are the elements of other namespaces in an item: Dublin Core, Media
// RSS, iTunes, and Atom in RSS. They stand in for what the item itself does
// not tell.
type extras ext.Extensions

// all returns the values of elements such as dc:date, in the order asked for.
func (x extras) all(names ...string) (values []string) {
	for _, name := range names {
		prefix, local, _ := strings.Cut(name, ":")
		for _, e := range x[prefix][local] {
			values = appendText(values, e.Value)
		}
	}
	return values
}

func (x extras) first(names ...string) string {
	for _, v := range x.all(names...) {
		return v
	}
	return ""
}

func (x extras) id() string { return x.first("own:id", "dc:identifier") }

func (x extras) title() string {
	return cmp.Or(x.first("dc:title", "atom:title", "itunes:title"), x.mediaText("title"))
}

func (x extras) summary() string {
	return cmp.Or(x.first("dc:description", "atom:summary", "itunes:summary", "itunes:subtitle"), x.mediaText("description"))
}

func (x extras) author() string {
	if names := x.all("dc:creator", "dc:author"); len(names) > 0 {
		return strings.Join(names, ", ")
	}
	for _, a := range x["atom"]["author"] {
		for _, name := range a.Children["name"] {
			return name.Value
		}
	}
	return cmp.Or(x.first("itunes:author"), x.mediaText("credit"))
}

func (x extras) published() []string {
	return x.all("dc:date", "dcterms:issued", "dcterms:date", "atom:published", "atom:issued", "dcterms:created", "atom:created")
}

func (x extras) updated() []string { return x.all("atom:updated", "dcterms:modified", "atom:modified") }

// tags are dc:subject, one each, and the keywords, with commas between.
func (x extras) tags() []string {
	if tags := x.all("dc:subject"); len(tags) > 0 {
		return tags
	}
	keywords := cmp.Or(x.first("itunes:keywords"), x.mediaText("keywords"))
	return jsonTags(keywords)
}

// media returns the elements of Media RSS by their name, which may stand
// in the item, in a group, or in a content element.
func (x extras) media(name string) []ext.Extension {
	found := slices.Clone(x["media"][name])
	for _, outer := range slices.Concat(x["media"]["group"], x["media"]["content"]) {
		found = append(found, outer.Children[name]...)
		for _, inner := range outer.Children["content"] {
			found = append(found, inner.Children[name]...)
		}
	}
	return found
}

func (x extras) mediaText(name string) string {
	for _, e := range x.media(name) {
		if e.Value != "" {
			return e.Value
		}
	}
	return ""
}

// add fills in an item's tags, picture and attached media from its extras.
func (w wire) add(it *Item, x extras) {
	if len(it.Tags) == 0 {
		it.Tags = x.tags()
	}
	attached := len(it.Enclosures) > 0
	for _, m := range x.media("content") {
		address := absolute(w.base, m.Attrs["url"])
		if kind := cmp.Or(m.Attrs["medium"], m.Attrs["type"]); kind == "" || strings.HasPrefix(kind, "image") {
			it.Image = cmp.Or(it.Image, address)
		} else if !attached {
			it.enclose(address, m.Attrs["type"], m.Attrs["fileSize"])
		}
	}
	for _, e := range append(x.media("thumbnail"), x["itunes"]["image"]...) {
		it.Image = cmp.Or(it.Image, w.link(e.Attrs["url"], e.Attrs["href"]))
	}
}

// cadence is how long a feed asks to be left alone: RSS ttl in minutes, else
// the Syndication module's period, divided by how often it changes in it.
func cadence(ttl string, e ext.Extensions) time.Duration {
	const year = 365 * 24 * time.Hour
	if n, err := strconv.Atoi(strings.TrimSpace(ttl)); err == nil && n > 0 {
		return time.Duration(min(n, int(year/time.Minute))) * time.Minute
	}
	x := extras(e)
	var period time.Duration
	switch strings.ToLower(x.first("sy:updatePeriod")) {
	case "hourly":
		period = time.Hour
	case "daily":
		period = 24 * time.Hour
	case "weekly":
		period = 7 * 24 * time.Hour
	case "monthly":
		period = 30 * 24 * time.Hour
	case "yearly":
		period = year
	}
	if n, err := strconv.Atoi(x.first("sy:updateFrequency")); err == nil && n > 0 {
		period /= time.Duration(n)
	}
	return period
}
