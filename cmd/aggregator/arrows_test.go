package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestArrows keeps the imports between the stages one-way, as doc.go draws
// them.
func TestArrows(t *testing.T) {
	may := map[string][]string{
		"aggregator/normalize/article":      {},
		"aggregator/normalize/article/diff": {},
		"aggregator/fetcher":                {"aggregator/fetcher/gunzip"},
		"aggregator/fetcher/gunzip":         {},
		"aggregator/fetcher/simulated":      {"aggregator/fetcher/simulated/..."},
		"aggregator/normalize":              {"aggregator/fetcher", "aggregator/normalize/article"},
		"aggregator/storage":                {"aggregator/normalize/article", "aggregator/normalize/article/diff"},
		"aggregator/feedout":                {"aggregator/normalize/article", "aggregator/normalize/article/diff"},
	}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "aggregator/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		allowed, guarded := may[fields[0]]
		if !guarded {
			continue
		}
		found++
		for _, imported := range fields[1:] {
			if strings.HasPrefix(imported, "aggregator/") && !permits(allowed, imported) {
				t.Errorf("%s imports %s", fields[0], imported)
			}
		}
	}
	if found != len(may) {
		t.Errorf("%d of %d packages found: the table is out of date", found, len(may))
	}
}

func permits(allowed []string, path string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		prefix, below := strings.CutSuffix(a, "...")
		return a == path || below && strings.HasPrefix(path, prefix)
	})
}
