package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"aggregator/fetcher/simulated"
)

// TestMain makes the program a command of the scripts, run as a process of its
// own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"aggregator": main, "bare": serveBare})
}

// TestScripts runs testdata/script. Each script has a simulated origin of its
// own at $ORIGIN, whose clock stands still until the script says advance 10m,
// and which breaks when it says fail PATH KIND [STATUS]. The files under its www
// are at $WWW.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup:               setup,
		Cmds:                scriptCommands,
	})
}

var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"advance": advance,
	"fail":    fail,
	"get":     get,
	"await":   await,
	"capture": capture,
	"crawl":   crawl,
	"lines":   lines,
	"status":  status,
	"subst":   subst,
}

type worldKey struct{}

// world is a script's origin and its clock.
type world struct {
	*simulated.Origin
	clock *clock
}

func setup(env *testscript.Env) error {
	// Yesterday, so that a script may move on without reaching the future.
	c := &clock{now: time.Now().Add(-24 * time.Hour).Truncate(time.Minute)}
	w := world{simulated.New(simulated.Options{Seed: 7, Start: c.Now(), Now: c.Now, Every: time.Minute, Backlog: 240}), c}
	srv := httptest.NewServer(w)
	env.Defer(srv.Close)
	env.Values[worldKey{}] = w
	env.Setenv("ORIGIN", srv.URL)
	files := httptest.NewServer(www(filepath.Join(env.WorkDir, "www")))
	env.Defer(files.Close)
	env.Setenv("WWW", files.URL)
	l, err := net.Listen("tcp", "127.0.0.1:0") // a port for the script's daemon
	if err != nil {
		return err
	}
	env.Setenv("LISTEN", l.Addr().String())
	return l.Close()
}

// www serves files; one beside which lies a file of its name and .gone is gone.
func www(dir string) http.Handler {
	files := http.FileServer(http.Dir(dir))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(r.URL.Path)) + ".gone"); err == nil {
			w.WriteHeader(http.StatusGone)
			return
		}
		files.ServeHTTP(w, r)
	})
}

// advance moves the origin's clock.
func advance(ts *testscript.TestScript, _ bool, args []string) {
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	ts.Value(worldKey{}).(world).clock.advance(d)
}

// fail breaks a path of the origin; ! fail mends it.
func fail(ts *testscript.TestScript, neg bool, args []string) {
	w := ts.Value(worldKey{}).(world)
	if neg {
		w.Clear(args[0])
		return
	}
	f := simulated.Fault{Kind: simulated.FaultKind(args[1])}
	if len(args) > 2 {
		var err error
		f.Status, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	w.Fail(args[0], f)
}

// await waits until a file exists.
func await(ts *testscript.TestScript, _ bool, args []string) {
	for range 1000 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s does not appear", args[0])
}

// lines checks how many lines a file (or stdout, stderr) has.
func lines(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	if got := strings.Count(ts.ReadFile(args[0]), "\n"); got != want {
		ts.Fatalf("%s has %d lines, want %d\n%s", args[0], got, want, ts.ReadFile(args[0]))
	}
}

// get writes what the daemon at $LISTEN answers to a file.
func get(ts *testscript.TestScript, _ bool, args []string) {
	res, err := http.Get("http://" + ts.Getenv("LISTEN") + args[0])
	ts.Check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	if res.StatusCode != http.StatusOK {
		ts.Fatalf("%s: %s\n%s", args[0], res.Status, body)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), body, 0o644))
}

// capture sets a variable to what a regular expression's submatch finds in a
// file (or stdout, stderr).
func capture(ts *testscript.TestScript, _ bool, args []string) {
	re, err := regexp.Compile(args[1])
	ts.Check(err)
	m := re.FindStringSubmatch(ts.ReadFile(args[2]))
	if len(m) < 2 {
		ts.Fatalf("%s has no %s\n%s", args[2], args[1], ts.ReadFile(args[2]))
	}
	ts.Setenv(args[0], m[1])
}

// status runs a command that must exit with the code given.
func status(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == want || err == nil && want == 0 {
		return
	}
	ts.Fatalf("%s: %v, want exit code %d", strings.Join(args[1:], " "), err, want)
}

// subst replaces $ORIGIN in a file.
func subst(ts *testscript.TestScript, _ bool, args []string) {
	file := ts.MkAbs(args[0])
	text := os.Expand(ts.ReadFile(file), ts.Getenv)
	ts.Check(os.WriteFile(file, []byte(text), 0o644))
}
