//go:build race

package fetcher_test

// The race detector keeps books of all memory, and of who reads and writes it.
func init() { processMemory, slowness = 2*processMemory, 8 }
