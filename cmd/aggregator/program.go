package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/cmd/internal/health"
	"aggregator/fetcher"
	"aggregator/storage/postgres"
)

// program is what a command runs in: its streams and settings and, for a
// command that runs inside a daemon, that daemon.
type program struct {
	daemon.Streams
	terminal bool // stdout and stderr are one, with somebody before it
	environ  []string
	args     []string // as given, to be passed on to a daemon
	attached *daemon.Daemon

	config    string
	text      *config.Text // of its file, where that was looked into and not yet loaded
	logLevel  slogLevel
	logFormat string
	unhook    func()                         // ends the webhook that alone began
	begins    bool                           // may begin a new database in the place of a damaged one
	node      *postgres.Node                 // of the opened database; nil where no other machine has it
	cfg       *atomic.Pointer[config.Config] // what the opened database goes by
	level     *slog.LevelVar                 // of the log; inside a daemon that of the daemon's
}

func newProgram(out, err io.Writer, environ []string) *program {
	return &program{
		Streams:  daemon.Streams{Out: out, Err: err, File: writeFile},
		terminal: isTerminal(out) && isTerminal(err), environ: environ, level: new(slog.LevelVar),
	}
}

// writeFile writes a file of export or feeds write, whole or not at all. One
// that holds the same already is left alone, with its time: web servers make
// validators of that.
func writeFile(name string, data []byte) error {
	if sameFile(name, data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return renameio.WriteFile(name, data, 0o644)
}

// sameFile looks at the size first, so that it reads no more than it must.
func sameFile(name string, data []byte) bool {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(data)) {
		return false
	}
	old, err := os.ReadFile(name)
	return err == nil && bytes.Equal(old, data)
}

func isTerminal(w io.Writer) bool {
	if h, ok := w.(hiding); ok {
		return isTerminal(h.Writer)
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	return term.IsTerminal(int(f.Fd()))
}

// systemConfig is where packages put the configuration.
const systemConfig = "/etc/aggregator/config.yaml"

// load reads the configuration: the file named, else config.yaml here, else
// the system's.
func (p *program) load() (*config.Config, error) {
	if p.attached != nil { // its files are not the caller's to read
		return p.attached.Config(), nil
	}
	path := p.configPath()
	text, err := p.text, error(nil)
	if p.text = nil; text == nil {
		text, err = config.Read(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &failure{code: exitUsage, err: fmt.Errorf("no configuration: %s does not exist", path),
			hint: "name one with --config FILE, or try `aggregator demo`, which needs none"}
	}
	if err != nil {
		return nil, &failure{code: exitUsage, err: err}
	}
	cfg, err := p.loaded(text)
	if err != nil {
		return nil, &failure{code: exitUsage, err: err}
	}
	p.keep(cfg.Secrets())
	return cfg, nil
}

// loaded gives back the memory that the text of thousands of sources took, and the code
// that reads it: twice as much would be waited for before the next collection.
func (p *program) loaded(text *config.Text) (*config.Config, error) {
	defer func() {
		debug.FreeOSMemory()
		letGoOfPages()
	}()
	return text.Load(p.environ...)
}

// peek looks only where the daemon and its database are. What it has read of the file
// is kept for load.
func (p *program) peek() (cfg *config.Config, err error) {
	if p.text, err = config.Read(p.configPath()); err != nil {
		return nil, err
	}
	return p.text.Peek(p.environ...)
}

// keep has the program's output hide secrets, whatever they are a part of.
func (p *program) keep(secrets []string) {
	p.Out, p.Err = hide(p.Out, secrets), hide(p.Err, secrets)
}

// hide replaces what a writer hid before: a configuration is read anew at each
// reload.
func hide(w io.Writer, secrets []string) io.Writer {
	if h, ok := w.(hiding); ok {
		w = h.Writer
	}
	if len(secrets) == 0 {
		return w
	}
	return hiding{w, secrets}
}

// hiding is a writer that puts (hidden) in the place of secrets.
type hiding struct {
	io.Writer
	secrets []string
}

func (h hiding) Write(text []byte) (int, error) {
	shown := text
	for _, s := range h.secrets {
		shown = bytes.ReplaceAll(shown, []byte(s), []byte("(hidden)"))
	}
	_, err := h.Writer.Write(shown)
	return len(text), err
}

// configPath is where the configuration is read from.
func (p *program) configPath() string {
	if p.config != "" {
		return p.config
	}
	if _, err := os.Stat("config.yaml"); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(systemConfig); err == nil {
			return systemConfig
		}
	}
	return "config.yaml"
}

// task is what a command does with the daemon that runs it.
type task func(ctx context.Context, d *daemon.Daemon) error

// inDaemon runs a task where the database is: inside the running daemon if
// there is one, else in a daemon of our own on the opened file.
func (p *program) inDaemon(cmd *cobra.Command, level slog.Level, do task) error {
	if p.attached != nil {
		return do(cmd.Context(), p.attached)
	}
	if err := p.passOn(cmd.Context()); !errors.Is(err, daemon.ErrNoDaemon) {
		return err
	}
	cfg, err := p.load()
	if err != nil {
		return err
	}
	return p.alone(cmd.Context(), cfg, p.logger(level), do)
}

// besideDaemon runs a task that is about the running daemon, inside it; where there
// is none, that is an error.
func (p *program) besideDaemon(cmd *cobra.Command, do task) error {
	if p.attached != nil {
		return do(cmd.Context(), p.attached)
	}
	err := p.passOn(cmd.Context())
	if !errors.Is(err, daemon.ErrNoDaemon) {
		return err
	}
	cfg, peekErr := p.peek()
	if peekErr != nil {
		_, err := p.load()
		return err
	}
	return &failure{code: exitCannotRun, err: fmt.Errorf("%w: nobody answers at %s", err, cfg.ControlPath()),
		hint: "start it with `aggregator serve`"}
}

// onlyDaemon refuses to be the second daemon of a database.
func onlyDaemon(cfg *config.Config) error {
	for _, path := range []string{cfg.ControlPath(), cfg.ControlLink()} {
		if path != "" && daemon.Running(path) {
			return &failure{code: exitCannotRun, err: fmt.Errorf("a daemon is running already: it answers at %s", path),
				hint: "stop it first, or have it fetch now with `aggregator fetch --once`"}
		}
	}
	return nil
}

// passOn has the running daemon run this command line. Where not even a control
// socket can be found in the configuration there is no daemon.
func (p *program) passOn(ctx context.Context) error {
	cfg, err := p.peek()
	if err != nil {
		return daemon.ErrNoDaemon
	}
	call := daemon.Call{Args: p.args, Terminal: p.terminal}
	code, err := daemon.Dial(ctx, cfg.ControlPath(), call, p.Streams)
	if link := cfg.ControlLink(); link != "" && errors.Is(err, daemon.ErrNoDaemon) {
		code, err = daemon.Dial(ctx, link, call, p.Streams) // it may not have taken this configuration
	}
	switch {
	case ctx.Err() != nil:
		return &failure{code: exitFailed, err: errors.New("interrupted")}
	case errors.Is(err, fs.ErrPermission):
		return &failure{code: exitCannotRun, err: err, hint: "it is for the daemon's user and group: `usermod -aG aggregator USER`, then log in anew"}
	case err == nil && code != exitOK:
		return &failure{code: code} // the daemon has said why
	}
	return err
}

// alone runs a task in a daemon of our own.
func (p *program) alone(ctx context.Context, cfg *config.Config, log *slog.Logger, do task) error {
	p.cfg = new(atomic.Pointer[config.Config])
	p.cfg.Store(cfg)
	db, err := openDatabase(p.cfg.Load, !p.begins)
	if err != nil {
		return err
	}
	defer db.close()
	warnOfDamaged(cfg.Database.Reveal(), log)
	p.node = db.node
	client, err := p.newClient(cfg)
	if err != nil {
		return err
	}
	defer client.Close()
	d, err := daemon.New(log, cfg, client, db.store)
	if err != nil {
		return &failure{code: exitUsage, err: err}
	}
	d.Join(db.node)
	p.unhook = sync.OnceFunc(tellWebhook(cfg, log, d))
	defer p.unhook()
	letGoOfPages() // that opening it needed
	return do(ctx, d)
}

// tellWebhook has the webhook of the configuration told of sources in trouble; what
// it returns waits until it is. Like a hub it is the owner's choice, and may be on
// a private address.
func tellWebhook(cfg *config.Config, log *slog.Logger, d *daemon.Daemon) (stop func()) {
	if cfg.Health.Webhook == "" {
		return func() {}
	}
	w := &health.Webhook{URL: cfg.Health.Webhook.Reveal(), UserAgent: cfg.UserAgent(version()), Log: log, Client: ownClient(cfg)}
	w.Start()
	d.Alarm = w.Tell
	return func() { w.Close(5 * time.Second) }
}

// ownClient asks whom the owner has named.
func ownClient(cfg *config.Config) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if proxy, err := url.Parse(cfg.Fetch.Proxy.Reveal()); err == nil && proxy.Host != "" {
		transport.Proxy = http.ProxyURL(proxy)
	}
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// newClient makes the client of a configuration, which takes turns with those of the
// other nodes, if there are any.
func (p *program) newClient(cfg *config.Config) (*fetcher.Client, error) {
	networks, hosts := cfg.Fetch.Private()
	o := fetcher.Options{
		UserAgent: cfg.UserAgent(version()), Timeout: time.Duration(cfg.Fetch.Timeout), MaxBody: int64(cfg.Fetch.MaxBody),
		Concurrency: cfg.Fetch.Concurrency, PerHost: cfg.Fetch.PerHost.Concurrency, Interval: time.Duration(cfg.Fetch.PerHost.Interval),
		AllowPrivate: networks, AllowHosts: hosts, Proxy: cfg.Fetch.Proxy.Reveal(), Apart: apart(),
	}
	if p.node != nil {
		o.Turns = daemon.Turns(p.node)
	}
	client, err := fetcher.NewClient(o)
	if err != nil {
		return nil, &failure{code: exitUsage, err: err}
	}
	return client, nil
}

// readApart is the argument by which this program is the process of an
// [fetcher.Apart]; no command for people.
const readApart = "read-apart"

// apart starts this very program, though its file may have been replaced since.
func apart() *fetcher.Apart {
	path := "/proc/self/exe"
	if _, err := os.Stat(path); err != nil {
		path, _ = os.Executable()
	}
	return fetcher.NewApart(path, "aggregator", readApart)
}
