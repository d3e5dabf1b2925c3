package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"aggregator/fetcher"
)

func main() { os.Exit(run()) }

// run runs the command line until it ends or is told to. The first SIGINT or
// SIGTERM ends it in order, the second at once.
func run() int {
	if len(os.Args) == 2 && os.Args[1] == readApart {
		return fetcher.ServeApart(os.Stdin, os.Stdout)
	}
	// A file that may not grow is an error of who writes it, and no end of the program.
	signal.Ignore(syscall.SIGXFSZ)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return execute(ctx, newProgram(os.Stdout, os.Stderr, os.Environ()), os.Args[1:])
}
