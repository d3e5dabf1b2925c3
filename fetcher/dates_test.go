package fetcher_test

import (
	"testing"
	"time"

	"aggregator/fetcher"
)

// TestZonesOfDates are the dates of PITFALLS G12, read for a Chinese source.
func TestZonesOfDates(t *testing.T) {
	for text, want := range map[string]string{
		"Sun, 23 Nov 2025 10:00:00 CST":   "2025-11-23T02:00:00Z",
		"Sun, 23 Nov 2025 10:00:00 EST":   "2025-11-23T15:00:00Z",
		"Sun, 23 Nov 2025 10:00:00 HKT":   "2025-11-23T02:00:00Z",
		"Sun, 23 Nov 2025 10:00:00 JST":   "2025-11-23T01:00:00Z",
		"Sun, 23 Nov 2025 10:00:00 GMT+8": "2025-11-23T02:00:00Z",
		"2025-11-23 10:00:00 GMT+08:00":   "2025-11-23T02:00:00Z",
		"2025-11-23 10:00:00 +0800 CST":   "2025-11-23T02:00:00Z",
		"2024/05/01 10:00":                "2024-05-01T02:00:00Z",
		"2025年11月23日 10:00":               "2025-11-23T02:00:00Z",
		"Sun Nov 23 10:00:00 CST 2025":    "2025-11-23T02:00:00Z",
		"1763863200":                      "2025-11-23T02:00:00Z",
	} {
		if got := stamp(fetcher.ParseTime(text, shanghai)); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	if got := stamp(fetcher.ParseTime("Sun, 23 Nov 2025 10:00:00 CST", time.UTC)); got != "2025-11-23T16:00:00Z" {
		t.Errorf("CST of a source that is not Chinese: %s", got)
	}
}

func TestTimesThatLeanOnThePresent(t *testing.T) {
	now := time.Now()
	day := func(n int) time.Time {
		y, m, d := now.In(shanghai).Date()
		return time.Date(y, m, d-n, 10, 0, 0, 0, shanghai)
	}
	for text, want := range map[string]time.Time{
		"刚刚": now, "5分钟前": now.Add(-5 * time.Minute), "2小时前": now.Add(-2 * time.Hour),
		"今天 10:00": day(0), "昨天 10:00": day(1),
		day(30).Format("01-02 15:04"): day(30),
	} {
		if got := fetcher.ParseTime(text, shanghai); got.Sub(want).Abs() > 5*time.Second {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
