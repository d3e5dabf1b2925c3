package daemon_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
	"aggregator/storage"
	"aggregator/storage/postgres"
	"aggregator/storage/postgres/postgrestest"
)

// TestInterruptedWhileItWaitsForALease: a round by hand that is stopped while another
// node is at work on its source did not fail, and no server is away.
func TestInterruptedWhileItWaitsForALease(t *testing.T) {
	url := postgrestest.Start(t, "fsync=off").Database()
	var nodes [2]*postgres.Node
	var engines [2]*postgres.Engine
	for i := range nodes {
		e, err := postgres.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		engines[i], nodes[i] = e, e.NewNode(time.Now)
		defer e.Close()
		defer nodes[i].Close()
	}
	store, err := storage.On(engines[0], storage.Options{Authority: "x.example,2026"})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	cfg, err := config.Parse("config.yaml", []byte("sources:\n  - {name: busy, kind: feed, url: \"https://busy.example/feed\"}\n"))
	if err != nil {
		t.Fatal(err)
	}
	client, err := fetcher.NewClient(fetcher.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := daemon.New(slog.New(slog.DiscardHandler), cfg, client, store)
	if err != nil {
		t.Fatal(err)
	}
	d.Join(nodes[0])
	given, err := nodes[1].Lease(t.Context(), []postgres.Wish{{Source: "busy"}}, time.Now())
	if err != nil || given["busy"].Ctx == nil {
		t.Fatalf("the other node has no lease: %+v, %v", given, err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(200*time.Millisecond, func() { cancel(errors.New("interrupt signal received")) })
	var got daemon.Report
	if err := d.Once(ctx, nil, daemon.Options{}, func(r daemon.Report) { got = r }); err != nil {
		t.Fatal(err)
	}
	if got.Source != "busy" || !errors.Is(got.Err, context.Canceled) {
		t.Errorf("got %+v, want an interruption", got)
	}
}
