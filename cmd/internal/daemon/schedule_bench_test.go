package daemon

import (
	"fmt"
	"testing"
	"time"

	"aggregator/cmd/internal/config"
)

// BenchmarkSchedule is one turn of the scheduler with 10,000 sources planned: what is due
// is taken out, and the next moment found. A day of hourly sources has one turn for
// each of 240,000 cycles; the share of a core that they take is to be under 1 %.
//
//	go test ./cmd/internal/daemon -run - -bench Schedule
func BenchmarkSchedule(b *testing.B) {
	const sources = 10000
	const turns = 24 * sources
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	d := &Daemon{inheritance: &inheritance{link: newLink(0)}}
	plan := map[*source]time.Time{}
	for i := range sources {
		s := &source{Source: &config.Source{Name: fmt.Sprint("source-", i)}}
		d.sources = append(d.sources, s)
		plan[s] = now.Add(time.Duration(i) * time.Hour / sources)
	}
	for b.Loop() {
		due, _ := d.takeDue(plan, now)
		for _, s := range due {
			plan[s] = now.Add(time.Hour)
		}
		now = now.Add(untilNext(plan, now))
	}
	turn := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(100*float64(turn)*turns/float64(24*time.Hour), "%-of-a-core")
}
