package config

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is one cron spec: five fields, a descriptor such as @daily, or
// @every with a duration. It may begin with CRON_TZ=Zone and a blank; else it
// is read in the site's timezone, where an hour that daylight saving skips has
// no run and one that it repeats has two.
type Schedule struct {
	spec string
	when cron.Schedule
}

// Schedules is one cron spec or a list of them; a source is due whenever one of
// them says so.
type Schedules []Schedule

// hourly is the schedule of sources that have none.
var hourly = sync.OnceValue(func() Schedules {
	s := make(Schedules, 1)
	if err := s[0].UnmarshalText([]byte("@hourly")); err != nil {
		panic(err)
	}
	return s
})

func (s Schedule) String() string { return s.spec }

// MarshalText writes the spec.
func (s Schedule) MarshalText() ([]byte, error) { return []byte(s.spec), nil }

// UnmarshalText reads a spec and refuses one that never fires.
func (s *Schedule) UnmarshalText(text []byte) error {
	spec := strings.TrimSpace(string(text))
	when, err := parseSpec(spec)
	if err != nil {
		reason, _, _ := strings.Cut(err.Error(), ": strconv.")
		return fmt.Errorf("%q is not a cron spec: %s", spec, reason)
	}
	// The parser takes 30 February, and looks five years ahead for it.
	if when.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return fmt.Errorf("%q never happens", spec)
	}
	s.spec, s.when = spec, when
	return nil
}

// parseSpec is cron's parser without its panics, and with days in @every.
func parseSpec(spec string) (when cron.Schedule, err error) {
	if zone, rest, found := strings.Cut(spec, " "); strings.Contains(zone, "TZ=") {
		if !found || strings.TrimSpace(rest) == "" {
			return nil, errors.New("nothing follows the time zone")
		}
	}
	if rest, ok := strings.CutPrefix(spec, "@every "); ok {
		return parseEvery(strings.TrimSpace(rest))
	}
	defer func() {
		if recover() != nil {
			err = errors.New("it cannot be read")
		}
	}()
	return cron.ParseStandard(spec)
}

// parseEvery refuses what cron.Every silently makes a second.
func parseEvery(text string) (cron.Schedule, error) {
	var d Duration
	if err := d.UnmarshalText([]byte(text)); err != nil {
		return nil, err
	}
	if time.Duration(d) < time.Second {
		return nil, errors.New("the shortest interval is 1s")
	}
	return cron.Every(time.Duration(d)), nil
}

// hint tells what cron's parser does not know of what people try.
func (*Schedule) hint(text string) string {
	fields := strings.Fields(strings.ToUpper(text))
	if len(fields) > 0 && strings.Contains(fields[0], "TZ=") {
		fields = fields[1:]
	}
	switch {
	case strings.HasPrefix(text, "@every"):
		return "such as @every 10m"
	case strings.HasPrefix(text, "@reboot"):
		return "what is overdue is fetched at every start anyway"
	case strings.HasPrefix(text, "@"):
		return "known are @hourly @daily @weekly @monthly @yearly and @every"
	case len(fields) == 6:
		return "five fields: minute hour day month weekday; there are no seconds"
	case len(fields) == 0:
		return "write CRON_TZ=Zone, a blank and five fields"
	case len(fields) != 5:
		return "five fields: minute hour day month weekday"
	case strings.Contains(fields[4], "7"):
		return "Sunday is 0, not 7"
	case strings.ContainsAny(fields[2]+fields[4], "LW#"):
		return "L, W and # are not known: name the days"
	case strings.Contains(text, "H"):
		return "H is not known: runs are spread out anyway"
	}
	return ""
}

// Schedule says when src is due: at the earliest time any of its specs names.
func (c *Config) Schedule(src *Source) cron.Schedule {
	all := make(earliest, len(src.Schedule))
	for i, s := range src.Schedule {
		all[i] = s.in(c.Site.Timezone.Location)
	}
	return all
}

// in moves a spec that names no zone into zone.
func (s Schedule) in(zone *time.Location) cron.Schedule {
	spec, ok := s.when.(*cron.SpecSchedule)
	if !ok || strings.Contains(s.spec, "TZ=") {
		return s.when
	}
	moved := *spec
	moved.Location = zone
	return &moved
}

// earliest is due when any of its schedules is.
type earliest []cron.Schedule

func (e earliest) Next(after time.Time) time.Time {
	var next time.Time
	for _, s := range e {
		if t := s.Next(after); !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}
