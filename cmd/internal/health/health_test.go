package health_test

import (
	"net/http"
	"testing"
	"time"

	"aggregator/cmd/internal/health"
	"aggregator/normalize/article"
	"aggregator/storage"
)

func TestJudge(t *testing.T) {
	now := monday
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for name, tc := range map[string]struct {
		rec    storage.Source
		status int
		want   health.State
		since  time.Duration
	}{
		"never fetched": {storage.Source{}, 0, health.New, 0},
		"well":          {storage.Source{LastFetch: now, LastSuccess: now, Expected: now.Add(1)}, 0, health.OK, 0},
		"a hitch":       {storage.Source{LastFetch: now, LastSuccess: ago(time.Hour), Error: "timeout", Failures: 1, ErrorSince: now}, 0, health.OK, 0},
		"failing":       {storage.Source{LastFetch: now, Error: "timeout", Failures: 3, ErrorSince: ago(9)}, 0, health.Failing, 9},
		"for an hour":   {storage.Source{LastFetch: now, Error: "timeout", Failures: 2, ErrorSince: ago(time.Hour)}, 0, health.Failing, time.Hour},
		"gone":          {storage.Source{LastFetch: now, Error: "410", Failures: 1, ErrorSince: now}, http.StatusGone, health.Failing, 0},
		"silent":        {storage.Source{LastFetch: now, LastSuccess: now, LastNew: ago(9), Expected: ago(1)}, 0, health.Silent, 9},
		// Nobody has asked it since then: our own silence is not the source's.
		"not asked": {storage.Source{LastFetch: now, LastSuccess: ago(time.Hour), LastNew: ago(2 * time.Hour), Expected: ago(time.Minute)}, 0, health.OK, 0},
		"empty":     {storage.Source{LastFetch: now, LastSuccess: now, Articles: 9, Empty: ago(2 * time.Hour)}, 0, health.Empty, 2 * time.Hour},
		"always":    {storage.Source{LastFetch: now, LastSuccess: now, Empty: ago(2 * time.Hour)}, 0, health.OK, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := health.Judge(&tc.rec, tc.status, now)
			if got.State != tc.want || tc.since > 0 && !got.Since.Equal(ago(tc.since)) {
				t.Errorf("%+v, want %s since %s", got, tc.want, ago(tc.since))
			}
		})
	}
}

func TestJudgeArticles(t *testing.T) {
	sample := func(i int, age time.Duration, v article.Verdict) storage.Sample {
		seen := monday.Add(-time.Duration(i) * time.Hour)
		return storage.Sample{Seen: seen, Published: seen.Add(-age), Verdict: v}
	}
	page := func(score int) article.Verdict {
		return article.Verdict{From: "rule", Candidates: []article.Candidate{{From: "feed", Score: 50}, {From: "rule", Score: score}}}
	}
	for name, tc := range map[string]struct {
		late, before storage.Sample
		want         health.State
	}{
		"well":            {sample(0, time.Minute, page(900)), sample(0, time.Hour, page(1000)), health.OK},
		"stale":           {sample(0, 72*time.Hour, page(900)), sample(0, time.Hour, page(1000)), health.Stale},
		"always late":     {sample(0, 72*time.Hour, page(900)), sample(0, 72*time.Hour, page(1000)), health.OK},
		"a few words":     {sample(0, time.Minute, page(60)), sample(0, time.Minute, page(1000)), health.TextLost},
		"behind a login":  {sample(0, time.Minute, article.Verdict{From: "feed", Refused: article.Login, Candidates: []article.Candidate{{From: "feed", Score: 400}}}), sample(0, 0, page(1000)), health.TextLost},
		"shorter":         {sample(0, time.Minute, page(500)), sample(0, time.Minute, page(1000)), health.OK},
		"of an archive":   {sample(0, time.Minute, article.Verdict{}), sample(0, time.Minute, page(1000)), health.OK},
		"never had texts": {sample(0, time.Minute, article.Verdict{Failed: "timeout"}), sample(0, time.Minute, article.Verdict{Failed: "timeout"}), health.OK},
	} {
		t.Run(name, func(t *testing.T) {
			var samples []storage.Sample
			for i := range health.Samples {
				s := tc.before
				if i < 8 {
					s = tc.late
				}
				shift := -time.Duration(i) * time.Hour
				s.Seen, s.Published = s.Seen.Add(shift), s.Published.Add(shift)
				samples = append(samples, s)
			}
			if got := health.JudgeArticles(samples); got.State != tc.want || (got.Text == "") != (tc.want == health.OK) {
				t.Errorf("%+v, want %s", got, tc.want)
			}
			samples[3] = tc.before // one that is as all were
			if got := health.JudgeArticles(samples); got.State != health.OK && tc.want == health.Stale {
				t.Errorf("%+v, though one was in time", got)
			}
			if got := health.JudgeArticles(samples[:9]); got.State != health.OK {
				t.Errorf("%+v of nine", got)
			}
		})
	}
}
