package fetcher

import (
	"fmt"
	"testing"
)

// TestGateOfHost: hosts of one site have one gate, also when more of them have been asked
// than are remembered.
func TestGateOfHost(t *testing.T) {
	g := newGates(Options{})
	site := g.at("example.org")
	for range 2 {
		for n := range mostHosts + 1 {
			if got := g.of(fmt.Sprintf("h%d.Example.org:8080", n)); got != site {
				t.Fatalf("host %d has a gate of its own: %s", n, got.site)
			}
			if len(g.ofHost) > mostHosts {
				t.Fatalf("%d hosts are remembered", len(g.ofHost))
			}
		}
	}
	if g.of("127.0.0.1:1") == g.of("127.0.0.1:2") {
		t.Error("two ports of an address are one site")
	}
}
