package fetcher

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	ago    = regexp.MustCompile(`^(\d{1,4}|半)\s*(秒|分|小时|小時|天|日|周|週|星期|个月|個月|年)[钟鐘]?(?:之?前)$`)
	dayAgo = regexp.MustCompile(`^(今天|今日|昨天|昨日|前天|前日)\s*(.*)$`)
	noYear = regexp.MustCompile(`^(\d{1,2})(?:[-/]|月)(\d{1,2})日?(?:\s*(\d.*|\p{Han}.*))?$`)
	units  = map[string]time.Duration{"秒": time.Second, "分": time.Minute, "小时": time.Hour, "小時": time.Hour, "天": 24 * time.Hour, "日": 24 * time.Hour,
		"周": 7 * 24 * time.Hour, "週": 7 * 24 * time.Hour, "星期": 7 * 24 * time.Hour}
	months30 = map[string]int{"个月": 1, "個月": 1, "年": 12}
	daysAgo  = map[string]int{"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "前日": 2}
)

// spokenTime reads the Chinese forms that lean on the present: 刚刚, 5分钟前,
// 昨天 10:00 and 11-23 10:00, which is the last such day, not one to come.
func spokenTime(text string, zone *time.Location, now time.Time) (time.Time, bool) {
	now = now.In(zone)
	if text == "刚刚" || text == "剛剛" {
		return whole(now), true
	}
	if m := ago.FindStringSubmatch(text); m != nil {
		return before(now, m[1], m[2]), true
	}
	if m := dayAgo.FindStringSubmatch(text); m != nil {
		day := now.AddDate(0, 0, -daysAgo[m[1]])
		return onDay(moment{year: day.Year(), month: int(day.Month()), day: day.Day()}, m[2], zone)
	}
	if m := noYear.FindStringSubmatch(text); m != nil {
		return lastDay(number(m[1]), number(m[2]), m[3], zone, now)
	}
	return time.Time{}, false
}

// before is so many units before now.
func before(now time.Time, count, unit string) time.Time {
	n := number(count)
	if months := months30[unit]; months > 0 {
		return whole(now.AddDate(0, -n*months, 0))
	}
	if count == "半" {
		return whole(now.Add(-units[unit] / 2))
	}
	return whole(now.Add(-time.Duration(n) * units[unit]))
}

// onDay reads a clock of a day; there may be none, but nothing else.
func onDay(m moment, clock string, zone *time.Location) (time.Time, bool) {
	if clock != "" && (strings.TrimSpace(m.clock(clock, zone)) != "" || !clockTime.MatchString(clock)) {
		return time.Time{}, false
	}
	return m.time(zone)
}

// lastDay is the last day of a month and day without a year.
func lastDay(month, day int, clock string, zone *time.Location, now time.Time) (time.Time, bool) {
	for year := now.Year() + 1; year >= now.Year()-4; year-- { // a leap year is among them
		if real := time.Date(year, time.Month(month), day, 0, 0, 0, 0, zone); int(real.Month()) != month || real.After(now.Add(24*time.Hour)) {
			continue
		}
		return onDay(moment{year: year, month: month, day: day}, clock, zone)
	}
	return time.Time{}, false
}

// number reads digits that an expression has matched; none are 0.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
