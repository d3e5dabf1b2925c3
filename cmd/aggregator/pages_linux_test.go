package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestLetGoOfPages: the memory that the program's own file is mapped to is given back,
// but for a part that was written to, as a debugger does.
func TestLetGoOfPages(t *testing.T) {
	if name := os.Getenv(programGoes); name != "" { // see below
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	part, err := syscall.Mmap(int(f.Fd()), 0, os.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Munmap(part) }()
	part[0]++
	written := part[0]
	if err := syscall.Mprotect(part, syscall.PROT_READ); err != nil {
		t.Fatal(err)
	}
	mapped := func() (kib uint64) {
		for _, m := range ownPages() {
			kib += m.mapped
		}
		return kib
	}
	before := mapped()
	letGoOfPages()
	if after := mapped(); before == 0 || after > before*3/4 {
		t.Errorf("%d KiB mapped, then %d", before, after)
	}
	if part[0] != written {
		t.Error("what was written is lost")
	}
}

const programGoes = "TEST_PROGRAM_GOES"

// TestLetGoOfPagesOfAProgramThatIsGone: that a newer version stands in the program's
// place, as after an upgrade, changes nothing.
func TestLetGoOfPagesOfAProgramThatIsGone(t *testing.T) {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "a b")
	if err := os.WriteFile(name, self, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, "-test.run=^TestLetGoOfPages$", "-test.timeout=1m")
	cmd.Env = append(os.Environ(), programGoes+"="+name)
	out, err := cmd.CombinedOutput()
	if _, still := os.Stat(name); err != nil || still == nil {
		t.Errorf("%v, removed: %t\n%s", err, still != nil, out)
	}
}
