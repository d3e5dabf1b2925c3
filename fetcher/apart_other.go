//go:build !linux

package fetcher

import "runtime/debug"

// boundMemory makes this process sparing, where the system does not bound it.
func boundMemory() error {
	debug.SetMemoryLimit(apartMemory * 3 / 4)
	return nil
}
