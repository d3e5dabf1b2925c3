package daemon_test

import (
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestShortageOfDescriptors: while this machine can open no more files no source is
// blamed, and one is tried every few minutes; soon after, all are fetched, and nothing
// is lost.
func TestShortageOfDescriptors(t *testing.T) {
	for name, why := range map[string]error{
		"dial":     syscall.EMFILE,
		"resolver": &net.DNSError{Err: "dial udp 127.0.0.53:53: socket: " + syscall.EMFILE.Error(), Name: "both.example"},
	} {
		t.Run(name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { shortOfDescriptors(t, why) }) })
	}
}

func shortOfDescriptors(t *testing.T, why error) {
	const begin, end = 6 * time.Hour, 12 * time.Hour
	m := newMonth(t, monday, character{host: "both", lists: 8, schedule: `"*/10 * * * *"`, every: time.Hour, serve: both, options: ", full_text: true"})
	m.out = func(at time.Duration) bool { return at > begin && at < end }
	m.why = why
	m.begin()
	m.until(end - time.Minute)
	if tried := m.score.tried(); tried < 6*12 || tried > 6*12+20 {
		t.Errorf("%d requests while nothing could be opened, want one in five minutes", tried)
	}
	tally, err := m.daemon.Tally()
	if ready := m.daemon.Ready(); err != nil || ready == nil || !strings.Contains(ready.Error(), syscall.EMFILE.Error()) || !strings.Contains(tally.Shortage, syscall.EMFILE.Error()) || tally.Trouble != 0 {
		t.Errorf("ready: %v; %+v, %v", ready, tally, err)
	}
	for n := range 8 {
		if rec := m.record(fmt.Sprint("both", n)); rec.Error != "" || rec.Failures != 0 {
			t.Errorf("%s is blamed: %s", rec.Name, rec.Error)
		}
	}
	m.until(end + 7*time.Minute)
	for n := range 8 {
		visits := m.visits("both", n)
		if last := visits[len(visits)-1]; last.Before(m.start.Add(end)) {
			t.Errorf("both%d was not fetched since %s", n, last)
		}
	}
	if err := m.daemon.Ready(); err != nil {
		t.Error(err)
	}
	m.stored()
	m.stop()
}
