package fetcher

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestFresh caps what a server can ask for (CONDUCT 10).
const longestFresh = 7 * 24 * time.Hour

// Fresh returns how long the document's headers say that it will not change:
// max-age less Age, else Expires less Date (RFC 9111 §4.2.1); told is false
// where they say nothing of it.
func (d *Document) Fresh() (fresh time.Duration, told bool) {
	if age, ok := maxAge(d.Header.Values("Cache-Control")); ok {
		spent, _ := strconv.Atoi(strings.TrimSpace(d.Header.Get("Age")))
		return bounded(age - time.Duration(max(0, min(spent, int(longestFresh/time.Second))))*time.Second), true
	}
	text := d.Header.Get("Expires")
	if text == "" {
		return 0, false
	}
	expires, err := http.ParseTime(text)
	if err != nil {
		return 0, true // RFC 9111 §5.3: it has expired
	}
	date, err := http.ParseTime(d.Header.Get("Date"))
	if err != nil {
		date = d.FetchedAt
	}
	return bounded(expires.Sub(date)), true
}

// maxAge reads the directive; no-cache and no-store are an age of nothing.
func maxAge(values []string) (age time.Duration, ok bool) {
	for directive := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch strings.ToLower(name) {
		case "no-cache", "no-store":
			return 0, true
		case "max-age":
			n, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31)
			if err != nil {
				return 0, true // RFC 9111 §4.2.1: stale
			}
			age, ok = time.Duration(n)*time.Second, true
		}
	}
	return age, ok
}

func bounded(d time.Duration) time.Duration { return min(max(0, d), longestFresh) }
