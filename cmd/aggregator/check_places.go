package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"aggregator/cmd/internal/config"
)

// What access(2) is asked.
const mayWrite, mayEnter = 2, 1

// doubtedPlaces warns of directories in which the daemon could not write, if it ran
// here and now as who checks. They are no mistakes: systemd makes some when it starts
// the service, and the service is somebody else.
func doubtedPlaces(cfg *config.Config) (doubts []string) {
	doubt := func(key, what string) {
		if what != "" {
			doubts = append(doubts, key+": "+what)
		}
	}
	if path := cfg.Database.Reveal(); !strings.Contains(path, "://") {
		doubt("database", unwritable(filepath.Dir(path)))
		if _, err := os.Stat(path); err == nil && syscall.Access(path, mayWrite) != nil {
			doubt("database", path+" may not be written by you")
		}
	}
	if dir := filepath.Dir(cfg.ControlPath()); cfg.Control != "" { // else it is beside the database
		doubt("control", unwritable(dir))
	}
	if cfg.Archive != "" {
		doubt("archive", unwritable(existing(cfg.Archive)))
	}
	return doubts
}

// existing is the first of a directory and those above it that is there: what is
// missing of an archive is made.
func existing(dir string) string {
	for {
		up := filepath.Dir(dir)
		if _, err := os.Stat(dir); err == nil || up == dir {
			return dir
		}
		dir = up
	}
}

// unwritable tells why no file can be made in a directory; empty where one can.
func unwritable(dir string) string {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("the directory %s does not exist (systemd makes the service's own when it starts it)", dir)
	case err != nil:
		return err.Error()
	case !info.IsDir():
		return dir + " is no directory"
	case syscall.Access(dir, mayWrite|mayEnter) != nil:
		return fmt.Sprintf("the directory %s may not be written by you", dir)
	}
	return ""
}
