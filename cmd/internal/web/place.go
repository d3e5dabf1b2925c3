package web

import (
	"net/http"
	"strconv"

	"aggregator/feedout"
)

// place is an order of the store as addresses have it: ?before= says from where
// a list goes on. It stays right whatever comes meanwhile, as page numbers do not.
func place(order uint64) string { return strconv.FormatUint(order, 36) }

// parsePlace is 0 for the newest.
func parsePlace(r *http.Request) (uint64, error) {
	s := r.FormValue("before")
	if s == "" {
		return 0, nil
	}
	order, err := strconv.ParseUint(s, 36, 64)
	if err != nil || place(order) != s {
		return 0, feedout.ErrNoFeed
	}
	return order, nil
}
