package normalize

import (
	"testing"

	"golang.org/x/net/html"
)

// TestPanicIsTold: what a parser panics with is known, and a result is whole.
func TestPanicIsTold(t *testing.T) {
	var none *html.Node
	if res, panicked := attempt(func() Result { return Result{Raw: []byte(none.Data)} }); panicked == nil || res.Raw != nil {
		t.Errorf("%+v, %v", res, panicked)
	}
	if res, panicked := attempt(func() Result { return Result{Raw: []byte("x")} }); panicked != nil || string(res.Raw) != "x" {
		t.Errorf("%+v, %v", res, panicked)
	}
}
