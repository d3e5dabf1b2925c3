package fetcher

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	ago     = regexp.MustCompile(`^(\d{1,4})\s*(秒|分钟|小时|天)前$`)
	spoken  = regexp.MustCompile(`^(今天|昨天|前天)\s*(?:(\d{1,2}):(\d{2}))?$`)
	noYear  = regexp.MustCompile(`^(\d{1,2})(?:-|月)(\d{1,2})日?\s+(\d{1,2}):(\d{2})$`)
	units   = map[string]time.Duration{"秒": time.Second, "分钟": time.Minute, "小时": time.Hour, "天": 24 * time.Hour}
	daysAgo = map[string]int{"今天": 0, "昨天": 1, "前天": 2}
)

// spokenTime reads the Chinese forms that lean on the present: 刚刚, 5分钟前,
// 昨天 10:00 and 11-23 10:00, which is the last such day, not one to come.
func spokenTime(text string, zone *time.Location, now time.Time) (time.Time, bool) {
	now = now.In(zone)
	if text == "刚刚" {
		return now.UTC().Truncate(time.Second), true
	}
	if m := ago.FindStringSubmatch(text); m != nil {
		return now.Add(-time.Duration(number(m[1])) * units[m[2]]).UTC().Truncate(time.Second), true
	}
	if m := spoken.FindStringSubmatch(text); m != nil {
		return time.Date(now.Year(), now.Month(), now.Day()-daysAgo[m[1]], number(m[2]), number(m[3]), 0, 0, zone).UTC(), true
	}
	if m := noYear.FindStringSubmatch(text); m != nil {
		month, day := time.Month(number(m[1])), number(m[2])
		t := time.Date(now.Year(), month, day, number(m[3]), number(m[4]), 0, 0, zone)
		if t.After(now.Add(24 * time.Hour)) {
			t = time.Date(now.Year()-1, month, day, number(m[3]), number(m[4]), 0, 0, zone)
		}
		return t.UTC(), true
	}
	return time.Time{}, false
}

// number reads digits that an expression has matched; none are 0.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// zoneOffsets are the names that feeds write for zones, in minutes east of
// Greenwich; package time takes the unknown ones for Greenwich.
var zoneOffsets = map[string]int{
	"EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
	"BST": 60, "WEST": 60, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120, "EET": 120, "EEST": 180, "MSK": 180,
	"IST": 330, "HKT": 480, "SGT": 480, "AWST": 480, "JST": 540, "KST": 540, "AEST": 600, "AEDT": 660, "UT": 0,
}

var (
	zoneName  = regexp.MustCompile(`(\d)\s+([A-Z]{2,4})(\s\d{4})?$`)
	zoneTwice = regexp.MustCompile(`([+-]\d{4}) \(?[A-Za-z]{2,5}\)?$`)
	zoneByUTC = regexp.MustCompile(`\s*(?:GMT|UTC)\s?([+-])(\d{1,2})(?::?(\d{2}))?$`)
	slashes   = regexp.MustCompile(`^(\d{4})[/.](\d{1,2})[/.](\d{1,2})\b`)
)

// namedZone rewrites a zone's name to its offset. CST is China's where the
// source's civil times are China's (PITFALLS G12).
func namedZone(text string, zone *time.Location) string {
	text = slashes.ReplaceAllString(text, "$1-$2-$3")
	text = zoneTwice.ReplaceAllString(text, "$1")
	if m := zoneByUTC.FindStringSubmatchIndex(text); m != nil {
		p := zoneByUTC.FindStringSubmatch(text)
		return fmt.Sprintf("%s %s%02d%02d", text[:m[0]], p[1], number(p[2]), number(p[3]))
	}
	m := zoneName.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	minutes, known := zoneOffsets[m[2]]
	if _, offset := time.Now().In(zone).Zone(); m[2] == "CST" && offset == 8*3600 {
		minutes = 480
	}
	if !known {
		return text
	}
	sign, abs := "+", minutes
	if minutes < 0 {
		sign, abs = "-", -minutes
	}
	return strings.Replace(text, " "+m[2], fmt.Sprintf(" %s%02d%02d", sign, abs/60, abs%60), 1)
}
