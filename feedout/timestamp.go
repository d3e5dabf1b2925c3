package feedout

import (
	"strings"
	"time"
)

// timestamp writes t as a date construct, RFC 4287 §3.3.
func timestamp(t time.Time) string {
	return t.UTC().Format(time.RFC3339)
}

// noTime stands where an element is required and nothing is known, as in a
// feed without entries. It is fixed, so that the document is, and late enough
// to be plausible: feed validators doubt dates before 1990.
func noTime() time.Time {
	return time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
}

// timestamps counts how often each second was written.
type timestamps map[int64]int

// distinct writes t in a spelling that it has not used before. Feed validators
// warn of entries with the same updated, and the wire updates several a
// second. RFC 3339 §5.6 has many spellings of one instant: nothing is said
// about the time that is not true.
func (ts timestamps) distinct(t time.Time) string {
	n := ts[t.Unix()]
	ts[t.Unix()]++
	return spelling(t, n)
}

// spelling is the n-th way to write t: with n zeros as its fraction, and when
// these get many, in the next zone.
func spelling(t time.Time, n int) string {
	const digits, step, farthest = 9, 15 * time.Minute, 14 * time.Hour
	layout := "2006-01-02T15:04:05"
	if zeros := n % (digits + 1); zeros > 0 {
		layout += "." + strings.Repeat("0", zeros)
	}
	offset := time.Duration(n/(digits+1)) * step % farthest
	zone := time.FixedZone("", int(offset.Seconds()))
	return t.Truncate(time.Second).In(zone).Format(layout + "Z07:00")
}
