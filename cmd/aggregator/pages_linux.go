package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// letGoOfPages gives back the memory that the program's own code and constants are mapped
// to. The kernel maps sixteen pages for each that is used, so that of a program that has
// started all of it would be counted as this process's, most of which is not used again.
// What is used again is mapped again from the kernel's cache: madvise(2).
//
// A mapping in which anything was written is left alone, be it a relocation or the
// breakpoint of a debugger: it would be lost.
func letGoOfPages() {
	for _, m := range ownPages() {
		if !m.written {
			// An error would only say that the memory stays.
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, m.from, m.to-m.from, syscall.MADV_DONTNEED)
		}
	}
}

// pages are a mapping of this program's file that is not for writing.
type pages struct {
	from, to uintptr
	mapped   uint64 // KiB in memory
	written  bool   // some are no longer the file's
}

// ownPages are as /proc/self/smaps tells them: proc_pid_smaps(5).
func ownPages() (all []pages) {
	name, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil
	}
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return nil
	}
	defer f.Close()
	own := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		key, rest, _ := strings.Cut(line, " ")
		if from, to, mapping := strings.Cut(key, "-"); mapping {
			if own = strings.HasSuffix(line, " "+name) && rest[1] == '-'; own {
				all = append(all, pages{from: address(from), to: address(to)})
			}
			continue
		}
		if !own {
			continue
		}
		var size uint64
		_, _ = fmt.Sscan(rest, &size) // it is no number in the last line of a mapping
		switch now := &all[len(all)-1]; key {
		case "Rss:":
			now.mapped = size
		case "Anonymous:", "Swap:":
			now.written = now.written || size > 0
		}
	}
	return all
}

func address(hex string) uintptr {
	n, _ := strconv.ParseUint(hex, 16, 64) // of the kernel
	return uintptr(n)
}
