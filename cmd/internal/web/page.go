package web

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"aggregator/cmd/internal/daemon"
	"aggregator/feedout"
	"aggregator/normalize/article"
	"aggregator/storage"
)

//go:embed pages
var files embed.FS

// pages are what all pages have in common.
type pages struct {
	Site
	Root  string // path of base_url, escaped, without its last slash
	Words *words

	log       *slog.Logger
	style     *style
	templates map[string]*template.Template
	searches  chan struct{} // one for each that runs
}

func newPages(log *slog.Logger, site Site, root string) (*pages, error) {
	p := &pages{Site: site, Root: root, Words: wordsIn(site.Language), log: log, searches: make(chan struct{}, mostSearches)}
	css, err := files.ReadFile("pages/style.css")
	if err != nil {
		return nil, err
	}
	p.style = newStyle(css)
	layout, err := template.New("layout").Funcs(p.functions()).ParseFS(files, "pages/layout.html")
	if err != nil {
		return nil, err
	}
	p.templates = map[string]*template.Template{}
	names, err := files.ReadDir("pages")
	for _, f := range names {
		name, ok := strings.CutSuffix(f.Name(), ".html")
		if !ok || name == "layout" {
			continue
		}
		t := template.Must(layout.Clone())
		if p.templates[name], err = t.ParseFS(files, path.Join("pages", f.Name())); err != nil {
			return nil, err
		}
	}
	return p, err
}

// page is one page: what the layout shows around what is its own.
type page struct {
	*pages
	Heading     string // empty for that of the site
	Description string
	Path        string // its address below base_url
	Original    string // the address of what it is a copy of; empty where it is none
	Image       string
	Alternates  []alternate
	Article     *article.Article // nil where it is no article's
	Query       string           // in the field of the search
	Unlisted    bool             // search engines are not to keep it
	Content     any

	template string
	status   int
}

// alternate is a link to a feed.
type alternate struct {
	daemon.Alternate
	Title string
}

// Style is the address of the style sheet below Root.
func (p *pages) Style() string { return p.style.path }

// Address is the page as others should link to it.
func (p *page) Address() string { return strings.TrimRight(p.BaseURL, "/") + p.Path }

// Canonical leads search engines to the publisher of an article, whose it is.
func (p *page) Canonical() string { return cmp.Or(p.Original, p.Address()) }

// Locale is the language as Open Graph writes it.
func (p *page) Locale() string { return strings.ReplaceAll(p.Language, "-", "_") }

// alternates are the formats of a feed.
func (p *pages) alternates(slug, title string) (list []alternate) {
	for _, a := range p.Feeds.Alternates(slug) {
		list = append(list, alternate{a, title + " (" + a.Name + ")"})
	}
	return list
}

// handler serves the page that find finds for a request. It may fail as a feed does
// that is not there.
func (p *pages) handler(find func(*http.Request) (*page, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		made, err := find(r)
		var moved *feedout.Moved
		switch {
		case errors.As(err, &moved):
			redirect(w, r, p.Root+daemon.PagePath(moved.Slug))
			return
		case errors.Is(err, feedout.ErrGone):
			made = absent(http.StatusGone, p.Words.Gone, p.Words.GoneText)
		case errors.Is(err, feedout.ErrNoFeed), errors.Is(err, storage.ErrNotFound):
			made = absent(http.StatusNotFound, p.Words.Missing, p.Words.MissingText)
		case errors.Is(err, errBusy):
			w.Header().Set("Retry-After", "5")
			made = absent(http.StatusServiceUnavailable, p.Words.Failed, p.Words.Busy)
		case err != nil:
			p.log.Log(r.Context(), gravity(err), "page failed", "path", r.URL.Path, "err", err)
			w.Header().Set("Retry-After", "60")
			made = absent(http.StatusServiceUnavailable, p.Words.Failed, p.Words.FailedText)
		}
		p.serve(w, r, made)
	})
}

// gravity is how loud an error is told. That the database is away the daemon tells once;
// whoever asks for pages meanwhile is not to fill the log.
func gravity(err error) slog.Level {
	if errors.Is(err, storage.ErrAway) {
		return slog.LevelDebug
	}
	return slog.LevelError
}

// security is what a page may do: show pictures and play what articles show, take
// this site's style sheet, and ask this site. No script runs, whoever wrote it; that
// bodies are sanitised already is no reason to trust them.
const security = "default-src 'none'; img-src 'self' https: http: data:; media-src https: http:; style-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (p *pages) serve(w http.ResponseWriter, r *http.Request, made *page) {
	made.pages = p
	var out bytes.Buffer
	if err := p.templates[made.template].ExecuteTemplate(&out, "layout", made); err != nil {
		p.log.Error("page not written", "path", r.URL.Path, "err", err)
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", security)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // publishers of pictures refuse foreign ones
	h.Set("Cache-Control", "no-cache")
	feedout.ServePage(w, r, cmp.Or(made.status, http.StatusOK), "text/html", out.Bytes())
}

// functions are what templates call.
func (p *pages) functions() template.FuncMap {
	return template.FuncMap{
		"days":    p.days,
		"instant": instant,
		"clock":   func(t time.Time) string { return t.In(p.Zone).Format("15:04") },
		"moment":  p.moment,
		"short":   p.short,
		"origin":  func(a article.Article) string { return outward(a.Link) },
		"page":    func(a article.Article) string { return p.Root + articlePath(a.Key) },
		// A template would write the + of media types as a reference, which not all
		// who look for feeds can read.
		"typed": func(mediaType string) template.HTMLAttr { return template.HTMLAttr(`type="` + mediaType + `"`) },
		"title": func(a article.Article) string { return title(&a) },
	}
}

func (p *pages) moment(t time.Time) string { return t.In(p.Zone).Format(p.Words.moment) }

// short leaves out the day where it is today, and the year where it is this one.
func (p *pages) short(t time.Time) string {
	now := time.Now().In(p.Zone)
	switch t = t.In(p.Zone); {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format("15:04")
	case t.Year() == now.Year():
		return t.Format(p.Words.shortDay)
	}
	return t.Format(p.Words.moment)
}

// day is the articles of one day, under its name.
type day struct {
	Date, Name string
	Articles   []article.Article
}

// days parts articles, which are in order of publication, by the site's days.
func (p *pages) days(articles []article.Article) (list []day) {
	for _, a := range articles {
		t := a.Published.In(p.Zone)
		date := t.Format(time.DateOnly)
		if len(list) == 0 || list[len(list)-1].Date != date {
			list = append(list, day{Date: date, Name: p.Words.dayName(t)})
		}
		last := &list[len(list)-1]
		last.Articles = append(last.Articles, a)
	}
	return list
}

// outward is an address that a page may lead to: without user information, which
// is a secret of who reads there. Empty for what is no web page.
func outward(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	u.User = nil
	return u.String()
}
