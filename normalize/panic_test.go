package normalize

import (
	"testing"

	"golang.org/x/net/html"
)

// TestPanicIsTold: what a parser panics with is known, and what does not panic
// runs to its end.
func TestPanicIsTold(t *testing.T) {
	var none *html.Node
	if panicked := guarded(func() { t.Log(none.Data) }); panicked == nil {
		t.Error("a nil node was read")
	}
	done := false
	if panicked := guarded(func() { done = true }); panicked != nil || !done {
		t.Errorf("%v, done %v", panicked, done)
	}
}
