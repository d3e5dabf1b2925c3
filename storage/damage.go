package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// pageSize of new files, in bytes. Most articles lie in bundles of many pages; for the
// rest a transaction changes a few bytes here and there, and each page that it comes to
// is taken apart, and written, whole.
const pageSize = 4 << 10

var errForeign = errors.New("not a database of this program, left alone")

// inspect looks at what is at path before anything is opened. The result is nil
// where a new file is to be made.
func inspect(path string) (os.FileInfo, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("database: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("database %s: is a directory", path)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("database %s: is not a regular file", path)
	case info.Size() == 0:
		return nil, nil
	}
	ours, err := recognise(path)
	if err == nil && !ours {
		err = fmt.Errorf("database %s: %w", path, errForeign)
	}
	return info, err
}

// recognise tells whether a file is, or was, a bbolt database: one of its two
// head pages bears the mark. Only such a file may be set aside as damaged;
// anything else was given by mistake.
func recognise(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, fmt.Errorf("database: %w", err)
	}
	defer f.Close()
	const mark, markAt = 0xED0CDAED, 16
	var b [4]byte
	for _, page := range []int64{0, 4 << 10, 8 << 10, 16 << 10, 64 << 10} {
		_, err := f.ReadAt(b[:], page+markAt)
		if err == nil && binary.NativeEndian.Uint32(b[:]) == mark {
			return true, nil
		}
	}
	return false, nil
}

// setAside renames a damaged file, so that it can be looked at and is never
// written over, and says so. It leaves a file alone that has taken the place of
// the one that was opened.
func setAside(path string, opened os.FileInfo, cause error) error {
	if !errors.Is(cause, ErrDamaged) {
		cause = fmt.Errorf("%w: %w", ErrDamaged, cause)
	}
	now, err := os.Stat(path)
	if err != nil || !os.SameFile(now, opened) {
		return fmt.Errorf("open %s: %w", path, cause)
	}
	target, err := freeName(path + ".damaged-" + time.Now().UTC().Format("20060102T150405Z"))
	if err == nil {
		err = os.Rename(path, target)
	}
	if err != nil {
		return fmt.Errorf("open %s: %w; setting it aside failed: %w", path, cause, err)
	}
	return fmt.Errorf("open %s: %w; it was set aside as %s", path, cause, target)
}

func freeName(name string) (string, error) {
	for n := 1; n < 100; n++ {
		try := name
		if n > 1 {
			try = fmt.Sprintf("%s-%d", name, n)
		}
		if _, err := os.Lstat(try); errors.Is(err, fs.ErrNotExist) {
			return try, nil
		}
	}
	return "", fmt.Errorf("%s: name is taken", name)
}
