package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"aggregator/cmd/internal/config"
)

// TestCompose: the nodes of compose.yaml have a configuration that holds, share one
// database, and are those that the load balancer asks.
func TestCompose(t *testing.T) {
	data, err := os.ReadFile("../../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var compose struct {
		Services map[string]struct {
			Image       string
			Environment map[string]string
		}
	}
	if err := yaml.Unmarshal(data, &compose); err != nil {
		t.Fatal(err)
	}
	balanced := compose.Services["balancer"].Environment["CADDYFILE"]
	nodes := 0
	for name, s := range compose.Services {
		if s.Image != "aggregator" {
			continue
		}
		nodes++
		if !strings.Contains(balanced, " "+name+":8080") { // the port of the Dockerfile
			t.Errorf("%s is not asked by the balancer", name)
		}
		var environ []string
		for key, value := range s.Environment {
			environ = append(environ, key+"="+defaults.ReplaceAllString(value, "$1"))
		}
		cfg, err := config.Load("../../config.yaml", environ...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := cfg.Database.Reveal(); got != "postgres://aggregator@postgres/aggregator" {
			t.Errorf("%s: database %s", name, got)
		}
	}
	if asked := strings.Count(balanced, ":8080") - 1; nodes != 3 || asked != nodes { // one is its own
		t.Errorf("%d nodes, of which the balancer asks %d", nodes, asked)
	}
}

// defaults are what compose puts where a variable is not set.
var defaults = regexp.MustCompile(`\$\{\w+:[-?](.*?)\}`)
