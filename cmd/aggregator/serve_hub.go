package main

import (
	"context"
	"log/slog"

	"aggregator/cmd/internal/config"
	"aggregator/feedout"
)

// hub is the WebSub hub of the configuration, or none.
type hub struct{ *feedout.Hub }

// newHub uses a client of its own: the hub is the owner's choice, and may be on
// a private address as publishers may not.
func newHub(cfg *config.Config, log *slog.Logger, feeds *feedout.Publisher) hub {
	if cfg.Feeds.Hub == "" {
		return hub{}
	}
	return hub{&feedout.Hub{
		Publisher: feeds, URL: cfg.Feeds.Hub.Reveal(), Log: log, UserAgent: cfg.UserAgent(version()), Client: ownClient(cfg),
	}}
}

// after tells the hub what changed, after changed was told.
func (h hub) after(changed func(slugs ...string)) func(slugs ...string) {
	if h.Hub == nil {
		return changed
	}
	return func(slugs ...string) {
		changed(slugs...)
		h.Changed(slugs...)
	}
}

// follow has the hub told what the one before had not been told yet.
func (h hub) follow(old hub) {
	if h.Hub != nil && old.Hub != nil && h.URL == old.URL {
		h.Follow(old.Hub)
	}
}

func (h hub) run(ctx context.Context) {
	if h.Hub != nil {
		h.Run(ctx)
	}
}
