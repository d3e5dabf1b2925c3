package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"aggregator/fetcher"
)

func main() { os.Exit(run()) }

// garbage is how much of it may lie about, in percent of what is in use, where the
// environment does not say (GOGC). The first fetch of many sources needs a tenth less
// memory so than at Go's 100, for a fiftieth more processor time.
const garbage = 90

// run runs the command line until it ends or is told to. The first SIGINT or
// SIGTERM ends it in order, the second at once.
func run() int {
	if len(os.Args) == 2 && os.Args[1] == readApart {
		return fetcher.ServeApart(os.Stdin, os.Stdout)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	// A file that may not grow is an error of who writes it, and no end of the program.
	signal.Ignore(syscall.SIGXFSZ)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return execute(ctx, newProgram(os.Stdout, os.Stderr, os.Environ()), os.Args[1:])
}
