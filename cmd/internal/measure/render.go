package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"syscall"
	"time"

	"github.com/klauspost/compress/gzip"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/feedout"
	"aggregator/fetcher"
	"aggregator/storage"
)

// render is measured within processes: what comes before the work, opening the store
// and for the floor reading articles from it, is not counted.
func render(b *bench) ([]pair, error) {
	o, err := b.stocked(whole)
	if err != nil {
		return nil, err
	}
	o.close()
	spent := func(how string) func(int) (cost, error) {
		return func(int) (c cost, err error) {
			_, out, err := spend(b.self, "render", how, b.config())
			if err == nil {
				_, err = fmt.Sscan(out, &c.cpu)
			}
			return c, err
		}
	}
	return b.times(spent("floor"), spent("ours"))
}

// runRender is the process: it renders all sources' feeds and prints in nanoseconds of
// CPU what that took.
func runRender(how, file string) (err error) {
	cfg, err := config.Load(file)
	if err != nil {
		return err
	}
	store, err := storage.Open(cfg.Database.Reveal(), storage.Options{Authority: cfg.Site.TagAuthority})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	client, err := fetcher.NewClient(fetcher.Options{})
	if err != nil {
		return err
	}
	defer client.Close()
	d, err := daemon.New(slog.New(slog.DiscardHandler), cfg, client, store)
	if err != nil {
		return err
	}
	feeds := d.Feeds()
	published := feedout.New(feeds, feedout.Options{})
	text := &atomText{zip: gzip.NewWriter(io.Discard)}
	var took time.Duration
	for _, s := range cfg.Sources {
		f, err := feeds.Feed(context.Background(), "source/"+s.Name)
		if err != nil {
			return err
		}
		before := used()
		size := 0
		if how == "floor" {
			size = text.write(f)
		} else {
			doc, err := published.Document(context.Background(), "/feeds/source/"+s.Name+".atom")
			if err != nil {
				return err
			}
			doc.In("gzip")
			size = len(doc.Body)
		}
		if took += used() - before; size < 6000*len(f.Articles) {
			return fmt.Errorf("feed of %s: %d bytes for %d articles", s.Name, size, len(f.Articles))
		}
	}
	fmt.Println(int64(took))
	return nil
}

// used is the CPU that the process has taken.
func used() time.Duration {
	var use syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &use) // it cannot fail
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// atomText is the least that makes a feed of articles.
type atomText struct {
	out bytes.Buffer
	zip *gzip.Writer
}

func (t *atomText) write(f *feedout.Feed) int {
	t.out.Reset()
	t.out.WriteString(xml.Header + `<feed xmlns="http://www.w3.org/2005/Atom">`)
	t.element("id", f.ID)
	t.element("title", f.Title)
	for _, a := range f.Articles {
		t.out.WriteString("<entry>")
		t.element("id", a.ID)
		t.element("title", a.Title)
		t.element("published", a.Published.Format(time.RFC3339))
		t.element("updated", a.Updated.Format(time.RFC3339))
		t.out.WriteString(`<link href="`)
		_ = xml.EscapeText(&t.out, []byte(a.Link)) // to memory, as all here
		t.out.WriteString(`"/>`)
		t.element("summary", a.Summary)
		t.out.WriteString(`<content type="html">`)
		_ = xml.EscapeText(&t.out, []byte(a.Content))
		t.out.WriteString("</content></entry>\n")
	}
	t.out.WriteString("</feed>\n")
	var packed strings.Builder
	t.zip.Reset(&packed)
	_, _ = t.zip.Write(t.out.Bytes())
	_ = t.zip.Close()
	return t.out.Len()
}

func (t *atomText) element(name, text string) {
	t.out.WriteString("<" + name + ">")
	_ = xml.EscapeText(&t.out, []byte(text))
	t.out.WriteString("</" + name + ">")
}
