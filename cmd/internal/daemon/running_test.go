package daemon

import (
	"errors"
	"testing"

	"aggregator/storage"
)

// TestReadAhead: a state that was read before its cycle begins is for that cycle alone.
// Where another cycle of the source was under way or came between, be it while the state
// was read, it is stale.
func TestReadAhead(t *testing.T) {
	r := newRunning()
	begin := func(name string) *storage.State {
		t.Helper()
		ahead, err := r.begin(t.Context(), name, place{line: newLine()})
		if err != nil {
			t.Fatal(err)
		}
		return ahead
	}
	read := func(meanwhile func(), err error) {
		names := []string{"a", "b"}
		r.readAhead(names, func() (states []storage.State, _ error) {
			for _, name := range names {
				states = append(states, storage.State{Source: &storage.Source{Name: name}})
			}
			meanwhile()
			return states, err
		})
	}
	want := func(what string, a, b bool) {
		t.Helper()
		for name, want := range map[string]bool{"a": a, "b": b} {
			got := begin(name)
			if (got != nil) != want || got != nil && got.Source.Name != name {
				t.Errorf("%s: %s has %+v", what, name, got)
			}
			r.end(name)
		}
		if len(r.of) > 0 {
			t.Errorf("%s: %v is left", what, r.of)
		}
	}
	nothing := func() {}

	want("not read", false, false)
	read(nothing, nil)
	want("read", true, true)
	want("used", false, false)

	read(nothing, nil)
	begin("a")
	r.end("a")
	want("a cycle came between", false, true)

	begin("a")
	read(nothing, nil)
	r.end("a")
	want("a cycle was under way", false, true)

	read(func() { begin("a"); r.end("a") }, nil)
	want("a cycle came while it was read", false, true)
	read(func() { begin("a") }, nil)
	r.end("a")
	want("a cycle began while it was read", false, true)

	read(nothing, errors.New("damaged"))
	want("could not be read", false, false)

	read(func() { read(nothing, nil) }, nil)
	want("read twice at a time", true, true)
}
