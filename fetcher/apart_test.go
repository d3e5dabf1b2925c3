package fetcher_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"aggregator/fetcher"
)

// TestMain makes the test's program the process of an Apart, and fails if a goroutine is
// left when all tests have ended.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "apart" {
		os.Exit(fetcher.ServeApart(os.Stdin, os.Stdout))
	}
	goleak.VerifyTestMain(m)
}

func newApart(t *testing.T) *fetcher.Apart {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return fetcher.NewApart(path, "apart", "apart")
}

// processMemory is what one may take, in KiB; twice that under the race detector.
var processMemory int64 = 300 << 10

// TestExpressionsThatFillTheMemory: whatever an expression makes of a document,
// in many steps or in one, it costs the source and no more than 300 MB.
func TestExpressionsThatFillTheMemory(t *testing.T) {
	a := newApart(t)
	for _, expr := range []string{
		`[range(1e12)]`,
		`[limit(1e9; repeat(.))]`,
		`"x" | until(false; . + .)`,
		`{title: ("x" * .n)}`,
		`[] | .[500000000] = 1`,
		`reduce range(60) as $i ("x"; [., .]) | tojson`,
		`[range(100000) | []] + [[range(100000)]] | transpose`,
		`("x" * 1e6) as $x | range(1000) | {title: $x}`, // shared in there, but not on the way out
		`range(50) | {title: ("x" * 1e6)}`,
	} {
		t.Run(expr, func(t *testing.T) {
			t.Parallel()
			list, err := readApart(t, a, expr, `{"n":1000000000}`)
			if fetcher.ReasonOf(err) != fetcher.ReasonParse || !strings.HasPrefix(err.Error(), "https://one.example/: the jq expressions ") {
				t.Errorf("%d items, %v", len(list.Items), err)
			}
		})
	}
	t.Cleanup(func() {
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &used); err != nil {
			t.Fatal(err)
		}
		if used.Maxrss > processMemory {
			t.Errorf("a process took %d MB", used.Maxrss>>10)
		}
	})
}

func readApart(t *testing.T, a *fetcher.Apart, items, body string) (fetcher.List, error) {
	t.Helper()
	r, err := fetcher.NewReader(fetcher.Source{Kind: "json", URL: "https://one.example/", Apart: a, Rules: &fetcher.Rules{
		Items: items, Fail: ".fail", Fields: map[string]string{"title": ".title", "tags": ".tags[]"}}})
	if err != nil {
		t.Fatal(err)
	}
	return r.Read(&fetcher.Document{URL: "https://one.example/", Status: 200, Body: []byte(body)})
}

// TestApartIsAsWithin: lists and failures are the same in a process of its own,
// for the largest document, too.
func TestApartIsAsWithin(t *testing.T) {
	var large strings.Builder
	for large.Len() < 8<<20-1000 {
		fmt.Fprintf(&large, `,{"title":"%d","tags":["a","b"],"content":"%s"}`, large.Len(), strings.Repeat("<p>", 200))
	}
	a := newApart(t)
	for _, body := range []string{
		`[{"title":"A","tags":["x","y"]},{"title":"B"},{"tags":["z"]}]`, `[` + large.String()[1:] + `]`,
		`[]`, `{"fail":"no"}`, `{`, ``, `<html>`, `{"title":1}`,
	} {
		const items = `if type == "array" then .[] else error("odd") end`
		want, wantErr := readApart(t, nil, items, body)
		got, err := readApart(t, a, items, body)
		if fmt.Sprint(err) != fmt.Sprint(wantErr) || err != nil && fetcher.ReasonOf(err) != fetcher.ReasonOf(wantErr) || !reflect.DeepEqual(got, want) {
			t.Errorf("%.40s: %d items, %v; want %d, %v", body, len(got.Items), err, len(want.Items), wantErr)
		}
	}
}

func TestApartThatCannotStart(t *testing.T) {
	if _, err := readApart(t, fetcher.NewApart("/nonexistent", "x"), ".", `{"title":"A"}`); err == nil || !strings.Contains(err.Error(), "/nonexistent") {
		t.Errorf("%v", err)
	}
}
