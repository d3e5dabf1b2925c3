package main

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"
)

// meter shows how far a long command is: as a bar where people look on, as JSON
// objects where programs read, else not at all. Its methods may be called at any
// time; a nil meter shows nothing.
type meter struct {
	bar     progress.Writer
	tracker *progress.Tracker
	drawn   chan struct{} // closed when it will not be drawn again
	events  *json.Encoder
	event   event
	told    time.Time
	ended   bool
}

// event is a line of a long command's --json: how far it is, at most once a second,
// and at last with its outcome.
type event struct {
	What  string `json:"what"`
	Done  int64  `json:"done"`
	Total int64  `json:"total,omitempty"` // left out where it is not known
	Ended bool   `json:"ended"`
}

// units of meters.
func counted() progress.Units { return progress.UnitsDefault }
func bytesOf() progress.Units { return progress.UnitsBytes }

// measure shows a command's progress to its end, which the command tells by end.
// total may be 0 where it is not known.
func (p *program) measure(what string, total int64, units progress.Units, asJSON bool) *meter {
	switch {
	case asJSON:
		enc := json.NewEncoder(p.Out)
		enc.SetEscapeHTML(false)
		return &meter{events: enc, event: event{What: what, Total: total}, told: time.Now()}
	case !p.terminal:
		return nil
	}
	m := &meter{bar: progress.NewWriter(), tracker: &progress.Tracker{Message: what, Total: total, Units: units}, drawn: make(chan struct{})}
	m.bar.SetOutputWriter(p.Err)
	m.bar.SetAutoStop(false)
	m.bar.SetTrackerLength(30)
	m.bar.SetUpdateFrequency(200 * time.Millisecond)
	m.bar.SetStyle(progress.StyleBlocks)
	m.bar.Style().Visibility.ETA = total > 0
	m.bar.Style().Visibility.Percentage = total > 0
	m.bar.AppendTracker(m.tracker)
	go func() {
		m.bar.Render()
		close(m.drawn)
	}()
	return m
}

// at tells how much is done.
func (m *meter) at(done int64) {
	switch {
	case m == nil:
	case m.events == nil:
		m.tracker.SetValue(done)
	default:
		m.event.Done = done
		if time.Since(m.told) >= time.Second {
			m.told = time.Now()
			_ = m.events.Encode(m.event) // a closed pipe ends the program anyway
		}
	}
}

// over is where lines are written to that are to stand above the bar.
func (m *meter) over(w io.Writer) io.Writer {
	if m == nil || m.bar == nil {
		return w
	}
	return above{m.bar}
}

type above struct{ progress.Writer }

func (a above) Write(line []byte) (int, error) {
	a.Log("%s", bytes.TrimSuffix(line, []byte("\n")))
	return len(line), nil
}

// end leaves the last state behind. It may be called again.
func (m *meter) end() {
	defer func() {
		if m != nil {
			m.ended = true
		}
	}()
	switch {
	case m == nil || m.ended:
	case m.events != nil:
		m.event.Ended = true
		_ = m.events.Encode(m.event)
	default:
		m.tracker.MarkAsDone()
		for drawn := false; !drawn; {
			m.bar.Stop() // which does nothing before it has begun
			select {
			case <-m.drawn:
				drawn = true
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
}
