package daemon_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aggregator/cmd/internal/daemon"
)

// TestNoTurnAtTheFullMinute: a list that says it is fresh until the full hour,
// and a program that was started at one, bring no source there.
func TestNoTurnAtTheFullMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday,
			character{host: "expiring", lists: 2, schedule: `"@every 25m"`, every: time.Hour, serve: expiring},
			character{host: "interval", lists: 3, schedule: `"@every 20m"`, every: time.Hour, serve: both})
		m.begin()
		m.until(day)
		m.stop()
		var phases []time.Duration
		for host, lists := range map[string]int{"expiring": 2, "interval": 3} {
			for n := range lists {
				visits := m.visits(host, n)[1:] // the first is at the start
				for _, v := range visits {
					if v.Second() == 0 {
						t.Errorf("%s%d: fetched at %s", host, n, v)
					}
				}
				phases = append(phases, visits[0].Sub(m.start))
			}
		}
		slices.Sort(phases)
		if len(slices.Compact(phases)) != 5 {
			t.Errorf("second turns after %s: some go on together", phases)
		}
	})
}

// TestNoTurnRightAfterAFirstFetch: who begins shortly before a turn waits for
// the one after it, but for nothing longer than ten minutes.
func TestNoTurnRightAfterAFirstFetch(t *testing.T) {
	for _, tt := range []struct {
		start    time.Time
		schedule string
		want     time.Duration // the first turn, less than a minute after it
	}{
		{monday.Add(9*time.Minute + 50*time.Second), `"*/10 * * * *"`, 10*time.Minute + 10*time.Second},
		{monday.Add(2 * time.Minute), `"*/10 * * * *"`, 8 * time.Minute},
		{monday.Add(55 * time.Minute), `"0 9 * * *"`, 24*time.Hour + 5*time.Minute},
		{monday.Add(49 * time.Minute), `"0 9 * * *"`, 11 * time.Minute},
		{monday.Add(10 * time.Minute), `"@every 1h"`, time.Hour},
		// Two specs a minute apart are both the owner's word.
		{monday.Add(30 * time.Second), `["1 * * * *", "2 * * * *"]`, 30 * time.Second},
	} {
		t.Run(tt.schedule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMonth(t, tt.start, character{host: "both", lists: 1, schedule: tt.schedule, every: time.Hour, serve: both})
				m.begin()
				m.until(25 * time.Hour)
				m.stop()
				visits := m.visits("both", 0)
				if len(visits) < 2 {
					t.Fatalf("%d turns", len(visits))
				}
				if got := visits[1].Sub(visits[0]); got < tt.want || got > tt.want+time.Minute {
					t.Errorf("the second turn is %s after the first, want %s", got, tt.want)
				}
			})
		})
	}
}

// TestOutageBlamesNobody: sources that failed before it was plain that our own
// link is down are acquitted, and all are fetched soon after it is back.
func TestOutageBlamesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hosts := []string{"a", "b", "c", "d", "e", "f"}
		var all []character
		for _, host := range hosts {
			all = append(all, character{host: host, lists: 1, schedule: `"*/20 * * * *"`, every: time.Hour, serve: both})
		}
		m := newMonth(t, monday.Add(17*time.Second), all...)
		m.out = func(at time.Duration) bool { return at > 6*time.Hour && at < 9*time.Hour }
		m.begin()
		m.until(5 * time.Hour)
		m.linkDown(0, 0)
		m.until(9*time.Hour - time.Second)
		m.linkDown(6*time.Hour, 7*time.Hour)
		for _, host := range hosts {
			if rec := m.record(host + "0"); rec.Error != "" || rec.Failures != 0 || !rec.ErrorSince.IsZero() {
				t.Errorf("%s0 is blamed: %+v", host, rec)
			}
		}
		m.until(9*time.Hour + 6*time.Minute)
		m.linkDown(0, 0)
		for _, host := range hosts {
			if back := m.start.Add(9 * time.Hour); between(m.visits(host, 0), back, back.Add(time.Hour)) == 0 {
				t.Errorf("%s0 is not fetched again", host)
			}
		}
		m.stop()
		if n := m.score.tried(); n < 20 || n > 60 {
			t.Errorf("%d attempts in three hours", n)
		}
	})
}

// TestFewHostsAreBlamed: of two that cannot be reached, our link is not to blame.
func TestFewHostsAreBlamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday,
			character{host: "a", lists: 1, schedule: `"*/20 * * * *"`, every: time.Hour, serve: both},
			character{host: "b", lists: 1, schedule: `"*/20 * * * *"`, every: time.Hour, serve: both})
		m.out = func(time.Duration) bool { return true }
		m.begin()
		m.until(2 * time.Hour)
		if rec := m.record("a0"); rec.Failures < 3 {
			t.Errorf("%+v", rec)
		}
		m.stop()
	})
}

// TestCutOffMachineBlamesNobody: where the machine itself knows that it is cut off,
// the only host there is bears no blame, the link is tried every five minutes, and the
// time is noted as ours.
func TestCutOffMachineBlamesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday.Add(17*time.Second), character{host: "a", lists: 2, schedule: `"*/20 * * * *"`, every: time.Hour, serve: both})
		m.out = func(at time.Duration) bool { return at > 6*time.Hour && at < 9*time.Hour }
		m.offline = true
		m.begin()
		m.until(9*time.Hour - time.Second)
		m.linkDown(6*time.Hour, 7*time.Hour)
		for _, name := range []string{"a0", "a1"} {
			if rec := m.record(name); rec.Error != "" || rec.Failures != 0 {
				t.Errorf("%s is blamed: %+v", name, rec)
			}
		}
		m.until(9*time.Hour + 6*time.Minute)
		m.linkDown(0, 0)
		pauses, err := m.store.Pauses()
		if err != nil || len(pauses) != 1 || pauses[0].To.Sub(pauses[0].From) < 2*time.Hour {
			t.Errorf("noted %v, %v", pauses, err)
		}
		m.stop()
		if n := m.score.tried(); n < 30 || n > 40 {
			t.Errorf("%d attempts in three hours", n)
		}
	})
}

// TestSourcesOfAStuckHostDelayNobody: however many sources a host has that
// answers nothing, others are fetched at their turns.
func TestSourcesOfAStuckHostDelayNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday,
			character{host: "stuck", lists: 60, schedule: `"*/30 * * * *"`, every: time.Hour, serve: stuck},
			character{host: "both", lists: 1, schedule: `"*/10 * * * *"`, every: time.Hour, serve: both})
		m.begin()
		m.until(6 * time.Hour)
		m.stop()
		if n := len(m.visits("both", 0)); n != 36 {
			t.Errorf("%d turns, want 36", n)
		}
	})
}

// TestSkippedHours: in the hours and days in which a list asks to be left alone
// it is, from the second fetch on, and not for longer.
func TestSkippedHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday, character{host: "nightly", lists: 1, schedule: `"*/30 * * * *"`, every: time.Hour, serve: nightly})
		m.begin()
		m.until(8 * day)
		m.stop()
		visits := m.visits("nightly", 0)[1:]
		for _, v := range visits {
			if u := v.UTC(); u.Hour() < 20 || u.Weekday() == time.Sunday || u.Second() == 0 {
				t.Errorf("fetched at %s", u)
			}
		}
		if len(visits) < 6*7 || len(visits) > 8*8 { // of eight turns a day
			t.Errorf("%d visits", len(visits))
		}
	})
}

// stuckHosts are so many hosts that answer nothing, before so many that are well.
func stuckHosts(stuckOnes, well int) (all []character) {
	for n := range stuckOnes {
		all = append(all, character{host: fmt.Sprintf("stuck%dx", n), lists: 1, schedule: `"*/10 * * * *"`, every: time.Hour, serve: stuck})
	}
	for n := range well {
		all = append(all, character{host: fmt.Sprintf("well%dx", n), lists: 1, schedule: `"*/10 * * * *"`, every: time.Hour, serve: both})
	}
	return all
}

// TestManyStuckHostsDelayNobody: four times as many hosts as may be asked at a time
// are silent, and a hundred others are fetched within seconds all the same, in one
// round and on schedule.
func TestManyStuckHostsDelayNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday, stuckHosts(64, 100)...)
		m.open()
		begun, worst := time.Now(), time.Duration(0)
		err := m.daemon.Once(t.Context(), nil, daemon.Options{}, func(r daemon.Report) {
			if r.Err == nil {
				worst = max(worst, time.Since(begun))
			}
		})
		if err != nil || worst == 0 || worst > 8*time.Second {
			t.Errorf("%v, the last after %s", err, worst)
		}
		m.stop()
		m.until(time.Hour)
		m.begin()
		m.until(7 * time.Hour)
		m.stop()
		for n := range 100 {
			visits := m.visits(fmt.Sprintf("well%dx", n), 0)
			if len(visits) < 36 || len(visits) > 38 {
				t.Errorf("well%dx: %d turns, want 36", n, len(visits))
			}
			for _, v := range visits[2:] { // the turn is within a minute after the ten
				if late := v.Sub(m.start) % (10 * time.Minute); late > 70*time.Second {
					t.Errorf("well%dx: fetched at %s", n, v)
				}
			}
		}
	})
}

// TestNoStampedeAfterSleep: what became overdue while the machine slept is spread as
// after a restart, however many there are; a few are fetched at once.
func TestNoStampedeAfterSleep(t *testing.T) {
	for _, lists := range []int{20, 200} {
		synctest.Test(t, func(t *testing.T) {
			m := newMonth(t, monday, stuckHosts(0, lists)...)
			m.open()
			var asleep atomic.Int64
			m.daemon.Now = func() time.Time { return time.Now().Add(time.Duration(asleep.Load())) }
			m.run()
			m.until(15*time.Minute + 30*time.Second)
			asleep.Store(int64(8 * time.Hour))
			woke := time.Now()
			m.until(27 * time.Minute)
			m.stop()
			soon, never := 0, 0
			for n := range lists {
				visits := m.visits(fmt.Sprintf("well%dx", n), 0)
				soon += min(1, between(visits, woke, woke.Add(70*time.Second)))
				never += 1 - min(1, between(visits, woke, woke.Add(11*time.Minute)))
			}
			if lists == 20 && soon != lists || lists == 200 && (soon == 0 || soon > 60) || never > 0 {
				t.Errorf("of %d sources %d are fetched within a minute, %d not within eleven", lists, soon, never)
			}
		})
	}
}

// TestDueAgainAlready: a source that is due again by the time its cycle is over, as one
// of a short schedule on a busy machine, does not wait for a minute.
func TestDueAgainAlready(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonth(t, monday, character{host: "both", lists: 1, schedule: `"@every 2s"`, every: time.Second, serve: bare})
		m.open()
		m.daemon.Changed = func(...string) { time.Sleep(3 * time.Second) }
		m.run()
		m.until(10 * time.Minute)
		m.stop()
		visits := m.visits("both", 0)
		for i, v := range visits[1:] {
			if gap := v.Sub(visits[i]); gap > 10*time.Second {
				t.Errorf("fetched at %s, and only %s after that again", visits[i].Format(time.TimeOnly), gap)
			}
		}
	})
}
