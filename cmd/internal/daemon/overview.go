package daemon

import (
	"slices"
	"sync"
	"time"

	"aggregator/cmd/internal/health"
	"aggregator/storage"
)

// Disabled is the state of a source that the configuration switches off.
const Disabled health.State = "disabled"

// Overview is how everything fares.
type Overview struct {
	Started  time.Time
	LinkDown time.Time // since when our own connection is down; zero while it is up
	Shortage string    // what this machine lacks, so that fetching pauses; empty for nothing
	Short    time.Time // since when
	Sources  []Status  // in the order of the configuration
	States   map[health.State]int
	Articles int
	Bytes    int64     // of the database
	Newest   time.Time // when the newest article came
}

// overviewAge is how long an overview is good enough for the next who asks: anybody
// may, as often as he likes.
const overviewAge = 5 * time.Second

// Overview is at most some seconds old. It is shared: nobody may change it.
func (d *Daemon) Overview() (*Overview, error) { return d.overview.get(overviewAge, d.look) }

func (d *Daemon) look() (*Overview, error) {
	list, err := d.Status()
	if err != nil {
		return nil, err
	}
	size, err := d.store.Size()
	if err != nil {
		return nil, err
	}
	o := &Overview{
		Started: d.metrics.failures.began, LinkDown: d.link.downSince(), Sources: list, States: map[health.State]int{},
		Articles: size.Articles, Bytes: size.Bytes, Newest: size.Newest,
	}
	o.Shortage, o.Short = d.shortage.now()
	for _, s := range list {
		o.States[s.Health.State]++
	}
	return o, nil
}

// Changes are the last changes of sources' states, newest first.
func (d *Daemon) Changes(limit int) ([]storage.Condition, error) { return d.store.Conditions(limit) }

// Hour is what happened in one.
type Hour struct {
	Begin    time.Time
	Articles int // that came
	// Half of them came so soon after their publication, or sooner, and nine of ten;
	// zero where none came.
	Half, Most time.Duration
	Failures   int // fetches that failed since the daemon was started
}

const (
	// hoursAge is how long the hours are good enough.
	hoursAge = 20 * time.Second
	// latest is how long after their publication articles are still counted. What a
	// new source lists from before is no news.
	latest = 5 * 24 * time.Hour
)

// Hours are the last 48, oldest first; the last one is not over.
func (d *Daemon) Hours() ([]Hour, error) { return d.hours.get(hoursAge, d.countHours) }

func (d *Daemon) countHours() ([]Hour, error) {
	now := hourOf(time.Now())
	first := now.Add(-(hoursKept - 1) * time.Hour)
	late := make([][]time.Duration, hoursKept)
	err := d.store.Arrivals(first.Add(-latest), func(published, arrived time.Time) {
		age, i := max(0, arrived.Sub(published)), int(arrived.Sub(first)/time.Hour)
		if !arrived.Before(first) && i < hoursKept && age <= latest {
			late[i] = append(late[i], age)
		}
	})
	hours := make([]Hour, hoursKept)
	for i := range hours {
		h := Hour{Begin: first.Add(time.Duration(i) * time.Hour), Articles: len(late[i])}
		h.Failures = d.metrics.failures.in(h.Begin)
		if n := len(late[i]); n > 0 {
			slices.Sort(late[i])
			h.Half, h.Most = late[i][(n-1)/2], late[i][(9*n-1)/10]
		}
		hours[i] = h
	}
	return hours, err
}

// kept is a value that is found anew when it has become too old, once for all who
// wait.
type kept[T any] struct {
	mu    sync.Mutex
	value T
	found time.Time
}

func (k *kept[T]) get(age time.Duration, find func() (T, error)) (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now := time.Now(); k.found.IsZero() || now.Sub(k.found) >= age {
		value, err := find()
		if err != nil {
			return value, err
		}
		k.value, k.found = value, now
	}
	return k.value, nil
}
