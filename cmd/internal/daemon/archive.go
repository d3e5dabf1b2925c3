package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/renameio/v2"

	"aggregator/normalize"
	"aggregator/normalize/article"
	"aggregator/storage"
)

// archive writes articles as front-matter files as they arrive. Its position
// in the store's changes is stored, so that after a crash it goes on where it
// was.
type archive struct {
	dir    string
	daemon *Daemon
	mu     *sync.Mutex // of all daemons of the store
}

// position is the name under which the store keeps how far the archive is. Each of
// several nodes has a directory of its own.
func (a *archive) position() string {
	if a.daemon.node == nil {
		return "archive"
	}
	host, _ := os.Hostname()
	return "archive " + host + ":" + a.dir
}

// write writes the files of all changes since the last time.
func (a *archive) write() error { return a.writeUntil(context.Background()) }

// writeUntil is write, of which the rest is left for the next time when the context ends.
func (a *archive) writeUntil(ctx context.Context) error {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	at, err := a.daemon.store.Position(a.position())
	if err != nil {
		return err
	}
	for {
		changed, last, err := a.daemon.store.Changes(at, 100)
		if err != nil || len(changed) == 0 {
			return err
		}
		for _, c := range changed {
			if err := a.daemon.WriteFile(a.dir, &c); err != nil {
				return err
			}
		}
		if err := a.daemon.store.SetPosition(a.position(), last); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		at = last
	}
}

// archiveAgain is how often an archive that could not be written is tried again.
const archiveAgain = 10 * time.Second

// ErrArchive is of front-matter files that could not be written. Their articles are
// stored, and the next who writes the archive writes them too.
var ErrArchive = errors.New("archive")

// writeArchive writes the files of what is new. That it cannot be done is told at first,
// and as often as a shortage; of a round that no daemon runs, Once tells it. Where the
// database is away, a log line for each would say nothing that "fetching pauses" does not.
func (d *Daemon) writeArchive(ctx context.Context, log *slog.Logger) {
	err := d.archive.writeUntil(ctx)
	if err == nil {
		if d.unarchived.Swap(nil) != nil {
			d.log.Info("archive goes on")
		}
		return
	}
	if errors.Is(err, storage.ErrAway) || ctx.Err() != nil || !d.runs() {
		return
	}
	now := time.Now()
	told := d.unarchived.Load()
	if (told == nil || now.Sub(*told) >= tellAgain) && d.unarchived.CompareAndSwap(told, &now) {
		log.Error("archive failed", "err", oneLine(err), "hint", "make room in its directory, or let it be written; nothing is lost, and it goes on by itself")
	}
}

// archiveOften writes what files are missing since the last time, and tries an archive
// that could not be written again, until the context ends.
func (d *Daemon) archiveOften(ctx context.Context) {
	d.writeArchive(ctx, d.log)
	look := time.NewTicker(archiveAgain)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		if d.unarchived.Load() != nil {
			d.writeArchive(ctx, d.log)
		}
	}
}

// WriteFile writes an article's front-matter file under dir, whole or not at
// all.
func (d *Daemon) WriteFile(dir string, a *article.Article) error {
	body, err := d.File(a, false)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, filepath.FromSlash(a.Path(d.cfg.Site.Timezone.Location)))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return renameio.WriteFile(path, body, 0o644)
}

// File returns an article's front-matter file, with the body that its source
// is configured for.
func (d *Daemon) File(a *article.Article, extra bool) ([]byte, error) {
	s := d.cfg.SourceNamed(a.Source)
	if s == nil || s.Body != "verbatim" {
		return a.File(a.Content, extra), nil
	}
	raw, err := d.store.Raw(a.Key)
	if errors.Is(err, storage.ErrNotFound) { // its page could not be fetched
		return a.File(a.Content, extra), nil
	}
	if err == nil && !raw.OfPage() {
		return a.File(a.Content, extra), nil
	}
	if err != nil {
		return nil, fmt.Errorf("verbatim body of %s: %w", a.Key, err)
	}
	body, image := normalize.Verbatim(raw.Body, a.Link)
	v := *a
	v.Image = cmp.Or(image, a.Image)
	if a.History != nil {
		h := *a.History
		h.Content, h.Image = &a.Content, a.Image
		v.History = &h
	}
	return v.File(body, extra), nil
}
