package simulated_test

import (
	"slices"
	"strings"
	"testing"

	"aggregator/fetcher/simulated"
)

// shingles are the runs of four characters of a text.
func shingles(a *simulated.Article) map[string]bool {
	text := []rune(strings.Join(a.Paragraphs, ""))
	set := make(map[string]bool)
	for i := range len(text) - 3 {
		set[string(text[i:i+4])] = true
	}
	return set
}

// alike is the share of runs that two texts have in common.
func alike(a, b map[string]bool) float64 {
	common := 0
	for s := range a {
		common += count(b[s])
	}
	return float64(common) / float64(len(a)+len(b)-common)
}

func TestStoriesDiffer(t *testing.T) {
	o, _ := world(simulated.Options{Seed: 5})
	var articles []simulated.Article
	var sets []map[string]bool
	for i := range 120 {
		a := o.Article(i)
		articles, sets = append(articles, a), append(sets, shingles(&a))
	}
	pairs, close := 0, 0
	for i := range articles {
		for j := range i {
			if a, b := &articles[i], &articles[j]; a.Kind == simulated.Original && b.Kind == simulated.Original {
				pairs++
				close += count(alike(sets[i], sets[j]) > 0.4)
			}
		}
	}
	if close*1000 > pairs {
		t.Errorf("%d of %d pairs of different stories are alike, want at most one in a thousand", close, pairs)
	}
}

// A copy tells the story of its source, a twin looks like it and does not.
func TestCopiesAndTwins(t *testing.T) {
	o, _ := world(simulated.Options{Seed: 5})
	copies, near := 0, make(map[simulated.Difference][]float64)
	for i := range 1200 {
		a := o.Article(i)
		if a.Kind == simulated.Original {
			continue
		}
		source, ok := o.Find(a.Source)
		if !ok || source.Kind != simulated.Original || source.Index >= i {
			t.Fatalf("%s %d has the source %q: %+v", a.Kind, i, a.Source, source)
		}
		score := alike(shingles(&a), shingles(&source))
		if same := a.Story == source.Story; same != (a.Kind == simulated.Copy) {
			t.Errorf("%s %d: same story %v", a.Kind, i, same)
		}
		if a.Kind == simulated.Twin {
			near[a.Differs] = append(near[a.Differs], score)
			if slices.Equal(a.Paragraphs, source.Paragraphs) && a.Title == source.Title {
				t.Errorf("twin %d does not differ from its source", i)
			}
			continue
		}
		copies++
		if score < 0.7 {
			t.Errorf("copy %d is only %.2f like its source", i, score)
		}
	}
	if copies < 40 || len(near) != 3 {
		t.Errorf("%d copies and twins of %d sorts, want more", copies, len(near))
	}
	for differs, scores := range near {
		slices.Sort(scores)
		t.Logf("twins with another %s: %d, from %.2f to %.2f", differs, len(scores), scores[0], scores[len(scores)-1])
	}
}

func TestMark(t *testing.T) {
	o, _ := world(simulated.Options{})
	seen := make(map[string]string)
	for i := range 500 {
		a := o.Article(i)
		if !strings.Contains(strings.Join(a.Paragraphs, "\n"), a.Mark) || len(a.Mark) < 12 {
			t.Fatalf("article %d has the mark %q", i, a.Mark)
		}
		if story, ok := seen[a.Mark]; ok && story != a.Story && a.Kind != simulated.Twin {
			t.Errorf("%s and %s share the mark %q", story, a.Story, a.Mark)
		}
		seen[a.Mark] = a.Story
		if strings.ContainsAny(strings.Join(a.Paragraphs, ""), "{}") {
			t.Errorf("article %d has an unfilled slot: %q", i, a.Paragraphs)
		}
	}
}
