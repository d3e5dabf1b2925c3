// Package health judges how a source fares: whether it can be fetched, still
// brings something as often as it used to, and brings it as it used to.
//
// [Learn] a source's [Rhythm] when it has brought something; [Judge] its record
// after every fetch. Both are functions of what the store holds, and store nothing.
package health

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"aggregator/normalize/article"
	"aggregator/storage"
)

// State is how a source fares.
type State string

// The states, the worst first: of several, a source is in the first.
const (
	Failing  State = "failing"     // it cannot be fetched, or not be read
	Empty    State = "empty"       // its lists have no items any more
	Silent   State = "silent"      // nothing new for twice the gap that is usual at such hours
	Stale    State = "stale-dated" // what it lists as new is dated days ago
	TextLost State = "text-lost"   // its articles have lost most of their text
	OK       State = "ok"
	New      State = "new" // not fetched yet, or for the first time in vain
)

// Removed is the condition of a source that was in trouble when it was taken out of
// the configuration.
const Removed State = "removed"

// States are all that a source can be in, the worst first.
func States() []State { return []State{Failing, Empty, Silent, Stale, TextLost, New, OK} }

// Finding is the state of a source.
type Finding struct {
	State State
	Since time.Time // since when it is so, as far as that is known
	Text  string    // what shows it, for the operator; empty if nothing is wrong
}

const (
	// seriously is how often in a row a source fails before it is told; or how
	// long, if it failed more than once.
	seriously    = 3
	seriouslyFor = time.Hour
	// emptyFor is how long lists are empty before it is told.
	emptyFor = time.Hour
)

// Judge tells how a source fares by its record alone: all but what its articles
// tell. status is that of the last answer if it was the reason of a failure.
func Judge(r *storage.Source, status int, now time.Time) Finding {
	switch {
	case r.LastFetch.IsZero():
		return Finding{State: New}
	case failing(r, status, now):
		return Finding{Failing, r.ErrorSince, r.Error}
	case !r.Empty.IsZero() && r.Articles > 0 && r.LastSuccess.Sub(r.Empty) >= emptyFor:
		return Finding{Empty, r.Empty, "its lists have had no items since then"}
	case !r.Expected.IsZero() && r.LastSuccess.After(r.Expected):
		return Finding{Silent, r.LastNew, fmt.Sprintf("nothing new, which usually comes within %s", short(r.Usual))}
	case r.LastSuccess.IsZero():
		return Finding{State: New}
	}
	return Finding{State: OK}
}

// failing tells whether a failure is more than a hitch.
func failing(r *storage.Source, status int, now time.Time) bool {
	switch {
	case r.Error == "":
		return false
	case r.Failures >= seriously, r.Failures > 1 && now.Sub(r.ErrorSince) >= seriouslyFor:
		return true
	}
	return slices.Contains([]int{http.StatusNotFound, http.StatusGone, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusUnavailableForLegalReasons}, status)
}

// short is a duration in its two greatest units.
func short(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Round(24*time.Hour).Hours()/24))
	case d >= time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	case d >= time.Minute:
		return fmt.Sprintf("%d minutes", int(d.Round(time.Minute).Minutes()))
	}
	return fmt.Sprintf("%d seconds", int(d.Seconds()))
}

// Samples is how many of a source's articles JudgeArticles looks at.
const Samples = 40

const (
	lately  = 8 // articles that must all show it
	staleBy = 48 * time.Hour
	freshBy = 12 * time.Hour // how old those before usually were
	thinner = 0.3            // what is left of a text's score that was lost
)

// JudgeArticles tells by a source's newest articles, newest first, whether they are
// dated and have text as those before had.
func JudgeArticles(samples []storage.Sample) Finding {
	if len(samples) < 2*lately {
		return Finding{State: OK}
	}
	late, before := samples[:lately], samples[lately:]
	since := late[lately-1].Seen
	if youngest := age(slices.MinFunc(late, byAge)); youngest > staleBy && age(median(before, byAge)) < freshBy {
		return Finding{Stale, since, fmt.Sprintf("the last %d articles were dated %s ago or more when they came", lately, short(youngest))}
	}
	late, before = told(late), told(before)
	if len(late) < lately || len(before) < lately {
		return Finding{State: OK}
	}
	now, then := score(median(late, byScore)), score(median(before, byScore))
	if float64(now) < thinner*float64(then) {
		return Finding{TextLost, since, fmt.Sprintf("the last %d articles have %d%% of the text that those before had", lately, 100*now/then)}
	}
	return Finding{State: OK}
}

func age(s storage.Sample) time.Duration { return s.Seen.Sub(s.Published) }
func byAge(a, b storage.Sample) int      { return int(age(a)/time.Second - age(b)/time.Second) }
func byScore(a, b storage.Sample) int    { return score(a) - score(b) }

// score is how much there is to read of an article; nothing where its page was
// refused or could not be had.
func score(s storage.Sample) int {
	if s.Verdict.Refused != "" || s.Verdict.Failed != "" {
		return 0
	}
	return s.Verdict.Score()
}

// told leaves out articles of which nobody told how their text was chosen.
func told(samples []storage.Sample) []storage.Sample {
	return slices.DeleteFunc(slices.Clone(samples), func(s storage.Sample) bool { return s.Verdict.Equal(article.Verdict{}) })
}

func median(samples []storage.Sample, by func(a, b storage.Sample) int) storage.Sample {
	sorted := slices.SortedFunc(slices.Values(samples), by)
	return sorted[len(sorted)/2]
}
