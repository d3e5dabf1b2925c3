package daemon

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"aggregator/storage"
	"aggregator/storage/postgres"
)

// brief is an error of this machine as everybody may read it: one line without
// addresses and names, which are for the log.
func brief(err error) string {
	var refused interface{ SQLState() string }
	var clock *postgres.ClockError
	var network net.Error
	switch {
	case errors.As(err, &clock):
		return clock.Error()
	case errors.As(err, &refused):
		return "the database refuses (SQLSTATE " + refused.SQLState() + ")"
	case errors.Is(err, storage.ErrAway):
		return storage.ErrAway.Error()
	case errors.Is(err, storage.ErrDamaged):
		return storage.ErrDamaged.Error()
	}
	// The text of ENFILE contains that of EMFILE.
	for _, number := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, syscall.EROFS, syscall.EIO, syscall.ENFILE, syscall.EMFILE} {
		if saysErrno(err, number) {
			return number.Error()
		}
	}
	if errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.ErrUnexpectedEOF) {
		return storage.ErrAway.Error()
	}
	return "the store fails"
}

// saysErrno tells what an error is of: of some, such as the resolver's, no more than the
// text is kept.
func saysErrno(err error, number syscall.Errno) bool {
	return errors.Is(err, number) || err != nil && strings.Contains(err.Error(), number.Error())
}

// oneLine is an error for the log: some are told in several lines.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
