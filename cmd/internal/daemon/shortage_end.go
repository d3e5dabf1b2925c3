package daemon

import (
	"context"
	"path/filepath"
	"syscall"
	"time"
)

// lookAgain is how often it is looked whether what was wanting is there again.
const lookAgain = 3 * time.Second

// goOn looks for the end of each shortage, until the context ends.
func (d *Daemon) goOn(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.shortage.begun:
		}
		d.awaitEnd(ctx)
	}
}

func (d *Daemon) awaitEnd(ctx context.Context) {
	ticker := time.NewTicker(lookAgain)
	defer ticker.Stop()
	var full int64
	if saysErrno(d.shortage.cause(), syscall.ENOSPC) {
		full = free(d.databaseDir())
	}
	for d.shortage.cause() != nil {
		select {
		case <-ctx.Done():
			wake(d.shortage.begun) // for the daemon that follows this one
			return
		case <-ticker.C:
		}
		if failed, err, tell := d.shortage.remind(time.Now()); tell {
			_, since := d.shortage.now()
			d.log.Warn("fetching still pauses", "since", since.In(d.Zone()).Format(time.DateTime), "failed", failed, "err", oneLine(err), "hint", shortHint(err, d.shortage.shared))
		}
		if d.shortage.shared {
			if !d.shortage.rests(time.Now()) {
				asked := make(chan struct{})
				go func() { d.askServer(); close(asked) }()
				select {
				case <-asked:
				case <-ctx.Done(): // a server that hangs does not hold up the end
				}
			}
			continue
		}
		if saysErrno(d.shortage.cause(), syscall.ENOSPC) {
			if room := free(d.databaseDir()); room >= full+roomier {
				full = room
				d.shortage.retry(time.Now())
			}
		}
	}
}

// askServer ends a shortage when the server answers and stores something again, and
// its time is ours.
func (d *Daemon) askServer() {
	ctx, cancel := context.WithTimeout(context.Background(), lookAgain)
	defer cancel()
	began := time.Now()
	err := d.node.AskClock(ctx)
	if err == nil {
		err = d.store.Alive()
	}
	if err != nil {
		d.shortage.still(unstored(err))
		return
	}
	d.lackNothing(began)
}

// roomier is how much more room there is to be on a disk that was full before it is
// tried again.
const roomier = 256 << 10

// free is how many bytes are free on the disk of a directory; 0 where that is not
// known.
func free(dir string) int64 {
	var s syscall.Statfs_t
	if dir == "" || syscall.Statfs(dir, &s) != nil {
		return 0
	}
	return int64(s.Bavail) * int64(s.Bsize)
}

// databaseDir is the directory of the database; empty where a server has it.
func (d *Daemon) databaseDir() string {
	if d.shortage.shared {
		return ""
	}
	return filepath.Dir(d.cfg.Database.Reveal())
}
