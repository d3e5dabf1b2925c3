package health_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"aggregator/cmd/internal/health"
	"aggregator/storage"
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
			r := health.Learn(moments, nil, shanghai)
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
			r := health.Learn(append(moments, last), nil, shanghai)
			if told := r.Deadline(last).Sub(week); told < tc.from || told > tc.to {
				t.Errorf("told at %s, want %s to %s", told, tc.from, tc.to)
			}
		})
	}
}

// daytime is a site that works from eight to eight.
func daytime(t time.Time) float64 {
	if h := t.In(shanghai).Hour(); h >= 8 && h < 20 {
		return 2
	}
	return 0.05
}

// TestRhythms: sources of many rhythms are told of though they live four times in a
// year at most, and when they die within twice the gap that is usual then. Run it with
// -v for the figures.
func TestRhythms(t *testing.T) {
	for _, tc := range []struct {
		name   string
		random bool // comes by chance, not like a clock
		days   int
		rate   func(time.Time) float64
	}{
		{"a clock, two hours", false, 120, everyHours(2)},
		{"a clock, by day", false, 120, daytime},
		{"chance, three minutes", true, 30, everyHours(0.05)},
		{"chance, an hour", true, 120, everyHours(1)},
		{"chance, six hours", true, 120, everyHours(6)},
		{"chance, a day", true, 120, everyHours(24)},
		{"chance, by day", true, 120, daytime},
		{"chance, weekdays", true, 120, trading},
	} {
		t.Run(tc.name, func(t *testing.T) {
			const lives, learned = 6, 30 // learned anew so often in each
			var alarms int
			var usual, average []float64 // after how many gaps it is told
			for seed := range uint64(lives) {
				var random *rand.Rand
				if tc.random {
					random = rand.New(rand.NewPCG(seed, 7))
				}
				moments := history(tc.days, random, tc.rate)
				gap := moments[len(moments)-1].Sub(moments[0]) / time.Duration(len(moments))
				half := len(moments) / 2
				var r health.Rhythm
				for i := half; i < len(moments)-1; i++ {
					if (i-half)%(1+half/learned) == 0 {
						r = health.Learn(moments[max(0, i-health.Moments):i+1], nil, shanghai)
					}
					told := r.Deadline(moments[i])
					usual = append(usual, float64(told.Sub(moments[i]))/float64(r.Usual(moments[i])))
					average = append(average, float64(told.Sub(moments[i]))/float64(gap))
					if moments[i+1].After(told) {
						alarms++
					}
				}
			}
			slices.Sort(usual)
			slices.Sort(average)
			monthly := float64(alarms) * 30 / float64(lives*tc.days/2)
			latest := usual[len(usual)-1]
			t.Logf("told after %.2f usual gaps (at most %.2f), %.1f average ones; %.2f false alarms a month",
				usual[len(usual)/2], latest, average[len(average)/2], monthly)
			if latest > 2 || monthly > 0.35 {
				t.Error("too late, or too often")
			}
		})
	}
}

// TestLearnedPauses: what came after a pause of our own is no gap of the source, and
// one without the other hours of its week is no rhythm.
func TestLearnedPauses(t *testing.T) {
	moments := history(28, rand.New(rand.NewPCG(1, 1)), everyHours(1))
	want := health.Learn(moments, nil, shanghai)
	var seen []time.Time
	pauses := []storage.Pause{{From: monday.AddDate(0, 0, 6), To: monday.AddDate(0, 0, 8)}, {From: monday.AddDate(0, 0, 15), To: monday.AddDate(0, 0, 16)}}
	for _, m := range moments {
		for _, p := range pauses {
			if m.After(p.From) && m.Before(p.To) {
				m = p.To // it came all at once
			}
		}
		seen = append(seen, m)
	}
	last := moments[len(moments)-1]
	silent := func(r health.Rhythm) time.Duration { return r.Deadline(last).Sub(last).Round(time.Minute) }
	got, ignorant := health.Learn(seen, pauses, shanghai), health.Learn(seen, nil, shanghai)
	t.Logf("silent after %s, with pauses %s, with pauses that nobody knows of %s", silent(want), silent(got), silent(ignorant))
	if silent(got) > silent(want)*5/4 || silent(ignorant) < silent(want)*5/4 {
		t.Error("the pauses were learned")
	}
}

// TestUnknownRhythm: of one that has hardly brought anything, nobody knows.
func TestUnknownRhythm(t *testing.T) {
	moments := []time.Time{monday, monday.Add(time.Second), monday.Add(time.Hour), monday.Add(2 * time.Hour)}
	r := health.Learn(moments, nil, shanghai)
	if d := r.Deadline(monday); !d.IsZero() || r.Usual(monday) != 0 {
		t.Errorf("deadline %s, usual %s", d, r.Usual(monday))
	}
}
