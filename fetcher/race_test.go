//go:build race

package fetcher_test

// The race detector keeps books of all memory.
func init() { processMemory *= 2 }
