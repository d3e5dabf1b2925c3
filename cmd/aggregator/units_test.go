package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// units are systemd's, with this test's program in the place of the installed one.
func units(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, kind := range []string{"service", "socket", "timer"} {
		of, err := filepath.Glob("../../systemd/*." + kind)
		if err != nil || len(of) == 0 {
			t.Fatalf("no %s: %v", kind, err)
		}
		found = append(found, of...)
	}
	dir, program := t.TempDir(), aggregatorPath(t)
	for i, name := range found {
		unit, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found[i] = filepath.Join(dir, filepath.Base(name))
		if err := os.WriteFile(found[i], bytes.ReplaceAll(unit, []byte("/usr/bin/aggregator"), []byte(program)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// TestUnits: systemd has nothing to say against the units.
func TestUnits(t *testing.T) {
	tool := need(t, "systemd-analyze")
	said, err := exec.Command(tool, append([]string{"verify", "--man=no", "--recursive-errors=yes"}, units(t)...)...).CombinedOutput()
	if err != nil || len(said) > 0 {
		t.Errorf("%v\n%s", err, said)
	}
}

// TestUnitExposure: of the 10 that systemd counts for a service without a sandbox, 1.5
// are left at most, most of it the network.
func TestUnitExposure(t *testing.T) {
	tool := need(t, "systemd-analyze")
	for _, unit := range units(t) {
		if filepath.Ext(unit) != ".service" {
			continue
		}
		said, err := exec.Command(tool, "security", "--offline=true", "--threshold=15", "--no-pager", unit).CombinedOutput()
		if err != nil || !strings.Contains(string(said), "Overall exposure level") {
			t.Errorf("%s: %v\n%s", filepath.Base(unit), err, said)
		}
	}
}
