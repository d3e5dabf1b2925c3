package fetcher

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLenientJSON(t *testing.T) {
	for in, want := range map[string]string{
		"{\"a\":\"x\n\ty\"}":      `{"a":"x\n\ty"}`,
		`{"a":[1,2,],}`:           `{"a":[1,2]}`,
		`{"a":NaN,"b":-Infinity}`: `{"a":null,"b":null}`,
		`{"NaN":"NaN,]\",]"}`:     `{"NaN":"NaN,]\",]"}`,
	} {
		if got := string(lenient([]byte(in))); got != want {
			t.Errorf("%s: got %s", in, got)
		}
	}
}

// FuzzLenient: good JSON means the same afterwards.
func FuzzLenient(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":"x,]"}],"c":"\"Infinity"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var before, after any
		if json.Unmarshal(body, &before) != nil {
			return
		}
		if err := json.Unmarshal(lenient(body), &after); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Error(diff)
		}
	})
}
