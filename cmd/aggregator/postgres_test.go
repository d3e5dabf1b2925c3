package main

import (
	"net/url"
	"strings"
	"testing"

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
			u.User = url.UserPassword("stranger", "s3cret")
			env.Setenv("REFUSED", u.String())
			env.Setenv("NOWHERE", strings.Replace(u.String(), server.Addr(), "nowhere.invalid", 1))
			env.Setenv("CLOSED", strings.Replace(u.String(), server.Addr(), "127.0.0.1:1", 1))
			return setup(env)
		},
		Cmds: scriptCommands,
	})
}
