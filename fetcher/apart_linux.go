package fetcher

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
)

// boundMemory has the system refuse this process more addresses than it has now and
// may have. Not RLIMIT_DATA: Linux looks away where Go makes memory of addresses
// that it has reserved before (proc(5), statm).
func boundMemory() error {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return fmt.Errorf("bound memory: %w", err)
	}
	size, _, _ := strings.Cut(string(statm), " ")
	pages, err := strconv.ParseUint(size, 10, 64)
	if err != nil {
		return fmt.Errorf("bound memory: statm: %w", err)
	}
	debug.SetMemoryLimit(apartMemory * 3 / 4) // so that garbage is no reason to be refused more
	limit := pages*uint64(os.Getpagesize()) + apartMemory
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		return fmt.Errorf("bound memory: %w", err)
	}
	return nil
}
