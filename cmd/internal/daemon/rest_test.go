package daemon_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/cmd/internal/daemon"
)

// refuse answers each request with a status.
func refuse(status int, h ...string) func(*listing, *asked) reply {
	return func(*listing, *asked) reply { return reply{status: status, header: header(h...)} }
}

// process runs one round in a process of its own, as cron would.
func (m *month) process(sources ...string) map[string]daemon.Report {
	m.open()
	defer m.stop()
	reports := map[string]daemon.Report{}
	if err := m.daemon.Once(m.Context(), sources, daemon.Options{}, func(r daemon.Report) { reports[r.Source] = r }); err != nil {
		m.Fatal(err)
	}
	return reports
}

// due is how long from now a source is left alone.
func (m *month) due(source string) time.Duration {
	m.open()
	defer m.stop()
	return time.Until(m.record(source).Due)
}

// TestRestingHostBringsNoTurnForward: a list that is missing, or asks to be left
// alone for hours, does not become due because a rest of its host ends earlier.
func TestRestingHostBringsNoTurnForward(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday.Add(17*time.Second), character{host: "one", lists: 3, schedule: `"*/10 * * * *"`, every: time.Hour})
		m.lists["www0.one.example/feed0"].serve = refuse(http.StatusNotFound)
		m.lists["www1.one.example/feed1"].serve = ttl // 150 minutes
		m.lists["www2.one.example/feed2"].serve = refuse(http.StatusTooManyRequests, "Retry-After", "600")
		m.process("one0")
		m.process("one1")
		missing, told := m.due("one0"), m.due("one1")
		m.process("one2")
		time.Sleep(time.Minute)
		for name, r := range m.process() {
			if !r.Resting {
				t.Errorf("%s: the host is not left alone: %+v", name, r)
			}
		}
		if d := m.due("one0") + time.Minute; d < missing-time.Second || d < 23*time.Hour {
			t.Errorf("the missing list is due after %s, was after %s", d, missing)
		}
		if d := m.due("one1") + time.Minute; d < told-time.Second || d < 2*time.Hour {
			t.Errorf("the list with a ttl is due after %s, was after %s", d, told)
		}
	})
}

// TestRetryAfterOfOtherStatuses: on a status that means one document only, it
// makes the wait for that longer, never shorter, and the host does not rest, not
// after a restart either.
func TestRetryAfterOfOtherStatuses(t *testing.T) {
	for _, tt := range []struct {
		status   int
		after    string
		min, max time.Duration
	}{
		{http.StatusNotFound, "600", 24 * time.Hour, 24*time.Hour + 20*time.Minute},
		{http.StatusNotFound, "172800", 48 * time.Hour, 48*time.Hour + 20*time.Minute},
		{http.StatusGone, "600", 7 * day, 7*day + 20*time.Minute},
		{http.StatusInternalServerError, "10", 5 * time.Minute, 30 * time.Minute},
		{http.StatusInternalServerError, "7200", 2 * time.Hour, 2*time.Hour + 20*time.Minute},
		{http.StatusForbidden, "7200", 2 * time.Hour, 2*time.Hour + 20*time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := newMonth(t, monday.Add(17*time.Second), character{host: "one", lists: 2, schedule: `"*/10 * * * *"`, every: time.Hour, serve: both})
			m.lists["www0.one.example/feed0"].serve = refuse(tt.status, "Retry-After", tt.after)
			m.process("one0")
			if r := m.process("one1")["one1"]; r.Err != nil {
				t.Errorf("%d: the other list: %v", tt.status, r.Err)
			}
			if d := m.due("one0"); d < tt.min-time.Second || d > tt.max {
				t.Errorf("%d with Retry-After %s: due after %s", tt.status, tt.after, d)
			}
		})
	}
}

// TestRestOfAPageHostOutlivesARestart: the host of a list's pages is another
// than its own, and is left alone all the same.
func TestRestOfAPageHostOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday.Add(17*time.Second), character{host: "list", lists: 1, schedule: `"@hourly"`, every: 24 * time.Hour, options: ", full_text: true"})
		item := `<rss version="2.0"><channel><title>t</title><item><guid>1</guid><link>https://pages.example/1</link><title>One</title></item></channel></rss>`
		m.lists["www0.list.example/feed0"].serve = func(*listing, *asked) reply { return reply{status: http.StatusOK, body: item} }
		page := &listing{name: "page", every: time.Hour, told: map[int]bool{}, serve: refuse(http.StatusServiceUnavailable, "Retry-After", "3600")}
		m.lists["pages.example/1"] = page
		m.process()
		time.Sleep(30 * time.Minute) // its page is to be tried again after ten
		if r := m.process()["list0"]; r.Err != nil || r.FailedPages != 1 {
			t.Errorf("%+v", r)
		}
		if n := len(page.visits); n != 1 {
			t.Errorf("the page is asked for %d times in its host's rest", n)
		}
		time.Sleep(3 * time.Hour)
		m.process()
		if n := len(page.visits); n != 2 {
			t.Errorf("the page is asked for %d times, want twice", n)
		}
	})
}

// TestRestBehindARedirectIsThatHosts: where one host leads to another that asks
// for rest, that one rests after a restart, and the first does not.
func TestRestBehindARedirectIsThatHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday.Add(17*time.Second),
			character{host: "a", lists: 2, schedule: `"@hourly"`, every: time.Hour, serve: both},
			character{host: "b", lists: 1, schedule: `"@hourly"`, every: time.Hour, serve: both})
		m.lists["www0.a.example/feed0"].serve = refuse(http.StatusFound, "Location", "https://www1.b.example/busy")
		m.lists["www1.b.example/busy"] = &listing{name: "busy", every: time.Hour, told: map[int]bool{}, serve: refuse(http.StatusTooManyRequests, "Retry-After", "3600")}
		if r := m.process("a0")["a0"]; !r.Failed() {
			t.Errorf("%+v", r)
		}
		r := m.process()
		if r["a1"].Err != nil {
			t.Errorf("the host that redirects: %v", r["a1"].Err)
		}
		if !r["a0"].Resting || !r["b0"].Resting || len(m.visits("b", 0)) > 0 {
			t.Errorf("the host that asked for rest is asked: %+v, %+v", r["a0"], r["b0"])
		}
		if n := len(m.lists["www1.b.example/busy"].visits); n != 1 {
			t.Errorf("%d requests", n)
		}
	})
}

// TestProcessesOfCronRememberRefusals: three times 403 are a rest, and 429
// without Retry-After rests longer each time, though each is told to a process of
// its own; a good answer ends it.
func TestProcessesOfCronRememberRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday.Add(17*time.Second),
			character{host: "forbidding", lists: 1, schedule: `"@hourly"`, every: time.Hour, serve: refuse(http.StatusForbidden)},
			character{host: "busy", lists: 1, schedule: `"@hourly"`, every: time.Hour, serve: refuse(http.StatusTooManyRequests)})
		for range 3 {
			if m.process("forbidding0")["forbidding0"].Resting {
				t.Error("it rests too soon")
			}
		}
		if !m.process("forbidding0")["forbidding0"].Resting {
			t.Error("three times 403 are no rest")
		}
		for range 24 * 4 { // one of cron's every 15 minutes
			m.process("busy0")
			time.Sleep(15 * time.Minute)
		}
		if n := len(m.visits("busy", 0)); n < 6 || n > 12 {
			t.Errorf("asked %d times in a day", n)
		}
		time.Sleep(2 * day)
		m.lists["www0.busy.example/feed0"].serve = both
		m.process("busy0")
		m.open()
		rests, err := m.store.Rests()
		m.stop()
		if _, still := rests["busy.example"]; err != nil || still {
			t.Errorf("after a good answer: %v, %v", rests, err)
		}
	})
}
