package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"aggregator/fetcher/simulated"
)

// live looks at one process for the rest of the time.
func (s *soak) live(d *soaked) {
	s.t.Helper()
	from := time.Now().Add(2 * time.Second) // it has begun
	end := from.Add(s.length/2 - 2*time.Second)
	unserved := time.Duration(0)
	var early, late []footprint
	time.Sleep(time.Until(from))
	for now := from; now.Before(end) || len(late) == 0; now = time.Now() {
		time.Sleep(200 * time.Millisecond)
		unserved = max(unserved, time.Since(time.UnixMilli(s.served.Load())))
		if unserved > 4*latest {
			d.hung()
		}
		switch u, ok := d.footprint(); {
		case !ok:
		case now.Before(from.Add(end.Sub(from)/2)) || len(early) == 0:
			early = append(early, u)
		default:
			late = append(late, u)
		}
	}
	before, after := most(early), most(late)
	s.t.Logf("at most, in the first half of a life and in the second: %+v, %+v", before, after)
	if after.memory > 2*before.memory+32<<10 || after.memory > 400<<10 || after.goroutines > 2*before.goroutines+100 || after.descriptors > 2*before.descriptors+50 {
		s.t.Errorf("it grows from %+v to %+v", before, after)
	}
	if unserved > latest {
		s.t.Errorf("a reader was not served for %s", unserved)
	}
	s.punctual(from, end)
}

// hung ends a daemon that does not answer, and shows what it was at.
func (d *soaked) hung() {
	d.t.Helper()
	_ = d.Process.Signal(syscall.SIGQUIT)
	<-d.ended
	said := d.said.String()
	_, stacks, _ := strings.Cut(said, "SIGQUIT")
	d.t.Fatalf("it does not answer any more:\n%s", stacks)
}

// footprint is what a process takes: memory without what is mapped, in KB.
type footprint struct{ memory, goroutines, descriptors int }

var (
	anonymous  = regexp.MustCompile(`RssAnon:\s+(\d+) kB`)
	goroutines = regexp.MustCompile(`(?m)^go_goroutines (\d+)`)
)

func (d *soaked) footprint() (u footprint, ok bool) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.Process.Pid))
	if err != nil {
		d.t.Fatalf("%v\n%s", err, d.said.String())
	}
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", d.Process.Pid))
	body, told := glance(d.address, "/metrics")
	m := goroutines.FindSubmatch(body)
	if err != nil || !told || m == nil {
		return u, false // it is busy
	}
	u.memory, _ = strconv.Atoi(string(anonymous.FindSubmatch(status)[1]))
	u.goroutines, _ = strconv.Atoi(string(m[1]))
	u.descriptors = len(open)
	return u, true
}

func most(all []footprint) (m footprint) {
	for _, u := range all {
		m.memory, m.goroutines, m.descriptors = max(m.memory, u.memory), max(m.goroutines, u.goroutines), max(m.descriptors, u.descriptors)
	}
	return m
}

// latest is how late a healthy source may be, on a machine that has other work too.
const latest = 8 * time.Second

// punctual: healthy lists were fetched as their schedules say, whatever the others did.
// Those of the rolls are left out: the flaky one lists the same articles, and who finds
// an article that another is at work on waits for him.
func (s *soak) punctual(from, to time.Time) {
	s.t.Helper()
	all := s.Requests() // in the order in which they ended
	slices.SortFunc(all, func(a, b simulated.Request) int { return a.Time.Compare(b.Time) })
	for _, list := range s.healthy {
		last, longest := from, time.Duration(0)
		for _, r := range all {
			if r.Time.After(from) && r.Time.Before(to) && strings.Contains(r.Path, list) {
				longest, last = max(longest, r.Time.Sub(last)), r.Time
			}
		}
		if longest = max(longest, to.Sub(last)); longest > latest {
			s.t.Errorf("%s, due every two seconds, was left alone for %s", list, longest)
		}
	}
}
