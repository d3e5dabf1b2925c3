package health_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"aggregator/cmd/internal/health"
)

var shanghai = time.FixedZone("CST", 8*3600)

// monday is the start of all histories here.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, shanghai)

// history is what a source brought in so many days: what comes within each hour,
// by the moment, is drawn or counted out.
func history(days int, random *rand.Rand, rate func(time.Time) float64) (moments []time.Time) {
	due := 1.0
	for t := monday; t.Before(monday.AddDate(0, 0, days)); t = t.Add(time.Minute) {
		if due -= rate(t) / 60; due > 0 {
			continue
		}
		moments = append(moments, t)
		due += 1
		if random != nil {
			due = random.ExpFloat64()
		}
	}
	return moments
}

func everyHours(n float64) func(time.Time) float64 {
	return func(time.Time) float64 { return 1 / n }
}

// trading is a source that is busy while the exchanges are open.
func trading(t time.Time) float64 {
	t = t.In(shanghai)
	switch {
	case t.Weekday() == time.Saturday || t.Weekday() == time.Sunday:
		return 0.01
	case t.Hour() >= 9 && t.Hour() < 15:
		return 6
	}
	return 0.1
}

// TestSilence: a source that has died is told of within twice the gap that is usual
// at that time, and before that it was not.
func TestSilence(t *testing.T) {
	for name, tc := range map[string]struct {
		rate  func(time.Time) float64
		usual time.Duration // when it dies
		days  int           // that it lived
	}{
		"every two hours": {everyHours(2), 2 * time.Hour, 20},
		"every minute":    {func(time.Time) float64 { return 20 }, 3 * time.Minute, 3},
		"once a week":     {everyHours(168), 168 * time.Hour, 56},
		"a short life":    {everyHours(2), 2 * time.Hour, 2},
	} {
		t.Run(name, func(t *testing.T) {
			moments := history(tc.days, nil, tc.rate)
			last := moments[len(moments)-1]
			r := health.Learn(moments, shanghai)
			told := r.Deadline(last).Sub(last)
			if told < tc.usual*3/2 || told > 2*tc.usual {
				t.Errorf("told after %s where %s is usual", told, tc.usual)
			}
		})
	}
}

// TestSilenceByTheHour: a site that rests at night and at weekends is not told of
// then, and soon when it should be awake.
func TestSilenceByTheHour(t *testing.T) {
	moments := history(28, rand.New(rand.NewPCG(1, 1)), trading)
	for name, tc := range map[string]struct{ last, from, to time.Duration }{ // of the fifth week
		"in the morning": {10 * time.Hour, 10*time.Hour + 20*time.Minute, 13 * time.Hour},
		"at night":       {20 * time.Hour, 33 * time.Hour, 36 * time.Hour},
		"on Friday":      {4*24*time.Hour + 14*time.Hour + 50*time.Minute, 7*24*time.Hour + 6*time.Hour, 7*24*time.Hour + 12*time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			week := monday.AddDate(0, 0, 28)
			last := week.Add(tc.last)
			r := health.Learn(append(moments, last), shanghai)
			if told := r.Deadline(last).Sub(week); told < tc.from || told > tc.to {
				t.Errorf("told at %s, want %s to %s", told, tc.from, tc.to)
			}
		})
	}
}

// TestFalseAlarms: of sources that bring something at random, few are told of
// though they live.
func TestFalseAlarms(t *testing.T) {
	alarms, days := 0, 0
	for seed := range uint64(20) {
		for _, rate := range []func(time.Time) float64{everyHours(1), everyHours(6), trading} {
			moments := history(60, rand.New(rand.NewPCG(seed, 7)), rate)
			days += 30
			var r health.Rhythm
			for i := len(moments) / 2; i < len(moments)-1; i++ {
				if i%20 == 0 || r.Usual == 0 {
					r = health.Learn(moments[max(0, i-health.Moments):i+1], shanghai)
				}
				if moments[i+1].After(r.Deadline(moments[i])) {
					alarms++
				}
			}
		}
	}
	t.Logf("%d alarms in %d days of living sources", alarms, days)
	if alarms*20 > days {
		t.Errorf("%d alarms in %d days of living sources: more than one in twenty days", alarms, days)
	}
}

// TestUnknownRhythm: of one that has hardly brought anything, nobody knows.
func TestUnknownRhythm(t *testing.T) {
	moments := []time.Time{monday, monday.Add(time.Second), monday.Add(time.Hour), monday.Add(2 * time.Hour)}
	r := health.Learn(moments, shanghai)
	if d := r.Deadline(monday); !d.IsZero() || r.Usual != 0 {
		t.Errorf("deadline %s, usual %s", d, r.Usual)
	}
}
