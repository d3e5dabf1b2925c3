// Package demo is what `aggregator demo` runs against: a simulated Sina on
// the loopback interface, and a configuration of sources that lead there.
//
// [Start] the origin, then give [Origin.Config] to the daemon.
package demo

import (
	"bytes"
	_ "embed"
	"net"
	"net/http"
	"text/template"
	"time"

	"aggregator/cmd/internal/config"
	"aggregator/fetcher/simulated"
)

//go:embed config.yaml
var configYAML string

// Origin is a running simulated origin.
type Origin struct {
	URL string
	srv *http.Server
}

// every is how often something new is published.
const every = 3 * time.Second

// Start starts an origin with a day of news behind it.
func Start() (*Origin, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	world := simulated.New(simulated.Options{Seed: 1, Every: every, Backlog: 240, Reach: 20 * time.Hour, KeepRequests: -1})
	o := &Origin{URL: "http://" + l.Addr().String(), srv: &http.Server{Handler: world, ReadHeaderTimeout: 10 * time.Second}}
	go func() { _ = o.srv.Serve(l) }() // it returns when Close is called
	return o, nil
}

// Close stops the origin.
func (o *Origin) Close() error { return o.srv.Close() }

// Config returns a configuration whose sources lead to the origin. The site is
// published at base and keeps everything in dir.
func (o *Origin) Config(base, dir string) (*config.Config, error) {
	t, err := template.New("config.yaml").Parse(configYAML)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, map[string]string{"Origin": o.URL, "Base": base, "Dir": dir}); err != nil {
		return nil, err
	}
	return config.Parse("demo configuration", out.Bytes())
}
