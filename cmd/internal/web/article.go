package web

import (
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
	"aggregator/normalize/article"
)

// articlePath is where an article's page is. A Key needs no escaping.
func articlePath(key string) string { return "/a/" + key }

type articleContent struct {
	*article.Article
	By         string
	Original   string
	Body       template.HTML
	Files      []file
	Categories []daemon.Listed
	Stocks     []stock
	Copies     []named
	Edits      []edit
}

// file is an enclosure.
type file struct{ URL, Name, Size string }

// stock is the feed of one.
type stock struct{ Code, Type, URL string }

// named is a link to elsewhere.
type named struct{ URL, Name string }

type edit struct {
	At   time.Time
	HTML template.HTML
}

// article is the page of an article. That of one which its publisher took back
// says so and no more: who asked for the text to be gone meant copies too, and 410
// has search engines forget them. It comes back if the publisher puts it back.
func (p *pages) article(r *http.Request) (*page, error) {
	a, err := p.Feeds.Article(r.PathValue("key"))
	if err != nil {
		return nil, err
	}
	original := outward(a.Link)
	if !a.Withdrawn.IsZero() {
		gone := absent(http.StatusGone, p.Words.Withdrawn, fmt.Sprintf(p.Words.WithdrawnText, title(&a), p.moment(a.Withdrawn)))
		gone.Content = absentContent{gone.Content.(absentContent).Text, original}
		return gone, nil
	}
	content := articleContent{
		Article: &a, By: cmp.Or(a.Origin, a.Author), Original: original, Files: filesOf(&a), Copies: copiesOf(&a),
		// Normalising made it clean, as a feed has it; and it may do nothing: see security.
		Body: template.HTML(userInformation.ReplaceAllString(a.Content, "$1")),
	}
	if content.Categories, err = p.Feeds.CategoriesOf(&a); err != nil {
		return nil, err
	}
	edits, err := p.Feeds.Edits(a.Key)
	for _, e := range edits {
		content.Edits = append(content.Edits, edit{e.At, template.HTML(e.Change)}) // its texts are escaped
	}
	for _, code := range a.Stocks {
		feed := p.Feeds.Alternates("stock/" + code)[0]
		content.Stocks = append(content.Stocks, stock{code, feed.Type, feed.URL})
	}
	made := &page{
		template: "article", Heading: title(&a), Description: description(&a), Path: articlePath(a.Key),
		Original: original, Image: outward(a.Image), Article: &a, Content: content,
	}
	for _, c := range content.Categories {
		made.Alternates = append(made.Alternates, p.alternates(c.Slug, c.Title)...)
	}
	return made, err
}

// userInformation is in the addresses of clean HTML, where attributes are in double
// quotes: a source that needs a password has links that lead below its own address.
var userInformation = regexp.MustCompile(`((?:href|src|poster)="https?://)[^"/?#]*@`)

// title is never empty: a link needs a text.
func title(a *article.Article) string {
	return cmp.Or(a.Title, shortened(a.Summary, 60), shortened(fetcher.PlainText(a.Content), 60), a.Key)
}

// description is what those show who link to the page.
func description(a *article.Article) string {
	return shortened(cmp.Or(a.Summary, fetcher.PlainText(a.Content)), 120)
}

// shortened is the beginning of a text, in one line.
func shortened(text string, most int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}

func filesOf(a *article.Article) (list []file) {
	for _, e := range a.Enclosures {
		address := outward(e.URL)
		if address == "" {
			continue
		}
		f := file{URL: address, Name: hostOf(address)}
		if u, err := url.Parse(address); err == nil && path.Base(u.Path) != "/" && path.Base(u.Path) != "." {
			f.Name = path.Base(u.Path)
		}
		if e.Length > 0 {
			f.Size = humanize.IBytes(uint64(e.Length))
		}
		list = append(list, f)
	}
	return list
}

// copiesOf are the links of copies that were merged into the article.
func copiesOf(a *article.Article) (list []named) {
	for _, via := range a.Via {
		if address := outward(via); address != "" && via != a.Link {
			list = append(list, named{address, hostOf(address)})
		}
	}
	return list
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Hostname()
}
