package daemon_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
	"aggregator/storage"
)

// TestGoneIsLeftAlone: a round by hand leaves a list alone for a week whose host
// says that it is gone, tells so, and does not hold it against the host.
func TestGoneIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := func(*listing, *asked) reply { return reply{status: http.StatusGone} }
		m := newMonth(t, monday,
			character{host: "gone", lists: 1, schedule: `"@hourly"`, every: time.Hour, serve: gone},
			character{host: "both", lists: 1, schedule: `"@hourly"`, every: time.Hour, serve: both})
		m.begin()
		m.until(2 * time.Hour)
		m.stop()
		m.begin() // what is known of rests is in the store
		once := func(o daemon.Options) map[string]daemon.Report {
			reports := map[string]daemon.Report{}
			if err := m.daemon.Once(t.Context(), nil, o, func(r daemon.Report) { reports[r.Source] = r }); err != nil {
				t.Fatal(err)
			}
			return reports
		}
		r := once(daemon.Options{})
		if gone := r["gone0"]; !gone.Resting || gone.Failed() || r["both0"].Err != nil {
			t.Errorf("%+v", r)
		}
		if n := len(m.visits("gone", 0)); n != 1 {
			t.Errorf("asked for %d times", n)
		}
		if r := once(daemon.Options{Force: true}); !(r["gone0"].Err != nil && !r["gone0"].Resting) {
			t.Errorf("forced: %+v", r["gone0"])
		}
		if rec := m.record("gone0"); rec.Error == "" || rec.Failures != 2 {
			t.Errorf("%+v", rec)
		}
		m.stop()
	})
}

// TestFreshnessOutlivesA304: what a 200 said of how long it holds goes on
// holding where a 304 does not say it again.
func TestFreshnessOutlivesA304(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quiet := func(l *listing, a *asked) reply {
			rep := l.whole(a, header("ETag", `"1"`, "Cache-Control", "max-age=10000"))
			if rep.status == http.StatusNotModified {
				rep.header = nil
			}
			return rep
		}
		m := newMonth(t, monday.Add(17*time.Second), character{host: "quiet", lists: 1, schedule: `"*/20 * * * *"`, every: time.Hour, serve: quiet})
		m.begin()
		m.until(day)
		m.stop()
		visits := m.visits("quiet", 0)
		for i, v := range visits[1:] {
			if gap := v.Sub(visits[i]); gap < 10000*time.Second {
				t.Errorf("%s after %s", gap, visits[i])
			}
		}
		if len(visits) < 8 {
			t.Errorf("%d turns", len(visits))
		}
	})
}

// TestOtherTermsCostOneWholeFetch: a source that is configured otherwise is read
// anew although its server would say that nothing has changed; once.
func TestOtherTermsCostOneWholeFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday, character{host: "both", lists: 1, schedule: `"@hourly"`, every: 1000 * time.Hour, serve: nil})
		whole := 0
		m.lists["www0.both.example/feed0"].serve = func(l *listing, a *asked) reply {
			rep := both(l, a)
			if rep.status == http.StatusOK {
				whole++
			}
			return rep
		}
		m.begin()
		m.until(3 * time.Hour)
		m.stop()
		m.cfg.Sources[0].Limit = 5
		m.begin()
		m.until(9 * time.Hour)
		m.stop()
		if whole != 2 {
			t.Errorf("%d whole answers, want 2", whole)
		}
	})
}

// TestNoArchive: of a page that asks for it no copy is kept as it came.
func TestNoArchive(t *testing.T) {
	for _, value := range []string{"", "noarchive"} {
		w := newWorld(t, china)
		origin := w.net
		w.net = roundTripper(func(r *http.Request) (*http.Response, error) {
			res, err := origin.RoundTrip(r)
			if err == nil && isPage(r) {
				res.Header.Set("X-Robots-Tag", value)
			}
			return res, err
		})
		w.fetch()
		raw := 0
		for key := range w.articles() {
			if _, err := w.store.Raw(key); err == nil {
				raw++
			} else if !errors.Is(err, storage.ErrNotFound) {
				t.Fatal(err)
			}
		}
		if (raw > 0) != (value == "") {
			t.Errorf("X-Robots-Tag %q: %d pages are kept", value, raw)
		}
	}
}

// TestOnceOverManySourcesStarvesNone: one round over five hundred sources of a
// hundred hosts, of which some answer slowly or not at all, comes to an end and
// brings all the rest.
func TestOnceOverManySourcesStarvesNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all []character
		late := map[string]bool{}
		for n := range 100 {
			c := character{host: fmt.Sprintf("host%d", n), lists: 5, schedule: `"@hourly"`, every: time.Hour, serve: both}
			switch {
			case n%20 == 7:
				c.serve = slow
			case n%50 == 9:
				c.serve = stuck
			}
			for l := range c.lists {
				late[fmt.Sprintf("%s%d", c.host, l)] = n%20 == 7 || n%50 == 9
			}
			all = append(all, c)
		}
		m := newMonth(t, monday, all...)
		m.open()
		begun := time.Now()
		worst, done, failed := time.Duration(0), 0, 0
		err := m.daemon.Once(t.Context(), nil, daemon.Options{}, func(r daemon.Report) {
			done++
			if r.Err != nil {
				failed++
				return
			}
			if !late[r.Source] {
				worst = max(worst, time.Since(begun))
			}
		})
		if err != nil || done != 500 || failed != 10 {
			t.Errorf("%v: %d reports, %d failed", err, done, failed)
		}
		if worst > 30*time.Second {
			t.Errorf("a quick host's source waited %s", worst)
		}
		t.Logf("500 sources in %s of the simulated clock, quick hosts within %s", time.Since(begun), worst)
		m.stop()
	})
}

// TestOnceOverLoopback: the same over real sockets: five hundred sources of
// twenty-five servers, one of which hangs now and then.
func TestOnceOverLoopback(t *testing.T) {
	var sources strings.Builder
	for n := range 25 {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n == 3 && len(r.URL.Path) == 2 { // of its first ten lists
				<-r.Context().Done()
			}
			fmt.Fprintf(w, `<rss version="2.0"><channel><title>t</title><item><guid>%d%s</guid><title>Title</title></item></channel></rss>`, n, r.URL.Path)
		}))
		t.Cleanup(srv.Close)
		for l := range 20 {
			fmt.Fprintf(&sources, "  - {name: s%d-%d, kind: feed, url: \"%s/%[2]d\", full_text: false}\n", n, l, srv.URL)
		}
	}
	cfg, err := config.Parse("config.yaml", []byte("site: {tag_authority: \"feeds.example.net,2026\"}\nsources:\n"+sources.String()))
	if err != nil {
		t.Fatal(err)
	}
	store, err := storage.Open(filepath.Join(t.TempDir(), "a.db"), storage.Options{Authority: "feeds.example.net,2026", NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	client, err := fetcher.NewClient(fetcher.Options{Timeout: time.Second, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	d, err := daemon.New(slog.New(slog.DiscardHandler), cfg, client, store)
	if err != nil {
		t.Fatal(err)
	}
	stored, failed := 0, 0
	err = d.Once(t.Context(), nil, daemon.Options{}, func(r daemon.Report) {
		stored += r.New
		if r.Failed() {
			failed++
		}
	})
	if err != nil || stored != 490 || failed != 10 {
		t.Errorf("%v: %d articles of 490, %d sources failed of 10", err, stored, failed)
	}
}

// TestRetryAfterIsObeyedToTheMinute: a source whose host says for how long it is
// to be left alone is asked soon after, however often that happens; one whose host
// does not say so, less and less often.
func TestRetryAfterIsObeyedToTheMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := func(*listing, *asked) reply {
			return reply{status: http.StatusServiceUnavailable, header: header("Retry-After", "90")}
		}
		silent := func(*listing, *asked) reply { return reply{status: http.StatusServiceUnavailable} }
		m := newMonth(t, monday,
			character{host: "told", lists: 1, schedule: `"@every 30s"`, every: time.Hour, serve: told},
			character{host: "silent", lists: 1, schedule: `"@every 30s"`, every: time.Hour, serve: silent})
		m.begin()
		m.until(6 * time.Hour)
		m.stop()
		visits := m.visits("told", 0)
		for i, v := range visits[1:] {
			if gap := v.Sub(visits[i]); gap < 90*time.Second || gap > 3*time.Minute {
				t.Fatalf("%s after %s", gap, visits[i])
			}
		}
		if n := len(m.visits("silent", 0)); n < 5 || n > 8 {
			t.Errorf("%d requests where the host does not say how long", n)
		}
	})
}
