package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
)

// Exit codes.
const (
	exitOK        = 0
	exitFailed    = 1 // at least one source failed
	exitUsage     = 2 // wrong usage or configuration
	exitCannotRun = 3 // database locked, damaged, disk full
)

// failure is an error for the operator. One without err has been reported
// already.
type failure struct {
	code int
	err  error
	hint string
}

func (f *failure) Error() string {
	if f.err == nil {
		return "failed"
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// execute runs a command line, reports its error and returns its exit code.
func execute(ctx context.Context, p *program, args []string) int {
	p.args = args
	root := newRoot(p)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	f := &failure{code: exitCannotRun, err: err}
	errors.As(err, &f)
	report(p.Err, f)
	return f.code
}

// report writes an error of one or more lines, and what to do about it.
func report(w io.Writer, f *failure) {
	if f.err == nil {
		return
	}
	for line := range strings.Lines(f.err.Error()) {
		fmt.Fprintf(w, "aggregator: error: %s\n", strings.TrimRight(line, "\n"))
	}
	if f.hint != "" {
		fmt.Fprintf(w, "aggregator: hint: %s\n", f.hint)
	}
}

func newRoot(p *program) *cobra.Command {
	root := &cobra.Command{
		Use:   "aggregator",
		Short: "Fetch feeds and lists on schedule, keep their articles, publish them as feeds",
		Long: `aggregator fetches the news of Sina finance, and of any site with a feed or a
JSON API, keeps each article once, and publishes Atom feeds of them.

Try it without network or configuration: aggregator demo`,
		Example: `  aggregator demo
  aggregator sources test https://example.org/
  aggregator check && aggregator serve`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          usageArgs(cobra.NoArgs),
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usage(cmd, err) })
	flags := root.PersistentFlags()
	flags.StringVar(&p.config, "config", "", "configuration `FILE` (default config.yaml, then "+systemConfig+")")
	flags.Var(&p.logLevel, "log-level", "log from this `LEVEL` on: debug, info, warn, error")
	flags.StringVar(&p.logFormat, "log-format", "", "log as `FORMAT`: text or json (default text on a terminal, fields in systemd's journal, else json)")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if f := p.logFormat; f != "" && f != "text" && f != "json" {
			return usage(cmd, fmt.Errorf("--log-format: %q is neither text nor json", f))
		}
		return nil
	}
	group(root, "Begin with:", newCheck(p), newSources(p))
	group(root, "Let it run:", newFetch(p), newStatus(p), newLogLevel(p))
	if p.attached == nil { // the rest is nothing that a daemon does for others
		root.AddCommand(grouped("Begin with:", newDemo(p), newOPML(p))...)
		root.AddCommand(grouped("Let it run:", newServe(p))...)
	}
	group(root, "Read and move:", newArticles(p), newFeeds(p), newExport(p), newImport(p), newDB(p))
	root.AddCommand(newVersion(p))
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		c.DisableFlagsInUseLine = true
		if c.Name() == "completion" {
			c.Short, c.Example = "Print a script by which a shell completes commands", "  source <(aggregator completion bash)"
		}
	}
	return root
}

// group adds commands that the help lists together.
func group(root *cobra.Command, title string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title})
	root.AddCommand(grouped(title, commands...)...)
}

func grouped(title string, commands ...*cobra.Command) []*cobra.Command {
	for _, c := range commands {
		c.GroupID = title
	}
	return commands
}

// usage makes an error of wrong usage.
func usage(cmd *cobra.Command, err error) error {
	return &failure{code: exitUsage, err: err, hint: fmt.Sprintf("see `%s --help`", cmd.CommandPath())}
}

// usageArgs makes wrong arguments errors of usage.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usage(cmd, err)
		}
		return nil
	}
}

// runner runs command lines inside a daemon, the one that there is then, for those
// who call its control socket.
func (p *program) runner(d func() *daemon.Daemon) daemon.Runner {
	return func(ctx context.Context, call daemon.Call, s daemon.Streams) int {
		inside := &program{Streams: s, terminal: call.Terminal, environ: p.environ, level: p.level, attached: d()}
		inside.keep(inside.attached.Config().Secrets())
		return execute(ctx, inside, call.Args)
	}
}

// slogLevel is a log level as a flag.
type slogLevel struct {
	slog.Level
	set bool
}

func (l *slogLevel) Set(text string) error {
	l.set = true
	if err := l.UnmarshalText([]byte(text)); err != nil {
		return fmt.Errorf("%q is none of debug, info, warn, error", text)
	}
	return nil
}

func (l *slogLevel) Type() string { return "level" }

func (l *slogLevel) String() string {
	if !l.set {
		return ""
	}
	return strings.ToLower(l.Level.String())
}
