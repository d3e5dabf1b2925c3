package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"aggregator/cmd/internal/daemon"
	"aggregator/feedout"
)

// statusJSON is /status.json. Times are RFC 3339 in UTC, "" where there is none.
type statusJSON struct {
	Version string       `json:"version"`
	Started string       `json:"started"`
	Link    linkJSON     `json:"link"`
	Machine machineJSON  `json:"machine"`
	Counts  countsJSON   `json:"counts"`
	Sources []sourceJSON `json:"sources"`
}

// linkJSON is our own connection to the network.
type linkJSON struct {
	Down  bool   `json:"down"`
	Since string `json:"since"`
}

// machineJSON is what this machine lacks, so that fetching pauses.
type machineJSON struct {
	Lacks string `json:"lacks"` // "" for nothing
	Since string `json:"since"`
}

type countsJSON struct {
	Sources       map[string]int `json:"sources"` // by state
	Articles      int            `json:"articles"`
	DatabaseBytes int64          `json:"database_bytes"`
}

type sourceJSON struct {
	Name            string `json:"name"`
	Title           string `json:"title"`
	Kind            string `json:"kind"`
	URL             string `json:"url"`
	State           string `json:"state"`
	Since           string `json:"since"`
	Text            string `json:"text"`
	LastFetch       string `json:"last_fetch"`
	LastSuccess     string `json:"last_success"`
	LastNew         string `json:"last_new"`
	Due             string `json:"due"`
	Failures        int    `json:"failures"`
	Articles        uint64 `json:"articles"`
	UsualGapSeconds int64  `json:"usual_gap_seconds"` // 0 where it is not known
	Expected        string `json:"expected"`
	Error           string `json:"error"`
	Note            string `json:"note"`
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (p *pages) statusOf(o *daemon.Overview) statusJSON {
	s := statusJSON{
		Version: p.Version, Started: instant(o.Started), Link: linkJSON{!o.LinkDown.IsZero(), instant(o.LinkDown)},
		Machine: machineJSON{o.Shortage, instant(o.Short)},
		Counts:  countsJSON{Sources: map[string]int{}, Articles: o.Articles, DatabaseBytes: o.Bytes},
		Sources: make([]sourceJSON, 0, len(o.Sources)),
	}
	for state, n := range o.States {
		s.Counts.Sources[string(state)] = n
	}
	for i := range o.Sources {
		src := &o.Sources[i]
		s.Sources = append(s.Sources, sourceJSON{
			Name: src.Name, Title: src.Title, Kind: src.Kind, URL: src.URL,
			State: string(src.Health.State), Since: instant(src.Health.Since), Text: src.Health.Text,
			LastFetch: instant(src.LastFetch), LastSuccess: instant(src.LastSuccess), LastNew: instant(src.LastNew), Due: instant(src.Due),
			Failures: src.Failures, Articles: src.Articles, UsualGapSeconds: int64(src.Usual / time.Second), Expected: instant(src.Expected),
			Error: src.Error, Note: src.Note,
		})
	}
	return s
}

// statusDocument serves the status to programs.
func (p *pages) statusDocument(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	o, err := p.Daemon.Overview()
	if err != nil {
		p.log.Log(r.Context(), gravity(err), "status failed", "err", err)
		h.Set("Retry-After", "60")
		http.Error(w, "the status cannot be told", http.StatusServiceUnavailable)
		return
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(p.statusOf(o)); err != nil {
		p.log.Error("status not written", "err", err)
		http.Error(w, "the status cannot be told", http.StatusInternalServerError)
		return
	}
	h.Set("Cache-Control", "no-cache")
	feedout.ServePage(w, r, http.StatusOK, "application/json", out.Bytes())
}
