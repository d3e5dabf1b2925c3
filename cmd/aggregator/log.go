package main

import (
	"bytes"
	"context"
	"log"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
	"github.com/lmittmann/tint"
	slogjournal "github.com/systemd/slog-journal"
)

// logger returns the log on stderr: coloured on a terminal, with fields where stderr
// is the journal, else JSON. Without --log-level it starts at the level given;
// log-level changes it.
func (p *program) logger(level slog.Level) *slog.Logger {
	p.level.Set(level)
	if p.logLevel.set {
		p.level.Set(p.logLevel.Level)
	}
	lg := slog.New(p.logHandler())
	// What the library of HTTP has to say, such as that a host sent more than it had
	// announced, with the bytes, must not stand raw in the log.
	log.SetFlags(0)
	log.SetOutput(slog.NewLogLogger(lg.Handler(), slog.LevelDebug).Writer())
	return lg
}

func (p *program) logHandler() slog.Handler {
	terminal := isTerminal(p.Err)
	if p.logFormat == "" && p.Err == os.Stderr {
		if h := newJournal(p.level); h != nil {
			return h
		}
	}
	if p.logFormat == "json" || p.logFormat == "" && !terminal {
		return slog.NewJSONHandler(p.Err, &slog.HandlerOptions{Level: p.level})
	}
	return tint.NewTextHandler(p.Err, &tint.Options{Level: p.level, TimeFormat: time.TimeOnly, NoColor: !terminal})
}

// journalHandler writes to systemd's journal. Each attribute is a field of its
// own, to be asked for (journalctl SOURCE=sina-china), and stands in the message
// too, where people read.
type journalHandler struct {
	fields slog.Handler
	text   slog.Handler // writes the attributes into line
	line   *line
}

// line is what is written into it.
type line struct {
	mu sync.Mutex
	bytes.Buffer
}

// newJournal returns nil where stderr is not the journal, which systemd tells by
// $JOURNAL_STREAM; a program that stderr was redirected to gets no journal.
func newJournal(level slog.Leveler) slog.Handler {
	if ours, err := journal.StderrIsJournalStream(); err != nil || !ours {
		return nil
	}
	fields, err := slogjournal.NewHandler(&slogjournal.Options{Level: level, ReplaceAttr: journalField, ReplaceGroup: journalName})
	if err != nil {
		return nil
	}
	return newJournalHandler(fields)
}

func newJournalHandler(fields slog.Handler) *journalHandler {
	l := &line{}
	return &journalHandler{fields, slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: withoutHead}), l}
}

// withoutHead leaves out what the journal has by itself.
func withoutHead(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
		return slog.Attr{}
	}
	return a
}

// journalField makes an attribute a field. Durations and times are text, as in all
// other logs.
func journalField(_ []string, a slog.Attr) slog.Attr {
	return slog.String(journalName(a.Key), a.Value.String())
}

// journalName writes a name in the letters that the journal allows; what begins
// otherwise is taken for the journal's own and dropped.
func journalName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			return r
		}
		return '_'
	}, name)
}

func (h *journalHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return h.fields.Enabled(ctx, l)
}

func (h *journalHandler) Handle(ctx context.Context, r slog.Record) error {
	text, err := h.attributes(ctx, r)
	if err != nil {
		return err
	}
	r = r.Clone()
	r.Message = strings.TrimSpace(r.Message + " " + text)
	return h.fields.Handle(ctx, r)
}

func (h *journalHandler) attributes(ctx context.Context, r slog.Record) (string, error) {
	h.line.mu.Lock()
	defer h.line.mu.Unlock()
	h.line.Reset()
	err := h.text.Handle(ctx, r)
	return h.line.String(), err
}

func (h *journalHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &journalHandler{h.fields.WithAttrs(attrs), h.text.WithAttrs(attrs), h.line}
}

func (h *journalHandler) WithGroup(name string) slog.Handler {
	return &journalHandler{h.fields.WithGroup(name), h.text.WithGroup(name), h.line}
}
