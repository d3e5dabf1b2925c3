package main

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"aggregator/storage/postgres/postgrestest"
)

// TestPostgresScripts runs testdata/postgres, each script with a database of its own at
// $DATABASE, whose URL holds the password s3cret, and none at $REFUSED and $NOWHERE.
func TestPostgresScripts(t *testing.T) {
	server := postgrestest.Start(t, "fsync=off")
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/postgres",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			u, err := url.Parse(server.Database())
			if err != nil {
				return err
			}
			u.User = url.UserPassword("aggregator", "s3cret")
			env.Setenv("DATABASE", u.String())
			env.Setenv("UNMADE", strings.Replace(u.String(), "/postgres?", "/unmade?", 1))
			env.Setenv("SCHEMALESS", strings.Replace(u.String(), "search_path=", "search_path=no", 1))
			u.User = url.UserPassword("stranger", "s3cret")
			env.Setenv("REFUSED", u.String())
			env.Setenv("NOWHERE", strings.Replace(u.String(), server.Addr(), "nowhere.invalid", 1))
			env.Setenv("CLOSED", strings.Replace(u.String(), server.Addr(), "127.0.0.1:1", 1))
			return setup(env)
		},
		Cmds: scriptCommands,
	})
}

// TestNothingOfPostgres: a daemon whose database is a file has nothing of PostgreSQL at
// work, as the stacks of all goroutines show; one whose database is PostgreSQL has.
func TestNothingOfPostgres(t *testing.T) {
	url := postgrestest.Start(t, "fsync=off").Database()
	for database, want := range map[string]bool{filepath.Join(t.TempDir(), "a.db"): false, url: true} {
		if got := strings.Contains(stacks(t, database), "jackc/pgx"); got != want {
			t.Errorf("%s: something of PostgreSQL is at work: %v, want %v", database, got, want)
		}
	}
}

// stacks are those of a daemon, which ends with them.
func stacks(t *testing.T, database string) string {
	t.Helper()
	config := filepath.Join(t.TempDir(), "config.yaml")
	text := fmt.Sprintf("listen: 127.0.0.1:0\ncontrol: %s.sock\ndatabase: %q\nsources: []\n", config, database)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(config + ".log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	read := func() string {
		text, err := os.ReadFile(log.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	cmd := exec.Command("aggregator", "--config", config, "--log-format", "json", "serve")
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); !strings.Contains(read(), `"serving"`); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			_ = cmd.Process.Kill()
			t.Fatalf("it does not serve:\n%s", read())
		}
	}
	if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	dump := read()
	if !strings.Contains(dump, "SIGQUIT: quit") || !strings.Contains(dump, "(*succession).run") {
		t.Fatalf("no stacks:\n%s", dump)
	}
	return dump
}
