package daemon

import (
	"math/rand/v2"
	"testing"
	"time"

	"aggregator/cmd/internal/config"
)

// TestTimetableIsThatOfCron: what is remembered by the minute is what cron says of each
// moment in it, whatever zone a schedule names.
func TestTimetableIsThatOfCron(t *testing.T) {
	const sources = `
sources:
  - {name: a, url: "https://a.example/"}
  - {name: b, url: "https://b.example/", schedule: "*/10 9-15 * * 1-5"}
  - {name: c, url: "https://c.example/", schedule: ["CRON_TZ=America/New_York 30 2 * * *", "7 3 1 * *"]}
  - {name: d, url: "https://d.example/", schedule: "@every 90s"}
  - {name: e, url: "https://e.example/", schedule: ["@every 7m", "*/5 * * * *"]}
`
	cfg, err := config.Parse("config.yaml", []byte(sources))
	if err != nil {
		t.Fatal(err)
	}
	d := &Daemon{cfg: cfg, timetables: map[uint64]*timetable{}}
	begin := time.Date(2026, 3, 7, 0, 0, 0, 0, time.UTC) // clocks go forward in New York a day later
	random := rand.New(rand.NewPCG(1, 2))
	for i := range cfg.Sources {
		src := &cfg.Sources[i]
		table, cron := d.timetable(src), cfg.Schedule(src)
		for range 2000 {
			at := begin.Add(time.Duration(random.Int64N(int64(50 * time.Minute))))
			at = at.Add(time.Duration(random.IntN(48)) * time.Hour).Truncate(time.Duration(1 + random.IntN(2)*int(time.Minute-1)))
			if got, want := table.Next(at), cron.Next(at); !got.Equal(want) {
				t.Fatalf("%s: after %s comes %s, want %s", src.Name, at, got, want)
			}
		}
	}
}
