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

// TestFormsOfDates are the ways in which feeds write one and the same time, a
// day, or a little more than a day can hold.
func TestFormsOfDates(t *testing.T) {
	for want, texts := range map[string][]string{
		"2004-07-05T10:00:00Z": {
			"Mon, 05 Jul 2004 10:00:00 GMT", "Monday, 5 July 2004 10:00:00 Z", "5 Jul 04 10:00 UT", "mon,05 jul 2004 10:00:00 gmt",
			"Mon Jul 5 10:00:00 2004", "Mon Jul 05 10:00:00 GMT 2004", "July 5, 2004 10:00 AM", "Mon, 5th Jul 2004 10:00:00 +0000 (UTC)",
			"Monday, 05-Jul-04 10:00:00 GMT", "Mon, 05 Jul 2004 10:00:00 Etc/GMT", "Mon, 05 Jul 2004 05:00:00 EST", "Mon, 05 Jul 2004 02:00:00 PT",
			"Mon, 05 Jul 2004 12:00:00 CEST", "Mon, 05 Jul 2004 06:00:00 America/New_York", "Mon, 05 Jul 2004 11:00:00 +1", "Mon, 05 Jul 2004 11:00:00 +100",
			"2004-07-05T10:00:00Z", "2004-07-05t10:00:00z", "2004-07-05T10:00:00.25Z", "2004-07-05 12:00:00 +02", "2004-07-05T12:00:00+02:00[Europe/Paris]",
			"20040705T100000Z", "2004-7-5 10:00", "2004-07-05T10Z", "2004-07-05T12+0200", "2004/07/05 10:00:00", "5.7.2004 10:00", "07/05/2004 10:00", "2004-07-05 10:00:00.0",
			"lun. 5 juil. 2004 12:00:00 +0200", "Mo, 05 Juli 2004 12:00:00 +0200", "lun, 05 jul 2004 12:00:00 +0200", "Пн, 05 июл 2004 14:00:00 +0400",
			"Δευ, 05 Ιούλ 2004 13:00:00 EEST", "2004-július-5T12:00+02:00", "mar. 5 juil. 2004 10:00",
			"2004年07月05日 10:00:00", "2004年7月5日 上午10:00", "2004年7月5日10时00分", "2004-07-05　10：00", "２００４年７月５日１０：００", "2004년 07월 05일 오후 07:00:00",
		},
		"2004-07-06T00:00:00Z": {"2004-07-05 晚上12:00", "2004-07-06 凌晨12点"},
		"2004-07-05T11:30:00Z": {"2004-07-05 中午11:30", "11:30 AM 2004-07-05", "1089027000.5"},
		"2004-07-05T20:30:00Z": {"2004-07-05 晚8:30", "2004-07-05 傍晚8点30分"},
		"2004-07-05T22:00:00Z": {"Mon, 05 Jul 2004 10:00:00 PM", "2004-07-05 10:00 p.m.", "2004年7月5日 下午10点"},
		"2004-07-05T00:00:00Z": {"2004-07-05", "20040705", "5 July 2004", "05.07.04", "2004年7月5日", "2004-187", "Mon, 05 Jul 2004 12:00 AM"},
		"2004-07-01T00:00:00Z": {"2004-07", "2004-06-31", "Wed, 30 Jun 2004 24:00:00 GMT", "2004-06-30T23:59:60Z"},
		"2004-01-01T00:00:00Z": {"2004"},
		"-":                    {"soon", "12", "10:00", "Mon, 32 Jul 2004", "0000-00-00T00:00:00Z", "32/13/2004", "version 2.4"},
	} {
		for _, text := range texts {
			if got := stamp(fetcher.ParseTime(text, time.UTC)); got != want {
				t.Errorf("%q: got %s, want %s", text, got, want)
			}
		}
	}
}

// FuzzParseTime: no text makes it panic, and what was read is whole seconds of
// UTC.
func FuzzParseTime(f *testing.F) {
	for _, text := range []string{"Mon, 05 Jul 2004 10:00:00 GMT", "2004-07-05T10:00:00+08:00", "2004年7月5日 下午3:04", "5分钟前", "1763863200", "2004-187", "5.7.04"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := fetcher.ParseTime(text, shanghai); got.Nanosecond() != 0 || got.Location() != time.UTC {
			t.Errorf("%q: got %v", text, got)
		}
	})
}

func TestTimesThatLeanOnThePresent(t *testing.T) {
	now := time.Now()
	day := func(n int) time.Time {
		y, m, d := now.In(shanghai).Date()
		return time.Date(y, m, d-n, 10, 0, 0, 0, shanghai)
	}
	for text, want := range map[string]time.Time{
		"刚刚": now, "5分钟前": now.Add(-5 * time.Minute), "2小时前": now.Add(-2 * time.Hour),
		"剛剛": now, "2小時前": now.Add(-2 * time.Hour), "5分鐘前": now.Add(-5 * time.Minute), "10秒钟前": now.Add(-10 * time.Second),
		"半小时前": now.Add(-30 * time.Minute), "1周前": now.AddDate(0, 0, -7), "2个月前": now.In(shanghai).AddDate(0, -2, 0),
		"今天 10:00": day(0), "昨天 10:00": day(1), "昨日 10:00": day(1), "昨天10:00:00": day(1), "前天上午10点": day(2), "昨天下午3:20": day(1).Add(5*time.Hour + 20*time.Minute),
		day(30).Format("1月2日15:04"): day(30), day(30).Format("01/02 15:04"): day(30),
		day(30).Format("1月2日"): day(30).Add(-10 * time.Hour), day(30).Format("01-02"): day(30).Add(-10 * time.Hour),
		day(30).Format("01-02 15:04"): day(30),
	} {
		if got := fetcher.ParseTime(text, shanghai); got.Sub(want).Abs() > 5*time.Second {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
